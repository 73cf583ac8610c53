"""The counties and districts that are assessed (params/counties.yml, RULES §11)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationInfo, field_validator

from junheng.errors import UsageProblem, did_you_mean
from junheng.params.loader import Record, load_cached

EDUCATION = "{education}"
"""Stands in the standard's departments for the county's own education department."""


class County(Record):
    """One assessed unit. `name` is the short name used in file names and tables; `internal` marks a made-up code.

    `education` is the department that runs the schools, without the county's name; `also` are further names that
    foreign tables use; `tile` is its place (column, row; from 1) on the page's schematic map, where
    two on one tile would hide each other.
    """

    told_apart_by: ClassVar[tuple[str, ...]] = ("code", "name", "tile")

    code: str
    name: str
    government: str
    target_year: int
    education: str = "教育和体育局"
    full_name: str | None = None
    also: tuple[str, ...] = ()
    internal: bool = False
    tile: tuple[int, int] | None = None

    @field_validator("code", "name")
    @classmethod
    def _fit_for_a_file_name(cls, text: str, info: ValidationInfo) -> str:
        """Folders and files are named after them, so they must not lead elsewhere."""
        wanted = r"\d{6}" if info.field_name == "code" else r"[\w（）()·]{1,20}"
        if not re.fullmatch(wanted, text, re.ASCII if info.field_name == "code" else 0):
            raise ValueError(f"不能用作文件名：{text!r}")
        return text

    @property
    def title(self) -> str:
        """The name in running text."""
        return self.full_name or self.name

    def department(self, text: str) -> str:
        """Name the departments of this county: `财政局、{education}` is 邹城市财政局、教育和体育局."""
        return self.name + text.replace(EDUCATION, self.education)

    @property
    def stem(self) -> str:
        """The name of its workbook and folder, without ending: `370883_邹城市`."""
        return f"{self.code}_{self.name}"


class _CountyFile(Record):
    counties: tuple[County, ...]


def load_counties(params_dir: Path) -> tuple[County, ...]:
    """Return all counties in the order of the file; raises ParamsProblem."""
    return load_cached(params_dir / "counties.yml", _CountyFile).counties


def find_county(counties: tuple[County, ...], word: str | int) -> County:
    """Return the county with this code or name; raises UsageProblem with a did-you-mean."""
    text = str(word).strip()
    for county in counties:
        if text in (county.code, county.name, county.full_name):
            return county
    known = [name for county in counties for name in (county.name, county.code)]
    all_names = f"可选：{'、'.join(county.name for county in counties)}。"
    raise UsageProblem(f"没有名为“{text}”的县（市、区）。{did_you_mean(text, known) or all_names}")
