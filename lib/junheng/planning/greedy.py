"""The obvious rule, to compare with: school by school, indicator by indicator, buy what is missing where it is missing.

Each failing unit leaves the one indicator that is dearest to fill (at 85%) and buys the rest to the threshold with the
cheapest measure of each; then, for a coefficient of variation above its limit, all units below a level are lifted to
it, the least level at which it holds. No transfers, no hire counted for two indicators at once, no eye for what the next unit needs.
"""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.disparity import weighted_cv_squared
from junheng.assess.gaps import needed
from junheng.assess.model import Unit, Verdict
from junheng.exact import ZERO
from junheng.params.standard import Indicator
from junheng.planning.case import PlanCase
from junheng.planning.rounding import SAFE, Amounts, additions_by_price, buy

ONE = Fraction(1)
GRID = 1024
"""Levels that are tried, as parts of the best unit's: a coefficient falls as the level rises, so they can be bisected."""


def greedy_amounts(case: PlanCase) -> Amounts | None:
    """Return what the rule buys, or None when the limits stop it."""
    amounts: Amounts = {}
    for unit in case.result.units:
        if unit.verdict is Verdict.UNMET and not _fill(case, unit, amounts):
            return None
    for stage, indicator_id in case.violated(amounts):
        _level(case, stage, case.result.standard.indicator(indicator_id), amounts)
    return None if case.violated(amounts) or not _all_met(case, amounts) else amounts


def _fill(case: PlanCase, unit: Unit, amounts: Amounts) -> bool:
    """Bring one unit to 达标; the dearest gap is filled to the floor only."""
    rule = case.result.standard.unit_rule
    unmet = [i for i in case.result.standard.indicators if _lacks(case, unit, i, ONE, amounts) > 0]
    # On a tie the sort is stable: the standard's first indicator stays at the floor.
    dearest = sorted(unmet, key=lambda i: _price(case, unit, i, amounts), reverse=True)[: rule.may_miss]
    return all(
        _buy(case, unit, i, rule.floor if i in dearest else ONE, amounts)
        for i in case.result.standard.indicators
    )


def _lacks(case: PlanCase, unit: Unit, indicator: Indicator, share: Fraction, amounts: Amounts) -> Fraction:
    return needed(unit, indicator, share) - case.after(unit, indicator, amounts)


def _price(case: PlanCase, unit: Unit, indicator: Indicator, amounts: Amounts) -> Fraction:
    """What filling to the threshold costs more than filling to the floor; a gap that cannot be filled is dearest."""
    costs = []
    for share in (ONE, case.result.standard.unit_rule.floor):
        trial = dict(amounts)
        if not _buy(case, unit, indicator, share, trial):
            return Fraction(10**12)
        costs.append(case.cost(trial))
    return costs[0] - costs[1]


def _buy(case: PlanCase, unit: Unit, indicator: Indicator, share: Fraction, amounts: Amounts) -> bool:
    key = (*unit.key, indicator.id)
    lacks = _lacks(case, unit, indicator, share, amounts)
    for position in additions_by_price(case, key):
        if lacks <= 0:
            break
        # What is measured passes the requirement by a trace, so that adding it in floating point reaches it too.
        trace = 0 if case.choices[position].lever.whole else needed(unit, indicator, share) * (SAFE - 1)
        lacks -= buy(case, position, key, lacks + trace, amounts)
    return lacks <= 0


def _level(case: PlanCase, stage: str, indicator: Indicator, amounts: Amounts) -> None:
    """Lift every unit below a level to it: the least of a fine grid of levels at which the spread is within its limit."""
    units = case.result.stage_units(stage)
    pupils = [unit.students or ZERO for unit in units]
    held = [case.after(unit, indicator, amounts) for unit in units]
    limit = case.result.standard.disparity.limits[stage] ** 2
    top = max(x / p for x, p in zip(held, pupils, strict=True))
    low, high = 0, GRID
    while low < high:
        middle = (low + high) // 2
        lifted = [max(x, top * middle / GRID * p) for x, p in zip(held, pupils, strict=True)]
        low, high = (low, middle) if weighted_cv_squared(lifted, pupils)[2] <= limit else (middle + 1, high)
    for unit, amount, pupil in zip(units, held, pupils, strict=True):
        key = (*unit.key, indicator.id)
        lacks = top * high / GRID * pupil - amount
        for position in additions_by_price(case, key):
            if lacks > 0:
                lacks -= buy(case, position, key, lacks, amounts)


def _all_met(case: PlanCase, amounts: Amounts) -> bool:
    rule = case.result.standard.unit_rule
    for unit in case.result.units:
        ratios = [case.after(unit, i, amounts) / needed(unit, i) for i in case.result.standard.indicators]
        if sum(ratio < 1 for ratio in ratios) > rule.may_miss or min(ratios) < rule.floor:
            return False
    return True
