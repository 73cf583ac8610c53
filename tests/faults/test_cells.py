"""What a county's cells may do to their kernel, to the machine and to the next county."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from junheng.batch.checks import inspect_contract
from junheng.batch.execute import PapermillRunner
from junheng.batch.job import Status
from junheng.batch.reasons import NotebookError
from junheng.batch.run import run_batch
from junheng.batch.work import Toolbox
from tests.batch.fakes import REPO, FakeConverter, make_project, request_for
from tests.batch.workshop import execute, shared
from tests.waiting import require_gone

pytestmark = pytest.mark.e2e
LIMIT = 600
MEMORY = 2000
"""Megabytes of address space: what a worker has imported takes a good part of it."""
"""Seconds a cell may take where a broken process must be noticed by other means: reaching them is another reason to fail."""


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    assert not shared().counties(), "a county process outlived its notebook"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x = bytearray(2000 << 20)", "内存不足.*--memory"),
        ("x = []\nwhile True: x.append(bytearray(1 << 20))", "内存不足"),
        ("import numpy\nnumpy.ones((2000 << 20,))", "内存不足"),
        ("import ctypes; ctypes.string_at(0)", "中途退出"),
        ("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nraise SystemExit", "提前退出"),
        ("import os; os.closerange(3, 100)", "中途退出"),
    ],
    ids=["bytes", "hoard", "numpy", "segfault", "no-SIGTERM", "closed"],
)
def test_a_cell_that_breaks_its_process(tmp_path: Path, cell: str, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        execute(tmp_path, cell, "1 + 1", seconds=LIMIT, memory=MEMORY)


def test_a_cell_that_hangs_and_takes_no_sigterm(tmp_path: Path) -> None:
    cell = """
import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    try: time.sleep(60)
    except BaseException: pass
"""
    with pytest.raises(NotebookError, match="超过时限"):
        execute(tmp_path, cell, seconds=1)


def test_endless_output_is_stopped(tmp_path: Path) -> None:
    few = "from junheng.batch import cells\ncells.MOST_OUTPUT = 1_000_000"
    with pytest.raises(NotebookError, match="输出过多"):
        execute(tmp_path, few, "while True:\n    try: print('x' * 1000)\n    except Exception: pass")


BOMB = """
import os, subprocess, sys, time
sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(300)"]
numbers = [subprocess.Popen(sleeper, start_new_session=n % 2 == 0).pid for n in range(4)]
if (child := os.fork()) == 0:
    os.setsid()
    print(subprocess.Popen(sleeper, start_new_session=True).pid, file=sys.__stderr__, flush=True)
    if os.fork():
        os._exit(0)
    time.sleep(300)
numbers.append(child)
time.sleep(0.5)
print(*numbers)
"""


@pytest.mark.parametrize("end", ["ends well", "hangs", "worker killed"])
def test_whatever_a_cell_starts_ends_with_it(tmp_path: Path, end: str) -> None:
    """Children, children's children whose parent is gone, and those in a session of their own."""
    last = {
        "ends well": "1",
        "hangs": "import time; time.sleep(2000)",
        "worker killed": "import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(2000)",
    }[end]
    note = tmp_path / "numbers"
    bomb = BOMB + f"open({str(note)!r}, 'w').write(' '.join(map(str, numbers)))"
    places = make_project(tmp_path / "project", ("370883",), (bomb, last))
    tools = Toolbox(PapermillRunner(), FakeConverter, inspect_contract)
    request = request_for(places, "370883", workers=1, cell_seconds=5)
    (result,) = run_batch(request, lambda r: None, tools=tools)
    assert result.status is Status.FAILED  # it wrote no report
    assert {"ends well": "没有写出", "hangs": "超过时限", "worker killed": "工作进程中途退出（信号9"}[
        end
    ] in result.reason
    numbers = [int(number) for number in note.read_text().split()]
    assert len(numbers) == 5
    require_gone(numbers)


def test_a_forked_copy_of_the_kernel_says_nothing(tmp_path: Path) -> None:
    """A fork that returns from its cell must not answer in the kernel's stead, nor repeat what it had printed."""
    cells = ("import os\nprint('一', end='')\nchild = os.fork()\nprint('二')", "print('三')", "'四'")
    outputs = [cell.outputs for cell in execute(tmp_path, *cells).cells[-3:]]
    assert [o.text for o in outputs[0]] == ["一二\n"]
    assert [o.text for o in outputs[1]] == ["三\n"]
    assert outputs[2][0].data["text/plain"] == "'四'" and outputs[2][0].execution_count == 5


CELL = """
import sys
from pathlib import Path
sys.path.insert(0, PARAMS_DIR + "/../tests-of-junheng")
from tests.batch.fakes import write_outputs
write_outputs(Path(OUT_DIR), COUNTY, Path(PARAMS_DIR))
if COUNTY == "370812":
    x = bytearray(2000 << 20)
"""


def test_one_county_without_memory_stops_no_other(tmp_path: Path) -> None:
    places = make_project(tmp_path / "project", ("370811", "370812", "370883"), (CELL,))
    (places.root / "tests-of-junheng").symlink_to(REPO)
    tools = Toolbox(PapermillRunner(), FakeConverter, inspect_contract)
    request = request_for(places, "370811", "370812", "370883", workers=1, memory=MEMORY)
    results = {result.county.code: result for result in run_batch(request, lambda r: None, tools=tools)}
    assert results["370812"].status is Status.FAILED and "内存不足" in results["370812"].reason
    assert results["370811"].status is results["370883"].status is Status.DONE


def test_a_kernel_is_the_first_to_go_when_the_machine_has_no_memory(tmp_path: Path) -> None:
    done = execute(tmp_path, "from pathlib import Path\nPath('/proc/self/oom_score_adj').read_text()")
    assert done.cells[-1].outputs[0].data["text/plain"] == "'500\\n'"


def test_a_failure_that_could_not_be_shown_is_told_all_the_same(tmp_path: Path) -> None:
    silent = "get_ipython().showtraceback = lambda *args, **more: None"
    with pytest.raises(NotebookError, match="除数为0"):
        execute(tmp_path, silent, "1 / 0", "1 + 1")
