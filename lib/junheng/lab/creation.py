"""What a county's 创建方案 rests on beside its assessment: the least-cost plan, a forecast, and the picture of its road map.

Like every report it is made from the county's own files alone, so that it can be made again: what is known of how pupils
change comes from its own two years, not from other counties' workbooks as in `trials.forecast`.
"""

from __future__ import annotations

from dataclasses import replace

from junheng.assess.back_test import seen
from junheng.assess.forecast import NO_TRENDS, forecast
from junheng.assess.trends import estimate
from junheng.lab.least_cost import plan
from junheng.lab.workspace import Workspace
from junheng.params.forecast import load_assumptions
from junheng.report.content.context import CountyContext
from junheng.report.content.creation import Creation, unfinished
from junheng.report.content.sections.creation import roadmap

CREATION = "creation"


def with_creation(work: Workspace, context: CountyContext) -> CountyContext:
    """Add plan, forecast and road map for a county that has not met the standard; none where small counts are hidden."""
    if work.suppression or not unfinished(context.assessment):
        return context
    from junheng.report.figures.county import (
        written,
    )  # matplotlib, which nobody needs who asks for no such report
    from junheng.report.figures.roadmap import roadmap_figure

    creation = _creation(work, context)
    work.figures_dir.mkdir(parents=True, exist_ok=True)
    road = roadmap(replace(context, creation=creation))
    picture = written(roadmap_figure(road, context.assessment), work.figures_dir)
    return replace(context, creation=replace(creation, picture=picture))


def _creation(work: Workspace, context: CountyContext) -> Creation:
    assessment, assumptions = context.assessment, load_assumptions(work.params_dir)
    before = context.trend.before.book if context.trend else None
    trends = estimate([seen(before, assessment.book, assumptions)]) if before else NO_TRENDS
    last = max(assessment.county.target_year, assessment.year + 1)
    return Creation(
        plan(work, assessment),
        forecast(assessment, before, assumptions, work.wording.dictionary, last, trends),
        work.choices.plan.budget,
    )
