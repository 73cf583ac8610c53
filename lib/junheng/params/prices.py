"""What can be done to pass, at what price and within which limits (params/prices.yml), and a county's own choices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import Field

from junheng.errors import ParamsProblem, did_you_mean
from junheng.params.formula import FormulaText
from junheng.params.loader import Exact, NotNegative, Positive, Record, Staged, load_cached


class Lever(Staged):
    """One kind of measure. A quantity of 1 `unit` costs `price` (万元) and adds `adds` to the columns of one row.

    `move` takes the same from another school of the county. `where` says for which rows it is open (to get and to give),
    `most` how much a row may get, `spare` how much a row may give (formulas over the row's columns); `why` explains these.
    """

    id: str
    name: str
    kind: Literal["add", "move"]
    unit: str
    price: NotNegative
    step: Positive = Fraction(1)
    adds: dict[str, Exact]
    where: FormulaText | None = None
    most: FormulaText | None = None
    spare: FormulaText | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is counted (people, rooms) rather than measured."""
        return self.step.denominator == 1


class SearchLimits(Record):
    """How far to search: proven within `gap` of the least cost, or after `nodes`; one of more than `seconds` fails."""

    gap: Exact
    nodes: int = Field(ge=1)
    seconds: Exact


class SchoolLimit(Record):
    """A limit of one school: no more than `most` of a lever (0 closes it), and why."""

    school_code: str
    lever: str
    most: NotNegative
    why: str


class PlanChoices(Record):
    """A county's own prices, limits and yearly budget (万元 by year); `in_report` puts the plan into report and ledger."""

    prices: dict[str, NotNegative] = {}
    closed: tuple[str, ...] = ()
    limits: tuple[SchoolLimit, ...] = ()
    budget: dict[int, NotNegative] = {}
    in_report: bool = False


class Prices(Record):
    """All levers (unfolded by stage) and the search's limits."""

    stages: dict[str, str]
    basis: str
    levers: tuple[Lever, ...]
    search: SearchLimits

    def unfolded(self) -> Prices:
        """Return the prices with the levers for several stages once for each."""
        levers = tuple(one for lever in self.levers for one in lever.for_stages(self.stages))
        return self.model_copy(update={"levers": levers})

    def chosen(self, choices: PlanChoices) -> Prices:
        """Return the prices as a county has them; raises ParamsProblem for a lever that is not there."""
        known = {lever.id for lever in self.levers}
        for name in (*choices.prices, *choices.closed, *(limit.lever for limit in choices.limits)):
            if name not in known:
                raise ParamsProblem(f"补短板措施中没有编号“{name}”。{did_you_mean(name, known)}")
        levers = tuple(
            lever.model_copy(update={"price": choices.prices.get(lever.id, lever.price)})
            for lever in self.levers
            if lever.id not in choices.closed
        )
        return self.model_copy(update={"levers": levers})


def load_prices(params_dir: Path) -> Prices:
    """Read params/prices.yml, levers unfolded by stage; raises ParamsProblem, also for a bad formula."""
    return load_cached(params_dir / "prices.yml", Prices).unfolded()
