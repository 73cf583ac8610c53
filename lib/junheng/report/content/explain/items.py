"""An item and the county's totals, explained as blocks: the rows, the sums, what was asked, both verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from junheng.assess.items import COUNTY, OF_SCHOOLS
from junheng.assess.model import PartResult, Result, Verdict, tally
from junheng.assess.trace_items import ItemTrace, Judgement, PartTrace, SubjectTrace
from junheng.params.formula import parse_formula
from junheng.params.formula_text import SIGN_OF, written
from junheng.params.standard import ASPECTS
from junheng.report.content.context import CountyContext
from junheng.report.content.explain.figures import (
    exact_text,
    input_text,
    inputs_table,
    missing_said,
    plains,
    results,
    short_text,
)
from junheng.report.content.model import Block, Heading, Table, TableCell
from junheng.report.content.numbers import unit_name
from junheng.report.content.tables.building import MARKS, Cells, row

NAMES = {key: name for key, name in ASPECTS.items() if key != "overall"}


def item_blocks(trace: ItemTrace, context: CountyContext, code: str = "") -> tuple[Block, ...]:
    """Explain one item, requirement by requirement; with `code`, only that school's row is listed."""
    said = [
        context.say(
            "explain.item_verdict",
            standard=result.standard.title,
            item=item.item.id,
            parts="、".join(str(part.verdict) for part in item.parts),
            verdict=str(item.verdict),
        )
        for result, item in zip(results(context), (trace.national, trace.local), strict=True)
    ]
    said.append(context.say("explain.clause", clause=trace.national.item.clause))
    parts = [block for part in trace.parts for block in _part_blocks(part, context, code)]
    return (*parts, Heading(2, context.say("explain.verdict")), *plains(said))


def _part_blocks(trace: PartTrace, context: CountyContext, code: str) -> Iterator[Block]:
    leading, subjects = trace.leading, [s for s in trace.subjects if not code or s.code == code]
    part, names = leading.part, _headers(trace, context)
    symbols = written(trace.formula, lambda name: names.get(name, name))
    sign, asked = SIGN_OF[part.comparator], _asked_text(trace, names)
    yield Heading(2, context.say("explain.part", name=part.name, symbols=symbols, sign=sign, asked=asked))
    yield from plains([_scope(trace, names, context)])
    if part.over == COUNTY:
        yield inputs_table((i for s in trace.subjects for i in s.inputs), context)
    elif subjects:
        rows = tuple(row(_subject_cells(s, context)) for s in subjects)
        yield Table(context.specs["explain_subjects"], rows)
    if part.kind == "total":
        yield from plains(_total(trace, names, context))
    for result, found in zip(results(context), (trace.national, trace.local), strict=True):
        if found is not None:
            yield from plains([_part_verdict(result, found, trace, context)])
    if leading.missing:
        yield from plains([missing_said(leading.missing, context, reasons=True)])
    if leading.exceptions:
        yield from plains([context.say("explain.part_exceptions", ids="、".join(leading.exceptions))])


def _asked_text(trace: PartTrace, names: dict[str, str]) -> str:
    """The threshold: a figure with its unit, or what it is computed from."""
    part, threshold = trace.leading.part, trace.leading.threshold
    if trace.asked.names:
        return written(trace.asked, lambda name: names.get(name, name))
    if part.show == "percent" and isinstance(threshold, Fraction):
        return f"{exact_text(threshold * 100)}%"
    return f"{exact_text(threshold)}{part.unit}"


def _headers(trace: PartTrace, context: CountyContext) -> dict[str, str]:
    """Headers by key of the part's own sheet, the county's figures and the derived names."""
    dictionary, derived = context.wording.dictionary, context.standard.derived
    found = {field.key: field.header for field in dictionary.sheet("county").fields}
    over = trace.leading.part.over
    sheet = dictionary.sheet("schools" if over in OF_SCHOOLS else over)
    found |= {field.key: field.header for field in sheet.fields}
    if over in OF_SCHOOLS:
        for name, formula in derived.items():
            found[name] = f"（{written(parse_formula(formula), lambda key: found.get(key, key))}）"
    return found


def _scope(trace: PartTrace, names: dict[str, str], context: CountyContext) -> str:
    chosen = sum(not subject.unsure for subject in trace.subjects)
    if trace.leading.part.where is None:
        return context.say("explain.part_all", chosen=chosen)
    scope = written(parse_formula(trace.leading.part.where), lambda name: names.get(name, name))
    return context.say("explain.part_scope", scope=scope, chosen=chosen, left=trace.left_out)


def _subject_cells(subject: SubjectTrace, context: CountyContext) -> Cells:
    national, local = subject.national, subject.local
    missing = any(entry.used is None for entry in subject.inputs)
    verdict = national.verdict if national else Verdict.UNKNOWN if missing else Verdict.MET
    inputs = "；".join(map(input_text, subject.inputs))
    return {
        "subject": f"{subject.name}{f'（{subject.code}）' if subject.code.isdigit() else ''}",
        "inputs": TableCell(inputs, mark="unknown" if missing else ""),
        "value": exact_text(national.value) if national else "—",
        "asked": _asked(national, local, context),
        "verdict": TableCell(_said(national, local, context), mark=MARKS[verdict]),
    }


def _asked(national: Judgement | None, local: Judgement | None, context: CountyContext) -> str:
    if national is None or local is None:
        return "—"
    return _both(exact_text(national.asked), exact_text(local.asked), context)


def _both(national: str, local: str, context: CountyContext) -> str:
    """What both standards say, or each of them where they differ."""
    title = context.assessment.local.standard.title.removesuffix("标准")
    return national if national == local else f"{national}（国家）／{local}（{title}）"


def _said(national: Judgement | None, local: Judgement | None, context: CountyContext) -> str:
    if national is None or local is None:
        return "—"
    used = f"（例外{national.exception}）" if national.exception else ""
    words = {Verdict.MET: "满足", Verdict.UNMET: "不满足", Verdict.UNKNOWN: "无法判定"}
    return _both(words[national.verdict], words[local.verdict], context) + used


def _total(trace: PartTrace, names: dict[str, str], context: CountyContext) -> Iterator[str]:
    part, sums = trace.leading.part, dict(trace.sums)
    if part.over != COUNTY:
        told = "，".join(f"{names.get(name, name)}{short_text(value)}" for name, value in trace.sums)
        yield context.say("explain.part_total", sums=told)
    symbols = written(trace.formula, lambda name: names.get(name, name))
    if trace.leading.value is None:
        yield context.say("explain.part_value_open", symbols=symbols)
        return
    yield context.say(
        "explain.part_value",
        symbols=symbols,
        figures=written(trace.formula, lambda name: short_text(sums.get(name))),
        value=_shown(trace.leading.value, trace.leading),
        unit="" if part.show == "percent" else part.unit,
    )


def _shown(value: Any, found: PartResult) -> str:
    """Write a figure exactly, a share also in per cent."""
    text = exact_text(value)
    if found.part.show != "percent" or value is None:
        return text
    return f"{text}（{exact_text(value * 100)}%）"


def _part_verdict(result: Result, found: PartResult, trace: PartTrace, context: CountyContext) -> str:
    return context.say(
        "explain.part_verdict",
        standard=result.standard.title,
        verdict=str(found.verdict),
        none=not trace.subjects and not found.missing,
        setting=_setting(result, "no_subject"),
        each=found.part.kind == "each",
        failing=len(found.failures),
        missing=len(found.missing),
        names="、".join(failure.subject for failure in found.failures),
        open=found.value is None,
        value=_shown(found.value, found),
        sign=SIGN_OF[found.part.comparator],
        asked=_shown(found.threshold, found),
    )


def _setting(result: Result, setting_id: str) -> str:
    return next((s.name for s in result.standard.settings if s.id == setting_id), setting_id)


def resource_blocks(context: CountyContext) -> tuple[Block, ...]:
    """Explain 资源配置: the units and coefficients behind the verdict, under both standards."""
    return tuple(plains(text for result in results(context) for text in _resource(result, context)))


def _resource(result: Result, context: CountyContext) -> Iterator[str]:
    spread = [row for row in result.disparities if row.verdict is not None]
    units, cvs = (tally(row.verdict for row in rows if row.verdict) for rows in (result.units, spread))
    yield context.say(
        "explain.resource",
        standard=result.standard.title,
        units=len(result.units),
        **units,
        cvs=len(spread),
        **{f"cv_{key}": count for key, count in cvs.items()},
        verdict=str(result.resource),
    )
    failing = [unit for unit in result.units if unit.verdict is not Verdict.MET]
    if failing:
        names = "、".join(f"{unit_name(unit, result.standard)}（{unit.verdict}）" for unit in failing)
        yield context.say("explain.resource_units", names=names)
    above = [row for row in spread if row.verdict is not Verdict.MET]
    if above:
        names = "、".join(f"{result.standard.stage(row.stage).name}{row.indicator}" for row in above)
        yield context.say("explain.resource_cvs", names=names)


def group_blocks(group: str, context: CountyContext) -> tuple[Block, ...]:
    """Explain one group of items (政府保障程度 and so on)."""
    texts: list[str] = []
    for result in results(context):
        items = result.group(group)
        texts.append(
            context.say(
                "explain.group",
                standard=result.standard.title,
                group=NAMES[group],
                items=len(items),
                **tally(item.verdict for item in items),
                verdict=str(getattr(result, group)),
            )
        )
        failing = [item for item in items if item.verdict is not Verdict.MET]
        if failing:
            names = "、".join(f"{i.item.id} {i.item.short}（{i.verdict}）" for i in failing)
            texts.append(context.say("explain.group_items", names=names))
    return tuple(plains(texts))


def aspect_blocks(aspect: str, context: CountyContext) -> tuple[Block, ...]:
    """Explain one aspect: 资源配置 from units and coefficients, any other from its items."""
    return resource_blocks(context) if aspect == "resource" else group_blocks(aspect, context)


def overall_blocks(context: CountyContext) -> tuple[Block, ...]:
    """Explain the overall verdict from its five aspects, and those from what they consist of."""
    said = []
    for result in results(context):
        told = "、".join(f"{name}{getattr(result, key)}" for key, name in NAMES.items())
        title, verdict = result.standard.title, str(result.overall)
        said.append(context.say("explain.overall", standard=title, aspects=told, verdict=verdict))
    blocks = [Heading(2, context.say("explain.verdict")), *plains([*said, context.say("explain.rule")])]
    for key, name in NAMES.items():
        blocks += [Heading(2, name), *aspect_blocks(key, context)]
    return tuple(blocks)
