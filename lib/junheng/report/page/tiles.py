"""The figures at the head of the city's page: what they are, how they stood last year, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from junheng.assess.city import AssessedCounty, CityAssessment
from junheng.assess.gaps import failing_disparities
from junheng.assess.model import Verdict
from junheng.assess.trend import met_share
from junheng.exact import fixed
from junheng.report.content.context import CityContext
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
    city = context.city
    return (
        Tile(
            "纳入汇总",
            f"{len(city.members)}/{len(city.members) + len(city.left_out)}",
            "未纳入的见下表" if city.left_out else "全部纳入",
            href="#left_out" if city.left_out else "#matrix",
        ),
        *_verdicts(city),
        _units(city),
        _over(city),
        *_calendar(context),
    )


def _before(city: CityAssessment) -> tuple[AssessedCounty, ...] | None:
    """The counties as they were last year; None unless every one has last year's workbook (else nothing compares)."""
    # A sum over thirteen counties last year and fourteen now would show a change where there is none.
    trends = [member.trend for member in city.members]
    return tuple(AssessedCounty(trend.before) for trend in trends if trend) if all(trends) else None


def _compared(now: int, before: int | None, good: int, unit: str = "个") -> tuple[str, str]:
    """Say how a count changed, and whether that is better; `good` is 1 where more is better, -1 where less is."""
    if before is None:
        return "上年度不可比", ""
    if now == before:
        return "与上年度持平", ""
    more = "▲ 比上年度增加" if now > before else "▼ 比上年度减少"
    return f"{more}{abs(now - before)}{unit}", "better" if (now - before) * good > 0 else "worse"


def _verdicts(city: CityAssessment) -> Iterator[Tile]:
    before = _before(city)
    for verdict, members in city.verdicts().items():
        last = None if before is None else sum(one.verdict is verdict for one in before)
        good = 1 if verdict is Verdict.MET else -1
        told, turn = _compared(len(members), last, good)
        yield Tile(str(verdict), str(len(members)), told, turn, verdict=str(verdict))


def _units(city: CityAssessment) -> Tile:
    """The units that are 达标 of all, with last year's share where both years are judged throughout."""
    units = city.units()
    met = sum(unit.verdict is Verdict.MET for unit in units)
    before = _before(city)
    last = met_share(unit for member in before for unit in member.assessment.units) if before else None
    now, told, turn = met_share(units), "有无法判定的单元", ""
    if now is not None:
        told = f"占{fixed(now * 100, 1)}%"
        if last is not None:
            turn = "" if now == last else "better" if now > last else "worse"
            sign = {"better": "▲ ", "worse": "▼ ", "": ""}[turn]
            told = f"{sign}{told}，上年度{fixed(last * 100, 1)}%"
    return Tile("达标单元", f"{met}/{len(units)}", told, turn, "#charts")


def _over(city: CityAssessment) -> Tile:
    """The coefficients above their limits."""

    def count(members: tuple[AssessedCounty, ...]) -> int:
        return sum(len(failing_disparities(member.assessment.national)) for member in members)

    before = _before(city)
    now = count(city.members)
    told, turn = _compared(now, None if before is None else count(before), -1, "项")
    return Tile("差异系数超限", f"{now}项", told, turn, "#charts")


def _calendar(context: CityContext) -> Iterator[Tile]:
    """What is due next in the yearly cycle, and how many counties are late, as of the day of the report."""
    found = statuses(context)
    due = [status.next.deadline for status in found if status.next]
    if due:
        first = min(due, key=lambda deadline: deadline.day)
        yield Tile("下一时限", day_said(first.day).partition("年")[2], first.step.name, href="#progress")
    late = sum(any(status.in_state("late")) for status in found)
    yield Tile("有逾期事项", f"{late}个", "县（市、区）", "worse" if late else "", "#progress")
