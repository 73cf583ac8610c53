"""The forecast's back-test: last year's workbook and other counties' trends against what this year shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.forecast import NO_TRENDS, STAGES, Key, Pupils, exact_sum, own_band, project, pupils_of
from junheng.assess.trends import Seen, Trends
from junheng.params.brief import Brief
from junheng.params.forecast import CASES, Assumptions, Case
from junheng.workbook.matching import last_codes
from junheng.workbook.model import CountyBook


@dataclass(frozen=True, slots=True, repr=False)
class BackTest(Brief):
    """How last year's workbook alone would have forecast this year, of one stage. Errors are shares.

    `error`: Σ|forecast − actual| ÷ Σactual over schools; `bias`: (Σforecast − Σactual) ÷ Σactual;
    `naive`: the same error when nothing had changed; `inside`: schools within the band.
    """

    stage: str
    schools: int
    actual: Fraction
    middle: Fraction
    error: Fraction
    naive: Fraction
    inside: int

    @property
    def bias(self) -> Fraction:
        """By which share the forecast of all schools together was too high (negative: too low)."""
        return self.middle / self.actual - 1


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
    whole = exact_sum(actual[key] for key in keys)
    return BackTest(
        stage=stage,
        schools=len(keys),
        actual=whole,
        middle=exact_sum(made["middle"][key] for key in keys),
        error=exact_sum(abs(made["middle"][key] - actual[key]) for key in keys) / whole,
        naive=exact_sum(abs(before[key] - actual[key]) for key in keys) / whole,
        inside=sum(made["low"][key] <= actual[key] <= made["high"][key] for key in keys),
    )


def pooled(tests: Iterable[BackTest]) -> tuple[BackTest, ...]:
    """Put the back-tests of several counties together, stage by stage, weighted by pupils."""
    found = []
    listed = list(tests)
    for stage in STAGES:
        own = [test for test in listed if test.stage == stage]
        if own:
            whole = exact_sum(test.actual for test in own)
            found.append(
                BackTest(
                    stage=stage,
                    schools=sum(test.schools for test in own),
                    actual=whole,
                    middle=exact_sum(test.middle for test in own),
                    error=exact_sum(test.error * test.actual for test in own) / whole,
                    naive=exact_sum(test.naive * test.actual for test in own) / whole,
                    inside=sum(test.inside for test in own),
                )
            )
    return tuple(found)
