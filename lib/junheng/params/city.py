"""The city that assesses (params/city.yml) and the yearly choices for city and county (params/<YEAR>/)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import field_validator, model_validator

from junheng.errors import UsageProblem
from junheng.files import write_whole
from junheng.params.counties import County
from junheng.params.loader import Exact, Record, load_cached, repeated
from junheng.params.prices import PlanChoices


class City(Record):
    """Names that stay the same over the years, and which local standard applies; `superior` is the office above."""

    name: str
    code: str = "000000"
    office: str
    short_office: str
    superior: str = ""
    local_standard: str
    demo_keyword: str

    def unit(self, year: int) -> County:
        """The city itself in the place of a county: its workbook and its summary are named and found like a county's."""
        return County(code=self.code, name=self.name, government=self.office, target_year=year, internal=True)


class CityYear(Record):
    """What the office fixes for one year: dates in print (Chinese text) and deadlines of the yearly cycle.

    `task_inputs` are figures for params/tasks.yml that only the office can give (shares as 0.05);
    `all_schools` gives every school its page in 一校一策, not only those that are not 达标;
    `remark_source` says in brackets whose a county's remarks are (empty: nothing is said);
    `objection_days` is within how many days a county may object to the city's letter (0: the letter does not say);
    `separate_annexes` makes each annex of the letters a file of its own; `contents_list` puts a cover and a contents
    list before the long letters, whose first page is that of the title else;
    `reports` are those made for every county when none are asked for.
    """

    report_date: str
    rectification_deadline: str
    self_report_date: str = ""
    application_date: str = ""
    rectification_plan_deadline: str = ""
    objection_days: int = 0
    data_source: str
    task_inputs: dict[str, Exact] = {}
    all_schools: bool = False
    remark_source: str = "说明由本县提供"
    contents_list: bool = False
    separate_annexes: bool = False

    @model_validator(mode="after")
    def _one_file_for_a_list(self) -> CityYear:
        if self.contents_list and self.separate_annexes:
            raise ValueError(
                "附件单独成文时目录列不出附件的页码，contents_list和separate_annexes只能有一项为true"
            )
        return self

    reports: tuple[str, ...] = ("assessment",)


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


class Remark(Record):
    """What a county has to say at the end of a section: a text, a table from a CSV file, a picture (PNG).

    Files are named without a folder and stand beside the county's YAML; their names begin with its code.
    """

    text: str = ""
    table: str = ""
    table_caption: str = ""
    picture: str = ""
    picture_caption: str = ""

    @field_validator("table", "picture")
    @classmethod
    def _a_name_alone(cls, name: str) -> str:
        if name and not re.fullmatch(r"\d{6}\w*\.(csv|png)", name):
            raise ValueError(f"应为与本文件同目录、以本县代码开头的文件名（如370883_乡镇.csv），现为“{name}”")
        return name

    @model_validator(mode="after")
    def _with_captions(self) -> Remark:
        for kind in ("table", "picture"):
            if getattr(self, kind) and not getattr(self, f"{kind}_caption").strip():
                raise ValueError(f"有{kind}的，应写明标题{kind}_caption")
        return self


class CountyYear(Record):
    """A county's own choices for one year (params/<YEAR>/<code>.yml); all off by default.

    `remarks` maps a section of a report (problems, conclusion …) to what is printed at its end;
    `internal_note` is the office's own and must never leave it.
    """

    exceptions: tuple[ExceptionUse, ...] = ()
    settings: dict[str, str] = {}
    accepted: tuple[Acceptance, ...] = ()
    plan: PlanChoices = PlanChoices()
    remarks: dict[str, Remark] = {}
    internal_note: str = ""

    @model_validator(mode="after")
    def _accepted_once(self) -> CountyYear:
        """An issue that is accepted twice would have two who, when and why."""
        keys = [(one.check, one.sheet, one.cell, one.found) for one in self.accepted]
        for place, key in enumerate(keys):
            if (first := keys.index(key)) != place:
                raise repeated(" ".join(filter(None, key)), [("accepted", first), ("accepted", place)])
        return self

    @field_validator("remarks", mode="before")
    @classmethod
    def _by_section(cls, remarks: Any) -> Any:
        given = remarks.values() if isinstance(remarks, dict) else [None]
        if not all(
            (isinstance(one, str) and one.strip()) or (isinstance(one, dict) and one) for one in given
        ):
            raise ValueError(
                "应逐行写“章节: 要印出的文字”，如“problems: 本年度……”；不印出的写在internal_note中"
            )
        return {name: {"text": one} if isinstance(one, str) else one for name, one in remarks.items()}


def load_city(params_dir: Path) -> City:
    """Read params/city.yml; raises ParamsProblem."""
    return load_cached(params_dir / "city.yml", City)


def load_city_year(params_dir: Path, year: int) -> CityYear:
    """Read params/<YEAR>/city.yml; raises UsageProblem when the year is not prepared, ParamsProblem for a faulty file."""
    path = params_dir / str(year) / "city.yml"
    if not path.is_file():
        known = "、".join(map(str, prepared_years(params_dir)))
        there = f"现有年度：{known}。" if known else ""
        raise UsageProblem(
            f"{year}年度还没有参数（缺少“params/{year}/city.yml”）。{there}建立该年度：make year YEAR={year}。"
        )
    return load_cached(path, CityYear)


def prepared_years(params_dir: Path) -> list[int]:
    """Return the years that have a params/<YEAR>/city.yml, in order."""
    return sorted(int(p.parent.name) for p in params_dir.glob("[0-9]*/city.yml") if p.parent.name.isdecimal())


def prepare_year(params_dir: Path, year: int) -> tuple[Path, int]:
    """Write params/<YEAR>/city.yml from the nearest year that has one, every year in it moved along.

    Returns the file and the year it was copied from. A county's own choices (exceptions, accepted errors) hold for
    one year and are not copied. Raises UsageProblem when the year is there already or none is.
    """
    target = params_dir / str(year) / "city.yml"
    if target.exists():
        raise UsageProblem(f"{year}年度的参数已经有了：“params/{year}/city.yml”。")
    known = prepared_years(params_dir)
    if not known:
        raise UsageProblem("没有任何年度的参数可供复制：“params/年度/city.yml”。")
    # The year before rather than the year after, where both are as near: it is what the office knows.
    nearest = min(known, key=lambda other: (abs(other - year), other > year))
    text = (params_dir / str(nearest) / "city.yml").read_text(encoding="utf-8")
    moved = re.sub(r"(?<!\d)20\d\d(?=年|-\d)", lambda found: str(int(found[0]) + year - nearest), text)
    write_whole(target, moved.encode())
    load_city_year(params_dir, year)
    return target, nearest


def load_county_year(params_dir: Path, year: int, code: str) -> CountyYear:
    """Read params/<YEAR>/<code>.yml; a county without one has no choices of its own."""
    path = params_dir / str(year) / f"{code}.yml"
    return load_cached(path, CountyYear) if path.exists() else CountyYear()
