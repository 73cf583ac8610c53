"""The reports of a county by name: which function composes each, and the sections a remark may stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from junheng.errors import ParamsProblem, did_you_mean
from junheng.report.content import assessment_report, school_plans, self_report
from junheng.report.content.context import Context
from junheng.report.content.model import Document

COMPOSERS: dict[str, Callable[[Context], Document]] = {
    assessment_report.REPORT: assessment_report.compose,
    self_report.REPORT: self_report.compose,
    school_plans.REPORT: school_plans.compose,
}
_ALL = (assessment_report.SECTIONS, self_report.SECTIONS, school_plans.SECTIONS)
SECTIONS = tuple(dict.fromkeys(name for known in _ALL for name in known if name != "contents"))
"""Every section that holds text, of any report."""


def checked_remarks(names: Iterable[str], file: str) -> None:
    """Make sure that remarks stand in sections that some report has; raises ParamsProblem."""
    for name in names:
        if name not in SECTIONS:
            raise ParamsProblem(
                f"参数文件{file}的remarks中“{name}”不是报告的章节。{did_you_mean(name, SECTIONS)}可选{'、'.join(SECTIONS)}。"
            )
