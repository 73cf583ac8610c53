"""The assumptions of the forecast (params/forecast.yml): stated as data, with a low, a middle and a high case."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from junheng.params.loader import Exact, Record, load_cached

Case = Literal["low", "middle", "high"]
CASES: tuple[Case, ...] = ("low", "middle", "high")


class Band(Record):
    """A share in three cases, with what it rests on."""

    low: Exact
    middle: Exact
    high: Exact
    basis: str

    def of(self, case: Case) -> Fraction:
        """Return the share in a case."""
        value: Fraction = getattr(self, case)
        return value


class PerHead(Record):
    """Pupils to one of something (a class, a member of staff), by stage."""

    primary: Exact
    junior: Exact
    basis: str

    def of(self, stage: str) -> Fraction:
        """Return the number of pupils for a stage."""
        value: Fraction = getattr(self, stage)
        return value


class Assumptions(Record):
    """`entrants`: yearly change of first-grade entrants; `stay`: pupils kept from year to year; `transfer`: primary
    leavers who enter the county's junior schools; `own_trend`: how much of a school's own change goes on."""

    least_years: int
    entrants: Band
    stay: Band
    transfer: Band
    own_trend: Exact
    own_trend_basis: str
    class_size: PerHead
    staff: PerHead
    left_out: tuple[str, ...]
    default_grades: dict[str, int]


def load_assumptions(params_dir: Path) -> Assumptions:
    """Read params/forecast.yml; raises ParamsProblem."""
    return load_cached(params_dir / "forecast.yml", Assumptions)
