"""One school at a time: its units, rank in the county, last year's values, what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import shortfall
from junheng.assess.model import Assessment, Cell, Result, Unit, Verdict, combined
from junheng.assess.trend import Trend
from junheng.params.standard import Indicator


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
        """The indicators that are not met."""
        return tuple(line for line in self.lines if line.cell.verdict is Verdict.UNMET)


@dataclass(frozen=True)
class SchoolPlan:
    """A school with the plans of its units, one for each stage it has."""

    code: str
    name: str
    units: tuple[UnitPlan, ...]

    @property
    def verdict(self) -> Verdict:
        """未达标 as soon as one of its units is."""
        return combined(plan.unit.verdict for plan in self.units)


def school_plans(assessment: Assessment, trend: Trend | None, every: bool = False) -> tuple[SchoolPlan, ...]:
    """Return a plan for each school with a unit that is not 达标 (with `every`, for all), in the order of units."""
    grouped: dict[str, list[Unit]] = {}
    for unit in assessment.units:
        grouped.setdefault(unit.school_code, []).append(unit)
    return tuple(
        SchoolPlan(
            code, units[0].school_name, tuple(_unit_plan(assessment.national, u, trend) for u in units)
        )
        for code, units in grouped.items()
        if every or any(unit.verdict is not Verdict.MET for unit in units)
    )


def _unit_plan(result: Result, unit: Unit, trend: Trend | None) -> UnitPlan:
    peers = result.stage_units(unit.stage)
    before = trend.unit_before(unit) if trend else None
    floor = result.standard.unit_rule.floor
    return UnitPlan(unit, tuple(_line(i, unit, peers, before, floor) for i in result.standard.indicators))


def _line(
    indicator: Indicator, unit: Unit, peers: Sequence[Unit], before: Unit | None, floor: Fraction
) -> Line:
    cell, sign = unit.cells[indicator.id], 1 if indicator.comparator == ">=" else -1
    values = [v for peer in peers if (v := peer.cells[indicator.id].value) is not None]
    old = before.cells.get(indicator.id) if before else None
    return Line(
        indicator=indicator,
        cell=cell,
        # All alike, or alone: nobody is first.
        rank=1 + sum(sign * v > sign * cell.value for v in values)
        if cell.value is not None and len({*values}) > 1
        else None,
        ranked=len(values),
        before=old.value if old else None,
        gap=shortfall(unit, indicator),
        floor_gap=shortfall(unit, indicator, floor),
    )
