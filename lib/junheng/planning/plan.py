"""The plan itself: status, cost, gap, measures by school and year, and the changes of the workbook they amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from junheng.assess.model import Assessment, Result, Verdict
from junheng.exact import plain, round_half_up
from junheng.params.brief import Brief, Shown
from junheng.params.checks import Check
from junheng.params.dictionary import Dictionary
from junheng.params.prices import PlanChoices, Prices
from junheng.planning.apply import Action, Recheck, actions_of
from junheng.planning.case import CellKey, PlanCase, build_case
from junheng.planning.explain import limit_reasons, missing_places, missing_reasons
from junheng.planning.greedy import greedy_amounts
from junheng.planning.optimise import Search, Watch, unwatched
from junheng.planning.rounding import Amounts
from junheng.planning.schedule import Yearly, cost_by_year, schedule, until

Status = Literal["optimal", "feasible", "infeasible"]
STATUS_NAMES: Mapping[Status, str] = {
    "optimal": "已证明最优",
    "feasible": "可行，未证明最优",
    "infeasible": "不可行",
}


@dataclass(frozen=True, slots=True, repr=False)
class Measure(Brief):
    """One measure at one school (or campus): `quantity` (negative: leaves the school) by year, `cost` in 万元."""

    school_code: str
    school_name: str
    lever: str
    name: str
    quantity: Fraction
    unit: str
    price: Fraction
    cost: Fraction
    years: Mapping[int, Fraction]
    helps: tuple[CellKey, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Milestone(Brief):
    """A year of the plan: what it costs (万元) and the exact assessment at its end, pupils unchanged."""

    year: int
    cost: Fraction
    result: Result

    @property
    def failing(self) -> int:
        """Units that are not 达标 at the end of the year."""
        return sum(unit.verdict is not Verdict.MET for unit in self.result.units)

    @property
    def uneven(self) -> int:
        """Coefficients of variation above their limit at the end of the year."""
        return sum(row.verdict is Verdict.UNMET for row in self.result.disparities)


@dataclass(frozen=True, repr=False)
class Plan(Shown):
    """The least-cost plan. `cost`, `bound` (no plan can cost less), `greedy` (the obvious rule's cost) in 万元.

    `reasons` say in Chinese why there is no plan, `remedies` in which of our own files that can be helped (never printed in
    a document); `after` is the exact assessment with the plan carried out.
    """

    status: Status
    cost: Fraction | None = None
    gap: Fraction | None = None
    bound: Fraction | None = None
    actions: tuple[Action, ...] = ()
    measures: tuple[Measure, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    greedy: Fraction | None = None
    reasons: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    basis: str = ""
    seconds: float = 0.0
    after: Result | None = None

    def about(self) -> str:
        cost = "没有可行的做法" if self.cost is None else f"投入{plain(round_half_up(self.cost, 2))}万元"
        return f"补短板方案：{STATUS_NAMES[self.status]}，{cost}，措施{len(self.measures)}项"

    @property
    def yearly(self) -> Mapping[int, Fraction]:
        """Cost by year, in 万元."""
        return {milestone.year: milestone.cost for milestone in self.milestones}

    @property
    def saving(self) -> Fraction | None:
        """What the plan saves against the obvious rule, as a share of the rule's cost."""
        if self.greedy is None or self.cost is None or not self.greedy:
            return None
        return (self.greedy - self.cost) / self.greedy

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain data: numbers as JSON numbers, money in 万元."""
        return {
            "status": self.status,
            "cost": number(self.cost),
            "gap": number(self.gap),
            "bound": number(self.bound),
            "greedy_cost": number(self.greedy),
            "saving": number(self.saving),
            "reasons": list(self.reasons),
            "remedies": list(self.remedies),
            "years": {str(year): number(cost) for year, cost in self.yearly.items()},
            "actions": [
                {"school_code": a.school_code, "field": a.field, "add": number(a.add)} for a in self.actions
            ],
            "measures": [
                {
                    "school_code": m.school_code,
                    "school_name": m.school_name,
                    "measure": m.lever,
                    "name": m.name,
                    "quantity": number(m.quantity),
                    "unit": m.unit,
                    "cost": number(m.cost),
                    "years": {str(year): number(amount) for year, amount in m.years.items()},
                }
                for m in self.measures
            ],
        }


def number(value: Fraction | None) -> int | float | None:
    """Return a JSON number: whole as whole, else the shortest decimal (at most 10 places)."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(round_half_up(value, 10))


def make_plan(
    assessment: Assessment,
    dictionary: Dictionary,
    prices: Prices,
    choices: PlanChoices,
    checks: Sequence[Check],
    watch: Watch = unwatched,
    last_year: int = 0,
) -> Plan:
    """Return the cheapest plan that makes the county's resources 达标 under the national standard; raises ParamsProblem.

    Without a budget it is spread evenly up to `last_year` (0: all next year). `watch` is told of the search as it goes on.
    """
    result, book = assessment.national, assessment.book
    case = build_case(book, dictionary, result, prices, choices, checks)
    if any(cell.verdict is Verdict.UNKNOWN for unit in result.units for cell in unit.cells.values()):
        reasons, places = missing_reasons(case), missing_places(case)
        return Plan("infeasible", reasons=reasons, remedies=places, basis=prices.basis)
    recheck = Recheck(case, dictionary, checks, tuple(use.id for use in assessment.exceptions))
    first_year = assessment.year + 1

    def accept(amounts: Amounts) -> bool:
        fits = schedule(case, amounts, first_year) is not None
        return fits and recheck.result(amounts).resource is Verdict.MET and recheck.sound(amounts)

    start = greedy_amounts(case)
    found = Search(case, accept, watch)
    found.run(start)
    if found.best is None:
        reasons, remedies = _reasons(case, found.infeasible)
        spent = found.effort.spent
        return Plan("infeasible", reasons=reasons, remedies=remedies, basis=prices.basis, seconds=spent)
    plan = _carried_out(case, found.best, schedule(case, found.best, first_year, last_year), recheck)
    return replace(
        plan,
        status="optimal" if found.gap <= found.asked_gap else "feasible",
        gap=Fraction(str(round(found.gap, 8))),
        bound=Fraction(str(round(max(found.bound, 0.0), 6))),
        greedy=None if start is None else case.cost(start),
        seconds=found.effort.spent,
    )


def _carried_out(case: PlanCase, amounts: Amounts, yearly: Yearly | None, recheck: Recheck) -> Plan:
    """The plan of these quantities, year by year, with what it changes and what the county then is."""
    assert yearly is not None  # quantities that fit in no order were never accepted
    costs = cost_by_year(case, yearly)
    milestones = tuple(Milestone(year, costs[year], recheck.result(until(yearly, year))) for year in costs)
    return Plan(
        "feasible",
        cost=case.cost(amounts),
        actions=actions_of(case, amounts),
        measures=_measures(case, amounts, yearly),
        milestones=milestones,
        basis=case.prices.basis,
        after=milestones[-1].result if milestones else case.result,
    )


def _reasons(case: PlanCase, infeasible: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    reasons = limit_reasons(case)
    if reasons:
        return reasons, ()
    if infeasible:
        return ("各项要求单独看都能满足，但人、间等整数数量无法同时满足，请放宽限制。",), ()
    return ("在规定的搜索量内没有找到满足各年预算的方案，请增加搜索量或放宽限制。",), (
        "搜索量见prices.yml的search中的nodes。",
    )


def _measures(case: PlanCase, amounts: Amounts, yearly: Yearly) -> tuple[Measure, ...]:
    found = []
    for position, amount in amounts.items():
        choice = case.choices[position]
        found.append(
            Measure(
                school_code=choice.code,
                school_name=choice.member.row.text("school_name"),
                lever=choice.lever.id,
                name=choice.lever.name,
                quantity=choice.sign * amount,
                unit=choice.lever.unit,
                price=choice.cost,
                cost=choice.cost * amount,
                years={year: choice.sign * part for year, part in yearly[position].items()},
                helps=tuple(key for key, gain in choice.effects.items() if gain > 0),
            )
        )
    rows = {row.text("school_code"): n for n, row in enumerate(case.book.rows("schools"))}
    order = {lever.id: n for n, lever in enumerate(case.prices.levers)}
    return tuple(sorted(found, key=lambda m: (rows[m.school_code], order[m.lever], -m.quantity)))
