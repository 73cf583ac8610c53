"""Notebooks on real kernels: whatever a cell does, the county fails with its reason and no process stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from junheng.batch import nursery as nursery_module
from junheng.batch.checks import inspect_contract
from junheng.batch.execute import NotebookTask, PapermillRunner, check_parameters
from junheng.batch.job import Status
from junheng.batch.log import JobLog
from junheng.batch.reasons import NotebookError
from junheng.batch.run import run_batch
from junheng.batch.work import Toolbox
from junheng.errors import UsageProblem
from tests.batch.fakes import REPO, FakeConverter, make_project, request_for, write_notebook
from tests.waiting import require_gone, until

pytestmark = pytest.mark.e2e


@pytest.fixture
def log(tmp_path: Path) -> Iterator[JobLog]:
    log = JobLog(tmp_path / "log.txt")
    yield log
    log.close()
    assert not kernels(), "a kernel outlived its run"


def hatcheries(parent: int | None = None) -> list[psutil.Process]:
    return [p for p in psutil.Process(parent).children() if "junheng.batch.kernel" in p.cmdline()]


def nurseries(parent: int | None = None) -> list[psutil.Process]:
    return [nursery for p in hatcheries(parent) for nursery in p.children()]


def kernels(parent: int | None = None) -> list[psutil.Process]:
    """The kernels, and whatever they started."""
    return [kernel for p in nurseries(parent) for kernel in p.children(recursive=True)]


def execute(
    tmp_path: Path, log: JobLog, *cells: str, seconds: int = 600, hear: Callable[[str], object] = len
) -> Any:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "county_report.ipynb"
    write_notebook(path, cells)
    scratch = tmp_path / "run" / "scratch"
    scratch.mkdir(parents=True)
    task = NotebookTask(path, {"COUNTY": "010101", "YEAR": 2024}, scratch, seconds, hear=hear)
    return PapermillRunner().run(task, log)


def test_codes_stay_text_and_the_kernel_is_ours(tmp_path: Path, log: JobLog) -> None:
    done = execute(tmp_path, log, "import sys, os\n(COUNTY, YEAR, sys.executable, os.getcwd())")
    shown = done.cells[-1].outputs[0].data["text/plain"]
    assert "'010101', 2024" in " ".join(shown.split()).replace("\n", " ")
    assert sys.executable in shown and str(tmp_path / "run" / "scratch") in shown


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("import sys; sys.exit(0)", "提前退出"),
        ("import sys; sys.exit(3)", "提前退出"),
        ("exit()", "提前退出"),
        ("import os; os._exit(0)", "中途退出"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "中途退出"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise OSError(28, 'No space left on device')", "磁盘空间不足"),
        ("from junheng.errors import DataProblem\nraise DataProblem('甲校人数有误。')", "^甲校人数有误。$"),
    ],
)
def test_what_a_cell_can_do(tmp_path: Path, log: JobLog, cell: str, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        execute(tmp_path, log, cell, "1 + 1")


def test_a_cell_that_takes_too_long(tmp_path: Path, log: JobLog) -> None:
    with pytest.raises(NotebookError, match="超过时限"):
        execute(tmp_path, log, "import time; time.sleep(2000)", seconds=1)


def test_settings_of_the_user_do_not_reach_the_kernel(
    tmp_path: Path, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    spec = home / ".local/share/jupyter/kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    startup = home / ".ipython/profile_default/startup/00.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("raise SystemExit")
    for name, value in {"HOME": home, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}.items():
        monkeypatch.setenv(name, str(value))
    done = execute(tmp_path, log, "print('济宁')")
    assert done.cells[-1].outputs[0].text == "济宁\n"


def test_what_cells_print_is_heard_while_they_run(tmp_path: Path, log: JobLog) -> None:
    """The cell waits until its first line was heard, so it only ends when lines are passed on at once."""
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)
        (tmp_path / "heard").touch()

    wait = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'heard')!r}).exists(): time.sleep(0.01)"
    done = execute(tmp_path, log, f"print('任城区', flush=True)\n{wait}\nprint('兖州区')", hear=hear)
    assert "".join(heard) == "任城区\n兖州区\n" == done.cells[-1].outputs[0].text


def test_unknown_and_missing_parameters(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    write_notebook(path, ())
    check_parameters(path, ("COUNTY", "YEAR"))
    with pytest.raises(UsageProblem, match=r"“COUNTRY”.*“COUNTY”"):
        check_parameters(path, ("COUNTRY",))


CELL = """
import sys
from pathlib import Path
sys.path.insert(0, PARAMS_DIR + "/../tests-of-junheng")
from tests.batch.fakes import write_outputs
write_outputs(Path(OUT_DIR), COUNTY, Path(PARAMS_DIR))
print(OUT_DIR)
object()
"""


def test_same_bytes_in_another_place(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "another"):
        places = make_project(tmp_path / name, ("370883",), (CELL,))
        (places.root / "tests-of-junheng").symlink_to(REPO)
        tools = Toolbox(PapermillRunner(), FakeConverter, inspect_contract)
        (result,) = run_batch(request_for(places, "370883"), lambda r: None, tools=tools)
        assert result.status is Status.DONE, result.reason
        folder = places.out / "2024" / "370883_邹城市" / "evidence"
        pages.append([(folder / f"notebook.{kind}").read_bytes() for kind in ("ipynb", "html")])
    assert pages[0] == pages[1]
    assert b"outputs/2024/370883" in pages[0][0] and b"/tmp" not in pages[0][0]


def test_kernel_dies_with_its_worker(tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(REPO)!r})
from pathlib import Path
from tests.batch.test_kernel import execute
from junheng.batch.log import JobLog
place = Path({str(tmp_path)!r})
execute(place, JobLog(place / "log.txt"), "open({str(tmp_path / "began")!r}, 'w')", "import time; time.sleep(2000)")
"""
    worker = subprocess.Popen([sys.executable, "-c", code])
    until((tmp_path / "began").exists)
    found = kernels(worker.pid) + nurseries(worker.pid) + hatcheries(worker.pid)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert len(found) == 3
    require_gone(found)


def test_what_a_cell_leaves_running_is_ended_with_it(tmp_path: Path, log: JobLog) -> None:
    cell = "import subprocess, sys\nx = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(2000)'])\nx.pid"
    done = execute(tmp_path, log, cell)
    child = int(done.cells[-1].outputs[0].data["text/plain"])
    require_gone([child])


def test_nothing_of_one_notebook_is_there_in_the_next(tmp_path: Path, log: JobLog) -> None:
    first = "import sys, json, os\njson.leak = sys.leak = 1\nos.environ['LEAK'] = '1'\nmine = 1"
    execute(tmp_path / "a", log, first)
    second = "import sys, json, os\n('mine' in dir(), hasattr(json, 'leak'), hasattr(sys, 'leak'), 'LEAK' in os.environ)"
    done = execute(tmp_path / "b", log, second)
    assert done.cells[-1].outputs[0].data["text/plain"] == "(False, False, False, False)"


def test_outputs_come_in_order_as_in_jupyter(tmp_path: Path, log: JobLog) -> None:
    cell = """
from IPython.display import HTML, display, clear_output
import sys
print("一"); print("二"); display(HTML("<b>三</b>")); print("四", file=sys.stderr)
'五'
"""
    outputs = execute(tmp_path, log, cell).cells[-1].outputs
    assert [o.output_type for o in outputs] == ["stream", "display_data", "stream", "execute_result"]
    assert outputs[0].text == "一\n二\n" and outputs[1].data["text/html"] == "<b>三</b>"
    assert outputs[2].name == "stderr" and outputs[3].execution_count == 3


def test_a_dead_nursery_is_replaced(tmp_path: Path, log: JobLog) -> None:
    execute(tmp_path / "a", log, "1")
    for nursery in nurseries():
        nursery.kill()
        require_gone([nursery])  # the hatchery keeps its number
    execute(tmp_path / "b", log, "1")


def test_kernels_of_a_shared_hatchery_have_the_parameters_read(tmp_path: Path, log: JobLog) -> None:
    cell = "from junheng.params import loader\nprint(loader._cached.cache_info().currsize)"
    with (
        (tmp_path / "messages").open("ab") as messages,
        PapermillRunner(REPO / "params", 2024).shared(messages) as hatch,
        hatch() as end,
    ):
        nursery_module.adopt(os.dup(end.fileno()))
        done = execute(tmp_path / "a", log, cell)
    nursery_module._mine = None
    assert int(done.cells[-1].outputs[0].text) > 5
    assert (tmp_path / "messages").read_bytes() == b""


def test_no_secret_of_ours_reaches_a_notebook(tmp_path: Path) -> None:
    """A cell that prints the environment for debugging is published with its output."""
    cell = "import os, pathlib\nprint(dict(os.environ), pathlib.Path('/proc/self/environ').read_bytes())"
    code = f"""
import sys
sys.path.insert(0, {str(REPO)!r})
from pathlib import Path
from tests.batch.test_kernel import execute
from junheng.batch.log import JobLog
place = Path({str(tmp_path)!r})
print(execute(place, JobLog(place / "log.txt"), {cell!r}).cells[-1].outputs[0].text)
"""
    environment = {**os.environ, "JUNHENG_PASSPHRASE_370883": "kept-to-ourselves", "PYTHONPATH": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "'PATH'" in done.stdout and "kept-to-ourselves" not in done.stdout
    assert "/nowhere" not in done.stdout
