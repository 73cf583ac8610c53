"""The search: solve without coefficients of variation, bring in the violated ones, cut, round, re-check exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from junheng.exact import ZERO
from junheng.planning.case import PlanCase
from junheng.planning.linear import Answer, Effort, solve
from junheng.planning.programme import Programme
from junheng.planning.rounding import Amounts, exact_amounts, repaired

RELAXED_ROUNDS = POLISH_ROUNDS = ROUNDS = 40
"""Where each loop of cuts gives up; a county takes a few rounds, so an end by these is the exception."""
CUT_TOLERANCE = 1e-9
FIRST_MARGIN = 1e-7
"""Relative margin to the limits of coefficients of variation once solutions within the tolerance of cuts fail the exact re-check."""
MARGINS = (2e-6, 1e-5, 5e-5, 2e-4, 1e-3)
"""Relative margins that `_polish` tries one after the other, until rounding to steps stays within the limits."""
Accept = Callable[[Amounts], bool]
Watch = Callable[[float, Fraction | None, float], None]
"""Is told of a search: seconds so far, the cost of the best plan so far (None: none yet), the lower bound (万元)."""


def unwatched(seconds: float, cost: Fraction | None, bound: float) -> None:
    """Watch a search without doing anything: nobody wants to know how it goes on."""


def within_budget(case: PlanCase, cost: Fraction) -> bool:
    """Say whether `cost` fits the sum of the yearly budgets (no budget: always)."""
    budget = case.limits.budget
    return not budget or cost <= sum(budget.values(), ZERO)


@dataclass
class Search:
    """One search for the cheapest quantities that `accept` (the exact re-check) lets pass; `watch` is told how it goes on.

    After `run`: the `best` quantities (None: none found), their `cost` and a lower `bound` of any plan's cost, in 万元.
    """

    case: PlanCase
    accept: Accept
    watch: Watch = unwatched
    best: Amounts | None = None
    cost: Fraction = ZERO
    bound: float = 0.0
    infeasible: bool = False
    """Whether the solver has proved that nothing fits."""
    ended: bool = False
    """Whether no solution is left to look for."""
    rounds: int = 0
    effort: Effort = field(init=False)

    def __post_init__(self) -> None:
        self.effort = Effort.of(self.case.prices.search)

    def run(self, start: Amounts | None) -> None:
        """Search, within the limits of params/prices.yml; raises JunhengError when it takes too long.

        `start`: quantities to begin with (the obvious rule's), so that the answer never costs more than they do.
        """
        if start is not None:
            self._keep(start)
        self.programme = Programme(self.case).build()
        for cone in self.case.violated({}):
            self.programme.add_cone(*cone)
        self._tighten()
        while self.rounds < ROUNDS and self.effort.nodes > 0 and (self._round() or self._safer()):
            self._tell()

    @property
    def gap(self) -> float:
        """(cost − bound) ÷ cost; 0 when nothing need be done."""
        return max(0.0, float(self.cost) - max(self.bound, 0.0)) / float(self.cost) if self.cost else 0.0

    @property
    def asked_gap(self) -> float:
        """The gap at which a plan counts as the cheapest."""
        return float(self.case.prices.search.gap)

    def _tell(self) -> None:
        self.watch(self.effort.spent, None if self.best is None else self.cost, self.bound)

    def _round(self) -> bool:
        """One whole-number solution: try it, polish it, learn from it. Return whether another round is wanted."""
        self.rounds += 1
        # Half of the gap is left for what rounding costs.
        answer = solve(self.programme.program, self.effort, self.asked_gap / 2)
        # With a margin the programme asks more than a plan must hold: its bound would be none.
        if not self.programme.cv_margin:
            self.bound = max(self.bound, answer.bound)
            self.infeasible = answer.infeasible
        if answer.values is None:
            self.ended = True
            return False
        new = [cone for cone in self._try(answer) if cone not in self.programme.cones]
        if self._proven():
            return False
        for cone in new:
            self.programme.add_cone(*cone)
        if new:
            self._tighten()
            return True
        cut = self.programme.cut(answer.values)
        self._polish(answer.values)
        return cut and not self._proven()

    def _safer(self) -> bool:
        """Once, when nothing more is learnt: stay clear of the limits, which the bound then no longer comes from."""
        if self.ended or self.programme.cv_margin or not self.programme.cones or self._proven():
            return False
        self.programme.set_margin(FIRST_MARGIN)
        return True

    def _proven(self) -> bool:
        return self.best is not None and float(self.cost) - self.bound <= self.asked_gap * float(self.cost)

    def _try(self, answer: Answer) -> list[tuple[str, str]]:
        """Keep the rounded (and repaired) answer if it passes and is cheaper; return the cones that rounding left broken."""
        assert answer.values is not None
        amounts = exact_amounts(self.programme, answer.values)
        violated = self.case.violated(amounts)
        if violated:
            amounts = repaired(self.case, violated, amounts)
        if not violated or not self.case.violated(amounts):
            self._keep(amounts)
        return violated

    def _keep(self, amounts: Amounts) -> None:
        """Take the quantities as the best so far when they are cheaper, fit the budget and pass the re-check."""
        cost = self.case.cost(amounts)
        cheaper = self.best is None or cost < self.cost
        if cheaper and within_budget(self.case, cost) and self.accept(amounts):
            self.best, self.cost = amounts, cost

    def _tighten(self) -> None:
        """Cut at relaxed solutions, which is cheap, before whole ones are asked for."""
        for _ in range(RELAXED_ROUNDS if self.programme.cones else 0):
            self._tell()
            answer = solve(self.programme.program, self.effort, relaxed=True)
            if answer.values is None or not self.programme.cut(answer.values, 1e-7):
                return

    def _polish(self, values: np.ndarray) -> None:
        """Hold everything whole as it is and let what is measured keep the coefficients of variation exactly.

        The margins leave room for rounding; they hold here only, so the bound stays a bound.
        """
        program = self.programme.program
        held = [(n, program.lower[n], program.upper[n]) for n, whole in enumerate(program.whole) if whole]
        for n, _, _ in held:
            program.lower[n] = program.upper[n] = float(round(values[n]))
        usual = self.programme.cv_margin
        for margin in MARGINS if self.programme.cones else ():
            self.programme.set_margin(margin)
            answer = self._converged()
            if answer is None or not self._try(answer):
                break
        self.programme.set_margin(usual)
        for n, lower, upper in held:
            program.lower[n], program.upper[n] = lower, upper

    def _converged(self) -> Answer | None:
        """Solve and cut until the coefficients of variation hold; None without a solution."""
        for _ in range(POLISH_ROUNDS):
            self._tell()
            answer = solve(self.programme.program, self.effort, relaxed=True)
            if answer.values is None:
                return None
            if not self.programme.cut(answer.values, CUT_TOLERANCE):
                return answer
        return answer
