"""Errors in a notebook as one Chinese message: our own sentence, the analyst's slip with its line, or where the log is.

Tracebacks are for developers: of a fault inside junheng it is appended to logs/笔记本错误.log.
"""

from __future__ import annotations

import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from junheng.errors import DataProblem, JunhengError, did_you_mean, system_reason
from junheng.project import project_root

LOG = Path("logs") / "笔记本错误.log"
PACKAGE = Path(__file__).resolve().parents[1]
LOOKED_UP = Path(__file__).with_name("__init__.py")
"""Where names of `wb` are looked up."""
MOST_KEYS = 1000
MOST_WORDS = 120
"""Characters of a message in English that are shown."""
LATECOMERS = 1.0
"""Seconds for which a kernel refuses cells that arrive after one has failed."""
_NAME = re.compile(r"name '(\w+)' is not defined")


def show_readable_errors(shell: Any) -> None:
    """Make an IPython shell show errors readably; without one (None) there is nothing to do.

    Outside JupyterLab's own kernels (in the batch, which logs tracebacks itself) only our own errors are changed.
    """
    if shell is None:
        return
    in_lab = hasattr(shell, "kernel")
    if getattr(shell, "kernel", None) is not None:
        # Lab's Run All sends the cells one by one: those still on their way when one fails must not run either.
        shell.kernel.stop_on_error_timeout = LATECOMERS
    kinds: tuple[type[BaseException], ...] = (Exception, KeyboardInterrupt) if in_lab else (JunhengError,)

    def told(
        self: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
    ) -> list[str]:
        try:
            lines = [message(self, error, trace)]
        except Exception as ours:  # IPython would drop a handler that fails, and show tracebacks from then on
            lines = [f"【程序内部错误】{_logged(self, ours, ours.__traceback__)}"]
        self._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc(kinds, told)
    if in_lab:
        _tell_of_an_exit(shell)


def _tell_of_an_exit(shell: Any) -> None:
    """Say in one sentence that a cell ended with sys.exit, which IPython shows itself, in English, with a warning."""
    usual = shell.showtraceback

    def shown(*args: Any, **kwargs: Any) -> None:
        kind, error, trace = sys.exc_info()
        if isinstance(error, SystemExit):
            shell._showtraceback(
                kind, error, [f"【已停止】{place(shell, trace)}本格到此停止，其余各格没有运行。"]
            )
        else:
            usual(*args, **kwargs)

    shell.showtraceback = shown
    warnings.filterwarnings("ignore", "To exit: use", UserWarning)


def message(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    """Return what is shown for an error that ended a cell."""
    if isinstance(error, JunhengError):
        return f"【{'数据有误' if isinstance(error, DataProblem) else '无法继续'}】{error}"
    if isinstance(error, KeyboardInterrupt):
        return "【已中断】本格没有运行完，请重新运行。"
    if slip := own_slip(shell, error, trace):
        return f"【单元格有误】{slip}"
    known = system_reason(error)
    return f"【无法继续】{known}" if known else f"【程序内部错误】{_logged(shell, error, trace)}"


def own_slip(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    """What is wrong in the analyst's own cell, with its line; empty when the fault is ours or the machine's."""
    if isinstance(error, SyntaxError):
        return f"第{error.lineno}行{_miswritten(error)}：{(error.text or '').strip()}"
    lacking = system_reason(error) and not isinstance(error, PermissionError)
    if lacking or _inside(shell, trace):
        return ""
    return f"{place(shell, trace)}{_slip(shell, error, trace)}"


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _inside(shell: Any, trace: TracebackType | None) -> bool:
    """Was the error raised in junheng or in what it called? Looking up a name of `wb` that it lacks is not, nor is what a
    function of the analyst's raises that junheng calls."""
    inside = False
    for frame in (t.tb_frame for t in _frames(trace)):
        file = Path(frame.f_code.co_filename)
        inside = frame.f_globals is not shell.user_ns and (
            inside or (PACKAGE in file.parents and file != LOOKED_UP)
        )
    return inside


def place(shell: Any, trace: TracebackType | None) -> str:
    """The line of the cell, as it stands there."""
    own = [t for t in _frames(trace) if t.tb_frame.f_globals is shell.user_ns]
    if not own:
        return ""
    last = own[-1]
    found = traceback.extract_tb(last, limit=1)[0]
    return f"第{last.tb_lineno}行“{found.line}”：" if found.line else f"第{last.tb_lineno}行："


def _slip(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    """What is wrong in the analyst's own cell, in Chinese as far as its kind is known."""
    name = getattr(error, "name", None) or next(iter(_NAME.findall(str(error))), "")
    if isinstance(error, NameError) and name:
        hint = did_you_mean(name, _own(shell))
        return f"没有名为“{name}”的变量。{hint or '前面的单元格还没有运行的，请自上而下运行。'}"
    if isinstance(error, AttributeError) and name and error.obj is not None:
        return f"没有“{name}”这种写法。{did_you_mean(name, [n for n in dir(error.obj) if not n.startswith('_')])}"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return _not_found(error)
    if isinstance(error, KeyError) and error.args:
        return f"没有“{error.args[0]}”这一列、行或键。{did_you_mean(str(error.args[0]), _keys(shell, trace))}"
    if isinstance(error, ModuleNotFoundError) and name:
        return f"没有安装“{name}”这个软件包。"
    for pattern, told in _USUAL:
        if found := re.search(pattern, str(error), re.DOTALL):
            return told.format(*((group or "").replace("' and '", "”“") for group in found.groups()))
    if isinstance(error, TypeError):
        return f"{'括号内的参数不对' if 'argument' in str(error) else '不能这样写'}（{_short(error)}）。"
    return f"{type(error).__name__}{f'（{_short(error)}）' if str(error) else ''}。"


def _short(error: BaseException) -> str:
    first = next(iter(str(error).splitlines()), "")
    return first if len(first) <= MOST_WORDS else f"{first[:MOST_WORDS]}……"


def _own(shell: Any) -> dict[str, Any]:
    """What the analyst has named; IPython's own names, such as `quit` and `Out`, are none of it."""
    return {
        name: value
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and name not in shell.user_ns_hidden
    }


def _keys(shell: Any, trace: TracebackType | None) -> list[str]:
    """The columns of the table in which a key was looked up; else those of all tables and dictionaries there are."""
    asked = [frame.tb_frame.f_locals.get("self") for frame in _frames(trace)]
    tables = [table for table in asked if type(table).__name__ == "DataFrame"] or list(_own(shell).values())
    return sorted({str(key) for table in tables for key in _keys_of(table)})


def _keys_of(value: object) -> list[Any]:
    columns = getattr(value, "columns", None)
    if columns is not None:
        return list(columns)
    return list(value) if isinstance(value, dict) and len(value) < MOST_KEYS else []


_USUAL = (
    (
        r"truth value of an? .*is ambiguous",
        "几个条件要各加括号，用“&”（并且）或“|”（或者）连接，不用and、or。",
    ),
    (r"Invalid value '(.*)' for dtype '?[Uu]?[Ii]nt", "这一列只能填整数（不加引号），不能填“{0}”。"),
    (r"Invalid value '(.*)' for dtype '?[Ff]loat", "这一列只能填数（不加引号），不能填“{0}”。"),
    (r"Invalid value '(.*)' for dtype '?bool", "这一列只能填True（是）或False（否），不能填“{0}”。"),
    (r"Invalid value '(.*)' for dtype '?str", "这一列只能填文字，“{0}”要加引号。"),
    (
        r"Categorical with a new category \((.*?)\)",
        '“{0}”不是这一列可填的词，可填哪些见df["列名"].cat.categories。',
    ),
    (r"division by zero", "除数为0。"),
    (r"invalid literal for int\(\).*: '(.*)'|could not convert string to float: '(.*)'", "“{0}{1}”不是数。"),
    (r"unsupported operand type\(s\) for (.+?):.*'str'", "文字不能用“{0}”与数计算。"),
    (r"can only concatenate str", "文字与数不能用“+”连接，数要先写成str(…)。"),
    (r"object is not subscriptable", "这里不能用方括号取值；要表用wb.frame(…)。"),
    (r"object is not callable", "这里不能加圆括号。"),
    (r"unexpected keyword argument '(.*)'", "没有名为“{0}”的参数。"),
    (r"missing \d+ required positional arguments?: '(.*)'", "缺少参数“{0}”。"),
    (
        r"Length of values \((\d+)\) does not match length of index \((\d+)\)",
        "填入{0}个值，而表有{1}行，个数要相同。",
    ),
    (r"into a non-existent directory: '(.*)'", "没有目录“{0}”，请先建立，或改写到已有的目录。"),
    (r"Unable to parse string '(.*)' at position", "“{0}”不是数。"),
    (r"^(.*?) is not a valid plot kind", "没有“{0}”这种图，可写line、bar、barh、hist、box、pie、scatter等。"),
    (r"index (?:is )?out of range|is out of bounds", "序号超出范围（第一个是0）。"),
    (
        r"You are trying to merge on",
        '两张表用来对应的列类型不同，先都转成文字：df["列名"].astype("string")。',
    ),
)
"""What goes wrong most often in a cell, as Python and pandas say it, and what is to be done."""
_MISWRITTEN = (
    (r"invalid (?:non-printable )?character '?(.+?)'? ?\(U\+", "有不能用在这里的字符“{0}”{half}"),
    (r"unterminated .*string literal", "引号没有成对"),
    (r"'(.)' was never closed", "“{0}”没有配对"),
    (r"unmatched '(.)'", "多出一个“{0}”"),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", "“{1}”与“{0}”不配对"),
    (r"Perhaps you forgot a comma", "可能漏了逗号"),
    (r"expected ':'", "行末缺少冒号“:”"),
    (r"unexpected indent", "行首多了空格"),
    (r"unindent does not match|expected an indented block", "行首空格不齐"),
    (r"Maybe you meant '=='", "比较相等应写“==”"),
)
_HALF = {
    **dict.fromkeys("“”„‟＂", '"'), **dict.fromkeys("‘’＇", "'"), "，": ",", "。": ".", "：": ":", "；": ";",
    "（": "(", "）": ")", "【": "[", "】": "]", "《": "<", "》": ">", "、": ",", "！": "!", "＝": "=", "－": "-",
}  # fmt: skip
"""What a Chinese input method types where Python wants the half-width mark."""


def _miswritten(error: SyntaxError) -> str:
    """What is wrong in the writing of a cell, in Chinese as far as its kind is known."""
    for pattern, told in _MISWRITTEN:
        if found := re.search(pattern, error.msg or ""):
            mark = found[1] if found.groups() else ""
            half = f"，应写半角的{_HALF[mark]}" if mark in _HALF else ""
            return told.format(*found.groups(), half=half)
    near = (error.text or "")[max((error.offset or 1) - 1, 0) :][
        :2
    ]  # after a number Python blames the number
    if mark := next((mark for mark in near if mark in _HALF), ""):
        return f"有不能用在这里的字符“{mark}”，应写半角的{_HALF[mark]}"
    return f"写法有误（{error.msg}）"


def _not_found(error: FileNotFoundError) -> str:
    """Which file was looked for where, and what lies there with a like name."""
    path = Path(str(error.filename))
    folder = (Path.cwd() / path).parent
    try:
        shown = (folder.relative_to(project_root())).as_posix()
    except (ValueError, JunhengError):
        shown = str(folder)
    place = (
        "项目目录"
        if shown == "."
        else f"目录“{shown}”"
        if folder.is_dir()
        else f"目录“{shown}”（该目录不存在）"
    )
    there = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    return f"{place}中没有文件“{path.name}”。{did_you_mean(path.name, there) or '相对路径从项目目录算起。'}"


def _logged(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    kind = type(error).__name__
    text = "".join(traceback.format_exception(type(error), error, trace))
    try:
        target = project_root() / LOG
        target.parent.mkdir(exist_ok=True)
        with target.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now().isoformat(timespec='seconds')}\n{place(shell, trace)}\n{text}\n")
    except (OSError, JunhengError):
        return f"{kind}：{error}。日志未能写出，请把本格内容和这句话一并转告维护人员。"
    return f"{kind}。详细记录已写入{LOG.as_posix()}，请连同采集工作簿转交维护人员。"
