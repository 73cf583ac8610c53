"""What the 创建方案 (实施意见四（一）, 一县一案) rests on beside the assessment, and its road map as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.forecast import Forecast
from junheng.assess.model import Assessment, Result, Verdict
from junheng.planning.plan import Plan
from junheng.report.content.model import Picture


@dataclass(frozen=True)
class Creation:
    """The least-cost plan, the forecast to the last year of the plan, and the county's budget (万元 by year) if it has one.

    `picture` is the road map as it was drawn, for this plan alone: no other report's annex of figures has it.
    """

    plan: Plan
    forecast: Forecast
    budget: Mapping[int, Fraction]
    picture: Picture | None = None

    @property
    def years(self) -> range:
        """The years of the plan: from next year to the county's target year, or next year alone when that has come."""
        return range(self.forecast.base.year + 1, self.forecast.target + 1)

    def standing(self, year: int) -> Result:
        """Return how the county stands at the end of `year` with the measures carried out so far, pupils unchanged."""
        done = [milestone.result for milestone in self.plan.milestones if milestone.year <= year]
        return done[-1] if done else self.forecast.base.national

    def quantities(self, year: int) -> dict[str, tuple[Fraction, str]]:
        """What is added in a year, by name of the measure: amount and unit; what only leaves a school is left out."""
        found: dict[str, tuple[Fraction, str]] = {}
        for measure in self.plan.measures:
            amount = measure.years.get(year, Fraction(0))
            if amount > 0:
                before = found.get(measure.name, (Fraction(0), measure.unit))[0]
                found[measure.name] = (before + amount, measure.unit)
        return found

    def schools(self, year: int) -> int:
        """How many schools get something in a year."""
        return len({m.school_code for m in self.plan.measures if m.years.get(year, Fraction(0)) > 0})


def failing(result: Result) -> int:
    """How many units are not 达标."""
    return sum(unit.verdict is not Verdict.MET for unit in result.units)


def uneven(result: Result) -> int:
    """How many coefficients of variation are above their limit."""
    return sum(row.verdict is Verdict.UNMET for row in result.disparities)


def unfinished(assessment: Assessment) -> bool:
    """Whether the county has not met the national standard: only then it needs such a plan."""
    return assessment.national.overall is not Verdict.MET


@dataclass(frozen=True)
class Roadmap:
    """The road map: what is counted down (`states`) and what is done (`lanes`), each by year; `start` is the assessed year."""

    title: str
    start: int
    years: tuple[int, ...]
    states: Mapping[str, Mapping[int, str]]
    lanes: Mapping[str, Mapping[int, str]]
