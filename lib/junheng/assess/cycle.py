"""Where a county stands in the yearly cycle on a given day (RULES §9). The day is a parameter, never the clock's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from junheng.assess.city import CityAssessment
from junheng.assess.city_records import CityRecords
from junheng.assess.model import Verdict
from junheng.params.brief import Brief
from junheng.params.counties import County
from junheng.params.tasks import Cycle, Step

State = Literal["done", "done_late", "due", "late", "unknown", "not_asked"]
"""Of a step on a day: done (in time; after its last day), not yet due, past and not done, past and nobody knows, not asked."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step of the cycle with its last day; `past` when the given day lies behind it."""

    step: Step
    day: date
    past: bool


def deadlines(cycle: Cycle, year: int, rectification: date, today: date) -> tuple[Deadline, ...]:
    """Return the steps of the assessed `year` with their last days, as seen on `today`."""
    found = []
    for step in cycle.steps:
        day = date(year + step.later, step.month, step.day) if step.month and step.day else rectification
        found.append(Deadline(step, day, day < today))
    return tuple(found)


def current(steps: tuple[Deadline, ...]) -> Deadline | None:
    """Return the step whose deadline comes next; None when all are past."""
    return next((deadline for deadline in steps if not deadline.past), None)


@dataclass(frozen=True, repr=False)
class Evidence(Brief):
    """Whether a mark of the cycle is there (None: nothing says), since which day, and what is to be said of it."""

    done: bool | None = None
    on: date | None = None
    told: str = ""


@dataclass(frozen=True, repr=False)
class StepState(Brief):
    """A step of the cycle as a county stands to it; `on` is the day on which it was done, where that is known."""

    deadline: Deadline
    state: State
    on: date | None = None


@dataclass(frozen=True, repr=False)
class CountyStatus(Brief):
    """Where a county stands in the cycle: `marks` by the places' ids, its national `verdict` (None: not assessed)."""

    county: County
    cycle: Cycle
    marks: Mapping[str, Evidence]
    verdict: Verdict | None
    deadlines: tuple[Deadline, ...]

    @property
    def place(self) -> str:
        """The furthest place it has come to; empty when it has come to none."""
        reached = [place.name for place in self.cycle.places if self.mark(place.id).done]
        return reached[-1] if reached else ""

    def mark(self, name: str) -> Evidence:
        """Return what is known of a mark of the cycle; of one that nobody told of, nothing is."""
        return self.marks.get(name, Evidence())

    @cached_property
    def steps(self) -> tuple[StepState, ...]:
        """Every step with its state, in order of time."""
        return tuple(self._state(deadline) for deadline in self.deadlines)

    def in_state(self, *states: State) -> Iterator[StepState]:
        """Yield the steps that are in one of these states, in order of time."""
        return (step for step in self.steps if step.state in states)

    @property
    def next(self) -> StepState | None:
        """The step that is due next; None when nothing is due any more."""
        return next(self.in_state("due"), None)

    def _state(self, deadline: Deadline) -> StepState:
        step = deadline.step
        found = [self.mark(name) for name in step.marks]
        if step.when_met and self.verdict is not Verdict.MET:
            return StepState(deadline, "not_asked")
        if found and all(one.done for one in found):
            days = [one.on for one in found if one.on]
            on = max(days, default=None)
            return StepState(deadline, "done_late" if on and on > deadline.day else "done", on)
        if not deadline.past:
            return StepState(deadline, "due")
        return StepState(deadline, "late" if any(one.done is False for one in found) else "unknown")


def paper_marks(records: CityRecords, county: County, today: date) -> Mapping[str, Evidence]:
    """Which papers of a county had come in by `today`, by 收文 of the city's workbook.

    A blank is a paper that has not come; without the workbook nothing is known.
    """
    received = records.received(county)
    days = {"self_report": received.self_report, "application": received.application}
    if records.book is None:
        return dict.fromkeys(days, Evidence())
    return {name: Evidence(on is not None and on <= today, on) for name, on in days.items()}


def city_statuses(
    city: CityAssessment, cycle: Cycle, rectification: date, today: date
) -> tuple[CountyStatus, ...]:
    """Where every county stands by the summary alone: an assessed county has been collected and checked.

    Nothing here says whether it was told of its report, which comes after the summary.
    """
    days = deadlines(cycle, city.year, rectification, today)
    verdicts: dict[str, tuple[County, Verdict | None, bool]] = {
        **{m.county.code: (m.county, m.verdict, True) for m in city.members},
        **{g.county.code: (g.county, None, g.cause != "absent") for g in city.left_out},
    }
    found = []
    for code in sorted(verdicts):
        county, verdict, there = verdicts[code]
        assessed = Evidence(verdict is not None)
        marks = {
            "collected": Evidence(there),
            "checked": assessed,
            "assessed": assessed,
            **paper_marks(city.records, county, today),
        }
        found.append(CountyStatus(county, cycle, marks, verdict, days))
    return tuple(found)
