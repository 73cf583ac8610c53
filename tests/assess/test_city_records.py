"""What the city's own workbook says is counted and judged; what it leaves open stays open."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.city_records import CityRecords, Received
from junheng.assess.city_tasks import city_counts, city_requirements, requirement_verdict
from junheng.assess.model import Verdict
from junheng.params.tasks import CityGoal, load_tasks
from tests.assess.cities import city, member, records
from tests.assess.make import PARAMS

PLAN = load_tasks(PARAMS)
MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN


def goal_of(own: CityRecords, goal_id: str, year: int = 2024, **tasks: Any) -> Any:
    made = city(member(1, **tasks), year=year, records=own)
    found = (*city_counts(PLAN, made), *city_requirements(PLAN, made))
    return next(result for result in found if result.goal.id == goal_id)


def groups(result: Any) -> CityRecords:
    return records(goals=[{"goal": "教育集团", "result": result}])


REPORTED = [{"task": "15", "target": "组建教育集团70个", "result": "70", "unit": "个", "done": True}]


def test_the_offices_figure_comes_before_the_sum_of_the_counties() -> None:
    assert goal_of(groups(60), "groups").verdict is MET
    own = goal_of(groups(59), "groups", tasks=REPORTED)
    assert (own.own, own.total, own.verdict) == (59, 70, None)  # no year is set: under way
    assert goal_of(groups(None), "groups", tasks=REPORTED).verdict is MET
    assert goal_of(CityRecords(), "groups").verdict is UNKNOWN


def test_zero_is_a_figure_and_a_blank_is_none() -> None:
    cases = records(goals=[{"goal": "精品课堂教学案例", "result": 0}])
    assert goal_of(cases, "lesson_cases").verdict is UNMET
    blank = records(goals=[{"goal": "精品课堂教学案例", "state": "已完成"}])
    assert goal_of(blank, "lesson_cases").verdict is UNKNOWN


@pytest.mark.parametrize(
    ("by", "state", "year", "verdict"),
    [
        (None, "", 2024, UNKNOWN),
        (None, "已完成", 2024, MET),
        (None, "推进中", 2024, None),
        (None, "未开展", 2024, UNMET),
        (2025, "推进中", 2024, None),
        (2025, "未开展", 2024, None),
        (2025, "推进中", 2025, UNMET),
        (2025, "", 2026, UNKNOWN),
    ],
)
def test_a_requirement_is_what_it_is_said_to_be(
    by: int | None, state: str, year: int, verdict: Verdict | None
) -> None:
    assert requirement_verdict(CityGoal(id="x", name="某项", by=by), state, year) is verdict


def test_measures_are_tallied_by_team_as_of_a_day() -> None:
    def measure(team: str, state: str, deadline: str | None) -> dict[str, Any]:
        return {"team": team, "state": state, "deadline": deadline}

    own = records(
        teams=[
            measure("师资", "推进中", "2025-04-24"),
            measure("师资", "已完成", "2025-01-01"),
            measure("师资", "已销号", "2025-01-01"),
            measure("经费", "未启动", None),
            measure("师资", "推进中", "2025-04-25"),
        ]
    )
    staff, funds = own.teams(date(2025, 4, 25))
    assert (staff.team, staff.measures, staff.closed, staff.done, staff.going, staff.overdue) == (
        "师资", 4, 1, 1, 2, 1,
    )  # fmt: skip
    assert (funds.idle, funds.overdue) == (1, 0)


def test_sums_need_every_row() -> None:
    visits = [{"county": "第1县", "schools": 3, "meetings": 1}, {"county": "第2县", "schools": 4}]
    own = records(visits=visits)
    assert own.total("visits", "schools") == Fraction(7)
    assert own.total("visits", "meetings") is None and own.total("third_parties", "x") is None


def test_papers_are_received_by_county() -> None:
    county = member(1).county
    own = records(received=[{"county": county.title, "self_report": "2025-01-20"}])
    assert own.received(county) == Received(self_report=date(2025, 1, 20))
    assert own.received(member(2).county) == Received() == CityRecords().received(county)
