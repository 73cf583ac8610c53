"""三、分项评估结果: resources, disparity, items by group, vetoes, the city's tasks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity, ItemResult, Result, Unit, Verdict
from junheng.exact import in_full
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import cv_text
from junheng.report.content.phrases import listed
from junheng.report.content.sections.overview import only_local_failures
from junheng.report.content.statements import item_statement, sentence
from junheng.report.content.tables import disparity_table, resource_table


def tally(verdicts: list[Verdict]) -> dict[str, int]:
    """Count verdicts as met, unmet, unknown."""
    return {
        "met": verdicts.count(Verdict.MET),
        "unmet": verdicts.count(Verdict.UNMET),
        "unknown": verdicts.count(Verdict.UNKNOWN),
    }


def share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def resource(context: Context) -> tuple[Block, ...]:
    """（一）资源配置: how many units meet, per stage and indicator."""
    result = context.assessment.national
    summary = _units_said(context, "resource.summary", list(result.units))
    stages = "".join(
        _units_said(context, "resource.stage", list(result.stage_units(stage.id)), stage=stage.name)
        for stage in result.standard.stages
    )
    weak = "".join(_weakest(context, result, stage.id, stage.name) for stage in result.standard.stages)
    lead = context.say("resource.lead") + context.cite("distribution", "location")
    return (
        Paragraph(summary + stages),
        Paragraph(weak + lead),
        resource_table(context.assessment, context.wording.specs),
    )


def _units_said(context: Context, phrase: str, units: list[Unit], **more: str) -> str:
    counts = tally([unit.verdict for unit in units])
    return context.say(phrase, units=len(units), rate=share(counts["met"], len(units)), **counts, **more)


def _weakest(context: Context, result: Result, stage: str, name: str) -> str:
    units = result.stage_units(stage)
    if not units:
        return ""
    unmet = {
        indicator.name: sum(unit.cells[indicator.id].verdict is Verdict.UNMET for unit in units)
        for indicator in result.standard.indicators
    }
    most = max(unmet.values())
    worst = [name for name, count in unmet.items() if count == most]
    return context.say(
        "resource.weak",
        stage=name,
        count=most,
        kinds=sum(count > 0 for count in unmet.values()),
        tied=len(worst),
        worst=listed(worst),
    )


def disparity(context: Context) -> tuple[Block, ...]:
    """（二）校际均衡: coefficients of variation against their limits."""
    result = context.assessment.national
    judged = [row for row in result.disparities if row.verdict is not None]
    counts = tally([row.verdict for row in judged if row.verdict])
    text = context.say("disparity.summary", total=len(judged), **counts)
    for row in judged:
        if row.verdict is Verdict.UNMET:
            text += _over_limit(context, result, row)
    composite = [row for row in result.disparities if row.indicator == COMPOSITE]
    text += "".join(
        context.say(
            "disparity.composite",
            stage=result.standard.stage(row.stage).name,
            cv=row.cv,
            undefined=int(row.undefined),
        )
        for row in composite
    )
    text += context.cite("disparity")
    return (Paragraph(text), disparity_table(context.assessment, context.wording.specs))


def _over_limit(context: Context, result: Result, row: Disparity) -> str:
    return context.say(
        "disparity.over",
        stage=result.standard.stage(row.stage).name,
        indicator=result.standard.indicator(row.indicator).name,
        cv=cv_text(row, result.standard),
        limit=in_full(row.limit or Fraction(0), 2),
    )


def items(context: Context, group: str, table: str) -> tuple[Block, ...]:
    """（三）政府保障程度 or （四）教育质量: a count, which items are not met, and what keeps others open.

    What is wrong with an item that is not met is said once, among the problems.
    """
    result = context.assessment.national
    results = result.group(group)
    counts = tally([r.verdict for r in results])
    summary = context.say("items.summary", total=len(results), **counts) + context.say(
        "items.detail", table=table
    )
    local = [r for r in only_local_failures(result, context.assessment.local) if r.item.group == group]
    named = _named(context, "items.unmet", results, [r for r in results if r.verdict is Verdict.UNMET])
    named += _named(context, "items.unmet_local", context.assessment.local.group(group), local)
    told = [
        Paragraph(_item_said(context, r, position))
        for position, r in enumerate(results, 1)
        if r.verdict is Verdict.UNKNOWN
    ]
    return (Paragraph(summary + named), *told)


def _named(context: Context, phrase: str, group: Sequence[ItemResult], failing: Sequence[ItemResult]) -> str:
    """Name the failing items of a group by their numbers in the form."""
    names = listed(f"第{group.index(result) + 1}项“{result.item.name}”" for result in failing)
    return context.say(
        phrase, count=len(failing), names=names, standard=context.assessment.local.standard.title
    )


def _item_said(context: Context, result: ItemResult, number: int) -> str:
    return context.say(
        "items.one",
        number=str(number),
        name=result.item.name,
        statement=_in_one(item_statement(result, context.assessment, context.wording.phrases)),
    )


def _in_one(statement: str) -> str:
    """One sentence an item: several items may lack the same figure, and none is told twice in the same words."""
    return "；".join(part for part in statement.split("。") if part) + "。"


def social(context: Context) -> tuple[Paragraph, ...]:
    """（五）社会认可度."""
    paragraphs = []
    for result in context.assessment.national.group("social"):
        statement = item_statement(result, context.assessment, context.wording.phrases)
        paragraphs.append(
            Paragraph(context.say("social.summary", verdict=result.verdict, statement=statement))
        )
    return tuple(paragraphs)


def veto(context: Context) -> tuple[Block, ...]:
    """（六）一票否决: none found, or which, with the county's explanation."""
    results = context.assessment.national.group("veto")
    present = [r for r in results if r.verdict is Verdict.UNMET]
    names = listed(f"“{r.item.name}”" for r in present)
    summary = context.say(
        "veto.summary", total=len(results), names=names, **tally([r.verdict for r in results])
    )
    told = [
        Paragraph(context.say("veto.explanation", name=r.item.name, text=sentence(row.text("explanation"))))
        for r in present
        for row in context.assessment.book.rows("vetoes")
        if row.text("item") == r.item.id and row.text("explanation")
    ]
    return (Paragraph(summary), *told)
