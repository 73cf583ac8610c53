"""A mixed-integer linear programme and its solution by HiGHS; nothing here knows about schools."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from junheng.errors import JunhengError
from junheng.params.prices import SearchLimits

INFINITE = float("inf")
FEASIBILITY = 1e-8
"""A tenth of what HiGHS allows by itself: a requirement that is missed by a trace costs a whole step when it is rounded."""


@dataclass
class Program:
    """Variables (bounds, cost, whole) and rows `low <= Σ coefficient × variable <= high`; costs are minimised.

    Kept here and handed to HiGHS whole for each solution. Growing one model inside HiGHS was tried: a quarter slower over
    100 small counties, four times over one county, for thirty lines less.
    """

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def variable(
        self, lower: float = 0.0, upper: float = INFINITE, cost: float = 0.0, whole: bool = False
    ) -> int:
        """Add a variable and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, coefficients: Mapping[int, float], low: float = -INFINITE, high: float = INFINITE) -> None:
        """Add a row; coefficients by the number of the variable."""
        self.rows.append((dict(coefficients), low, high))


@dataclass(frozen=True)
class Answer:
    """What a solver found. `values` None: no solution; `bound` holds for every solution of the programme."""

    values: np.ndarray | None
    bound: float
    infeasible: bool


@dataclass
class Effort:
    """What a search may spend.

    Once its branch-and-bound `nodes` are used up it ends with the best it has, the same on every machine. Its `seconds`
    are a guard: a search that lasts longer fails, lest a slow machine get another answer than a fast one.
    """

    nodes: int
    seconds: float
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, limits: SearchLimits) -> Effort:
        """What params/prices.yml allows, from now on."""
        return cls(limits.nodes, float(limits.seconds))

    @property
    def spent(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Return the seconds that are left; raises JunhengError when there are none."""
        if self.spent >= self.seconds:
            raise JunhengError(
                f"方案测算已超过{self.seconds:g}秒，未得出结果即停止。请在空闲的机器上重新运行，"
                "或调整params/prices.yml中search的seconds（等待的秒数）、nodes（搜索量，减小则提前结束）。"
            )
        return self.seconds - self.spent


def solve(program: Program, effort: Effort, gap: float = 1e-4, relaxed: bool = False) -> Answer:
    """Minimise, which takes from `effort`; with `relaxed` wholeness is left aside. Raises JunhengError out of time.

    The same programme gives the same answer: a fixed seed, one thread, and an end that no clock decides.
    """
    # The class below highspy's own `Highs`, which prints a licence when it is made, before it can be silenced.
    solver = highspy._core._Highs()
    solver.setOptionValue("output_flag", False)
    for name, value in (
        ("parallel", "off"),
        ("time_limit", effort.left()),
        ("mip_max_nodes", max(effort.nodes, 0)),
        ("mip_rel_gap", gap),
        ("mip_feasibility_tolerance", 1e-7),
        ("primal_feasibility_tolerance", FEASIBILITY),
        ("random_seed", 0),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_model(program, relaxed))
    solver.run()
    effort.nodes -= max(solver.getInfo().mip_node_count, 0)
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        effort.seconds = min(effort.seconds, effort.spent)
        effort.left()
    return _answer(solver, relaxed or not any(program.whole))


def _model(program: Program, relaxed: bool) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.rows)
    lp.col_cost_ = np.array(program.cost)
    lp.col_lower_, lp.col_upper_ = np.array(program.lower), np.array(program.upper)
    lp.row_lower_ = np.array([low for _, low, _ in program.rows])
    lp.row_upper_ = np.array([high for _, _, high in program.rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    sizes = [len(coefficients) for coefficients, _, _ in program.rows]
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([n for row, _, _ in program.rows for n in row], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for row, _, _ in program.rows for v in row.values()])
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in program.whole]
    return lp


def _answer(solver: Any, linear: bool) -> Answer:
    status = solver.getModelStatus()
    info = solver.getInfo()
    kinds = highspy.HighsModelStatus
    # Costs and quantities are never negative, so nothing is unbounded: where presolve cannot tell the two
    # apart, it is infeasible.
    infeasible = status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else None
    # The objective of a linear programme bounds it only once it is optimal; of a mixed-integer one HiGHS
    # keeps a bound from the beginning.
    bound = info.mip_dual_bound
    if linear:
        bound = info.objective_function_value if status == kinds.kOptimal else -INFINITE
    return Answer(values, bound, infeasible)
