"""The city's summary: ranks, plan, 通报, common problems."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.assess.city import LeftOut, plan_state
from junheng.assess.model import Verdict
from tests.assess.cities import OPEN, POOR, VETO, city, county, member
from tests.assess.make import school


def places(*members: object) -> list[tuple[int, str]]:
    return [(rank.place, rank.member.county.name) for rank in city(*members).ranking]  # type: ignore[arg-type]


def test_verdict_comes_before_share_and_open_counties_have_no_place() -> None:
    failing = member(1, school(1), school(2, **POOR))
    unknown = member(2, *(school(n) for n in range(1, 10)), school(10, **OPEN))
    passing = member(3)
    assert [m.verdict for m in (failing, unknown, passing)] == [Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET]
    assert places(unknown, failing, passing) == [(1, "第3县"), (2, "第1县")]
    assert [m.county.name for m in city(unknown, failing, passing).unranked] == ["第2县"]


def test_share_of_units_then_mean_cv_decide_and_equals_share_a_place() -> None:
    half = member(1, school(1), school(2, **POOR))
    third = member(2, school(1), school(2), school(3, **POOR))
    even = member(3)
    uneven = member(4, school(1), school(2, teaching_area=4000))
    also_even = member(5)
    assert uneven.mean_cv and even.mean_cv == 0
    assert places(half, uneven, third, even, also_even) == [
        (1, "第3县"),
        (1, "第5县"),
        (3, "第4县"),
        (4, "第2县"),
        (5, "第1县"),
    ]


def test_a_failing_county_with_an_open_unit_is_ranked_by_what_is_certain() -> None:
    """One open unit of ten does not put a county behind one of which half the schools fail."""
    nearly = member(1, *(school(n) for n in range(1, 9)), school(9, **OPEN), vetoes=VETO)
    half = member(2, school(1), school(2, **POOR), school(3, **POOR))
    assert nearly.met_share is None and nearly.certain_share == Fraction(9, 10)
    assert places(half, nearly) == [(1, "第1县"), (2, "第2县")]


def test_mean_cv_is_the_plain_mean_of_all_coefficients_and_open_with_one_of_them() -> None:
    uneven = member(1, school(1), school(2, teaching_area=4000))
    values = [r.cv for r in uneven.assessment.national.disparities if r.indicator != "composite"]
    assert len(values) == 14
    assert uneven.mean_cv == sum(value or Fraction(0) for value in values) / 14
    assert member(2, school(1), school(2, **OPEN)).mean_cv is None


@pytest.mark.parametrize(
    ("verdict", "left", "state"),
    [
        (Verdict.MET, 1, "early"),
        (Verdict.MET, 0, "on_time"),
        (Verdict.MET, -1, "kept"),
        (Verdict.UNMET, 1, "ahead"),
        (Verdict.UNMET, 0, "missed"),
        (Verdict.UNMET, -1, "missed"),
        (Verdict.UNKNOWN, 1, "open"),
        (Verdict.UNKNOWN, -1, "open"),
        (None, 0, "absent"),
    ],
)
def test_plan_states(verdict: Verdict | None, left: int, state: str) -> None:
    assert plan_state(verdict, left) == state


def test_the_plan_has_every_county_also_those_left_out() -> None:
    plan = city(
        member(1, target=2024), member(2, target=2026), left_out=(LeftOut(county(3, 2024), "没有工作簿"),)
    ).plan
    assert [year.year for year in plan] == [2024, 2026]
    assert [(p.county.name, p.state) for p in plan[0].counties] == [("第1县", "on_time"), ("第3县", "absent")]
    assert [p.verdict for p in plan[0].counties].count(Verdict.MET) == 1


def test_notices_by_ground() -> None:
    vetoed = member(1, vetoes=VETO, target=2026)
    late = member(2, school(**POOR), target=2024)
    not_yet = member(3, school(**POOR), target=2025)
    slow = member(4, overdue=2)
    unknown = member(5, school(**OPEN), target=2024)
    found = city(vetoed, late, not_yet, slow, unknown).notices
    assert [(n.ground.id, n.member.county.name) for n in found] == [
        ("veto", "第1县"),
        ("late", "第2县"),
        ("overdue", "第4县"),
    ]
    assert [v.item.id for v in found[0].vetoes] == ["V3"]


def test_common_problems_add_units_and_gaps_of_at_least_two_counties() -> None:
    one = member(1, school(1, **POOR), school(2, **POOR), vetoes=VETO)
    two = member(2, school(**POOR), vetoes=VETO)
    three = member(3, school(equipment_value=20))
    found = {(p.kind, p.id): p for p in city(one, two, three).common}
    assert set(found) == {("indicator", "L2"), ("item", "V3")}
    assert [c.name for c in found["indicator", "L2"].counties] == ["第1县", "第2县"]
    assert (found["indicator", "L2"].units, found["indicator", "L2"].gap) == (3, 12)


def test_no_failure_means_no_problem_and_no_notice() -> None:
    good = city(member(1), member(2))
    assert (good.common, good.notices) == ((), ())
