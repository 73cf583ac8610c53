"""申报表, 评估认定申请 (county to city, by the end of March) and the city's 验收推荐意见, for a county that meets the standard."""

from __future__ import annotations

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Verdict
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import cv_text
from junheng.report.content.phrases import listed
from junheng.report.content.sections import findings, inspection, overview
from junheng.report.content.tables import NATIONAL_FORMS


def passed(context: CountyContext) -> bool:
    """Whether the county meets the national standard: then it applies, and the city may recommend it."""
    return context.assessment.national.overall is Verdict.MET


def tables(context: CountyContext) -> tuple[Block, ...]:
    """表Ⅰ–Ⅵ as the national form has them: with the national verdicts alone."""
    return tuple(form(context) for form in NATIONAL_FORMS.values())


def state(context: CountyContext) -> tuple[Block, ...]:
    """How far each aspect meets the standard, in figures, of a county that meets it."""
    result = context.assessment.national
    units = {stage.id: len(result.stage_units(stage.id)) for stage in result.standard.stages}
    spread = [row for row in result.disparities if result.has_peers(row.stage)]
    composites = [row for row in spread if row.indicator == COMPOSITE and row.cv is not None]
    groups = {group: len(result.group(group)) for group in ("government", "quality")}
    social = "".join(paragraph.text for paragraph in findings.social(context))
    return (
        Paragraph(
            context.say("application.units", **units)
            + context.say(
                "application.spread",
                total=sum(row.verdict is not None for row in spread),
                count=len(composites),
                stages=listed(result.standard.stage(row.stage).name for row in composites),
                cv=listed(cv_text(row, result.standard) for row in composites),
            )
        ),
        Paragraph(context.say("application.items", social=social, **groups)),
    )


def received(context: CountyContext) -> tuple[Block, ...]:
    """When the application came, and how the city's office checked it."""
    day = context.left_open("recommendation.received", **inspection.received(context))
    return (
        Paragraph(context.say("recommendation.opening", received=day)),
        *inspection.inspection(context),
    )


def checked(context: CountyContext) -> tuple[Block, ...]:
    """The verdict of every aspect."""
    return (Paragraph(context.say("recommendation.checked")), overview.aspects_table(context))
