"""The city that assesses (params/city.yml) and the yearly choices for city and county (params/<YEAR>/)."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Exact, Record, load_cached
from junheng.params.prices import PlanChoices


class City(Record):
    """Names that stay the same over the years, and which local standard applies."""

    name: str
    code: str = "000000"
    office: str
    short_office: str
    local_standard: str
    demo_keyword: str


class CityYear(Record):
    """What the office fixes for one year: dates in print (Chinese text) and deadlines of the yearly cycle.

    `task_inputs` are figures for params/tasks.yml that only the office can give (shares as 0.05);
    `all_schools` gives every school its page in 一校一策, not only those that are not 达标.
    """

    report_date: str
    rectification_deadline: str
    self_report_date: str = ""
    data_source: str
    task_inputs: dict[str, Exact] = {}
    all_schools: bool = False


class ExceptionUse(Record):
    """An exception switched on for a county, with the basis the office gives."""

    id: str
    basis: str


class Acceptance(Record):
    """A named issue that an analyst accepts: which check and place, who, when, why.

    `found` is what was found there (现为); given, another figure in the same place is not accepted with it.
    """

    check: str
    sheet: str = ""
    cell: str = ""
    found: str = ""
    who: str
    when: str
    why: str


class CountyYear(Record):
    """A county's own choices for one year (params/<YEAR>/<code>.yml); all off by default."""

    exceptions: tuple[ExceptionUse, ...] = ()
    settings: dict[str, str] = {}
    accepted: tuple[Acceptance, ...] = ()
    plan: PlanChoices = PlanChoices()
    remarks: str = ""


def load_city(params_dir: Path) -> City:
    """Read params/city.yml; raises ParamsProblem."""
    return load_cached(params_dir / "city.yml", City)


def load_city_year(params_dir: Path, year: int) -> CityYear:
    """Read params/<YEAR>/city.yml; raises ParamsProblem when the year is not prepared."""
    return load_cached(params_dir / str(year) / "city.yml", CityYear)


def load_county_year(params_dir: Path, year: int, code: str) -> CountyYear:
    """Read params/<YEAR>/<code>.yml; a county without one has no choices of its own."""
    path = params_dir / str(year) / f"{code}.yml"
    return load_cached(path, CountyYear) if path.exists() else CountyYear()
