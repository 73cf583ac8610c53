"""What the user sees: progress on stderr, the closing table on stdout."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from junheng.batch.job import JobResult, Status
from junheng.batch.plan import RunPlan
from junheng.report.content.text import aligned

_MOST_KEPT = 5


class ProgressBar:
    """A bar on a terminal, one line a county elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._total = self._done = 0

    def begin(self, plan: RunPlan) -> None:
        """Show what is to be done."""
        self._total = len(plan.counties)
        if not sys.stderr.isatty() or not plan.jobs:
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("生成报告", total=self._total)
        self._bar.start()

    def advance(self, result: JobResult) -> None:
        """Show that one county is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, description=result.county.name)
            return
        seconds = f"（{result.total_seconds:.1f}秒）" if result.seconds else ""
        line = f"[{self._done}/{self._total}] {result.county.name} {result.status}{seconds}"
        print(line, file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Show what the user should know meanwhile."""
        if self._bar is not None:
            self._bar.console.print(f"注意：{text}", markup=False, highlight=False)
        else:
            print(f"注意：{text}", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def closing_table(results: Sequence[JobResult], local: str) -> str:
    """The table at the end: how each county ended, its verdicts, why, and which file to open.

    `local` is the title of the city's standard.
    """
    rows = [("县（市、区）", "结果", "国家标准", local, "请打开")]
    notes: list[list[str]] = [[]]
    for result in results:
        place = shown_path(result.open) if result.open else "—"
        rows.append((result.county.name, result.status, result.national or "—", result.local or "—", place))
        notes.append(_notes(result))
    return "\n".join(
        line for row, note in zip(aligned(rows), notes, strict=True) for line in (row, *note) if line
    )


def _notes(result: JobResult) -> list[str]:
    """The lines under a county's own: what is to be said beside its result, and why it failed."""
    told = ["；".join(result.notes)] if result.notes else []
    told += [kept_told(result.kept)] if result.kept else []
    told += f"原因：{result.reason}".splitlines() if result.reason else []
    return [f"    {line}" for line in told]


def kept_told(kept: Sequence[str]) -> str:
    """What people had changed or added in a folder that was replaced, and where it is now."""
    names = "、".join(f"“{name}”" for name in kept[:_MOST_KEPT])
    more = f"等{len(kept)}个" if len(kept) > _MOST_KEPT else ""
    return f"原目录中人工修改或放入的文件已另存：{names}{more}。须写入报告的内容请写进本县笔记本（make notebook）。"


def summary(results: Sequence[JobResult], seconds: float) -> str:
    """One sentence under the table."""
    found = Counter(result.status for result in results)
    parts = "，".join(f"{status}{found[status]}个" for status in Status)
    return f"共{len(results)}个县（市、区）：{parts}。用时{seconds:.1f}秒。"


def shown_path(path: Path | str) -> str:
    """A path as the user would type it: relative to where he stands when it lies below; a URL as it is."""
    if isinstance(path, str):
        return path
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative
