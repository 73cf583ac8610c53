"""The city's summary: its counties side by side, ranked, set against the plan, with what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from junheng.assess.city_records import CityRecords
from junheng.assess.disparity import COMPOSITE
from junheng.assess.gaps import failing_disparities, rounded_up, shortfalls
from junheng.assess.model import Assessment, ItemResult, Unit, Verdict, known_sum
from junheng.assess.tasks import TaskResult
from junheng.assess.trend import Trend, met_share
from junheng.exact import ZERO
from junheng.params.brief import Brief, Shown
from junheng.params.city_rules import CityRules, Ground
from junheng.params.counties import County
from junheng.params.standard import Standard

Kind = Literal["indicator", "disparity", "item"]
Cause = Literal["absent", "faulty", "unsettled"]
"""No workbook; one that cannot be read or has errors; parameters of the county that cannot be used."""
State = Literal["early", "on_time", "kept", "ahead", "missed", "open", "absent"]
"""Where a county stands on the plan: met before, in or after its target year; not yet due; due and not met; open."""


@dataclass(frozen=True, repr=False)
class AssessedCounty(Brief):
    """An assessed county. `overdue`: last year's ledger items past their deadline, not closed and still unmet.

    `tasks`: the city's tasks, judged; empty where nobody asks for them (last year's).
    """

    assessment: Assessment
    trend: Trend | None = None
    overdue: int = 0
    tasks: tuple[TaskResult, ...] = ()

    @property
    def county(self) -> County:
        return self.assessment.county

    @property
    def verdict(self) -> Verdict:
        """The overall verdict under the national standard, by which the city ranks."""
        return self.assessment.national.overall

    @property
    def met_units(self) -> int:
        """The number of units that are 达标."""
        return sum(unit.verdict is Verdict.MET for unit in self.assessment.units)

    @property
    def certain_share(self) -> Fraction:
        """The share of units that are certainly 达标: of all units, those that are open too."""
        return Fraction(self.met_units, max(len(self.assessment.units), 1))

    @cached_property
    def met_share(self) -> Fraction | None:
        """The share of units that are 达标; None while a unit is open."""
        return met_share(self.assessment.units)

    @cached_property
    def mean_cv(self) -> Fraction | None:
        """The plain mean of all coefficients of variation; None while one is open."""
        return mean_cv(self.assessment)


@dataclass(frozen=True, repr=False)
class LeftOut(Brief):
    """A county that is not part of the summary: why, and in `detail` what the operator is told (files, places)."""

    county: County
    cause: Cause
    detail: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Rank(Brief):
    """A county's place; counties that are equal in everything share it."""

    place: int
    member: AssessedCounty


@dataclass(frozen=True, slots=True, repr=False)
class PlanProgress(Brief):
    """A county on the plan; `left` years to its target year (negative: past). `verdict` None: left out."""

    county: County
    verdict: Verdict | None
    left: int
    state: State


@dataclass(frozen=True, repr=False)
class PlanYear(Brief):
    """The counties that the plan wants to reach the national standard by the same year."""

    year: int
    counties: tuple[PlanProgress, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Notice(Brief):
    """One county listed for 通报 on one ground; `vetoes` present when that is the ground."""

    ground: Ground
    member: AssessedCounty
    vetoes: tuple[ItemResult, ...] = ()


@dataclass(frozen=True, repr=False)
class CommonProblem(Brief):
    """A requirement unmet in several counties. `units` and `gap` (in gap_unit) add up an indicator's, else 0.

    `units` are those that are 未达标. `gap` adds what each is said to lack (rounded up), so that the lists add up to it.
    """

    kind: Kind
    id: str
    stage: str
    counties: tuple[County, ...]
    units: int
    gap: Fraction


@dataclass(frozen=True, repr=False)
class CityAssessment(Shown):
    """The city in one year. `members` and `left_out` keep the order of counties.yml; `records` are the city's own."""

    year: int
    members: tuple[AssessedCounty, ...]
    left_out: tuple[LeftOut, ...]
    rules: CityRules
    records: CityRecords = field(default_factory=CityRecords)
    calls = (
        'wb.frame(city, "counties")',
        'wb.frame(city, "units")',
        'wb.show(work, city, "conclusions", "ranking")',
    )

    def about(self) -> str:
        return (
            f"{self.year}年度全市汇总：纳入{len(self.members)}个县（市、区），未纳入{len(self.left_out)}个，"
            f"评估单元{len(self.units())}个"
        )

    @property
    def standard(self) -> Standard:
        """The national standard of the year."""
        return self.members[0].assessment.national.standard

    @cached_property
    def ranking(self) -> tuple[Rank, ...]:
        """The counties in their order (see `rank`), without those whose verdict is not known."""
        return rank(self.members, self.rules)

    @cached_property
    def unranked(self) -> tuple[AssessedCounty, ...]:
        """The counties whose verdict has no place in the ranking: what is not known is neither first nor last."""
        return tuple(member for member in self.members if member.verdict not in self.rules.ranking)

    @cached_property
    def plan(self) -> tuple[PlanYear, ...]:
        """The counties by the year in which each is to reach the national standard."""
        return tuple(_plan(self))

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """The counties listed for 通报, in the order of the grounds and of counties.yml."""
        pairs = ((ground, member) for ground in self.rules.grounds for member in self.members)
        return tuple(found for ground, member in pairs if (found := notice(member, ground)))

    @cached_property
    def common(self) -> tuple[CommonProblem, ...]:
        """What at least `rules.common_from` counties fail."""
        return common_problems(self.members, self.rules.common_from)

    def units(self, stage: str = "") -> tuple[Unit, ...]:
        """Return the units of all counties, or those of one stage."""
        return tuple(u for m in self.members for u in m.assessment.units if stage in ("", u.stage))

    def verdicts(self) -> Mapping[Verdict, tuple[AssessedCounty, ...]]:
        """Return the counties by their national verdict."""
        return {v: tuple(m for m in self.members if m.verdict is v) for v in Verdict}

    @property
    def demo(self) -> bool:
        """Whether any figure of any county, or of the city's workbook, is invented."""
        books = [member.assessment.book for member in self.members]
        return any(book.demo for book in (*books, self.records.book) if book)


def mean_cv(assessment: Assessment) -> Fraction | None:
    """Return the plain mean of the coefficients of all stages and indicators; None while one is open."""
    values = [row.cv for row in assessment.national.disparities if row.indicator != COMPOSITE]
    total = known_sum(values)
    return None if total is None or not values else total / len(values)


def rank(members: Iterable[AssessedCounty], rules: CityRules) -> tuple[Rank, ...]:
    """Order counties by verdict, then share of units certainly 达标 (high first), then mean CV (low first) **[decided]**.

    Counties whose verdict is not in `rules.ranking` are left out. A mean CV that cannot be had stands behind its equals.
    """

    def key(member: AssessedCounty) -> tuple[int, Fraction, bool, Fraction]:
        cv = member.mean_cv
        return (rules.ranking.index(member.verdict), -member.certain_share, cv is None, cv or ZERO)

    ordered = sorted((member for member in members if member.verdict in rules.ranking), key=key)
    # Equal keys share the place of the first of them, and the next place is left free: 1, 2, 2, 4.
    places = [key(member) for member in ordered]
    return tuple(Rank(places.index(place) + 1, member) for place, member in zip(places, ordered, strict=True))


def _plan(city: CityAssessment) -> Iterator[PlanYear]:
    verdicts: dict[str, tuple[County, Verdict | None]] = {
        **{m.county.code: (m.county, m.verdict) for m in city.members},
        **{gone.county.code: (gone.county, None) for gone in city.left_out},
    }
    for year in sorted({county.target_year for county, _ in verdicts.values()}):
        own = [(c, v) for c, v in verdicts.values() if c.target_year == year]
        left = year - city.year
        yield PlanYear(year, tuple(PlanProgress(c, v, left, plan_state(v, left)) for c, v in own))


def plan_state(verdict: Verdict | None, left: int) -> State:
    """Say where a verdict `left` years before the target year stands on the plan."""
    if verdict is None:
        return "absent"
    if verdict is Verdict.UNKNOWN:
        return "open"
    if verdict is Verdict.MET:
        return "early" if left > 0 else "on_time" if left == 0 else "kept"
    return "ahead" if left > 0 else "missed"


def notice(member: AssessedCounty, ground: Ground) -> Notice | None:
    """Return the notice of a county whose figures show this ground (policy 五（二）), None when they do not."""
    present = tuple(r for r in member.assessment.national.group("veto") if r.verdict is Verdict.UNMET)
    late = member.county.target_year <= member.assessment.year and member.verdict is Verdict.UNMET
    found = {"veto": bool(present), "late": late, "overdue": member.overdue > 0}
    return Notice(ground, member, present if ground.id == "veto" else ()) if found.get(ground.id) else None


def common_problems(members: Iterable[AssessedCounty], least: int) -> tuple[CommonProblem, ...]:
    """Return what at least `least` counties fail: most counties first, then most units, then the standard's order."""
    found: dict[tuple[Kind, str, str], _Tally] = {}
    for member in members:
        for key, units, gap in _failures(member.assessment):
            tally = found.setdefault(key, _Tally())
            tally.counties[member.county.code] = member.county
            tally.units += units
            tally.gap += gap
    problems = [
        CommonProblem(*key, tuple(tally.counties.values()), tally.units, tally.gap)
        for key, tally in found.items()
        if len(tally.counties) >= least
    ]
    return tuple(sorted(problems, key=lambda problem: (-len(problem.counties), -problem.units)))


@dataclass
class _Tally:
    """Adds up one requirement over the counties that fail it."""

    counties: dict[str, County] = field(default_factory=dict)
    units: int = 0
    gap: Fraction = ZERO


def _failures(assessment: Assessment) -> Iterator[tuple[tuple[Kind, str, str], int, Fraction]]:
    """Yield (kind, id, stage), units and gap of everything a county fails under the national standard."""
    result = assessment.national
    for short in shortfalls(result):
        gap = rounded_up(short.gap, short.indicator.gap_unit)
        yield ("indicator", short.indicator.id, short.unit.stage), 1, gap
    for row in failing_disparities(result):
        yield ("disparity", row.indicator, row.stage), 0, ZERO
    for item in result.items:
        if item.verdict is Verdict.UNMET:
            yield ("item", item.item.id, ""), 0, ZERO
