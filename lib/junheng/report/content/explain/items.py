"""An item and the county's totals, explained as blocks: the rows, the sums, what was asked, both verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from junheng.assess.items import COUNTY, OF_SCHOOLS
from junheng.assess.model import PartResult, Result, Verdict
from junheng.assess.trace_items import ItemTrace, Judgement, PartTrace, SubjectTrace
from junheng.params.formula import parse_formula
from junheng.params.formula_text import SIGN_OF, written
from junheng.report.content.context import Context
from junheng.report.content.explain.figures import (
    exact_text,
    input_text,
    inputs_table,
    place_text,
    short_text,
)
from junheng.report.content.model import Block, Heading, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import unit_name
from junheng.report.content.tables.building import MARKS

NAMES = {
    "resource": "资源配置",
    "government": "政府保障程度",
    "quality": "教育质量",
    "social": "社会认可度",
    "veto": "一票否决",
}


def item_blocks(trace: ItemTrace, context: Context, code: str = "") -> tuple[Block, ...]:
    """Explain one item, requirement by requirement; with `code`, only that school's row is listed."""
    blocks: list[Block] = []
    for part in trace.parts:
        blocks += _part_blocks(part, context, code)
    sides = ((context.assessment.national, trace.national), (context.assessment.local, trace.local))
    blocks.append(Heading(2, context.say("explain.verdict")))
    for result, item in sides:
        parts = "、".join(str(part.verdict) for part in item.parts)
        blocks.append(
            Paragraph(
                context.say(
                    "explain.item_verdict",
                    standard=result.standard.title,
                    item=item.item.id,
                    parts=parts,
                    verdict=str(item.verdict),
                ),
                "plain",
            )
        )
    blocks.append(Paragraph(context.say("explain.clause", clause=trace.national.item.clause), "plain"))
    return tuple(blocks)


def _part_blocks(trace: PartTrace, context: Context, code: str) -> Iterator[Block]:
    part, subjects = trace.leading.part, [s for s in trace.subjects if not code or s.code == code]
    names = _headers(trace, context)
    yield Heading(
        2,
        context.say(
            "explain.part",
            name=part.name,
            symbols=written(trace.formula, lambda name: names.get(name, name)),
            sign=SIGN_OF[part.comparator],
            asked=_asked_text(trace, names),
        ),
    )
    yield Paragraph(_scope(trace, names, context), "plain")
    specs, phrases = context.wording.specs, context.wording.phrases
    if part.over == COUNTY:
        yield inputs_table((i for s in trace.subjects for i in s.inputs), specs["explain_inputs"], phrases)
    elif subjects:
        yield Table(specs["explain_subjects"], tuple(_subject_row(s, context) for s in subjects))
    if part.kind == "total":
        yield from _total(trace, names, context)
    for result, found in _sides(trace, context):
        yield Paragraph(_part_verdict(result, found, trace, context), "plain")
    if trace.leading.missing:
        places = (
            f"{m.subject}“{m.header}”{place_text(m.source, phrases)}（{m.reason}）"
            for m in trace.leading.missing
        )
        yield Paragraph(context.say("explain.missing", missing="；".join(places)), "plain")
    if trace.leading.exceptions:
        yield Paragraph(
            context.say("explain.part_exceptions", ids="、".join(trace.leading.exceptions)), "plain"
        )


def _asked_text(trace: PartTrace, names: dict[str, str]) -> str:
    """The threshold: a figure with its unit, or what it is computed from."""
    part, threshold = trace.leading.part, trace.leading.threshold
    if trace.asked.names:
        return written(trace.asked, lambda name: names.get(name, name))
    if part.show == "percent" and isinstance(threshold, Fraction):
        return f"{exact_text(threshold * 100)}%"
    return f"{exact_text(threshold)}{part.unit}"


def _headers(trace: PartTrace, context: Context) -> dict[str, str]:
    """Headers by key of the part's own sheet, the county's figures and the derived names."""
    dictionary, derived = context.wording.dictionary, context.assessment.national.standard.derived
    found = {field.key: field.header for field in dictionary.sheet("county").fields}
    over = trace.leading.part.over
    sheet = dictionary.sheet("schools" if over in OF_SCHOOLS else over)
    found |= {field.key: field.header for field in sheet.fields}
    if over in OF_SCHOOLS:
        for name, formula in derived.items():
            found[name] = f"（{written(parse_formula(formula), lambda key: found.get(key, key))}）"
    return found


def _scope(trace: PartTrace, names: dict[str, str], context: Context) -> str:
    chosen = sum(not subject.unsure for subject in trace.subjects)
    if trace.leading.part.where is None:
        return context.say("explain.part_all", chosen=chosen)
    scope = written(parse_formula(trace.leading.part.where), lambda name: names.get(name, name))
    return context.say("explain.part_scope", scope=scope, chosen=chosen, left=trace.left_out)


def _sides(trace: PartTrace, context: Context) -> Iterator[tuple[Result, PartResult]]:
    """The standards that ask this, each with its result."""
    if trace.national is not None:
        yield context.assessment.national, trace.national
    yield context.assessment.local, trace.local


def _subject_row(subject: SubjectTrace, context: Context) -> TableRow:
    national, local = subject.national, subject.local
    missing = any(entry.used is None for entry in subject.inputs)
    verdict = national.verdict if national else Verdict.UNKNOWN if missing else Verdict.MET
    return TableRow(
        {
            "subject": TableCell(f"{subject.name}{f'（{subject.code}）' if subject.code.isdigit() else ''}"),
            "inputs": TableCell(
                "；".join(map(input_text, subject.inputs)), mark="unknown" if missing else ""
            ),
            "value": TableCell(exact_text(national.value) if national else "—"),
            "asked": TableCell(_asked(national, local, context)),
            "verdict": TableCell(_said(national, local, context), mark=MARKS[verdict]),
        }
    )


def _asked(national: Judgement | None, local: Judgement | None, context: Context) -> str:
    if national is None or local is None:
        return "—"
    if national.asked == local.asked:
        return exact_text(national.asked)
    return f"{exact_text(national.asked)}（国家）／{exact_text(local.asked)}（济宁市）".replace(
        "济宁市", _local(context)
    )


def _local(context: Context) -> str:
    return context.assessment.local.standard.title.removesuffix("标准")


def _said(national: Judgement | None, local: Judgement | None, context: Context) -> str:
    if national is None or local is None:
        return "—"
    used = f"（例外{national.exception}）" if national.exception else ""
    words = {Verdict.MET: "满足", Verdict.UNMET: "不满足", Verdict.UNKNOWN: "无法判定"}
    if national.verdict is local.verdict:
        return words[national.verdict] + used
    return f"{words[national.verdict]}（国家）／{words[local.verdict]}（{_local(context)}）{used}"


def _total(trace: PartTrace, names: dict[str, str], context: Context) -> Iterator[Block]:
    part, sums = trace.leading.part, dict(trace.sums)
    if part.over != COUNTY:
        told = "，".join(f"{names.get(name, name)}{short_text(value)}" for name, value in trace.sums)
        yield Paragraph(context.say("explain.part_total", sums=told), "plain")
    symbols = written(trace.formula, lambda name: names.get(name, name))
    if trace.leading.value is None:
        yield Paragraph(context.say("explain.part_value_open", symbols=symbols), "plain")
        return
    figures = written(trace.formula, lambda name: short_text(sums.get(name)))
    yield Paragraph(
        context.say(
            "explain.part_value",
            symbols=symbols,
            figures=figures,
            value=_shown(trace.leading.value, trace.leading),
            unit="" if part.show == "percent" else part.unit,
        ),
        "plain",
    )


def _shown(value: Any, found: PartResult) -> str:
    """Write a figure exactly, a share also in per cent."""
    text = exact_text(value)
    return (
        f"{text}（{exact_text(value * 100)}%）"
        if found.part.show == "percent" and value is not None
        else text
    )


def _part_verdict(result: Result, found: PartResult, trace: PartTrace, context: Context) -> str:
    values: dict[str, Any] = {"standard": result.standard.title, "verdict": str(found.verdict)}
    if not trace.subjects and not found.missing:
        return context.say("explain.part_none", **values, setting=_setting(result, "no_subject"))
    if found.part.kind == "each":
        names = "、".join(failure.subject for failure in found.failures)
        return context.say(
            "explain.part_verdict_each",
            **values,
            failing=len(found.failures),
            open=len(found.missing),
            names=names,
        )
    if found.value is None:
        return context.say(
            "explain.part_no_base" if found.verdict is Verdict.MET else "explain.part_open", **values
        )
    met = found.verdict is Verdict.MET
    return context.say(
        "explain.part_verdict" if met else "explain.part_verdict_not",
        **values,
        value=_shown(found.value, found),
        sign=SIGN_OF[found.part.comparator],
        asked=_shown(found.threshold, found),
    )


def _setting(result: Result, setting_id: str) -> str:
    return next((s.name for s in result.standard.settings if s.id == setting_id), setting_id)


def resource_blocks(context: Context) -> tuple[Block, ...]:
    """Explain 资源配置: the units and coefficients behind the verdict, under both standards."""
    return tuple(
        Paragraph(text, "plain")
        for result in (context.assessment.national, context.assessment.local)
        for text in _resource(result, context)
    )


def _resource(result: Result, context: Context) -> Iterator[str]:
    spread = [row for row in result.disparities if row.verdict is not None]
    units, cvs = [u.verdict for u in result.units], [row.verdict for row in spread]
    yield context.say(
        "explain.resource",
        standard=result.standard.title,
        units=len(units),
        **{key: units.count(verdict) for key, verdict in _kinds("")},
        cvs=len(cvs),
        **{key: cvs.count(verdict) for key, verdict in _kinds("cv_")},
        verdict=str(result.resource),
    )
    names = [
        f"{unit_name(u, result.standard)}（{u.verdict}）"
        for u in result.units
        if u.verdict is not Verdict.MET
    ]
    if names:
        yield context.say("explain.resource_units", names="、".join(names))
    rows = [
        f"{result.standard.stage(r.stage).name}{r.indicator}" for r in spread if r.verdict is not Verdict.MET
    ]
    if rows:
        yield context.say("explain.resource_cvs", names="、".join(rows))


def _kinds(prefix: str) -> tuple[tuple[str, Verdict], ...]:
    return (
        (f"{prefix}met", Verdict.MET),
        (f"{prefix}unmet", Verdict.UNMET),
        (f"{prefix}open", Verdict.UNKNOWN),
    )


def group_blocks(group: str, context: Context) -> tuple[Block, ...]:
    """Explain one group of items (政府保障程度 and so on)."""
    texts: list[str] = []
    for result in (context.assessment.national, context.assessment.local):
        verdicts = [item.verdict for item in result.group(group)]
        texts.append(
            context.say(
                "explain.group",
                standard=result.standard.title,
                group=NAMES[group],
                items=len(verdicts),
                **{key: verdicts.count(verdict) for key, verdict in _kinds("")},
                verdict=str(getattr(result, group)),
            )
        )
        names = [
            f"{i.item.id} {i.item.short}（{i.verdict}）"
            for i in result.group(group)
            if i.verdict is not Verdict.MET
        ]
        if names:
            texts.append(context.say("explain.group_items", names="、".join(names)))
    return tuple(Paragraph(text, "plain") for text in texts)


def overall_blocks(context: Context) -> tuple[Block, ...]:
    """Explain the overall verdict from its five aspects, and those from what they consist of."""
    blocks: list[Block] = [Heading(2, context.say("explain.verdict"))]
    for result in (context.assessment.national, context.assessment.local):
        aspects = "、".join(f"{name}{getattr(result, key)}" for key, name in NAMES.items())
        said = context.say(
            "explain.overall", standard=result.standard.title, aspects=aspects, verdict=str(result.overall)
        )
        blocks.append(Paragraph(said, "plain"))
    blocks.append(Paragraph(context.say("explain.rule"), "plain"))
    sections: Sequence[tuple[str, tuple[Block, ...]]] = [
        ("resource", resource_blocks(context)),
        *((group, group_blocks(group, context)) for group in NAMES if group != "resource"),
    ]
    for key, found in sections:
        blocks += [Heading(2, NAMES[key]), *found]
    return tuple(blocks)
