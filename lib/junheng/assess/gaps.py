"""What keeps a county from passing: every unmet requirement with the gap to its standard, and the values near a limit."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment, Cell, Disparity, MissingInput, Result, Unit, Verdict
from junheng.exact import ZERO, ceil_div, printed_contradicts
from junheng.params.brief import Brief
from junheng.params.standard import Indicator

PRINT: dict[str, tuple[int, int]] = {"percent": (100, 1), "int": (1, 0), "decimal": (1, 2), "text": (1, 0)}
"""How a part's figure is printed: factor and decimals (RULES §10): ratios 1 decimal, the rest integers."""


MONEY, LARGE = "元", 10_000
"""From 1万元 on an office writes money in 万元 (figures per head stay in 元, as the form asks for them)."""


@dataclass(frozen=True, slots=True, repr=False)
class Shortfall(Brief):
    """An unmet indicator of a unit that is not 达标.

    `gap` is what must be added to the unit's own numerator, in the indicator's gap_unit; whole for people and rooms.
    """

    unit: Unit
    indicator: Indicator
    cell: Cell
    gap: Fraction


@dataclass(frozen=True, slots=True, repr=False)
class Edge(Brief):
    """A figure whose printed value would suggest the other verdict (临界). Value and threshold as printed (a share in %)."""

    subject: str
    stage: str
    label: str
    value: Fraction
    threshold: Fraction
    comparator: str
    decimals: int
    unit: str
    verdict: Verdict

    @property
    def contradicts(self) -> bool:
        """Whether the figure, rounded as usual, would suggest the other verdict."""
        return printed_contradicts(self.value, self.threshold, self.comparator, self.decimals)


def needed(unit: Unit, indicator: Indicator, share: Fraction = Fraction(1)) -> Fraction:
    """Return the numerator at which the unit reaches `share` of the threshold; its pupils must be known."""
    assert unit.students is not None
    threshold = unit.cells[indicator.id].threshold
    asked = threshold * share if indicator.comparator == ">=" else threshold / share
    return asked * unit.students / indicator.factor


def shortfall(unit: Unit, indicator: Indicator, share: Fraction = Fraction(1)) -> Fraction | None:
    """Return what the unit lacks to `share` of `indicator`'s threshold (0 when met, None when open), in its gap_unit."""
    cell, higher = unit.cells[indicator.id], indicator.comparator == ">="
    if cell.numerator is None or unit.students is None:
        return None
    lacks = needed(unit, indicator, share) - cell.numerator
    lacking = max(lacks if higher else -lacks, ZERO) * indicator.gap_scale
    return Fraction(ceil_div(lacking)) if indicator.whole else lacking


def rounded_up(amount: Fraction, unit: str) -> Fraction:
    """Return the least printable amount that closes a gap: whole, money from 1万元 on in hundreds (0.01万元).

    What is printed is always enough, and a sum of such amounts is the sum of what is printed.
    """
    whole = Fraction(ceil_div(amount))
    step = LARGE // 100
    return Fraction(ceil_div(amount / step) * step) if unit == MONEY and whole >= LARGE else whole


def shortfalls(result: Result) -> tuple[Shortfall, ...]:
    """Return every unmet indicator of every unit that is 未达标, in the order of units and indicators."""
    found = []
    for unit in result.units:
        if unit.verdict is not Verdict.UNMET:
            continue
        for indicator in result.standard.indicators:
            cell = unit.cells[indicator.id]
            gap = shortfall(unit, indicator)
            if cell.verdict is Verdict.UNMET and gap is not None:
                found.append(Shortfall(unit, indicator, cell, gap))
    return tuple(found)


def failing_disparities(result: Result) -> tuple[Disparity, ...]:
    """Return the coefficients of variation above their limit."""
    return tuple(row for row in result.disparities if row.verdict is Verdict.UNMET)


def missing_inputs(assessment: Assessment) -> tuple[MissingInput, ...]:
    """Return every input that left something 无法判定, once each, in order of appearance."""
    found: dict[MissingInput, None] = {}
    for unit in assessment.national.units:
        for cell in unit.cells.values():
            found.update(dict.fromkeys(cell.missing))
    for result in (assessment.national, assessment.local):
        for item in result.items:
            for part in item.parts:
                found.update(dict.fromkeys(part.missing))
    return tuple(found)


def edges(assessment: Assessment) -> tuple[Edge, ...]:
    """Return every printed figure that, rounded as usual, would contradict the verdict beside it (RULES §2)."""
    national, local = assessment.national, assessment.local
    # A part that both standards ask alike is printed once, with the national threshold.
    seen = {(item.item.id, part.part.id, part.threshold) for item in national.items for part in item.parts}
    judged = (
        *_unit_figures(national),
        *_disparity_figures(national),
        *_item_figures(national, set()),
        *_item_figures(local, seen),
    )
    return tuple(edge for edge in judged if edge.contradicts)


def _unit_figures(result: Result) -> Iterator[Edge]:
    for unit in result.units:
        stage = result.standard.stage(unit.stage).name
        for indicator in result.standard.indicators:
            cell = unit.cells[indicator.id]
            if cell.value is not None:
                yield Edge(
                    unit.school_name,
                    stage,
                    indicator.name,
                    cell.value,
                    cell.threshold,
                    indicator.comparator,
                    indicator.decimals,
                    indicator.unit,
                    cell.verdict,
                )


def _disparity_figures(result: Result) -> Iterator[Edge]:
    places = result.standard.disparity.decimals
    for row in result.disparities:
        if row.cv is not None and row.limit is not None and row.verdict is not None:
            stage = result.standard.stage(row.stage).name
            label = f"{result.standard.indicator(row.indicator).name}差异系数"
            yield Edge("全县", stage, label, row.cv, row.limit, "<=", places, "", row.verdict)


def _item_figures(result: Result, seen: Set[tuple[str, str, object]]) -> Iterator[Edge]:
    """The totals of the items, but for those (by item, part and threshold) that were seen before."""
    for item in result.items:
        for one in item.parts:
            part, value, threshold = one.part, one.value, one.threshold
            if part.kind != "total" or (item.item.id, part.id, threshold) in seen:
                continue
            if not isinstance(value, Fraction) or not isinstance(threshold, Fraction):
                continue
            factor, places = PRINT[part.show]
            label = f"{item.item.id} {part.name}"
            sides = value * factor, threshold * factor
            yield Edge("全县", "", label, *sides, part.comparator, places, part.unit, one.verdict)
