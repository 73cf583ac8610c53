"""The figures at the head of the city's page: what they are, how they stood last year, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from junheng.assess.city import AssessedCounty, CityAssessment
from junheng.assess.gaps import failing_disparities
from junheng.assess.model import Verdict
from junheng.assess.trend import met_share
from junheng.report.content.context import CityContext
from junheng.report.content.numbers import printed_share
from junheng.report.content.tables.city_work import day_said, statuses


@dataclass(frozen=True)
class Tile:
    """A figure: label, number, a sentence on last year or on what is behind it.

    `turn` says whether it became better or worse than last year (empty: the same, or not to be compared); `href` where
    it leads, `verdict` what the page is then filtered by.
    """

    label: str
    number: str
    told: str = ""
    turn: str = ""
    href: str = "#matrix"
    verdict: str = ""


def tiles(context: CityContext) -> tuple[Tile, ...]:
    """Return the tiles in their order."""
    members, absent = len(context.city.members), len(context.city.left_out)
    return (
        Tile(
            context.say("tile.members"),
            f"{members}/{members + absent}",
            context.say("tile.members_told", absent=absent),
            href="#left_out" if absent else "#matrix",
        ),
        *_verdicts(context),
        _units(context),
        _over(context),
        *_calendar(context),
    )


def _before(city: CityAssessment) -> tuple[AssessedCounty, ...] | None:
    """The counties as they were last year; None unless every one has last year's workbook (else nothing compares)."""
    # A sum over thirteen counties last year and fourteen now would show a change where there is none.
    trends = [member.trend for member in city.members]
    return tuple(AssessedCounty(trend.before) for trend in trends if trend) if all(trends) else None


def _turn(now: Fraction | int | None, before: Fraction | int | None, good: int) -> str:
    """Say whether a figure became better; `good` is 1 where more is better, -1 where less is."""
    if now is None or before is None or now == before:
        return ""
    return "better" if (now - before) * good > 0 else "worse"


def _count(context: CityContext, name: str, now: int, before: int | None, good: int, **more: str) -> Tile:
    """A tile of a count with how it changed; the phrase `tile.<name>` is its label, `tile.unit.<name>` its unit."""
    unit = context.say(f"tile.unit.{name}")
    change = None if before is None else abs(now - before)
    told = context.say("tile.changed", now=now, before=before, change=change, unit=unit)
    return Tile(context.say(f"tile.{name}", **more), f"{now}", told, _turn(now, before, good))


def _verdicts(context: CityContext) -> Iterator[Tile]:
    before = _before(context.city)
    for verdict, members in context.city.verdicts().items():
        last = None if before is None else sum(one.verdict is verdict for one in before)
        good = 1 if verdict is Verdict.MET else -1
        made = _count(context, "verdict", len(members), last, good, verdict=str(verdict))
        yield replace(made, verdict=str(verdict))


def _units(context: CityContext) -> Tile:
    """The units that are 达标 of all, with last year's share where both years are judged throughout."""
    units, before = context.city.units(), _before(context.city)
    met = sum(unit.verdict is Verdict.MET for unit in units)
    last = met_share(unit for member in before for unit in member.assessment.units) if before else None
    # Of the shares as they are printed: an arrow beside two equal figures would look like a fault.
    now, was = printed_share(met_share(units)), printed_share(last)
    told = context.say("tile.share", now=now, before=was)
    return Tile(context.say("tile.units"), f"{met}/{len(units)}", told, _turn(now, was, 1), "#charts")


def _over(context: CityContext) -> Tile:
    """The coefficients above their limits."""

    def count(members: tuple[AssessedCounty, ...]) -> int:
        return sum(len(failing_disparities(member.assessment.national)) for member in members)

    before, now = _before(context.city), count(context.city.members)
    made = _count(context, "over", now, None if before is None else count(before), -1)
    return replace(made, number=f"{now}{context.say('tile.unit.over')}", href="#charts")


def _calendar(context: CityContext) -> Iterator[Tile]:
    """What is due next in the yearly cycle, and how many counties are late, as of the day of the report."""
    found = statuses(context)
    due = [status.next.deadline for status in found if status.next]
    if due:
        first = min(due, key=lambda deadline: deadline.day)
        day = day_said(first.day).partition("年")[2]
        yield Tile(context.say("tile.next"), day, first.step.name, href="#progress")
    late = sum(any(status.in_state("late")) for status in found)
    number, told = context.say("tile.late_number", count=late), context.say("tile.late_told")
    yield Tile(context.say("tile.late"), number, told, "worse" if late else "", "#progress")
