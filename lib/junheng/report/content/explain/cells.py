"""A unit's indicator and a coefficient of variation, explained as blocks: inputs, arithmetic, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from junheng.assess.model import Cell, Disparity, Result, Unit, Verdict
from junheng.assess.trace import CellTrace, Deviation, DisparityTrace, Input, SplitTrace, member_inputs
from junheng.assess.units import Contribution, certain_miss
from junheng.exact import exactly, plain
from junheng.params.formula_text import SIGN_OF, written
from junheng.report.content.context import CountyContext
from junheng.report.content.explain.figures import (
    exact_text,
    headers,
    inputs_table,
    missing_said,
    percent_text,
    plains,
    results,
    short_text,
    steps,
)
from junheng.report.content.model import Block, Heading, Mark, Paragraph, Table, TableCell
from junheng.report.content.numbers import EDGE_MARK, cell_text, cv_text, unit_name
from junheng.report.content.tables.building import Cells, numbered

MOST_DIGITS = 50
"""Beyond this an exact fraction helps nobody; the comparison uses it all the same."""


def cell_blocks(trace: CellTrace, context: CountyContext) -> tuple[Block, ...]:
    """Explain one indicator of one unit."""
    inputs = [i for part in trace.contributions for i in trace.inputs(part)]
    inputs += [*trace.pupils, *_split_inputs(trace)]
    return (
        *_campuses(trace, context),
        inputs_table(inputs, context),
        Heading(2, context.say("explain.steps")),
        *steps(_steps(trace, context)),
        Heading(2, context.say("explain.verdict")),
        *plains(_cell_verdicts(trace, context)),
    )


def _split_inputs(trace: CellTrace) -> Iterator[Input]:
    for part in trace.contributions:
        if split := trace.split(part):
            yield from member_inputs(part.member, tuple(column for column, _, _ in split.terms))


def _campuses(trace: CellTrace, context: CountyContext) -> Iterator[Block]:
    members = list(
        dict.fromkeys((p.member.row.text("school_name"), p.member.code) for p in trace.contributions)
    )
    if len(members) > 1:
        names = "、".join(f"{name}（{code}）" for name, code in members)
        yield Paragraph(context.say("explain.campuses", names=names), "plain")


def _steps(trace: CellTrace, context: CountyContext) -> Iterator[str]:
    for part in trace.contributions:
        yield _amount(part, trace, context)
        if split := trace.split(part):
            yield _split(part, split, trace, context)
    if not trace.indicator.split:
        yield context.say("explain.no_split")
    elif not any(map(trace.split, trace.contributions)):
        yield context.say("explain.alone")
    unit = trace.indicator.numerator_unit
    if len(trace.contributions) > 1:
        terms = "＋".join(short_text(part.result) for part in trace.contributions)
        yield context.say("explain.sum", terms=terms, result=exact_text(trace.numerator), unit=unit)
    yield _pupils(trace, context)
    yield _value(trace, context)


def _amount(part: Contribution, trace: CellTrace, context: CountyContext) -> str:
    names = headers(trace.inputs(part))
    step = context.say(
        "explain.amount",
        open=part.amount is None,
        single=len(part.formula.names) == 1,
        subject=part.member.row.text("school_name"),
        symbols=written(part.formula, lambda name: names.get(name, name)),
        figures=written(part.formula, lambda name: short_text(part.member.lookup(name))),
        result=exact_text(part.amount),
        unit=trace.indicator.numerator_unit,
    )
    if part.exception is None:
        return step
    return context.say("explain.exception", id=part.exception.id, name=part.exception.name, step=step)


def _split(part: Contribution, split: SplitTrace, trace: CellTrace, context: CountyContext) -> str:
    standard = context.standard
    column = standard.split.pupils[trace.unit.stage]
    own = next(f"{plain(w)}×{short_text(p)}" for name, w, p in split.terms if name == column)
    whole = "＋".join(f"{plain(weight)}×{short_text(pupils)}" for _, weight, pupils in split.terms)
    return context.say(
        "explain.split",
        open=part.result is None,
        stage=standard.stage(trace.unit.stage).part_name,
        terms=f"{own}÷（{whole}）",
        part=exact_text(split.part),
        part_short=short_text(split.part),
        amount=short_text(part.amount),
        result=exact_text(part.result),
        unit=trace.indicator.numerator_unit,
    )


def _pupils(trace: CellTrace, context: CountyContext) -> str:
    return context.say(
        "explain.pupils",
        stage=context.standard.stage(trace.unit.stage).name,
        count=len(trace.pupils),
        terms="＋".join(short_text(entry.used) for entry in trace.pupils),
        result=short_text(trace.unit.students),
    )


def _value(trace: CellTrace, context: CountyContext) -> str:
    cell, indicator = trace.national, trace.indicator
    return context.say(
        "explain.value",
        open=cell.value is None,
        numerator=short_text(cell.numerator),
        factor=indicator.factor,
        students=short_text(trace.unit.students),
        value=exact_text(cell.value),
        unit=indicator.unit,
        printed=cell_text(cell, indicator),
    )


def _cell_verdicts(trace: CellTrace, context: CountyContext) -> Iterator[str]:
    units = (trace.unit, trace.local_unit)
    for result, cell, unit in zip(results(context), (trace.national, trace.local), units, strict=True):
        yield _cell_verdict(result, cell, trace, context)
        yield _unit_verdict(result, unit, context)
    if cell_text(trace.national, trace.indicator).endswith(EDGE_MARK):
        yield context.say("explain.edge")
    if trace.national.missing:
        yield missing_said(trace.national.missing, context)
    standard = context.standard
    split = any(map(trace.split, trace.contributions))
    clauses = [trace.indicator.clause, standard.split.clause if split else "", standard.unit_rule.clause]
    yield context.say("explain.clause", clause="；".join(dict.fromkeys(filter(None, clauses))))


def _cell_verdict(result: Result, cell: Cell, trace: CellTrace, context: CountyContext) -> str:
    floor = result.standard.unit_rule.floor
    return context.say(
        "explain.cell_verdict",
        open=cell.value is None,
        standard=result.standard.title,
        sign=SIGN_OF[result.standard.indicator(cell.indicator).comparator],
        threshold=plain(cell.threshold) + trace.indicator.unit,
        unit=trace.indicator.unit,
        value=exact_text(cell.value),
        verdict=str(cell.verdict),
        ratio=percent_text(cell.ratio),
        reached=cell.ratio is not None and cell.ratio >= floor,
        floor=plain(floor * 100),
    )


def _unit_verdict(result: Result, unit: Unit, context: CountyContext) -> str:
    rule = result.standard.unit_rule
    missed = [ratio for cell in unit.cells.values() if (ratio := certain_miss(cell)) is not None]
    return context.say(
        "explain.unit_verdict",
        open=sum(cell.verdict is Verdict.UNKNOWN for cell in unit.cells.values()),
        missed=len(missed),
        low=sum(ratio < rule.floor for ratio in missed),
        standard=result.standard.title,
        verdict=str(unit.verdict),
        total=len(unit.cells),
        met=unit.met_count,
        lowest=percent_text(unit.min_ratio),
        may_miss=rule.may_miss,
        floor=plain(rule.floor * 100),
    )


def disparity_blocks(trace: DisparityTrace, context: CountyContext) -> tuple[Block, ...]:
    """Explain one coefficient of variation: every unit's part in it, the sums, the exact comparison."""
    weighted = sum((row.weighted for row in trace.rows if row.weighted is not None), Fraction(0))
    rows = numbered(_deviation(row, weighted, context) for row in trace.rows)
    note = context.say("explain.cv_columns", unit=trace.indicator.unit)
    sides = zip(results(context), (trace.national, trace.local), strict=True)
    return (
        Table(context.specs["explain_deviations"], rows, notes=(note,)),
        Heading(2, context.say("explain.steps")),
        *steps(_cv_steps(trace, weighted, context)),
        Heading(2, context.say("explain.verdict")),
        *plains(_cv_verdict(result, row, context) for result, row in sides),
        *plains([context.say("explain.clause", clause=context.standard.disparity.clause)]),
    )


def _deviation(row: Deviation, weighted: Fraction, context: CountyContext) -> Cells:
    share = None if row.weighted is None or not weighted else row.weighted / weighted
    mark: Mark = "unknown" if row.value is None else ""
    return {
        "school": unit_name(row.unit, context.standard),
        "amount": TableCell(exact_text(row.amount), row.amount, mark),
        "students": TableCell(short_text(row.students), row.students),
        "value": TableCell(exact_text(row.value), row.value, mark),
        "weighted": percent_text(share),
    }


def _cv_steps(trace: DisparityTrace, weighted: Fraction, context: CountyContext) -> Iterator[str]:
    row, standard = trace.national, context.standard
    if row.mean is None or row.sd is None or row.cv is None or trace.students is None:
        return
    yield context.say(
        "explain.cv_mean",
        amount=_long(trace.amount),
        students=short_text(trace.students),
        mean=_long(row.mean),
        unit=trace.indicator.unit,
    )
    yield context.say(
        "explain.cv_variance",
        weighted=_long(weighted),
        students=short_text(trace.students),
        variance=_long(weighted / trace.students),
    )
    yield context.say("explain.cv_squared", squared=_long(row.cv_squared))
    yield context.say("explain.cv_root", sd=plain(row.sd), cv=plain(row.cv), printed=cv_text(row, standard))
    if row.units == 1:
        yield context.say("explain.cv_single")


def _long(value: Fraction | None) -> str:
    """Write ＝ and a figure; one whose fraction would run over lines as ≈ and its digits."""
    text = exactly(value) if value is not None else ""
    # Only the writing is cut: sums and comparisons go on with the whole fraction.
    return f"＝{text}" if len(text) <= MOST_DIGITS or value is None else f"≈{plain(value)}"


def _cv_verdict(result: Result, row: Disparity, context: CountyContext) -> str:
    title = result.standard.title
    if row.cv_squared is None or row.limit is None:
        name = "explain.cv_undefined" if row.undefined else "explain.cv_open"
        return context.say(name, standard=title, reason=row.reason)
    return context.say(
        "explain.cv_verdict",
        standard=title,
        squared=plain(row.cv_squared),
        limit=plain(row.limit),
        limit_squared=plain(row.limit**2),
        verdict=str(row.verdict or Verdict.UNKNOWN),
    )
