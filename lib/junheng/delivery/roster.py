"""Who is who: the schools and codes of every county, and the figures by which a county's data are known.

Names come from the collection workbooks of this year and the last (they list also the schools that are not
assessed) and from the published data; nothing else decides what is a county's own.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from junheng.batch.job import Places
from junheng.errors import DataProblem, JunhengError, OutputProblem, UsageProblem
from junheng.params.city import load_county_year
from junheng.params.counties import County, load_counties
from junheng.processes import leave_signals_to
from junheng.workbook.read.book import open_county_book
from junheng.workbook.read.find import find_workbook

DISTINCT = re.compile(r"(?<![\d.])\d+\.\d{10,}(?!\d)")
"""A figure with so many digits is one county's alone when it is a root taken over all its schools; ratios can coincide."""
FIGURE_COLUMNS = ("sd", "cv")
FIGURE_FILE = "data/disparity.csv"


@dataclass(frozen=True)
class Schools:
    """One county's schools: names and codes, its distinct figures, and what its parameter file keeps inside."""

    county: County
    names: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    remarks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Roster:
    """All counties by code."""

    counties: Mapping[str, Schools] = field(default_factory=dict)

    def own(self, county: County) -> Schools:
        return self.counties.get(county.code, Schools(county))

    def others(self, county: County) -> tuple[Schools, ...]:
        return tuple(schools for code, schools in self.counties.items() if code != county.code)


def load_roster(places: Places, year: int) -> Roster:
    """Read the schools of all counties, as many at a time as there are processors.

    Raises OutputProblem when a process that reads is killed, UsageProblem when a county has workbooks and none of them
    can be read: without its names nobody can say that a package is free of them.
    """
    first, *others = load_counties(places.params)
    read = [_schools(places, year, first)]  # here, so that the forks find read what all have in common
    workers = max(1, min(len(others), len(os.sched_getaffinity(0))))
    pool = ProcessPoolExecutor(
        workers, get_context("fork"), initializer=leave_signals_to, initargs=(os.getpid(),)
    )
    try:
        read += pool.map(partial(_schools, places, year), others)
    except BrokenProcessPool as error:
        raise OutputProblem(
            "读取各县学校名单的进程中途退出（可能内存不足），请关闭其他程序后重试。"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return Roster({schools.county.code: schools for schools in read})


def _schools(places: Places, year: int, county: County) -> Schools:
    names: set[str] = set()
    codes: set[str] = set()
    found, read = 0, 0
    for wanted in (year, year - 1):
        try:
            path = find_workbook(places.data, wanted, county)
        except UsageProblem:
            continue
        found += 1
        try:
            rows = open_county_book(path, county, wanted, places.params).rows("schools")
        except (DataProblem, UsageProblem):
            continue
        read += 1
        names |= {row.text("school_name") for row in rows}
        codes |= {row.text("school_code") for row in rows}
    published = places.year_dir(year) / county.stem
    if not read:  # only then: what is published is what is being checked
        units = _rows(published / "data" / "units.csv")
        names |= {row.get("school_name", "") for row in units}
        codes |= {row.get("school_code", "") for row in units}
    if found and not names:
        raise UsageProblem(
            f"{county.title}的采集工作簿无法读取，无从核对发送包中有无其学校，请先改正（make check）。"
        )
    authors, remarks = _inside(places, year, county)
    return Schools(
        county, frozenset(names - {""}), frozenset(codes - {""}),
        _figures(_rows(published / FIGURE_FILE)), authors, remarks,
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _figures(rows: Iterable[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(
        text for row in rows for text in map(row.get, FIGURE_COLUMNS) if text and DISTINCT.fullmatch(text)
    )


def _inside(places: Places, year: int, county: County) -> tuple[frozenset[str], frozenset[str]]:
    """The names of those who accepted issues, and the office's internal note."""
    try:
        chosen = load_county_year(places.params, year, county.code)
    except JunhengError as error:
        raise UsageProblem(f"{county.title}的参数文件有误，无从核对内部备注：{error}") from error
    remark = " ".join(chosen.internal_note.split())
    return frozenset(a.who for a in chosen.accepted if a.who), frozenset({remark} - {""})
