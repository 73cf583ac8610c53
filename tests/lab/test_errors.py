"""What a cell that fails shows in JupyterLab: one Chinese message, a traceback only in the log, none of ours in the batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from junheng.lab import county as wb
from junheng.lab import errors as lab_errors
from junheng.lab.errors import LOG, show_readable_errors
from tests.assess.make import ROOT

OPEN = (
    f'work = wb.open_workspace("370826", 2024, r"{ROOT / "data"}", r"{ROOT / "params"}", "/nowhere", "assessment")\n'
    "official = trials.official(work)\nstart = trials.trial(work, official)"
)


FRAME = (
    "import pandas as pd\n"
    'f = pd.DataFrame({"班数": pd.array([1, 2], "Int64"), "学段": pd.Categorical(["小学", "初中"])})\n'
)


class Shell(InteractiveShell):
    """An IPython shell that keeps what it would send to the notebook."""

    kernel = None  # what a kernel of JupyterLab has

    def _showtraceback(self, etype: type, evalue: Any, stb: Any) -> None:
        self.shown = [str(line) for line in stb]


@pytest.fixture(scope="module")
def opened() -> Iterator[Shell]:
    shell = Shell()
    show_readable_errors(shell)
    shell.run_cell("from junheng.lab import trials\nfrom junheng.lab import county as wb\n" + OPEN)
    assert not hasattr(shell, "shown")
    yield shell


@pytest.fixture
def shell(opened: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(lab_errors, "project_root", lambda: tmp_path)
    return opened


def told(shell: Shell, cell: str) -> str:
    shell.shown = []
    assert not shell.run_cell(cell).success
    (line,) = shell.shown
    return line


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (OPEN.replace("370826", "微山线"), "【无法继续】没有名为“微山线”的县（市、区）。是否要写“微山县"),
        (
            OPEN.replace("2024", "2011"),
            "【无法继续】2011年度还没有参数（缺少“params/2011/city.yml”）。现有年度：2023、2024",
        ),
        (OPEN.replace("370826", "青岛市"), "没有名为“青岛市”的县（市、区）。可选：任城区、"),
        (OPEN.replace("/data", "/docs"), "【无法继续】"),
        (
            'start.add("微山县第一小学", "教学辅助用房面积", 1)',
            "【无法继续】没有名称或标识码为“微山县第一小学”",
        ),
        (
            'code = trials.examples(official, "小学")[0]\nstart.add(code, "教学辅助用房面积", 1)',
            "【无法继续】没有名为“教学辅助用房面积”的数据项。是否要写“教学及辅助用房面积”？",
        ),
        (
            "x = 1\ntrials.try_outt(work, official, start)",
            "【单元格有误】第2行“trials.try_outt(work, official, start)”：没有“try_outt”这种写法。是否要写“try_out”？",
        ),
        ("offical.units", "第1行“offical.units”：没有名为“offical”的变量。是否要写“official”？"),
        ("quitt", "没有名为“quitt”的变量。前面的单元格还没有运行的"),
        (
            "from junheng import lab\nlab.reed(work)",
            "【单元格有误】第2行“lab.reed(work)”：没有“reed”这种写法。是否要写“read”？",
        ),
        ("x = 1；y = 2", "【单元格有误】第1行有不能用在这里的字符“；”，应写半角的;"),
        (
            "from junheng import lab\nlab.start(2024)",
            "第1个参数应为字典，现为整数。正确的写法：wb.start(globals())。",
        ),
        (
            'from junheng import lab\nlab.compare_counties(["邹城市"], 2024)',
            "第1个参数应为整数，现为列表。正确的写法：wb.compare_counties(year, counties)。",
        ),
        ("from junheng import lab\nlab.compare_counties(2024, 370883)", "第2个参数应为列表"),
        ("from junheng import lab\nlab.before_after(work)", "缺少参数tried。"),
        ("from junheng import lab\nlab.with_schools(official)", "缺少参数frame。"),
        ("from junheng import lab\nlab.with_schools(official, official.book)", "第1个参数应为book"),
        (
            "trials.try_out(official, work, start)",
            "第1个参数应为work（wb.start的结果），现为assessment（wb.assess的结果）。正确的写法：trials.try_out(work, official, changed)。",
        ),
        (
            "from junheng.lab import plan\nplan.make_plan(official, work)",
            "正确的写法：plan.make_plan(work, official)。",
        ),
        (
            "from junheng.lab import forms\nforms.form(work)",
            "正确的写法：forms.form(work, official)。缺少参数official。",
        ),
        (
            "from junheng.lab import city\ncity.gather(work)",
            "第1个参数应为全市的work（wb.city.start的结果），现为work（wb.start的结果）。正确的写法：wb.city.gather(work)。",
        ),
        ("qqq", "没有名为“qqq”的变量。前面的单元格还没有运行的，请自上而下运行。"),
        ("x = 1\nstart.add(", "【单元格有误】第2行写法有误"),
        ("x = “小学”", '【单元格有误】第1行有不能用在这里的字符““”，应写半角的"：x = “小学”'),
        ("print（1）", "应写半角的("),
        ("x = '小学", "引号没有成对"),
        ("for a in (1, 2)\n    pass", "行末缺少冒号“:”"),
        (
            f"open(r'{ROOT}/data/2024/370883_邹城.xlsx')",
            "data/2024”中没有文件“370883_邹城.xlsx”。是否要写“370883_邹城市.xlsx”？",
        ),
        ("{'在校生数': 1}['在校学生数']", "没有“在校学生数”这一列、行或键。"),
        ("import pandass", "没有安装“pandass”这个软件包。"),
        ("start.merge()", "：缺少参数“closing”“into”。"),
        ("official['units']", "这里不能用方括号取值；要表用wb.frame(…)。"),
        ("raise KeyboardInterrupt", "【已中断】"),
        ("1 / 0", "【单元格有误】第1行“1 / 0”：除数为0。"),
        ("int('十')", "：“十”不是数。"),
        ("float('约3')", "：“约3”不是数。"),
        (
            f'{FRAME}f[f["班数"] > 1 and f["学段"] == "小学"]',
            "几个条件要各加括号，用“&”（并且）或“|”（或者）连接",
        ),
        (f'{FRAME}f.loc[0, "班数"] = "1,100"', "这一列只能填整数（不加引号），不能填“1,100”。"),
        (f'{FRAME}f.loc[0, "学段"] = "中学"', "“中学”不是这一列可填的词"),
        (f'{FRAME}f["班"]', "：没有“班”这一列、行或键。是否要写“班数”？"),
        (f'Out[8] = 1\n{FRAME}f["学段 "]', "：没有“学段 ”这一列、行或键。是否要写“学段”？"),
        (f'{FRAME}f["新"] = [1]', "填入1个值，而表有2行，个数要相同。"),
        (f'{FRAME}f.groupby("城")', "：没有“城”这一列、行或键。"),
        (f'{FRAME}f.to_csv("没有/目录.csv")', "没有目录“没有”，请先建立"),
        (f"{FRAME}f.query(\"班数 < 7 and 学段 = '小学'\")", "写法有误"),
        ("'5' + 3", "文字与数不能用“+”连接"),
        ("import sys\nsys.exit()", "【已停止】第2行“sys.exit()”：本格到此停止，其余各格没有运行。"),
    ],
)
def test_each_error_is_one_message(shell: Shell, tmp_path: Path, cell: str, says: str) -> None:
    line = told(shell, cell)
    assert says in line and "Traceback" not in line and "\n" not in line
    assert not (tmp_path / LOG).exists()


def test_a_fault_of_ours_goes_to_the_log(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wb, "make_context", lambda *_: {}["本程序的错误"])
    line = told(shell, 'wb.show(work, official, "units")')
    assert line == (
        "【程序内部错误】KeyError。详细记录已写入logs/笔记本错误.log，请连同采集工作簿转交维护人员。"
    )
    log = (tmp_path / LOG).read_text(encoding="utf-8")
    assert "Traceback" in log and "本程序的错误" in log and 'wb.show(work, official, "units")' in log
    monkeypatch.setattr(lab_errors, "project_root", lambda: tmp_path / LOG / "不是目录")
    assert "KeyError：'本程序的错误'。日志未能写出" in told(shell, 'wb.show(work, official, "units")')


def test_a_handler_that_fails_is_told_of_and_stays(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_errors, "own_slip", lambda *_: {}["本程序的错误"])
    assert told(shell, "1 / 0").startswith("【程序内部错误】KeyError。详细记录")
    monkeypatch.undo()
    assert "除数为0" in told(shell, "1 / 0")


def test_a_full_disk_is_said_as_such(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wb, "make_context", full)
    assert told(shell, 'wb.show(work, official, "units")').startswith("【无法继续】磁盘空间不足")


def test_the_batch_keeps_the_traceback_for_its_own_log() -> None:
    class Batch(InteractiveShell):
        def _showtraceback(self, etype: type, evalue: Any, stb: Any) -> None:
            self.shown = "\n".join(map(str, stb))

    shell = Batch(colors="nocolor")
    show_readable_errors(shell)
    shell.run_cell("1 / 0")
    assert "Traceback" in shell.shown
    shell.run_cell("from junheng.errors import UsageProblem\nraise UsageProblem('一句话')")
    assert shell.shown == "【无法继续】一句话"
