"""Notebooks in real county processes: whatever a cell does, the county fails with its reason and no process stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from junheng.batch import workers
from junheng.batch.checks import inspect_contract
from junheng.batch.execute import PapermillRunner, check_parameters
from junheng.batch.job import Status
from junheng.batch.reasons import NotebookError
from junheng.batch.run import run_batch
from junheng.batch.work import Toolbox
from junheng.errors import UsageProblem
from tests.batch.fakes import REPO, FakeConverter, fake_tools, make_project, request_for, write_notebook
from tests.batch.workshop import WorkerLost, execute, own_workshop, shared
from tests.waiting import require_gone, until

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    assert not shared().counties(), "a county process outlived its notebook"


def test_codes_stay_text_and_the_kernel_is_ours(tmp_path: Path) -> None:
    done = execute(tmp_path, "import sys, os\n(COUNTY, YEAR, sys.executable, os.getcwd())")
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
        (
            "x = 1\n\nx / 0",
            "^笔记本第2个代码单元格第3行“x / 0”：除数为0。请改正后重新运行。$",
        ),
        ("{}['甲']", "第2个代码单元格第1行.*没有“甲”这一列、行或键。请改正"),
        ("open('/dev/full', 'w').write('x' * 100000)", "^磁盘空间不足"),
        ("import numpy\nnumpy.zeros(10**14)", "^内存不足"),
        ("raise ImportError('libx.so: cannot allocate memory in static TLS block')", "^内存不足"),
        ("raise Exception", "第2个代码单元格第1行“raise Exception”：Exception。请改正"),
        ("open('/nowhere/x')", "第2个代码单元格第1行.*没有文件“x”"),
        (
            "raise KeyboardInterrupt",
            "第2个代码单元格第1行“raise KeyboardInterrupt”：KeyboardInterrupt。请改正",
        ),
        (
            "from junheng import lab as wb\nwb.frame()",
            "^笔记本第2个代码单元格第2行“wb.frame\\(\\)”：正确的写法：wb.frame",
        ),
        (
            "from junheng.lab.arguments import checked\n"
            "def mine(x):\n    return x.nothing\n"
            "checked(lambda f: f(1))(mine)",
            "第2个代码单元格第3行“return x.nothing”：没有“nothing”这种写法",
        ),
        (
            "def half(x):\n    return undefined\nhalf(1)",
            "第2个代码单元格第2行“return undefined”：没有名为“undefined”的变量",
        ),
        ("if True\n    pass", "第2个代码单元格第1行行末缺少冒号"),
        ("import junheng.exact\njunheng.exact.fixed(object(), 1)", "程序内部错误"),
        ("raise OSError(28, 'No space left on device')", "磁盘空间不足"),
        ("from junheng.errors import DataProblem\nraise DataProblem('甲校人数有误。')", "^甲校人数有误。$"),
    ],
)
def test_what_a_cell_can_do(tmp_path: Path, cell: str, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        execute(tmp_path, cell, "1 + 1")


def test_a_cell_that_takes_too_long(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="超过时限"):
        execute(tmp_path, "import time; time.sleep(2000)", seconds=1)


def test_settings_of_the_user_do_not_reach_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    with own_workshop() as workshop:
        done = execute(tmp_path, "print('济宁')", workshop=workshop)
    assert done.cells[-1].outputs[0].text == "济宁\n"


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


SLEEPING = "import time; time.sleep(2000)"


def test_a_county_process_dies_with_its_worker(tmp_path: Path) -> None:
    with own_workshop() as workshop, ThreadPoolExecutor(1) as hand:
        began = tmp_path / "began"
        cells = (f"open({str(began)!r}, 'w')", SLEEPING)
        running = hand.submit(execute, tmp_path / "x", *cells, workshop=workshop)
        until(began.exists)
        found = workshop.counties()
        workshop.process.kill()
        with pytest.raises(WorkerLost):
            running.result()
    assert len(found) == 1
    require_gone(found)


def test_a_worker_dies_with_its_coordinator(tmp_path: Path) -> None:
    code = f"""
import sys, time
sys.path.insert(0, {str(REPO)!r})
from tests.batch.workshop import Workshop
workshop = Workshop()
print(workshop.process.pid, flush=True)
time.sleep(2000)
"""
    coordinator = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert coordinator.stdout is not None
    worker = psutil.Process(int(coordinator.stdout.readline()))
    coordinator.kill()
    coordinator.wait()
    require_gone([worker])


def test_a_worker_that_dies_before_it_begins_costs_no_county(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    class Mortal(workers._Worker):
        def __init__(self, messages: int, made_of: tuple[Any, ...]) -> None:
            super().__init__(messages, made_of)
            made.append(self._process.pid)
            if len(made) == 1:
                self._process.kill()

    monkeypatch.setattr(workers, "_Worker", Mortal)
    codes = ("370872", "370873")
    places = make_project(tmp_path, codes)
    results = run_batch(request_for(places, *codes), lambda result: None, tools=fake_tools(places))
    assert {result.status for result in results} == {Status.DONE} and len(made) == 3


def test_what_a_cell_leaves_running_is_ended_with_it(tmp_path: Path) -> None:
    cell = "import subprocess, sys\nx = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(2000)'])\nx.pid"
    done = execute(tmp_path, cell)
    child = int(done.cells[-1].outputs[0].data["text/plain"])
    require_gone([child])


def test_nothing_of_one_notebook_is_there_in_the_next(tmp_path: Path) -> None:
    first = "import sys, json, os\njson.leak = sys.leak = 1\nos.environ['LEAK'] = '1'\nmine = 1"
    execute(tmp_path / "a", first)
    second = "import sys, json, os\n('mine' in dir(), hasattr(json, 'leak'), hasattr(sys, 'leak'), 'LEAK' in os.environ)"
    done = execute(tmp_path / "b", second)
    assert done.cells[-1].outputs[0].data["text/plain"] == "(False, False, False, False)"


def test_outputs_come_in_order_as_in_jupyter(tmp_path: Path) -> None:
    cell = """
from IPython.display import HTML, display, clear_output
import sys
print("一"); print("二"); display(HTML("<b>三</b>")); print("四", file=sys.stderr)
'五'
"""
    outputs = execute(tmp_path, cell).cells[-1].outputs
    assert [o.output_type for o in outputs] == ["stream", "display_data", "stream", "execute_result"]
    assert outputs[0].text == "一\n二\n" and outputs[1].data["text/html"] == "<b>三</b>"
    assert outputs[2].name == "stderr" and outputs[3].execution_count == 3


def test_the_worker_has_read_the_parameters_before(tmp_path: Path) -> None:
    cell = "from junheng.params import loader\nprint(loader._cached.cache_info().currsize)"
    with own_workshop(PapermillRunner(REPO / "params", 2024)) as workshop:
        done = execute(tmp_path / "a", cell, workshop=workshop)
        assert int(done.cells[-1].outputs[0].text) > 5
        assert workshop.messages.read_bytes() == b""


def test_much_printing_takes_no_more_than_its_length(tmp_path: Path) -> None:
    """A text that grows by += is copied again for every line."""
    done = execute(tmp_path, "for n in range(200_000): print('x' * 99)")
    (output,) = done.cells[-1].outputs
    assert len(output.text) == 20_000_000


def test_what_a_cell_prints_is_heard_as_it_is_printed(tmp_path: Path) -> None:
    workshop = shared()
    execute(tmp_path, "print('任城区')\nprint('兖州区')\n'结果'", workshop=workshop)
    assert "".join(workshop.said) == "任城区\n兖州区\n"


def test_no_secret_of_ours_reaches_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that prints the environment for debugging is published with its output."""
    monkeypatch.setenv("JUNHENG_PASSPHRASE_370883", "kept-to-ourselves")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    cell = "import os, pathlib\nprint(dict(os.environ), pathlib.Path('/proc/self/environ').read_bytes())"
    with own_workshop() as workshop:
        told = execute(tmp_path, cell, workshop=workshop).cells[-1].outputs[0].text
    assert "'PATH'" in told and "kept-to-ourselves" not in told and "/nowhere" not in told


def test_a_cell_that_keeps_printing_has_no_more_time_for_it(tmp_path: Path) -> None:
    chatty = "import time\nwhile True:\n    print('还在算', flush=True)\n    time.sleep(0.05)"
    with pytest.raises(NotebookError, match="超过时限"):
        execute(tmp_path, chatty, seconds=2)
    assert shared().said
