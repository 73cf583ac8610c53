"""The cheapest plan of a small county by trying everything: an own calculation from the rules, not the project's code.

Each lever of these counties changes one indicator, so every vector of quantities is tried indicator by indicator. What
an indicator leaves at 85% is noted unit by unit; the best plan is the cheapest choice of one vector an indicator in
which no unit is left at 85% twice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from junheng.params.prices import Lever, PlanChoices, Prices, SchoolLimit
from junheng.params.standard import Standard
from tests.assess.make import NATIONAL, school
from tests.planning.make import ALL

F = Fraction
NINE = "九年一贯制学校"
FLOOR = F("0.85")
WEIGHTS = {"primary": F(1), "junior": F("1.1")}
THRESHOLDS = {
    "L2": {"primary": F(1), "junior": F(1)},
    "L6": {"primary": F(2000), "junior": F(2500)},
    "L7": {"primary": F("2.3"), "junior": F("2.4")},
}
FACTORS = {"L2": F(100), "L6": F(10000), "L7": F(100)}


@dataclass(frozen=True)
class Small:
    """A county of three or four schools, some of both stages, with the levers that may be used in it."""

    schools: list[dict[str, Any]]
    prices: Prices
    choices: PlanChoices
    standard: Standard


def small_county(seed: int) -> Small:
    """Return a county drawn by `seed`: backbone teachers (trained or moved), equipment by 10 万元, rooms; a tight CV or not."""
    draw = random.Random(seed)
    schools = [_school(draw, n) for n in range(1, draw.choice((3, 4, 4)) + 1)]
    tight = draw.choice((None, None, "0.15", "0.2", "0.25", "0.3"))
    limits = [
        SchoolLimit(school_code=record["school_code"], lever=lever, most=F(draw.randrange(3)), why="场地已满")
        for record in schools
        for lever in ("multimedia", "equipment")
        if draw.random() < 0.12
    ]
    budget = {2025: F(draw.randrange(20, 90))} if draw.random() < 0.2 else {}
    return Small(schools, _prices(draw), PlanChoices(limits=tuple(limits), budget=budget), _standard(tight))


def _school(draw: random.Random, number: int) -> dict[str, Any]:
    counts = {"primary": draw.choice((80, 100, 150, 200, 250))}
    made: dict[str, Any] = {}
    if draw.random() < 0.4:
        counts["junior"] = draw.choice((80, 120, 200))
        made = {"school_type": NINE, "grades_junior": 3, "classes_junior": 4}
    for stage, pupils in counts.items():
        made |= {f"students_{stage}": pupils, **_even_staff(stage, pupils)}
        made[f"backbone_{stage}"] = max(0, round(pupils / 100) + draw.choice((-2, -1, 0, 0, 1, 3)))
    weighted = sum(WEIGHTS[stage] * pupils for stage, pupils in counts.items())
    made |= {"teaching_area": 20 * weighted, "sports_ground_area": 40 * weighted}
    made |= {"certified_teachers": 10, "trained_teachers": 10}
    equipment, rooms = (
        sum(THRESHOLDS[i][stage] * pupils / FACTORS[i] for stage, pupils in counts.items())
        for i in ("L6", "L7")
    )
    return school(
        number,
        **made,
        equipment_value=round(equipment * draw.choice((F(1, 2), F(4, 5), F(9, 10), 1, F(3, 2)))),
        multimedia_rooms=round(rooms * draw.choice((F(1, 2), F(4, 5), F(9, 10), 1, F(3, 2)))),
    )


def _even_staff(stage: str, pupils: int) -> dict[str, int]:
    """Teachers in proportion to the pupils, far above the thresholds of L1 and L3."""
    all_of_them = dict.fromkeys((f"teachers_{stage}", f"staff_{stage}", f"bachelor_{stage}"), pupils // 5)
    return {**all_of_them, f"pe_{stage}": pupils // 10}


def _prices(draw: random.Random) -> Prices:
    named = {lever.id: lever for lever in ALL.levers}
    own = []
    for stage in ("primary", "junior"):
        adds = {f"backbone_{stage}": F(1)}
        train, move = named[f"backbone_{stage}"], named[f"move_backbone_{stage}"]
        own += [
            train.model_copy(update={"price": F(draw.randrange(2, 5)), "most": "4"}),
            move.model_copy(update={"adds": adds, "price": F(3, 2), "spare": "2"}),
        ]
    equipment = {"price": F(draw.randrange(6, 14), 10), "step": F(10), "most": "50"}
    own.append(named["equipment"].model_copy(update=equipment))
    own.append(named["multimedia"].model_copy(update={"price": F(draw.randrange(4, 9)), "most": "5"}))
    exactly = ALL.search.model_copy(update={"gap": F(1, 10**6)})
    return ALL.model_copy(update={"levers": tuple(own), "search": exactly})


def _standard(limit: str | None) -> Standard:
    if limit is None:
        return NATIONAL
    limits = dict.fromkeys(("primary", "junior"), F(limit))
    return NATIONAL.model_copy(update={"disparity": NATIONAL.disparity.model_copy(update={"limits": limits})})


def cheapest(small: Small) -> Fraction | None:
    """Return the least cost of all plans in 万元, None when no plan makes the county 达标."""
    total: dict[frozenset[Any], Fraction] = {frozenset(): F(0)}
    tables = [_two_stages(small)] + [_shared(small, *one) for one in SHARED]
    for table in tables:
        joined: dict[frozenset[Any], Fraction] = {}
        for (used, cost), (more, price) in product(total.items(), table.items()):
            if used.isdisjoint(more):
                key = used | more
                joined[key] = min(joined.get(key, cost + price), cost + price)
        total = joined
    best = min(total.values(), default=None)
    budget = small.choices.budget
    return None if best is None or (budget and best > sum(budget.values())) else best


SHARED = (("L6", "equipment_value", "equipment"), ("L7", "multimedia_rooms", "multimedia"))


def _lever(small: Small, name: str) -> Lever:
    return next(lever for lever in small.prices.levers if lever.id == name)


def _shared(small: Small, indicator: str, key: str, name: str) -> dict[frozenset[Any], Fraction]:
    """What a shared resource can become: units left at 85% → least cost."""
    lever = _lever(small, name)
    bounds = []
    for record in small.schools:
        most = min(
            (
                x.most
                for x in small.choices.limits
                if (x.school_code, x.lever) == (record["school_code"], name)
            ),
            default=F(lever.most or 0),
        )
        bounds.append(range(int(most / lever.step) + 1))
    found: dict[frozenset[Any], Fraction] = {}
    for steps in product(*bounds):
        held = [F(record[key]) + n * lever.step for record, n in zip(small.schools, steps, strict=True)]
        left = _left(small, indicator, held)
        if left is not None:
            cost = sum(steps) * lever.step * lever.price
            found[left] = min(found.get(left, cost), cost)
    return found


def _stages(record: dict[str, Any]) -> list[str]:
    return [stage for stage in WEIGHTS if record.get(f"students_{stage}")]


def _left(small: Small, indicator: str, held: list[Fraction]) -> frozenset[Any] | None:
    """Return the units left between 85% and the threshold; None when one is lower or a CV is above its limit."""
    left = set()
    for stage in WEIGHTS:
        pairs = []
        for record, amount in zip(small.schools, held, strict=True):
            if stage not in _stages(record):
                continue
            weights = {s: WEIGHTS[s] * record[f"students_{s}"] for s in _stages(record)}
            pairs.append((F(record[f"students_{stage}"]), amount * weights[stage] / sum(weights.values())))
            if _unit(left, record, stage, indicator, *pairs[-1]) is False:
                return None
        if not _even(pairs, small.standard.disparity.limits[stage]):
            return None
    return frozenset(left)


def _unit(
    left: set[Any], record: Any, stage: str, indicator: str, pupils: Fraction, amount: Fraction
) -> bool:
    ratio = amount * FACTORS[indicator] / pupils / THRESHOLDS[indicator][stage]
    if ratio < 1:
        left.add((record["school_code"], stage))
    return ratio >= FLOOR


def _even(pairs: list[tuple[Fraction, Fraction]], limit: Fraction) -> bool:
    pupils, amounts = sum(p for p, _ in pairs), sum(x for _, x in pairs)
    if len(pairs) < 2:
        return True
    if not amounts:
        return False
    mean = F(amounts) / pupils
    return sum(p * (x / p - mean) ** 2 for p, x in pairs) <= limit**2 * mean**2 * pupils


def _two_stages(small: Small) -> dict[frozenset[Any], Fraction]:
    """Backbone teachers are each stage's own: trained (at most 4 a school) or moved (at most 2 leave a school)."""
    both = [dict(_backbone(small, stage)) for stage in WEIGHTS]
    return {a | b: x + y for (a, x), (b, y) in product(both[0].items(), both[1].items())}


def _backbone(small: Small, stage: str) -> Iterator[tuple[frozenset[Any], Fraction]]:
    own = [record for record in small.schools if stage in _stages(record)]
    train, move = _lever(small, f"backbone_{stage}").price, _lever(small, f"move_backbone_{stage}").price
    found: dict[frozenset[Any], Fraction] = {} if own else {frozenset(): F(0)}
    for changes in product(range(-2, 8), repeat=len(own)):
        given = -sum(n for n in changes if n < 0)
        cost = _backbone_cost([n for n in changes if n > 0], given, train, move)
        pairs = [
            (F(r[f"students_{stage}"]), F(r[f"backbone_{stage}"] + n))
            for r, n in zip(own, changes, strict=True)
        ]
        if cost is None or any(x < 0 for _, x in pairs):
            continue
        left: set[Any] = set()
        units = zip(own, pairs, strict=True)
        if all(_unit(left, record, stage, "L2", *pair) for record, pair in units) and _even(
            pairs, small.standard.disparity.limits[stage]
        ):
            key = frozenset(left)
            found[key] = min(found.get(key, cost), cost)
    yield from found.items()


def _backbone_cost(gains: list[int], given: int, train: Fraction, move: Fraction) -> Fraction | None:
    """All who leave arrive; what a school gains beyond 4 must have been moved there."""
    trained = sum(gains) - given
    if trained < 0 or sum(max(n - 4, 0) for n in gains) > given:
        return None
    return trained * train + given * move
