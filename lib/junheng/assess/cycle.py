"""Where a county stands in the yearly cycle on a given day (RULES §9). The day is a parameter, never the clock's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from junheng.params.tasks import Cycle, Step


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
