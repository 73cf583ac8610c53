"""Spreading a plan over the years of the budget: transfers first, then schools that fail today, the cheapest first.

What only lowers a coefficient of variation comes after the shortfalls. When whole people and rooms do not fit into the
years in this order, a small whole-number programme over the sums of each measure finds an order in which they do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from junheng.assess.model import Verdict
from junheng.exact import ZERO
from junheng.params.prices import Lever
from junheng.planning.case import PlanCase
from junheng.planning.linear import Effort, Program, solve
from junheng.planning.rounding import Amounts

Yearly = dict[int, dict[int, Fraction]]
"""By choice: how much in which year."""


def schedule(case: PlanCase, amounts: Amounts, first_year: int, last_year: int = 0) -> Yearly | None:
    """Return the quantities by year; None when they fit in no order.

    Without a budget the years from the first to `last_year` have about equal parts of the cost, else the first has all.
    """
    if not case.limits.budget:
        return _in_order(case, amounts, _even(case, amounts, first_year, max(first_year, last_year)))
    found = _in_order(case, amounts, case.limits.budget)
    return _packed(case, amounts) if found is None else found


def _even(case: PlanCase, amounts: Amounts, first: int, last: int) -> dict[int, Fraction]:
    """Equal parts of the cost by year; the last year takes whatever whole people and rooms leave of the others."""
    cost = case.cost(amounts)
    years = range(first, last + 1)
    return {year: cost if year == last else cost / len(years) for year in years}


def _in_order(case: PlanCase, amounts: Amounts, budget: Mapping[int, Fraction]) -> Yearly | None:
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


def _moves(case: PlanCase, amounts: Amounts, left: dict[int, Fraction]) -> Yearly | None:
    """Give each lever's transfers one year: what arrives must leave in the same year."""
    groups: dict[str, list[int]] = defaultdict(list)
    for position in amounts:
        if case.choices[position].lever.kind == "move":
            groups[case.choices[position].lever.id].append(position)
    yearly: Yearly = {}
    for positions in groups.values():
        cost = case.cost({n: amounts[n] for n in positions})
        year = next((year for year, rest in left.items() if rest >= cost), None)
        if year is None:
            return None
        left[year] -= cost
        yearly |= {n: {year: amounts[n]} for n in positions}
    return yearly


def _order(case: PlanCase, amounts: Amounts) -> list[int]:
    """Schools that fail today first, the cheapest first, so that as many as possible pass early; the dearest step first."""
    costs: dict[str, Fraction] = defaultdict(Fraction)
    bought = [n for n in amounts if case.choices[n].lever.kind == "add"]
    for n in bought:
        costs[_school(case, n)] += case.choices[n].cost * amounts[n]
    failing = {unit.school_code for unit in case.result.units if unit.verdict is Verdict.UNMET}

    def rank(position: int) -> tuple[bool, Fraction, str, Fraction]:
        school, choice = _school(case, position), case.choices[position]
        return school not in failing, costs[school], school, -choice.cost * choice.lever.step

    return sorted(bought, key=rank)


def _school(case: PlanCase, position: int) -> str:
    """The school a choice is for: a campus counts with its main school."""
    return next(iter(case.choices[position].effects))[0]


def _spread(
    case: PlanCase, position: int, amount: Fraction, left: dict[int, Fraction]
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


def _packed(case: PlanCase, amounts: Amounts) -> Yearly | None:
    """Fit the sums of each lever into the years as early as possible, then hand them to the schools in order."""
    levers = {lever.id: lever for lever in case.prices.levers}
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for n, amount in amounts.items():
        if case.choices[n].sign > 0:
            sums[case.choices[n].lever.id] += amount
    quotas = _quotas(case, levers, sums)
    if quotas is None:
        return None
    yearly: Yearly = {}
    rest = {(lever, sign): dict(by_year) for lever, by_year in quotas.items() for sign in (1, -1)}
    moves = [n for n in amounts if case.choices[n].lever.kind == "move"]
    for n in (*moves, *_order(case, amounts)):
        yearly[n] = _taken(rest[case.choices[n].lever.id, case.choices[n].sign], amounts[n])
    return yearly


def _quotas(
    case: PlanCase, levers: Mapping[str, Lever], sums: Mapping[str, Fraction]
) -> dict[str, dict[int, Fraction]] | None:
    """Return how much of each lever in which year, exact and within each year's budget; None when nothing fits."""
    budget = case.limits.budget
    program, place, years = Program(), {}, sorted(budget)
    for name, amount in sums.items():
        lever = levers[name]
        steps = float(amount / lever.step)
        for late, year in enumerate(years):
            cost = float(lever.price * lever.step) * late
            place[name, year] = program.variable(0.0, steps, cost, True)
        program.row({place[name, year]: 1.0 for year in years}, steps, steps)
    for year in years:
        row = {place[name, year]: float(levers[name].price * levers[name].step) for name in sums}
        program.row(row, high=float(budget[year]))
    # One variable a lever and year, whatever the number of schools: it is solved at once.
    answer = solve(program, Effort.of(case.prices.search))
    if answer.values is None:
        return None
    # The programme is solved in floating point; whether its whole numbers fit is decided exactly below.
    found = {
        name: {year: round(float(answer.values[place[name, year]])) * levers[name].step for year in years}
        for name in sums
    }
    fits = all(
        sum((found[name][year] * levers[name].price for name in sums), ZERO) <= budget[year] for year in years
    )
    return found if fits and all(sum(found[name].values(), ZERO) == sums[name] for name in sums) else None


def _taken(rest: dict[int, Fraction], amount: Fraction) -> dict[int, Fraction]:
    """Take `amount` from what the years still hold, the earliest first."""
    taken: dict[int, Fraction] = {}
    for year in rest:
        part = min(amount, rest[year])
        if part > 0:
            taken[year] = part
            rest[year] -= part
            amount -= part
    return taken


def cost_by_year(case: PlanCase, yearly: Yearly) -> Mapping[int, Fraction]:
    """Return what each year costs, in 万元."""
    years = sorted({year for spread in yearly.values() for year in spread})
    return {
        year: case.cost({n: spread[year] for n, spread in yearly.items() if year in spread}) for year in years
    }


def until(yearly: Yearly, year: int) -> Amounts:
    """Return the quantities carried out by the end of `year`."""
    done = {n: sum((part for y, part in spread.items() if y <= year), ZERO) for n, spread in yearly.items()}
    return {n: amount for n, amount in done.items() if amount}
