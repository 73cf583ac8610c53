"""Pupils and verdicts to the target year under stated assumptions; a forecast, never an assessment.

The collection workbook has no pupils by grade, so a stage is moved on by its average grade: a primary school loses one
grade and takes in entrants who change by a yearly rate; a junior school loses one grade and takes its share of the
county's primary leavers. How much of that came about elsewhere, and what schools of the same location changed beside it,
is estimated from other counties' last two years (`trends`). Exact until rounded to pupils.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from junheng.assess.engine import evaluate
from junheng.assess.gaps import shortfall
from junheng.assess.model import Assessment, Result, Unit, Verdict, known_sum
from junheng.assess.trends import Trends
from junheng.exact import ZERO, ceil_div, round_half_up
from junheng.params.brief import Brief, Shown
from junheng.params.dictionary import Dictionary
from junheng.params.forecast import CASES, Assumptions, Case
from junheng.workbook.matching import last_codes
from junheng.workbook.model import CountyBook, Row

STAGES = ("primary", "junior")
FORECAST = "预测值"
NO_TRENDS = Trends()
Key = tuple[str, str]
Pupils = Mapping[Key, Fraction]
"""Pupils by (school code of the row, stage); a row without a figure is not there."""


@dataclass(frozen=True, repr=False)
class UnitForecast(Brief):
    """A unit now and at the target in each case; a side is None where there is no such unit."""

    now: Unit
    then: Mapping[Case, Unit | None]

    def pupils(self, case: Case) -> Fraction | None:
        """Return the unit's pupils at the target; None where there is no such unit then."""
        unit = self.then[case]
        return None if unit is None else unit.students

    def falls(self, case: Case) -> bool:
        """Say whether it passes today and would not in this case."""
        unit = self.then[case]
        return self.now.verdict is Verdict.MET and unit is not None and unit.verdict is Verdict.UNMET


@dataclass(frozen=True, repr=False)
class Forecast(Shown):
    """One county's forecast. `totals`: pupils by (year, stage, case); `results`: the national result at the target.

    The results of the low and high case take every school at the edge of its own band; the totals do not.
    """

    base: Assessment
    target: int
    assumptions: Assumptions
    totals: Mapping[tuple[int, str, Case], Fraction]
    results: Mapping[Case, Result]
    trends: Trends = NO_TRENDS
    calls = ("trials.show_forecast(work, made)",)

    def about(self) -> str:
        return f"{self.base.county.title}由{self.base.year}年度预测到{self.target}年度：评估单元{len(self.base.units)}个，不是评估结果"

    @cached_property
    def units(self) -> tuple[UnitForecast, ...]:
        """The units of today with what becomes of each; units that only the forecast has are none of them."""
        sides = {case: {unit.key: unit for unit in result.units} for case, result in self.results.items()}
        return tuple(
            UnitForecast(unit, {case: sides[case].get(unit.key) for case in CASES})
            for unit in self.base.national.units
        )

    @cached_property
    def staff(self) -> Mapping[Key, Fraction | None]:
        """Staff today by unit: the main school's and its campuses', None where one is missing."""
        rows = {row.text("school_code"): row for row in self.base.book.rows("schools")}
        return {
            unit.key: known_sum(
                rows[code].figure(f"staff_{unit.stage}") for code in (unit.school_code, *unit.campuses)
            )
            for unit in self.base.national.units
        }

    def classes_needed(self, unit: Unit) -> int | None:
        """Classrooms a unit lacks when no class is over its limit (0 when none)."""
        return _lacking(unit.students, self.assumptions.class_size.of(unit.stage), unit.classes)

    def staff_needed(self, unit: Unit, staff: Fraction | None) -> int | None:
        """Staff a unit lacks to the staffing standard (0 when none)."""
        return _lacking(unit.students, self.assumptions.staff.of(unit.stage), staff)

    def gaps(self, unit: Unit) -> Mapping[str, Fraction]:
        """What the unit lacks to each threshold, by indicator, only where something is lacking."""
        standard = self.base.national.standard
        found = {indicator.id: shortfall(unit, indicator) for indicator in standard.indicators}
        return {key: gap for key, gap in found.items() if gap}


def _lacking(pupils: Fraction | None, per_head: Fraction, has: Fraction | None) -> int | None:
    return None if pupils is None or has is None else max(ceil_div(pupils / per_head - has), 0)


def forecast(
    base: Assessment,
    before: CountyBook | None,
    assumptions: Assumptions,
    dictionary: Dictionary,
    target: int,
    trends: Trends = NO_TRENDS,
) -> Forecast:
    """Forecast to `target` from this year's assessment and last year's book (None: no own trends)."""
    totals: dict[tuple[int, str, Case], Fraction] = {}
    results: dict[Case, Result] = {}
    for case in CASES:
        years = project(base.book, before, assumptions, case, target - base.year, trends)
        for step, pupils in enumerate(years):
            for stage in STAGES:
                totals[base.year + step, stage, case] = _total(pupils, stage)
        single = own_band(years[-1], trends, case, target - base.year)
        ids = [use.id for use in base.exceptions]
        book = with_pupils(base.book, single)
        results[case] = evaluate(book, dictionary, base.national.standard, ids)
    return Forecast(base, target, assumptions, totals, results, trends)


def own_band(pupils: Pupils, trends: Trends, case: Case, years: int) -> Pupils:
    """Return the pupils with each school at the edge of its own band in the low and the high case, whole numbers."""
    return {
        key: round_half_up(count * (1 + trends.own(key[1], case, years)), 0) for key, count in pupils.items()
    }


def target_year(base: Assessment, assumptions: Assumptions) -> int:
    """The county's target year; when that has come, some years on, to see whether it keeps its standing."""
    wanted = base.county.target_year
    return wanted if wanted > base.year else base.year + assumptions.least_years


def project(
    book: CountyBook,
    before: CountyBook | None,
    assumptions: Assumptions,
    case: Case,
    years: int,
    trends: Trends = NO_TRENDS,
) -> list[Pupils]:
    """Return the pupils of each row and stage from this year (first) over `years` years, whole numbers."""
    now, rows = pupils_of(book, assumptions), {row.text("school_code"): row for row in book.rows("schools")}
    # One grade is the stage by its number of grades, as of this year: nobody says how many pupils each has.
    cohort = {key: count / _grades(rows[key[0]], key[1], assumptions) for key, count in now.items()}
    then = (
        pupils_of(before, assumptions, {v: k for k, v in last_codes(book, before).items()}) if before else {}
    )
    own = _own_trends(now, then)
    leavers, juniors = _total(cohort, "primary"), _total(now, "junior")
    found, current = [now], dict(now)
    for year in range(1, years + 1):
        for key, count in current.items():
            if key[1] == "primary":
                entrants = cohort[key] * (1 + assumptions.entrants.of(case)) ** year
            else:  # its share of the county's leavers; a row that is here has pupils, so juniors are not 0
                entrants = leavers * assumptions.transfer.of(case) * now[key] / juniors
            kept = max(count - cohort[key], ZERO) * assumptions.stay.of(case)
            # How a school moved beside its county goes on in part only, less each year (own_trend).
            trend = 1 + own.get(key, ZERO) * assumptions.own_trend**year
            made = trends.step(key[1], rows[key[0]].text("location"), count, kept + entrants)
            current[key] = round_half_up(made * trend, 0)
        found.append(dict(current))
    return found


def pupils_of(book: CountyBook, assumptions: Assumptions, codes: Mapping[str, str] | None = None) -> Pupils:
    """Return every known, positive number of pupils of the book, without the types that take no part.

    `codes` are other years' codes of its schools, to be used instead of its own.
    """
    known = codes or {}
    found: dict[Key, Fraction] = {}
    for row in book.rows("schools"):
        for stage in () if row.text("school_type") in assumptions.left_out else STAGES:
            count = row.figure(f"students_{stage}")
            if count and count > 0:
                code = row.text("school_code")
                found[known.get(code, code), stage] = count
    return found


def _grades(row: Row, stage: str, assumptions: Assumptions) -> Fraction:
    written = row.figure(f"grades_{stage}")
    return written if written and written > 0 else Fraction(assumptions.default_grades[stage])


def _own_trends(now: Pupils, before: Pupils) -> dict[Key, Fraction]:
    """How each row changed since last year beside its stage in the county; nothing for rows new this year."""
    both = [key for key in now if key in before]
    found: dict[Key, Fraction] = {}
    for stage in STAGES:
        own = [key for key in both if key[1] == stage]
        if own:
            county = exact_sum(now[key] for key in own) / exact_sum(before[key] for key in own)
            found |= {key: now[key] / before[key] - county for key in own}
    return found


def _total(pupils: Pupils, stage: str) -> Fraction:
    return exact_sum(count for (_, own), count in pupils.items() if own == stage)


def with_pupils(book: CountyBook, pupils: Pupils) -> CountyBook:
    """Return the book with these pupils in place, marked as forecast; all resources stay as they are."""

    def foretold(row: Row) -> Row:
        keys = {f"students_{stage}": (row.text("school_code"), stage) for stage in STAGES}
        return row.changed({name: pupils[key] for name, key in keys.items() if key in pupils}, FORECAST)

    return book.with_rows("schools", map(foretold, book.rows("schools")))


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The exact sum."""
    return sum(values, ZERO)
