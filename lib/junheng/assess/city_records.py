"""What the city's own workbook says (params/dictionary/city.yml): its goals, the work of its teams, visits, papers received.

Missing is never zero: without a workbook, or in a blank cell, nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from junheng.assess.model import known_sum
from junheng.params.brief import Brief
from junheng.params.counties import County
from junheng.params.tasks import CityGoal
from junheng.workbook.city import CARRIED, CLOSED, ENDED
from junheng.workbook.model import CountyBook, Row

DONE, UNDER_WAY, NOT_BEGUN = "已完成", "推进中", "未开展"
"""What a goal of the city may be said to be (vocabulary goal_state)."""
IDLE = "未启动"
NO_ROW = Row({})


@dataclass(frozen=True, repr=False)
class TeamTally(Brief):
    """The measures of one 专班: how many are in each state; `overdue` are neither done nor closed after their deadline."""

    team: str
    measures: int
    closed: int
    done: int
    going: int
    idle: int
    overdue: int


@dataclass(frozen=True, repr=False)
class Received(Brief):
    """When a county's papers came in; None where nothing is recorded."""

    self_report: date | None = None
    application: date | None = None
    rectification_plan: date | None = None


@dataclass(frozen=True)
class Entered:
    """A row of 督办登记; `carried`: an earlier year left it open."""

    row: Row
    carried: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by from year to year; its number may have been entered later."""
        return tuple(self.row.text(key) for key in ("county", "kind", "ground", "date"))

    @property
    def ended(self) -> bool:
        return self.row.text("state") == ENDED


@dataclass(frozen=True, repr=False)
class CityRecords(Brief):
    """The city's workbook of the year; without one, `cause` and `detail` say why (none there; one with errors).

    `left_open` are the rows of 督办登记 that earlier years left open, where somebody asked for them.
    """

    book: CountyBook | None = None
    cause: Literal["absent", "faulty"] = "absent"
    detail: str = field(default="", repr=False)
    left_open: tuple[Entered, ...] = ()

    def rows(self, sheet: str) -> tuple[Row, ...]:
        """The rows of a sheet; none without the workbook."""
        return self.book.rows(sheet) if self.book else ()

    def goal(self, goal: CityGoal) -> Row:
        """The row in which the office answers a goal; an empty one when it does not."""
        return next((row for row in self.rows("goals") if row.text("goal") == goal.name), NO_ROW)

    def received(self, county: County) -> Received:
        """The days on which the papers of a county came in."""
        row = next((row for row in self.rows("received") if row.text("county") == county.title), NO_ROW)
        return Received(*(day(row, key) for key in ("self_report", "application", "rectification_plan")))

    def feedback_number(self, county: County) -> str:
        """The number of the 反馈意见 to a county as the office entered it; empty when it has not."""
        row = next((row for row in self.rows("received") if row.text("county") == county.title), NO_ROW)
        return row.text("feedback_number")

    def register(self) -> tuple[Entered, ...]:
        """督办台账: what earlier years left open, then what was done this year.

        What this year's sheet takes up says how it stands now; what it leaves out stands as the year before left it.
        """
        known = {entry.key for entry in self.left_open}
        rows = (Entered(row, row.text("carried") == CARRIED) for row in self.rows("register"))
        own = [replace(entry, carried=entry.carried or entry.key in known) for entry in rows]
        taken = {entry.key for entry in own}
        absent = (entry for entry in self.left_open if entry.key not in taken)
        return (*absent, *sorted(own, key=lambda entry: not entry.carried))

    def letters(self, kind: str, county: County | None = None) -> tuple[tuple[Row, ...], ...]:
        """The letters of a kind that the office has issued (to one county, or to all): the rows of one number and day are one.

        A letter of an earlier year is not issued again.
        """
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows("register"):
            if row.text("carried") == CARRIED or row.text("kind") != kind:
                continue
            if county is None or row.text("county") == county.title:
                found.setdefault((row.text("document"), row.text("date")), []).append(row)
        return tuple(map(tuple, found.values()))

    def teams(self, on: date) -> tuple[TeamTally, ...]:
        """Tally the measures by 专班, in the order of the sheet, deadlines as seen on the day `on`."""
        names = dict.fromkeys(row.text("team") for row in self.rows("teams"))
        return tuple(
            _tally(name, [r for r in self.rows("teams") if r.text("team") == name], on) for name in names
        )

    def total(self, sheet: str, key: str) -> Fraction | None:
        """Sum a column; None when no row or not every row has a number there."""
        numbers = [row.figure(key) for row in self.rows(sheet)]
        return known_sum(numbers or [None])


def day(row: Row, key: str) -> date | None:
    """Return the day under `key` (the reader keeps days as ISO text); None when missing."""
    text = row.text(key)
    return date.fromisoformat(text) if text else None


def _tally(team: str, rows: Iterable[Row], on: date) -> TeamTally:
    rows = list(rows)
    states = [row.text("state") for row in rows]
    late = [
        row
        for row in rows
        if row.text("state") not in (CLOSED, DONE) and (due := day(row, "deadline")) is not None and due < on
    ]
    closed, done, going, idle = (states.count(state) for state in (CLOSED, DONE, UNDER_WAY, IDLE))
    return TeamTally(team, len(rows), closed, done, going, idle, len(late))
