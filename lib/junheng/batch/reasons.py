"""Why a county failed, as one Chinese sentence for the analyst; the detail goes to the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from junheng.errors import DENIED, FULL, JunhengError, UsageProblem, refused, system_reason
from junheng.lab.errors import own_slip, place

_REMEDIES = ((FULL, "，请清理磁盘后重新运行"), (DENIED, "，请检查权限后重新运行"))


class NotebookError(JunhengError):
    """A notebook that did not run to its end: `detail` is for the log, `kind` the error's name in it."""

    def __init__(self, message: str, detail: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.kind = kind


def explain_for_command(error: Exception) -> str:
    """Return one sentence for what ended a command: what the system refused, with the file if it is known; or our fault."""
    if not isinstance(error, OSError):
        return system_reason(error) or f"程序内部错误（{type(error).__name__}：{error}）。"
    name = f"“{Path(str(error.filename)).name}”" if error.filename else "文件"
    remedy = next((words for numbers, words in _REMEDIES if error.errno in numbers), "")
    return f"无法读写{name}：{refused(error)}{remedy}。"


def explain(error: BaseException) -> str:
    """Return one sentence for any failure."""
    if isinstance(error, JunhengError):
        return str(error)
    if known := system_reason(error):
        return known
    if isinstance(error, OSError):
        return f"读写文件出错（{refused(error)}），详见日志。"
    return f"程序内部错误（{type(error).__name__}），详见日志。"


def failed_cell(shell: Any, error: BaseException, count: int | None, trace: str) -> NotebookError:
    """Return what is raised for a cell that `error` ended in an IPython shell; `trace` is for the log.

    `count` is the cell's counter: what is told is its number, since papermill's own cell of parameters is the second.
    """
    cell = f"笔记本第{max(count - 1, 1)}个代码单元格" if count else "笔记本有单元格"
    kind = type(error).__name__
    if isinstance(error, SystemExit):
        return NotebookError(f"{cell}提前退出（sys.exit），报告不完整。")
    if slip := "" if isinstance(error, JunhengError) else own_slip(shell, error, error.__traceback__):
        return NotebookError(f"{cell}{slip.removesuffix('。')}。请改正后重新运行。", trace, kind)
    told = explain(error)
    if type(error) is UsageProblem:  # a wrong call; what is wrong in a file names the file
        told = f"{cell}{place(shell, error.__traceback__) or '：'}{told}"
    return NotebookError(told, trace or str(error), kind)
