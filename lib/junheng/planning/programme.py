"""The plan as a mixed-integer second-order cone programme, its cones approached from outside by tangents.

Per stage and indicator let X be a unit's value divided by its threshold, w its share of the stage's pupils and
m = Σ wX the mean. The coefficient of variation is within its limit L exactly when Σ wX² ≤ (1+L²)m²: a second-order
cone in the quantities. It is split into one small cone a unit, X² ≤ t·m with Σ wt ≤ (1+L²)m, and each of these
is replaced by tangents t ≥ 2rX − r²m (r any ratio X/m). Tangents never cut off a solution, so the solver's bound stays
a bound for the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import numpy as np

from junheng.assess.gaps import needed
from junheng.assess.model import Unit
from junheng.exact import ZERO, ceil_div
from junheng.params.standard import Indicator
from junheng.planning.case import CellKey, PlanCase
from junheng.planning.linear import INFINITE, Program

TANGENTS = (0.0, 0.4, 0.7, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0, 2.6, 3.5, 5.0)
"""The ratios X/m that every cone begins with: close together where most schools are. `cut` adds those that are needed."""
WASTE = 1e-9
"""What 万元 count for beside what is broken: just enough that nothing is bought or moved in vain."""
SLACK_UNIT, SLACK_CV, SLACK_BUDGET = 1.0, 10.0, 1e-4
"""Weights of what may be broken when nothing fits: a whole threshold of a unit, CV² of 0.1, 10000 万元."""


@dataclass(frozen=True)
class Cone:
    """One coefficient of variation as variables: the mean, and by unit (weight, ratio variable, t variable)."""

    stage: str
    indicator: str
    mean: int
    row: int
    parts: tuple[tuple[float, int, int], ...]


@dataclass
class Programme:
    """The programme of a case: where each quantity, permission and ratio stands among the variables."""

    case: PlanCase
    elastic: bool = False
    cv_margin: float = 0.0
    program: Program = field(default_factory=Program)
    quantity: list[int] = field(default_factory=list)
    miss: dict[CellKey, int] = field(default_factory=dict)
    ratio: dict[CellKey, int] = field(default_factory=dict)
    cones: dict[tuple[str, str], Cone] = field(default_factory=dict)
    slack: dict[tuple[str, ...], int] = field(default_factory=dict)

    def build(self) -> Programme:
        """Write the programme of the case, without any coefficient of variation (see `add_cone`); return it."""
        self._quantities()
        for unit in self.case.result.units:
            self._unit(unit)
        self._guards()
        self._moves()
        self._budget()
        return self

    def _quantities(self) -> None:
        """One variable a choice, counted in steps when whole."""
        for choice in self.case.choices:
            lever = choice.lever
            size = lever.step if lever.whole else Fraction(1)
            cost = float(choice.cost * size) * (WASTE if self.elastic else 1)
            upper = INFINITE if choice.most is None else float(choice.most / size)
            # As a float a limit of 3 steps may be 2.9999999999999996.
            upper = floor(upper + 1e-9) if lever.whole and upper < INFINITE else upper
            self.quantity.append(self.program.variable(0.0, upper, cost, lever.whole))

    def size(self, position: int) -> Fraction:
        """Return how much one unit of the variable of a choice is."""
        lever = self.case.choices[position].lever
        return lever.step if lever.whole else Fraction(1)

    def _unit(self, unit: Unit) -> None:
        standard = self.case.result.standard
        rule = standard.unit_rule
        for indicator in standard.indicators:
            key = (*unit.key, indicator.id)
            self.miss[key] = self.program.variable(0.0, 1.0, 0.0, True)
            self._requirement(unit, indicator, rule.floor)
        allowed = {self.miss[(*unit.key, i.id)]: 1.0 for i in standard.indicators}
        self.program.row(allowed, high=float(rule.may_miss))

    def _requirement(self, unit: Unit, indicator: Indicator, least: Fraction) -> None:
        """X + slack + (1 − floor)·miss ≥ 1, and the same counted in whole steps where all choices are alike.

        1 − floor is the least "big M" there is: with miss = 1 exactly the floor is asked, and the relaxed programme
        gains no more by a miss than the rule allows.
        """
        key = (*unit.key, indicator.id)
        held, full = self.case.held(unit, indicator), needed(unit, indicator)
        positions = self.case.by_cell.get(key, ())
        # Nothing changes the cell, and it holds: no row. What no measure can reach keeps one, so that it must
        # be missed.
        if not positions and held >= full:
            return
        gains = {n: self.case.choices[n].effects[key] * self.size(n) for n in positions}
        row = {self.quantity[n]: float(gain / full) for n, gain in gains.items()}
        row[self.miss[key]] = float(1 - least)
        if self.elastic:
            row[self._slack("unit", *key, weight=SLACK_UNIT)] = 1.0
        self.program.row(row, low=float(1 - held / full))
        if not self.elastic:
            self._whole_requirement(key, gains, held, full, least)

    def _whole_requirement(
        self, key: CellKey, gains: dict[int, Fraction], held: Fraction, full: Fraction, least: Fraction
    ) -> None:
        # Half a teacher would do for the relaxed programme. Asked for in whole steps, rounded up, the same
        # requirement cuts that off, and the solver need not branch to find it out.
        sizes = {abs(gain) for gain in gains.values()}
        if len(sizes) != 1 or not all(self.case.choices[n].lever.whole for n in gains):
            return
        step = sizes.pop()
        most, fewer = (ceil_div((share * full - held) / step) for share in (Fraction(1), least))
        row = {self.quantity[n]: 1.0 if gain > 0 else -1.0 for n, gain in gains.items()}
        row[self.miss[key]] = float(most - fewer)
        self.program.row(row, low=float(most))

    def _guards(self) -> None:
        for guard in self.case.guards:
            row = {self.quantity[n]: float(rate * self.size(n)) for n, rate in guard.coefficients.items()}
            self.program.row(row, low=-float(guard.slack))

    def _moves(self) -> None:
        """What arrives has left somewhere: per lever the two sums are equal."""
        rows: dict[str, dict[int, float]] = {}
        for position, choice in enumerate(self.case.choices):
            if choice.lever.kind == "move":
                rows.setdefault(choice.lever.id, {})[self.quantity[position]] = float(choice.sign)
        for row in rows.values():
            self.program.row(row, low=0.0, high=0.0)

    def _budget(self) -> None:
        """Each year's budget. A lever costs the same at every school, so its sums by year are enough."""
        budget = self.case.limits.budget
        if not budget:
            return
        paid = {lever.id: lever for lever in self.case.prices.levers if lever.price}
        spent: dict[int, dict[int, float]] = {year: {} for year in budget}
        for name, lever in paid.items():
            size = lever.step if lever.whole else Fraction(1)
            row = {
                self.quantity[n]: -1.0
                for n, c in enumerate(self.case.choices)
                if c.lever.id == name and c.sign > 0
            }
            for year in budget:
                part = self.program.variable(whole=lever.whole)
                row[part] = 1.0
                spent[year][part] = float(lever.price * size)
            self.program.row(row, 0.0, 0.0)
        for year, row in spent.items():
            if self.elastic:
                row[self._slack("budget", str(year), weight=SLACK_BUDGET)] = -1.0
            self.program.row(row, high=float(budget[year]))

    def _slack(self, *name: str, weight: float) -> int:
        self.slack[name] = self.program.variable(0.0, INFINITE, weight)
        return self.slack[name]

    # --- coefficients of variation ---------------------------------------------------------------

    def add_cone(self, stage: str, indicator_id: str) -> None:
        """Put a coefficient of variation under its limit (once)."""
        if (stage, indicator_id) in self.cones:
            return
        standard = self.case.result.standard
        units = self.case.result.stage_units(stage)
        pupils = sum((unit.students or ZERO for unit in units), ZERO)
        mean = self.program.variable()
        parts = []
        for unit in units:
            weight = float((unit.students or ZERO) / pupils)
            ratio = self._ratio(unit, standard.indicator(indicator_id))
            parts.append((weight, ratio, self.program.variable()))
        self.program.row({mean: -1.0, **{ratio: weight for weight, ratio, _ in parts}}, 0.0, 0.0)
        # `row` is the one appended next; `set_margin` changes it in place.
        cone = Cone(stage, indicator_id, mean, len(self.program.rows), tuple(parts))
        self.cones[(stage, indicator_id)] = cone
        row = {mean: -(1 + self._limit(cone) ** 2), **{t: weight for weight, _, t in parts}}
        if self.elastic:
            row[self._slack("cv", stage, indicator_id, weight=SLACK_CV)] = -1.0
        self.program.row(row, high=0.0)
        for _, ratio, t in parts:
            for at in TANGENTS:
                self._tangent(ratio, t, mean, at)

    def _limit(self, cone: Cone) -> float:
        return float(self.case.result.standard.disparity.limits[cone.stage]) * (1 - self.cv_margin)

    def set_margin(self, margin: float) -> None:
        """Ask all coefficients of variation to stay this much (relative) within their limits."""
        self.cv_margin = margin
        for cone in self.cones.values():
            self.program.rows[cone.row][0][cone.mean] = -(1 + self._limit(cone) ** 2)

    def _ratio(self, unit: Unit, indicator: Indicator) -> int:
        key = (*unit.key, indicator.id)
        if key not in self.ratio:
            full = needed(unit, indicator)
            self.ratio[key] = self.program.variable()
            row = {
                self.quantity[n]: -float(self.case.choices[n].effects[key] * self.size(n) / full)
                for n in self.case.by_cell.get(key, ())
            }
            has = float(self.case.held(unit, indicator) / full)
            self.program.row({self.ratio[key]: 1.0, **row}, has, has)
        return self.ratio[key]

    def _tangent(self, ratio: int, t: int, mean: int, at: float) -> None:
        self.program.row({t: 1.0, ratio: -2 * at, mean: at * at}, low=0.0)

    def violation(self, cone: Cone, values: np.ndarray) -> float:
        """Return by how much CV² lies above the limit (relative to 1 + L²) at a solution."""
        mean = values[cone.mean]
        square = sum(weight * values[ratio] ** 2 for weight, ratio, _ in cone.parts)
        return float(square / max(mean, 1e-12) ** 2 / (1 + self._limit(cone) ** 2) - 1)

    def cut(self, values: np.ndarray, tolerance: float = 1e-9) -> bool:
        """Add tangents at a solution wherever a cone is violated; return whether any was."""
        added = False
        for cone in self.cones.values():
            if self.violation(cone, values) <= tolerance:
                continue
            mean = max(values[cone.mean], 1e-9)
            for _, ratio, t in cone.parts:
                at = values[ratio] / mean
                # Only tangents that this solution violates: any other would make the programme larger for
                # nothing.
                if at * at * mean > values[t] + 1e-12:
                    self._tangent(ratio, t, cone.mean, float(at))
                    added = True
        return added
