"""Small counties with few levers, so that the best plan can be found by hand or by trying everything."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.params.checks import load_checks
from junheng.params.prices import PlanChoices, Prices, load_prices
from junheng.planning.plan import Plan, make_plan
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book

CHECKS = load_checks(PARAMS)
ALL = load_prices(PARAMS)


def prices(*names: str, **changed: Any) -> Prices:
    """The project's prices with only the levers named; `changed` replaces single prices."""
    levers = [lever for lever in ALL.levers if not names or lever.id in names]
    assert not names or len(levers) == len(names)
    priced = tuple(
        lever.model_copy(update={"price": Fraction(changed.get(lever.id, lever.price))}) for lever in levers
    )
    return ALL.model_copy(update={"levers": priced})


def assessed(schools: list[dict[str, Any]], standard: Any = NATIONAL) -> Assessment:
    return assess(book(schools), DICTIONARY, (standard, LOCAL))


def planned(
    schools: list[dict[str, Any]],
    own: Prices | None = None,
    choices: PlanChoices | None = None,
    standard: Any = NATIONAL,
) -> Plan:
    return make_plan(
        assessed(schools, standard), DICTIONARY, own or prices(), choices or PlanChoices(), CHECKS
    )


def added(plan: Plan, code: str, field: str) -> Fraction:
    """What the plan adds to one cell."""
    return sum((a.add for a in plan.actions if (a.school_code, a.field) == (code, field)), Fraction(0))
