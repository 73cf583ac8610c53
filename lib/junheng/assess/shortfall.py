"""What each failing unit lacks, what must be added to its SCHOOL for it, and which indicator is cheapest to leave.

A combined school shares its L4–L7 resources by weight × pupils over its stages, and a campus by its own pupils (RULES §2),
so a unit that lacks 100 ㎡ and gets 0.6 of what is built needs 166.67 ㎡ more in the row where it is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import needed
from junheng.assess.model import Assessment, Cell, Unit, Verdict
from junheng.assess.schools import Rules, School, merged_schools
from junheng.assess.units import stage_share
from junheng.exact import ZERO, ceil_div
from junheng.params.brief import Brief
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing, Undefined
from junheng.params.standard import Indicator

UnitPrices = Mapping[tuple[str, str], Fraction]
"""万元 for one numerator unit (人, ㎡, 万元, 间), by (stage, indicator)."""
ONE = Fraction(1)


@dataclass(frozen=True, slots=True, repr=False)
class IndicatorLack(Brief):
    """One unmet indicator, in the numerator's unit; whole for people and rooms.

    `gap` and `floor_gap`: what the unit lacks to the threshold and to the floor (85%). `school_gap` and
    `school_floor_gap`: what must be added to the row `row_code` (the school or the campus that gives this stage most).
    """

    indicator: Indicator
    cell: Cell
    gap: Fraction
    floor_gap: Fraction
    school_gap: Fraction
    school_floor_gap: Fraction
    row_code: str
    share: Fraction


@dataclass(frozen=True, repr=False)
class UnitLack(Brief):
    """A failing unit. `leave`: the indicators that stay at the floor (at most the number a unit may miss), by price.

    `costs`: 万元 to close each gap fully; `cost`: with `leave` at the floor. Prices are those of additions alone.
    """

    unit: Unit
    lacks: tuple[IndicatorLack, ...]
    leave: tuple[str, ...]
    costs: Mapping[str, Fraction]
    cost: Fraction

    def asked(self, lack: IndicatorLack) -> Fraction:
        """Return what must be added to the row for this unit to be 达标."""
        return lack.school_floor_gap if lack.indicator.id in self.leave else lack.school_gap


def unit_lacks(assessment: Assessment, dictionary: Dictionary, prices: UnitPrices) -> tuple[UnitLack, ...]:
    """Return what every unit lacks that is 未达标, in the order of units; units with missing inputs are left out."""
    rules = Rules(dictionary, assessment.national.standard, assessment.book.county_row)
    schools = {school.code: school for school in merged_schools(assessment.book, rules)}
    return tuple(
        _unit_lack(assessment, unit, schools[unit.school_code], prices)
        for unit in assessment.units
        if unit.verdict is Verdict.UNMET
    )


def _unit_lack(assessment: Assessment, unit: Unit, school: School, prices: UnitPrices) -> UnitLack:
    rule = assessment.national.standard.unit_rule
    lacks = tuple(
        _lack(assessment, unit, school, indicator)
        for indicator in assessment.national.standard.indicators
        if unit.cells[indicator.id].verdict is Verdict.UNMET and indicator.comparator == ">="
    )
    costs, saved = {}, {}
    for lack in lacks:
        name = lack.indicator.id
        price = prices.get((unit.stage, name), ZERO)
        costs[name], saved[name] = lack.school_gap * price, (lack.school_gap - lack.school_floor_gap) * price
    # What saves most by staying at the floor; on a tie the standard's first (the sort is stable).
    leave = tuple(sorted(saved, key=lambda name: saved[name], reverse=True)[: rule.may_miss])
    cost = sum(costs.values(), ZERO) - sum((saved[name] for name in leave), ZERO)
    return UnitLack(unit, lacks, leave, costs, cost)


def _lack(assessment: Assessment, unit: Unit, school: School, indicator: Indicator) -> IndicatorLack:
    cell = unit.cells[indicator.id]
    assert cell.numerator is not None
    code, share = _best_row(unit, school, indicator)
    floor = assessment.national.standard.unit_rule.floor
    lacking, to_floor = (max(needed(unit, indicator, part) - cell.numerator, ZERO) for part in (ONE, floor))
    return IndicatorLack(
        indicator=indicator,
        cell=cell,
        gap=_whole(lacking, indicator),
        floor_gap=_whole(to_floor, indicator),
        school_gap=_whole(lacking / share, indicator),
        school_floor_gap=_whole(to_floor / share, indicator),
        row_code=code,
        share=share,
    )


def _whole(amount: Fraction, indicator: Indicator) -> Fraction:
    return Fraction(ceil_div(amount)) if indicator.whole else amount


def _best_row(unit: Unit, school: School, indicator: Indicator) -> tuple[str, Fraction]:
    """Return the row where an addition gives this stage most, and the part it gives (the main school on a tie)."""
    best = (school.code, ZERO)
    for member in school.members_of(unit.stage):
        try:
            share = stage_share(member, unit.stage) if indicator.split else ONE
        except (Missing, Undefined):
            continue
        best = (member.code, share) if share > best[1] else best
    return best
