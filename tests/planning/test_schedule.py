"""The plan over several years: no year above its budget, whole steps, shortfalls before what only lowers a CV."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.errors import ParamsProblem
from junheng.params.prices import PlanChoices, SchoolLimit
from junheng.planning.plan import Plan
from tests.assess.make import school
from tests.planning.make import planned, prices


def budget(**years: int) -> PlanChoices:
    return PlanChoices(budget={int(year[1:]): Fraction(amount) for year, amount in years.items()})


def spent(plan: Plan) -> dict[int, Fraction]:
    """Cost by year, from the measures alone."""
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for measure in plan.measures:
        for year, quantity in measure.years.items():
            sums[year] += abs(quantity) * measure.price
    return dict(sums)


def test_whole_steps_that_fit_only_in_another_order() -> None:
    """Two rooms at 6 and two backbone teachers at 5, budgets 10 and 12: rooms first would leave 4 and 1 for the teachers."""
    schools = [school(1, multimedia_rooms=8, backbone_primary=3)]
    levers = prices("multimedia", "backbone_primary", backbone_primary=5)
    plan = planned(schools, levers, budget(y2025=10, y2026=12))
    assert plan.status == "optimal" and plan.cost == 22
    assert spent(plan) == {2025: 10, 2026: 12} == plan.yearly
    assert {m.lever: dict(m.years) for m in plan.measures} == {
        "backbone_primary": {2025: 2},
        "multimedia": {2026: 2},
    }


def test_years_that_whole_steps_cannot_fill_are_refused() -> None:
    """8 rooms at 6 are 48; 5 + 55 is more, but two years of 5 buy nothing and 45 buys seven rooms."""
    plan = planned([school(1, multimedia_rooms=2)], prices("multimedia"), budget(y2025=5, y2026=45))
    assert plan.status == "infeasible" and "2025年5万元、2026年45万元" in plan.reasons[0]
    assert plan.reasons[0].endswith("至少还差1.00万元。")


def test_shortfalls_come_before_what_only_lowers_a_cv() -> None:
    """Schools 1–5 pass and are lifted for the CV of equipment; school 7 fails for want of rooms, which cost more."""
    schools = [school(n, equipment_value=v) for n, v in enumerate((110, 110, 110, 110, 110, 700), 1)]
    schools.append(school(7, equipment_value=110, multimedia_rooms=2))
    plan = planned(schools, prices("equipment", "multimedia"), budget(y2025=50, y2026=1200))
    first, last = plan.milestones
    assert (first.failing, first.uneven) == (0, 1) and (last.failing, last.uneven) == (0, 0)
    rooms = next(m for m in plan.measures if m.lever == "multimedia")
    assert set(rooms.years) == {2025}


def test_the_cheapest_schools_pass_first() -> None:
    schools = [school(1, multimedia_rooms=2), school(2, multimedia_rooms=9), school(3, multimedia_rooms=9)]
    plan = planned(schools, prices("multimedia"), budget(y2025=13, y2026=60))
    assert [m.failing for m in plan.milestones] == [1, 0]
    assert {m.school_code[-1] for m in plan.measures if 2025 in m.years} == {"2", "3"}


def test_transfers_arrive_and_leave_in_the_same_year() -> None:
    schools = [school(1, pe_primary=2), school(2, pe_primary=12)]
    plan = planned(schools, prices("move_arts_primary"), budget(y2025=2, y2026=2))
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for measure in plan.measures:
        for year, quantity in measure.years.items():
            sums[year] += quantity
    assert plan.status == "optimal" and plan.cost == 3  # two of 4.5 stay above 85%
    assert set(sums) == {2025, 2026} and not any(sums.values())


@pytest.mark.slow
@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(2, 14), st.integers(0, 6)), min_size=1, max_size=4),
    st.lists(st.integers(0, 40), min_size=2, max_size=3),
)
def test_no_year_is_above_its_budget(counts: list[tuple[int, int]], amounts: list[int]) -> None:
    schools = [school(n, multimedia_rooms=r, backbone_primary=b) for n, (r, b) in enumerate(counts, 1)]
    choices = PlanChoices(budget={2025 + n: Fraction(amount) for n, amount in enumerate(amounts)})
    levers = prices("multimedia", "backbone_primary", "move_backbone_primary")
    plan, free = planned(schools, levers, choices), planned(schools, levers)
    if plan.cost is None:
        assert plan.reasons and (free.cost is None or free.cost > 0)
        return
    assert free.cost is not None and free.cost <= plan.cost == sum(spent(plan).values())
    assert all(cost <= choices.budget[year] for year, cost in spent(plan).items())
    assert all(sum(m.years.values()) == m.quantity for m in plan.measures)
    standing = [milestone.failing for milestone in plan.milestones]
    assert standing == sorted(standing, reverse=True) and (not standing or standing[-1] == 0)


def test_a_county_that_passes_needs_no_budget() -> None:
    assert planned([school(1)], prices("multimedia"), budget(y2025=0)).cost == 0


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        (PlanChoices(budget={2024: Fraction(5)}), "2024/370883.yml.*budget.*2025年起.*2024年"),
        (
            PlanChoices(
                limits=(
                    SchoolLimit(school_code="2137830099", lever="multimedia", most=Fraction(0), why="无"),
                )
            ),
            "limits.*2137830099",
        ),
    ],
)
def test_choices_that_do_not_fit_the_workbook_are_refused(choices: Any, says: str) -> None:
    with pytest.raises(ParamsProblem, match=says):
        planned([school(1)], prices("multimedia"), choices)
