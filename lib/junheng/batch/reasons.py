"""Why a county failed, as one Chinese sentence for the analyst; the detail goes to the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from junheng.errors import DENIED, FULL, JunhengError, refused, system_reason

_ERRNO = re.compile(r"\[Errno (\d+)\]")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_INSIDE = re.compile(r"^File .*/junheng/\w", re.MULTILINE)
"""A frame of our own code in IPython's traceback: then the fault is ours, whatever the cell does."""
_MOST_WORDS = 120
_REMEDIES = ((FULL, "，请清理磁盘后重新运行"), (DENIED, "，请检查权限后重新运行"))


class NotebookError(JunhengError):
    """A notebook that did not run to its end: `detail` is for the log, `kind` the error's name in it."""

    def __init__(self, message: str, detail: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.kind = kind


def explain_system(error: OSError) -> str:
    """Return one sentence for a command that the system refused something, with the file if it is known."""
    name = f"“{Path(str(error.filename)).name}”" if error.filename else "文件"
    remedy = next((words for numbers, words in _REMEDIES if error.errno in numbers), "")
    return f"无法读写{name}：{refused(error)}{remedy}。"


def explain(error: Exception) -> str:
    """Return one sentence for any failure."""
    if isinstance(error, JunhengError):
        return str(error)
    if isinstance(error, MemoryError):
        return _known("MemoryError", "")
    if not isinstance(error, OSError):
        return _internal(type(error).__name__)
    return system_reason(error.errno) or f"读写文件出错（{refused(error)}），详见日志。"


def failed_cell(name: str, value: str, count: int | None, trace: str) -> NotebookError:
    """Return what is raised for a cell that raised `name` with the message `value`."""
    if name == "SystemExit":
        return left_early(count)
    if name in set(_names(JunhengError)):
        return NotebookError(value, trace, name)
    known = _known(name, value)
    if not known and not _INSIDE.search(trace):
        known = f"笔记本{_place(count, trace)}出错（{name}：{_short(value)}），请改正后重新运行。"
    return NotebookError(known or _internal(name), trace or value, name)


def _place(count: int | None, trace: str) -> str:
    """The cell and the line in it, as the analyst counts them."""
    lines = _LINE.findall(trace)
    return f"{_cell(count)}{f'第{lines[-1]}行' if lines else ''}"


def _short(value: str) -> str:
    first = next(iter(value.splitlines()), "")
    return first if len(first) <= _MOST_WORDS else f"{first[:_MOST_WORDS]}……"


def _cell(count: int | None) -> str:
    """`count` is the cell's counter; papermill's own cell of parameters is the second."""
    return f"第{max(count - 1, 1)}个代码单元格" if count else "有单元格"


def left_early(count: int | None) -> NotebookError:
    """Return what is raised for a cell that called `sys.exit`."""
    return NotebookError(f"笔记本{_cell(count) if count else ''}提前退出（sys.exit），报告不完整。")


def _known(name: str, value: str) -> str:
    """What the machine lacks, where the error says so; else empty."""
    if name == "MemoryError":
        return "内存不足，未能算完；请关闭其他程序、减少--jobs或加大--memory后重新运行。"
    found = _ERRNO.search(value)
    return system_reason(int(found[1])) if found else ""


def _internal(name: str) -> str:
    return f"程序内部错误（{name}），详见日志。"


def _names(kind: type[JunhengError]) -> Iterator[str]:
    yield kind.__name__
    for sub in kind.__subclasses__():
        yield from _names(sub)
