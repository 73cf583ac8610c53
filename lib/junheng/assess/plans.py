"""One school at a time: its units, rank in the county, last year's values, what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import shortfall
from junheng.assess.model import Assessment, Cell, Unit, Verdict, combined
from junheng.assess.trend import Trend
from junheng.exact import ceil_div
from junheng.params.standard import Indicator, Standard


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of a unit. `rank` 1 is the best of `ranked` units of the stage with a value; `before` is last
    year's value; `gap` and `floor_gap` (to the floor of 85%) are in the indicator's gap_unit, 0 when reached."""

    indicator: Indicator
    cell: Cell
    rank: int | None
    ranked: int
    before: Fraction | None
    gap: Fraction | None
    floor_gap: Fraction | None


@dataclass(frozen=True)
class UnitPlan:
    """A unit with its indicators in the standard's order."""

    unit: Unit
    lines: tuple[Line, ...]

    @property
    def lacking(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.cell.verdict is Verdict.UNMET)


@dataclass(frozen=True)
class SchoolPlan:
    """A school's units."""

    code: str
    name: str
    units: tuple[UnitPlan, ...]

    @property
    def verdict(self) -> Verdict:
        return combined(plan.unit.verdict for plan in self.units)


def school_plans(assessment: Assessment, trend: Trend | None, every: bool = False) -> tuple[SchoolPlan, ...]:
    """Return a plan for each school with a unit that is not 达标 (with `every`, for all), in the order of units."""
    grouped: dict[str, list[Unit]] = {}
    for unit in assessment.units:
        grouped.setdefault(unit.school_code, []).append(unit)
    found = []
    for code, units in grouped.items():
        if every or any(unit.verdict is not Verdict.MET for unit in units):
            plans = tuple(
                _unit_plan(assessment, unit, trend.unit_before(unit) if trend else None) for unit in units
            )
            found.append(SchoolPlan(code, units[0].school_name, plans))
    return tuple(found)


def _unit_plan(assessment: Assessment, unit: Unit, before: Unit | None) -> UnitPlan:
    result = assessment.national
    peers = result.stage_units(unit.stage)
    return UnitPlan(
        unit, tuple(_line(i, unit, peers, before, result.standard) for i in result.standard.indicators)
    )


def _line(
    indicator: Indicator, unit: Unit, peers: Sequence[Unit], before: Unit | None, standard: Standard
) -> Line:
    cell = unit.cells[indicator.id]
    values = [v for peer in peers if (v := peer.cells[indicator.id].value) is not None]
    old = before.cells.get(indicator.id) if before else None
    return Line(
        indicator=indicator,
        cell=cell,
        rank=None if cell.value is None else 1 + sum(_better(v, cell.value, indicator) for v in values),
        ranked=len(values),
        before=old.value if old else None,
        gap=shortfall(unit, indicator),
        floor_gap=floor_gap(unit, indicator, standard.unit_rule.floor),
    )


def _better(value: Fraction, than: Fraction, indicator: Indicator) -> bool:
    return value > than if indicator.comparator == ">=" else value < than


def floor_gap(unit: Unit, indicator: Indicator, floor: Fraction) -> Fraction | None:
    """Return what the unit lacks to the floor of an indicator (85% of its threshold; RULES §2), in its gap_unit."""
    cell = unit.cells[indicator.id]
    if cell.numerator is None or unit.students is None:
        return None
    least = cell.threshold * floor if indicator.comparator == ">=" else cell.threshold / floor
    needed = least * unit.students / indicator.factor - cell.numerator
    lacking = max(needed if indicator.comparator == ">=" else -needed, Fraction(0)) * indicator.gap_scale
    return Fraction(ceil_div(lacking)) if indicator.whole else lacking
