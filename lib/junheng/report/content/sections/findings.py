"""三、分项评估结果: resources, disparity, items by group, vetoes, the city's tasks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity, ItemResult, Unit, Verdict, tally
from junheng.exact import in_full
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import cv_text
from junheng.report.content.phrases import listed
from junheng.report.content.sections.overview import only_local_failures
from junheng.report.content.statements import item_statement, sentence
from junheng.report.content.tables.building import introduced
from junheng.report.content.tables.resources import disparity_table, resource_table, single_stages


def share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole; None where there is no whole."""
    return Fraction(part, whole) if whole else None


def resource(context: CountyContext) -> tuple[Block, ...]:
    """（一）资源配置: how many units meet, per stage and indicator."""
    result, stages = context.assessment.national, context.standard.stages
    told = _units_said(context, "resource.summary", result.units)
    for stage in stages:
        told += _units_said(context, "resource.stage", result.stage_units(stage.id), stage=stage.name)
    weak = "".join(_weakest(context, stage.id, stage.name) for stage in stages)
    lead = context.say("resource.lead") + context.cite("distribution", "location")
    return (Paragraph(told), Paragraph(weak + lead), resource_table(context))


def _units_said(context: CountyContext, phrase: str, units: Sequence[Unit], **more: str) -> str:
    counts = tally(unit.verdict for unit in units)
    return context.say(phrase, units=len(units), rate=share(counts["met"], len(units)), **counts, **more)


def unmet_counts(units: Sequence[Unit]) -> dict[str, int]:
    """Count the units that do not reach the standard, by indicator."""
    return {key: sum(unit.cells[key].verdict is Verdict.UNMET for unit in units) for key in units[0].cells}


def _weakest(context: CountyContext, stage: str, name: str) -> str:
    units = context.assessment.national.stage_units(stage)
    if not units:
        return ""
    unmet = unmet_counts(units)
    most = max(unmet.values())
    worst = [context.standard.indicator(key).name for key, count in unmet.items() if count == most]
    return context.say(
        "resource.weak",
        stage=name,
        count=most,
        kinds=sum(count > 0 for count in unmet.values()),
        tied=len(worst),
        worst=listed(worst),
    )


def disparity(context: CountyContext) -> tuple[Block, ...]:
    """（二）校际均衡: coefficients of variation against their limits, of the stages whose units can be compared."""
    result = context.assessment.national
    rows = [row for row in result.disparities if result.has_peers(row.stage)]
    judged, single = [row.verdict for row in rows if row.verdict is not None], single_stages(result)
    text = context.say("disparity.summary", total=len(judged), single=len(single), **tally(judged))
    text += context.say("disparity.single", stages=listed(single), count=len(single))
    text += "".join(_over_limit(context, row) for row in rows if row.verdict is Verdict.UNMET)
    for row in rows:
        if row.indicator == COMPOSITE:
            stage = context.standard.stage(row.stage).name
            text += context.say("disparity.composite", stage=stage, cv=row.cv, undefined=int(row.undefined))
    return introduced(text + context.cite("disparity"), disparity_table(context))


def _over_limit(context: CountyContext, row: Disparity) -> str:
    return context.say(
        "disparity.over",
        stage=context.standard.stage(row.stage).name,
        indicator=context.standard.indicator(row.indicator).name,
        cv=cv_text(row, context.standard),
        limit=in_full(row.limit or Fraction(0), 2),
    )


def items(context: CountyContext, group: str, table: str) -> tuple[Block, ...]:
    """（三）政府保障程度 or （四）教育质量: a count, which items are not met, and what keeps others open.

    What is wrong with an item that is not met is said once, among the problems.
    """
    national, local = context.assessment.national, context.assessment.local
    results = national.group(group)
    told = context.say("items.summary", total=len(results), **tally(r.verdict for r in results))
    told += context.say("items.detail", table=table)
    failing = [r for r in results if r.verdict is Verdict.UNMET]
    only_local = [r for r in only_local_failures(national, local) if r.item.group == group]
    told += _named(context, "items.unmet", results, failing)
    told += _named(context, "items.unmet_local", local.group(group), only_local)
    unknown = [
        Paragraph(_item_said(context, r, position))
        for position, r in enumerate(results, 1)
        if r.verdict is Verdict.UNKNOWN
    ]
    return (Paragraph(told), *unknown)


def _named(
    context: CountyContext, phrase: str, group: Sequence[ItemResult], failing: Sequence[ItemResult]
) -> str:
    """Name the failing items of a group by their numbers in the form."""
    names = listed(f"第{group.index(result) + 1}项“{result.item.name}”" for result in failing)
    title = context.assessment.local.standard.title
    return context.say(phrase, count=len(failing), names=names, standard=title)


def _item_said(context: CountyContext, result: ItemResult, number: int) -> str:
    """One sentence an item: several items may lack the same figure, and none is told twice in the same words."""
    statement = item_statement(result, context.assessment, context.wording.phrases)
    # An item is told in one sentence, so that the list of open items stays a list.
    in_one = "；".join(part for part in statement.split("。") if part) + "。"
    return context.say("items.one", number=str(number), name=result.item.name, statement=in_one)


def social(context: CountyContext) -> tuple[Paragraph, ...]:
    """（五）社会认可度."""
    return tuple(
        Paragraph(
            context.say(
                "social.summary",
                verdict=result.verdict,
                statement=item_statement(result, context.assessment, context.wording.phrases),
            )
        )
        for result in context.assessment.national.group("social")
    )


def veto(context: CountyContext) -> tuple[Block, ...]:
    """（六）一票否决: none found, or which, with the county's explanation."""
    results = context.assessment.national.group("veto")
    present = [r for r in results if r.verdict is Verdict.UNMET]
    names = listed(f"“{r.item.name}”" for r in present)
    counts = tally(r.verdict for r in results)
    told = [context.say("veto.summary", total=len(results), names=names, **counts)]
    rows = context.assessment.book.rows("vetoes")
    for r in present:
        texts = [row.text("explanation") for row in rows if row.text("item") == r.item.id]
        told += [
            context.say("veto.explanation", name=r.item.name, text=sentence(text)) for text in texts if text
        ]
    return tuple(map(Paragraph, told))
