"""四、与上年度比较: this year beside last year, in words and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity, ItemResult, Unit, Verdict
from junheng.assess.trend import StageTrend, Trend
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph, Table, TableCell
from junheng.report.content.numbers import cv_text, printed_share, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    Cells,
    compared,
    expanded,
    grouped,
    label,
    number_cell,
    share_cell,
)

NAMED = 5
VETO = "veto"
CHANGES = (
    ("better", Verdict.UNMET, Verdict.MET),
    ("worse", Verdict.MET, Verdict.UNMET),
    ("lost", Verdict.MET, Verdict.UNKNOWN),
    ("open", Verdict.UNMET, Verdict.UNKNOWN),
    ("found_met", Verdict.UNKNOWN, Verdict.MET),
    ("found_unmet", Verdict.UNKNOWN, Verdict.UNMET),
)
"""Every way a verdict can change from last year (first) to this: 达标 → 无法判定 is no failure, and so never 不再达标."""


def trend(context: CountyContext) -> tuple[Block, ...]:
    """What changed since last year; one sentence when last year's workbook is not there."""
    compared = context.trend
    if compared is None:
        return (Paragraph(context.say("trend.none")),)
    now, before = compared.now.national.overall, compared.before.national.overall
    overall = context.say("trend.overall", now=now, before=before)
    stages = [_stage_said(context, stage) for stage in compared.stages]
    lead = _items_said(context, compared) + context.say("trend.lead") + context.cite("change")
    return (*map(Paragraph, (overall, *filter(None, stages), lead)), trend_table(context, compared))


def _stage_said(context: CountyContext, stage: StageTrend) -> str:
    name = context.standard.stage(stage.stage).name
    said = context.say(
        "trend.stage",
        stage=name,
        now=printed_share(stage.share_now),
        before=printed_share(stage.share_before),
        now_units=len(stage.now),
        before_units=len(stage.before),
    )
    said += context.say(
        "trend.moves",
        stage=name,
        improved=len(stage.improved),
        worsened=len(stage.worsened),
        names=_named(context, (change.now for change in stage.worsened)),
    )
    if stage.lost:
        lost = _named(context, (change.now for change in stage.lost))
        said += context.say("trend.lost", stage=name, lost=len(stage.lost), names=lost)
    return said + context.say(
        "trend.schools",
        stage=name,
        opened=len(stage.opened),
        closed=len(stage.closed),
        opened_names=_named(context, stage.opened),
        closed_names=_named(context, stage.closed),
    )


def _named(context: CountyContext, units: Iterable[Unit]) -> str:
    names = [unit_name(unit, context.standard) for unit in units]
    return listed(names, NAMED) + ("等" if len(names) > NAMED else "")


def _items_said(context: CountyContext, compared: Trend) -> str:
    """What became of the items that changed, and of the vetoes in words of their own: they name what must not be."""
    if not compared.items:
        return context.say("trend.same")
    # 由未达标转为达标 of a veto would say the opposite of what happened: a veto names what must not be.
    items = [pair for pair in compared.items if pair[0].item.group != VETO]
    vetoes = [pair for pair in compared.items if pair[0].item.group == VETO]
    return _changes_said(context, "trend.items", items) + _changes_said(context, "trend.veto", vetoes)


def _changes_said(context: CountyContext, phrase: str, pairs: list[tuple[ItemResult, ItemResult]]) -> str:
    """One sentence a kind of change, in the order of CHANGES."""
    told = ""
    for name, before, now in CHANGES:
        changed = [
            f"“{mine.item.short}”" for mine, old in pairs if (old.verdict, mine.verdict) == (before, now)
        ]
        if changed:
            told += context.say(f"{phrase}.{name}", count=len(changed), names=listed(changed))
    return told


def trend_table(context: CountyContext, trend: Trend) -> Table:
    """与上年度主要指标比较: last year, this year, change."""
    standard = trend.now.national.standard
    spec = expanded(context.specs["trend"], standard, year=str(trend.now.year), last=str(trend.before.year))
    rows = grouped(
        ({"stage": label(standard.stage(stage.stage).name)}, _stage_rows(trend, stage))
        for stage in trend.stages
        if stage.now or stage.before
    )
    return Table(spec, rows)


def _stage_rows(trend: Trend, stage: StageTrend) -> Iterator[Cells]:
    shares = share_cell(stage.share_before), share_cell(stage.share_now)
    yield {"label": label("达标单元占比（%）"), **compared(*shares, "个百分点")}
    compares = (trend.now.national.has_peers(stage.stage), trend.before.national.has_peers(stage.stage))
    for mine, theirs in trend.disparities(stage.stage) if any(compares) else ():
        yield {"label": label(_name(trend, mine)), **compared(_cv_cell(trend, theirs), _cv_cell(trend, mine))}


def _name(trend: Trend, row: Disparity) -> str:
    if row.indicator == COMPOSITE:
        return "综合差异系数"
    indicator = trend.now.national.standard.indicator(row.indicator)
    return f"{indicator.id} {indicator.short}差异系数"


def _cv_cell(trend: Trend, row: Disparity | None) -> TableCell:
    if row is None or row.cv is None:
        return number_cell(None)
    return TableCell(cv_text(row, trend.now.national.standard), row.cv)
