"""Spreading a plan over the years of the budget: transfers first, then school after school, the cheapest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from junheng.planning.case import Case
from junheng.planning.rounding import Amounts

Yearly = dict[int, dict[int, Fraction]]
"""By choice: how much in which year."""


def schedule(case: Case, amounts: Amounts, first_year: int) -> Yearly | None:
    """Return the quantities by year; None when a whole step fits into no year's rest. Without budget: all in one year."""
    budget = case.limits.budget
    if not budget:
        return {position: {first_year: amount} for position, amount in amounts.items()}
    left = dict(sorted(budget.items()))
    yearly = _moves(case, amounts, left)
    if yearly is None:
        return None
    for position in _order(case, amounts):
        spread = _spread(case, position, amounts[position], left)
        if spread is None:
            return None
        yearly[position] = spread
    return yearly


def _moves(case: Case, amounts: Amounts, left: dict[int, Fraction]) -> Yearly | None:
    """Give each lever's transfers one year: what arrives must leave in the same year."""
    groups: dict[str, list[int]] = defaultdict(list)
    for position in amounts:
        if case.choices[position].lever.kind == "move":
            groups[case.choices[position].lever.id].append(position)
    yearly: Yearly = {}
    for positions in groups.values():
        cost = sum((case.choices[n].cost * amounts[n] for n in positions), Fraction(0))
        year = next((year for year, rest in left.items() if rest >= cost), None)
        if year is None:
            return None
        left[year] -= cost
        yearly |= {n: {year: amounts[n]} for n in positions}
    return yearly


def _order(case: Case, amounts: Amounts) -> list[int]:
    """School after school, so that as many as possible pass early; within a school, the dearest step first."""
    costs: dict[str, Fraction] = defaultdict(Fraction)
    bought = [n for n in amounts if case.choices[n].lever.kind == "add"]
    for n in bought:
        costs[case.choices[n].code] += case.choices[n].cost * amounts[n]
    return sorted(
        bought,
        key=lambda n: (
            costs[case.choices[n].code],
            case.choices[n].code,
            -case.choices[n].cost * case.choices[n].lever.step,
        ),
    )


def _spread(
    case: Case, position: int, amount: Fraction, left: dict[int, Fraction]
) -> dict[int, Fraction] | None:
    choice = case.choices[position]
    step, spread = choice.lever.step, {}
    for year in left:
        fits = amount if not choice.cost else min(amount, left[year] / choice.cost // step * step)
        if fits > 0:
            spread[year] = fits
            left[year] -= fits * choice.cost
            amount -= fits
    return None if amount else spread


def cost_by_year(case: Case, yearly: Yearly) -> Mapping[int, Fraction]:
    """Return what each year costs, in 万元."""
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for position, spread in yearly.items():
        for year, amount in spread.items():
            sums[year] += case.choices[position].cost * amount
    return dict(sorted(sums.items()))
