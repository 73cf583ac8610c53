"""The reports of a county by name: which function composes each."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.content import assessment_report, school_plans, self_report
from junheng.report.content.context import Context
from junheng.report.content.model import Document

COMPOSERS: dict[str, Callable[[Context], Document]] = {
    assessment_report.REPORT: assessment_report.compose,
    self_report.REPORT: self_report.compose,
    school_plans.REPORT: school_plans.compose,
}
