"""From a solver's floating-point answer to exact quantities: whole people and rooms, ㎡ and 万元 in their steps.

What is measured is rounded up, so no requirement is lost; moves are rounded so that what arrives equals what left;
what a unit then still lacks (the rounding of moves) is bought, exactly computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial

import numpy as np

from junheng.assess.disparity import weighted_cv_squared
from junheng.assess.model import Unit
from junheng.exact import ceil_div
from junheng.planning.case import Case, CellKey, Guard, needed
from junheng.planning.programme import Programme

NOISE = Fraction(1, 100000)
"""Quantities below this share of a unit are a solver's noise."""
Amounts = dict[int, Fraction]


def exact_amounts(programme: Programme, values: np.ndarray) -> Amounts:
    """Return the quantities by choice, exact and in steps, every unit's requirement met where the limits allow."""
    case = programme.case
    amounts: Amounts = {}
    for position, choice in enumerate(case.choices):
        raw = Fraction(float(values[programme.quantity[position]])) * programme.size(position)
        steps = raw / choice.lever.step
        count = round(steps) if choice.lever.whole else _steps(choice.lever.kind, steps)
        if count > 0:
            amounts[position] = count * choice.lever.step
    _net(case, amounts)
    _balance(case, amounts)
    for unit in case.result.units:
        _top_up(case, unit, programme, values, amounts)
    return amounts


def _steps(kind: str, steps: Fraction) -> int:
    """Additions up, moves to the nearest step (what a receiver then lacks is bought)."""
    return ceil_div(steps - NOISE) if kind == "add" else round(steps)


def _net(case: Case, amounts: Amounts) -> None:
    """A row that both gives and receives under one lever only does the difference."""
    gives = {(id(c.member), c.lever.id): n for n, c in enumerate(case.choices) if c.sign < 0 and n in amounts}
    for position in [n for n in amounts if case.choices[n].sign > 0]:
        choice = case.choices[position]
        other = gives.get((id(choice.member), choice.lever.id))
        if other is None:
            continue
        both = min(amounts[position], amounts[other])
        for n in (position, other):
            amounts[n] -= both
            if not amounts[n]:
                del amounts[n]


def _balance(case: Case, amounts: Amounts) -> None:
    """Reduce the larger side of each lever's moves until both are equal, largest quantity first."""
    for lever in case.prices.levers:
        if lever.kind != "move":
            continue
        sides = {
            sign: [
                n for n in amounts if case.choices[n].lever.id == lever.id and case.choices[n].sign == sign
            ]
            for sign in (1, -1)
        }
        sums = {sign: sum((amounts[n] for n in side), Fraction(0)) for sign, side in sides.items()}
        larger = 1 if sums[1] > sums[-1] else -1
        surplus = sums[larger] - sums[-larger]
        for n in sorted(sides[larger], key=lambda n: amounts[n], reverse=True):
            less = min(surplus, amounts[n])
            amounts[n] -= less
            surplus -= less
            if not amounts[n]:
                del amounts[n]


def _top_up(case: Case, unit: Unit, programme: Programme, values: np.ndarray, amounts: Amounts) -> None:
    rule = case.result.standard.unit_rule
    for indicator in case.result.standard.indicators:
        key = (*unit.key, indicator.id)
        missing = values[programme.miss[key]] > 0.5
        lacks = needed(unit, indicator, rule.floor if missing else Fraction(1)) - case.after(
            unit, indicator, amounts
        )
        for position in additions_by_price(case, key):
            if lacks <= 0:
                break
            lacks -= buy(case, position, key, lacks, amounts)


def additions_by_price(case: Case, key: CellKey) -> list[int]:
    """The additions that help a cell, cheapest first."""
    helps = [
        n
        for n in case.by_cell.get(key, ())
        if case.choices[n].lever.kind == "add" and case.choices[n].effects[key] > 0
    ]
    return sorted(helps, key=lambda n: case.choices[n].lever.price / case.choices[n].effects[key])


def buy(case: Case, position: int, key: CellKey, lacks: Fraction, amounts: Amounts) -> Fraction:
    """Add as much of a choice as `lacks` needs and the limits allow; return what that gives."""
    choice = case.choices[position]
    step = choice.lever.step
    want = ceil_div(lacks / choice.effects[key] / step) * step
    room = room_left(case, position, amounts)
    if room is not None:
        want = min(want, room // step * step)
    if want <= 0:
        return Fraction(0)
    amounts[position] = amounts.get(position, Fraction(0)) + want
    return want * choice.effects[key]


def room_left(case: Case, position: int, amounts: Mapping[int, Fraction]) -> Fraction | None:
    """Return how much more of a choice the limits of its row allow; None without limit."""
    choice = case.choices[position]
    rooms = [] if choice.most is None else [choice.most - amounts.get(position, Fraction(0))]
    for guard in _guards_of(case, position):
        rate = guard.coefficients[position]
        left = guard.slack + sum(
            (amounts.get(n, Fraction(0)) * r for n, r in guard.coefficients.items()), Fraction(0)
        )
        rooms.append(left / -rate)
    return min(rooms) if rooms else None


def _guards_of(case: Case, position: int) -> Iterator[Guard]:
    return (guard for guard in case.guards if guard.coefficients.get(position, Fraction(0)) < 0)


def repair_spread(case: Case, stage: str, indicator_id: str, amounts: Amounts) -> None:
    """Lift the lowest units, one after the other, until the coefficient of variation is exactly within its limit."""
    standard = case.result.standard
    indicator = standard.indicator(indicator_id)
    units = [unit for unit in case.result.stage_units(stage) if unit.students]
    pupils = [unit.students or Fraction(0) for unit in units]
    held = [case.after(unit, indicator, amounts) for unit in units]
    limit = standard.disparity.limits[stage] ** 2
    mean = sum(held, Fraction(0)) / sum(pupils, Fraction(0))

    def spread(place: int, more: Fraction) -> bool:
        changed = [x + more if n == place else x for n, x in enumerate(held)]
        return weighted_cv_squared(changed, pupils)[2] <= limit

    for place in sorted(range(len(units)), key=lambda n: held[n] / pupils[n]):
        to_mean = mean * pupils[place] - held[place]
        key = (*units[place].key, indicator_id)
        if to_mean <= 0:
            return
        for position in additions_by_price(case, key):
            step = case.choices[position].effects[key] * case.choices[position].lever.step
            count = _least(partial(spread, place), step, ceil_div(to_mean / step))
            gained = buy(case, position, key, count * step, amounts)
            held[place] += gained
            if spread(place, Fraction(0)):
                return
            if gained:
                break


def _least(holds: Callable[[Fraction], bool], step: Fraction, most: int) -> int:
    """Return the least count of steps, up to `most`, for which `holds` (or `most`)."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle * step):
            high = middle
        else:
            low = middle + 1
    return high


def repaired(case: Case, cones: Iterable[tuple[str, str]], amounts: Amounts) -> Amounts:
    """Return the quantities with these coefficients of variation brought within their limits, where additions can."""
    changed = dict(amounts)
    for stage, indicator_id in cones:
        repair_spread(case, stage, indicator_id, changed)
    return changed
