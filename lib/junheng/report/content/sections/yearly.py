"""四、与上年度比较."""

from __future__ import annotations

from junheng.assess.model import ItemResult, Unit, Verdict
from junheng.assess.trend import StageTrend, Trend
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import printed_share, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables import trend_table

NAMED = 5


def trend(context: Context) -> tuple[Block, ...]:
    """What changed since last year; one sentence when last year's workbook is not there."""
    if context.trend is None:
        return (Paragraph(context.say("trend.none", last=str(context.assessment.year - 1))),)
    compared = context.trend
    overall = context.say(
        "trend.overall", now=compared.now.national.overall, before=compared.before.national.overall
    )
    stages = [Paragraph(_stage_said(context, compared, stage)) for stage in compared.stages]
    lead = _items_said(context, compared) + context.say("trend.lead")
    return (Paragraph(overall), *stages, Paragraph(lead), trend_table(compared, context.wording.specs))


def _stage_said(context: Context, compared: Trend, stage: StageTrend) -> str:
    name = compared.now.national.standard.stage(stage.stage).name
    shares = context.say(
        "trend.stage",
        stage=name,
        now=printed_share(stage.share_now),
        before=printed_share(stage.share_before),
        now_units=len(stage.now),
        before_units=len(stage.before),
    )
    moves = context.say(
        "trend.moves",
        stage=name,
        improved=len(stage.improved),
        worsened=len(stage.worsened),
        names=_named(context, [change.now for change in stage.worsened]),
    )
    schools = context.say(
        "trend.schools",
        stage=name,
        opened=len(stage.opened),
        closed=len(stage.closed),
        opened_names=_named(context, list(stage.opened)),
        closed_names=_named(context, list(stage.closed)),
    )
    return shares + moves + schools


def _named(context: Context, units: list[Unit]) -> str:
    names = listed((unit_name(unit, context.assessment.national.standard) for unit in units), NAMED)
    return f"{names}等" if len(units) > NAMED else names


def _items_said(context: Context, compared: Trend) -> str:
    def names(results: list[ItemResult]) -> str:
        return listed(result.item.short for result in results)

    better = [
        now
        for now, before in compared.items
        if now.verdict is Verdict.MET and before.verdict is Verdict.UNMET
    ]
    worse = [now for now, before in compared.items if before.verdict is Verdict.MET]
    return context.say(
        "trend.items",
        better=len(better),
        worse=len(worse),
        better_names=names(better),
        worse_names=names(worse),
    )
