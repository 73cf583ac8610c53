"""Errors in a notebook as one Chinese message: our own sentence, the analyst's slip with its line, or where the log is.

Tracebacks are for developers: of a fault inside junheng it is appended to logs/笔记本错误.log.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from junheng.errors import DataProblem, JunhengError, did_you_mean, system_reason
from junheng.project import project_root

LOG = Path("logs") / "笔记本错误.log"
PACKAGE = Path(__file__).resolve().parents[1]
_NAME = re.compile(r"name '(\w+)' is not defined")


def show_readable_errors(shell: Any) -> None:
    """Make an IPython shell show errors readably; without one (None) there is nothing to do.

    Outside JupyterLab's own kernels (in the batch, which logs tracebacks itself) only our own errors are changed.
    """
    if shell is None:
        return
    in_lab = hasattr(shell, "kernel")
    kinds: tuple[type[BaseException], ...] = (Exception, KeyboardInterrupt) if in_lab else (JunhengError,)

    def told(
        self: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
    ) -> list[str]:
        lines = [message(self, error, trace)]
        self._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc(kinds, told)


def message(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    """Return what is shown for an error that ended a cell."""
    if isinstance(error, JunhengError):
        return f"【{'数据有误' if isinstance(error, DataProblem) else '无法继续'}】{error}"
    if isinstance(error, KeyboardInterrupt):
        return "【已中断】本格没有运行完，请重新运行。"
    if isinstance(error, SyntaxError):
        return f"【单元格有误】第{error.lineno}行写法有误（{error.msg}）：{(error.text or '').strip()}"
    if not _inside(trace):
        return f"【单元格有误】{_place(shell, trace)}{_slip(shell, error)}"
    known = system_reason(error.errno) if isinstance(error, OSError) else ""
    if isinstance(error, MemoryError):
        known = "内存不足，未能算完；请关闭其他程序后重新运行。"
    return f"【无法继续】{known}" if known else f"【程序内部错误】{_logged(shell, error, trace)}"


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _inside(trace: TracebackType | None) -> bool:
    """Was the error raised in junheng or in what it called?"""
    return any(PACKAGE in Path(t.tb_frame.f_code.co_filename).parents for t in _frames(trace))


def _place(shell: Any, trace: TracebackType | None) -> str:
    """The line of the cell, as it stands there."""
    own = [t for t in _frames(trace) if t.tb_frame.f_globals is shell.user_ns]
    if not own:
        return ""
    last = own[-1]
    found = traceback.extract_tb(last, limit=1)[0]
    return f"第{last.tb_lineno}行“{found.line}”：" if found.line else f"第{last.tb_lineno}行："


def _slip(shell: Any, error: BaseException) -> str:
    """What is wrong in the analyst's own cell, in Chinese as far as its kind is known."""
    name = getattr(error, "name", None) or next(iter(_NAME.findall(str(error))), "")
    if isinstance(error, NameError) and name:
        hint = did_you_mean(name, [n for n in shell.user_ns if not n.startswith("_")])
        return f"没有名为“{name}”的变量。{hint or '前面的单元格还没有运行的，请自上而下运行。'}"
    if isinstance(error, AttributeError) and name and error.obj is not None:
        return f"没有“{name}”这种写法。{did_you_mean(name, [n for n in dir(error.obj) if not n.startswith('_')])}"
    if isinstance(error, TypeError):
        return f"括号内的参数不对（{error}）。"
    return f"{type(error).__name__}（{error}）。"


def _logged(shell: Any, error: BaseException, trace: TracebackType | None) -> str:
    kind = type(error).__name__
    text = "".join(traceback.format_exception(type(error), error, trace))
    try:
        target = project_root() / LOG
        target.parent.mkdir(exist_ok=True)
        with target.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now().isoformat(timespec='seconds')}\n{_place(shell, trace)}\n{text}\n")
    except (OSError, JunhengError):
        return f"{kind}：{error}。日志未能写出，请把本格内容和这句话一并转告维护人员。"
    return f"{kind}。详细记录已写入{LOG.as_posix()}，请连同采集工作簿转交维护人员。"
