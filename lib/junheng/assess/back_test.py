"""The forecast's back-test: last year's workbook and other counties' trends against what this year shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction

from junheng.assess.forecast import NO_TRENDS, STAGES, Key, Pupils, exact_sum, own_band, project, pupils_of
from junheng.assess.trends import Seen, Trends
from junheng.params.brief import Brief
from junheng.params.forecast import CASES, Assumptions, Case
from junheng.workbook.matching import last_codes
from junheng.workbook.model import CountyBook


@dataclass(frozen=True, slots=True, repr=False)
class BackTest(Brief):
    """How last year's workbook alone would have forecast this year, of one stage; several add up to one.

    `actual`, `middle`: Σ pupils there are and were forecast; `off`: Σ|forecast − actual| over schools; `unchanged`: the
    same when nothing had changed; `inside`: schools within the band.
    """

    stage: str
    schools: int
    actual: Fraction
    middle: Fraction
    off: Fraction
    unchanged: Fraction
    inside: int

    def __add__(self, other: BackTest) -> BackTest:
        sums = (getattr(self, one.name) + getattr(other, one.name) for one in fields(self)[1:])
        return BackTest(self.stage, *sums)

    @property
    def bias(self) -> Fraction:
        """By which share the forecast of all schools together was too high (negative: too low)."""
        return self.middle / self.actual - 1

    @property
    def error(self) -> Fraction:
        """Σ|forecast − actual| ÷ Σactual, by which schools weigh with their pupils."""
        return self.off / self.actual

    @property
    def naive(self) -> Fraction:
        """The same error of the forecast that nothing changes."""
        return self.unchanged / self.actual


def seen(before: CountyBook, now: CountyBook, assumptions: Assumptions) -> tuple[Seen, ...]:
    """Return what a county's two years show, row by row, for `trends.estimate`."""
    then, actual = pupils_of(before, assumptions), _pupils_now(before, now, assumptions)
    foretold = project(before, None, assumptions, "middle", 1)[1]
    places = {row.text("school_code"): row.text("location") for row in before.rows("schools")}
    return tuple(
        Seen(key[1], places[key[0]], count, foretold[key], actual[key])
        for key, count in then.items()
        if key in actual
    )


def back_test(
    before: CountyBook, now: CountyBook, assumptions: Assumptions, trends: Trends = NO_TRENDS
) -> tuple[BackTest, ...]:
    """Forecast one year on from `before` without looking at `now` (nor may `trends` have), then compare row by row."""
    made = {
        case: own_band(project(before, None, assumptions, case, 1, trends)[1], trends, case, 1)
        for case in CASES
    }
    actual = _pupils_now(before, now, assumptions)
    found = []
    for stage in STAGES:
        keys = [key for key in actual if key[1] == stage and key in made["middle"]]
        if keys:
            found.append(_compared(stage, keys, actual, made, pupils_of(before, assumptions)))
    return tuple(found)


def _pupils_now(before: CountyBook, now: CountyBook, assumptions: Assumptions) -> Pupils:
    """This year's pupils under last year's codes."""
    return pupils_of(now, assumptions, last_codes(now, before))


def _compared(
    stage: str, keys: list[Key], actual: Pupils, made: Mapping[Case, Pupils], before: Pupils
) -> BackTest:
    return BackTest(
        stage=stage,
        schools=len(keys),
        actual=exact_sum(actual[key] for key in keys),
        middle=exact_sum(made["middle"][key] for key in keys),
        off=exact_sum(abs(made["middle"][key] - actual[key]) for key in keys),
        unchanged=exact_sum(abs(before[key] - actual[key]) for key in keys),
        inside=sum(made["low"][key] <= actual[key] <= made["high"][key] for key in keys),
    )


def pooled(tests: Iterable[BackTest]) -> tuple[BackTest, ...]:
    """Put the back-tests of several counties together, stage by stage."""
    by_stage: dict[str, BackTest] = {}
    for test in tests:
        known = by_stage.get(test.stage)
        by_stage[test.stage] = test if known is None else known + test
    return tuple(by_stage[stage] for stage in STAGES if stage in by_stage)
