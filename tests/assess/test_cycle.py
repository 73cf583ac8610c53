"""The yearly cycle: every state of a step, the place a county has come to; the day is given, never the clock's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from junheng.assess.city import LeftOut
from junheng.assess.city_records import CityRecords
from junheng.assess.cycle import CountyStatus, Evidence, city_statuses, deadlines, paper_marks
from junheng.assess.model import Verdict
from junheng.params.tasks import load_cycle
from tests.assess.cities import city, county, member, records
from tests.assess.make import PARAMS

CYCLE = load_cycle(PARAMS)
LIMIT = date(2025, 12, 31)
YES, NO, OPEN = Evidence(True), Evidence(False), Evidence()


def status(today: date, verdict: Verdict | None = None, **marks: Evidence) -> CountyStatus:
    return CountyStatus(county(1), CYCLE, marks, verdict, deadlines(CYCLE, 2024, LIMIT, today))


def states(found: CountyStatus) -> dict[str, str]:
    return {step.deadline.step.id: step.state for step in found.steps}


def test_nothing_there_is_late_step_by_step_as_days_pass() -> None:
    none = {"collected": NO, "checked": NO, "self_report": NO, "assessed": NO, "fed_back": NO, "closed": OPEN}
    early = status(date(2024, 12, 31), **none)
    assert set(states(early).values()) == {"due", "not_asked"} and early.place == ""
    assert early.next and early.next.deadline.step.id == "self_check"
    late = status(date(2025, 2, 1), **none)
    assert states(late) == {
        "self_check": "late", "self_report": "late", "application": "not_asked", "assessment": "due",
        "rectification": "due",
    }  # fmt: skip
    assert states(status(date(2026, 1, 1), **none))["rectification"] == "unknown"
    assert status(date(2026, 1, 1), **none).next is None


def test_what_nobody_knows_is_not_late() -> None:
    found = status(date(2025, 6, 1), collected=YES, checked=YES)
    assert states(found)["self_report"] == "unknown" and states(found)["self_check"] == "done"


def test_only_a_county_that_meets_the_standard_is_asked_to_apply() -> None:
    day = date(2025, 4, 1)
    assert states(status(day, Verdict.UNMET, application=NO))["application"] == "not_asked"
    assert states(status(day, Verdict.UNKNOWN, application=NO))["application"] == "not_asked"
    assert states(status(day, Verdict.MET, application=NO))["application"] == "late"
    assert states(status(day, Verdict.MET, application=Evidence(True, date(2025, 3, 31))))["application"] == (
        "done"
    )


@pytest.mark.parametrize(("on", "state"), [(date(2025, 1, 31), "done"), (date(2025, 2, 1), "done_late")])
def test_a_paper_that_came_after_its_day(on: date, state: str) -> None:
    assert states(status(date(2025, 6, 1), self_report=Evidence(True, on)))["self_report"] == state


@pytest.mark.parametrize(
    ("marks", "place"),
    [
        ({"collected": YES}, "已报送数据"),
        ({"collected": YES, "checked": YES}, "已核查"),
        ({"collected": YES, "assessed": YES, "fed_back": YES}, "已反馈"),
        ({"assessed": YES, "fed_back": YES, "rectifying": YES, "closed": NO}, "整改中"),
        ({"assessed": YES, "rectifying": YES, "closed": YES}, "已全部销号"),
    ],
)
def test_the_furthest_place_counts(marks: dict[str, Evidence], place: str) -> None:
    assert status(date(2025, 6, 1), **marks).place == place


def received(**days: Any) -> CityRecords:
    return records(received=[{"county": county(1).title, **days}])


def test_papers_as_of_a_day() -> None:
    own = received(self_report="2025-01-20")
    assert paper_marks(own, county(1), date(2025, 1, 20))["self_report"].done is True
    assert paper_marks(own, county(1), date(2025, 1, 19))["self_report"].done is False
    assert paper_marks(own, county(1), date(2025, 1, 20))["application"].done is False
    assert paper_marks(CityRecords(), county(1), date(2025, 1, 20))["self_report"].done is None


def test_the_summary_alone_says_where_everybody_stands() -> None:
    made = city(
        member(1), left_out=(LeftOut(county(2), "absent"), LeftOut(county(3), "faulty")),
        records=received(self_report="2025-02-03"),
    )  # fmt: skip
    one, two, three = city_statuses(made, CYCLE, LIMIT, date(2025, 4, 25))
    assert (one.place, two.place, three.place) == ("已评估", "", "已报送数据")
    assert [step.deadline.step.id for step in one.in_state("done_late")] == ["self_report"]
    assert states(one)["application"] == "late"  # it meets the standard and has not applied
    assert states(two)["self_check"] == states(three)["self_check"] == "late"
