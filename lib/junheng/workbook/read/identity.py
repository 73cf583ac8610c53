"""Whose workbook it is and of which year: what its titles say, and whether its schools are those of last year.

A file name is given by whoever saves the file; another county's workbook under this county's name must not become
this county's report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from junheng.params.counties import County
from junheng.workbook.matching import School, named
from junheng.workbook.model import CountyBook
from junheng.workbook.read.grid import Grid, address
from junheng.workbook.read.issues import Reporter
from junheng.workbook.read.text import fold_spaces, half_width

# A year of a title (2024年, 2023-2024学年), not of a day: 填报日期2025年3月 says when it was filled in.
YEAR = re.compile(r"(20\d\d)\s*(?:(?:[-—–~－]{1,2}|至|/)\s*(20\d\d)\s*)?(?:学年|年度|年)(?!\s*\d{1,2}\s*月)")
TITLE = re.compile(r"表|册|工作簿|数据|情况|统计")
LABEL = re.compile(
    r"(填报|报送|所属|所在)?(单位|地区|区域|县区?|县\(?市[、,]?区\)?|县\(区\)|区县|统计年度|数据年度|年度|学年度?)(名称)?"
)
LONGEST_TITLE = 60
LEAST_SCHOOLS = 5
"""Below that many schools, one new or renamed school would decide what most of them are."""
SHOWN = 2
SHEET = "schools"
SHORTEST_STEM = 2
"""曲阜市 is 曲阜 in the names of its schools."""
Title = tuple[str, str, str]
"""Where a title stands (sheet, cell; both empty for the file's properties) and its text."""


def titles_above(grid: Grid, header_row: int) -> Iterator[Title]:
    """Yield the titles above the header of a sheet: short lines that name a table, no notes and no dates."""
    for row, cells in grid.rows.items():
        if row >= header_row:
            return
        for column, cell in cells.items():
            if cell.kind == "text":
                yield from _title(grid.name, address(row, column), cell.text)


def guide_titles(grid: Grid) -> Iterator[Title]:
    """Yield what a sheet of instructions says it is of: its title, and the cells behind 县（市、区）, 填报单位, 年度.

    Its sentences are left alone: they tell of other years and files too.
    """
    for place, (row, cells) in enumerate(grid.rows.items()):
        label = ""
        for column, cell in cells.items():
            text = half_width(fold_spaces(cell.text))
            if place == 0:
                yield from _title(grid.name, address(row, column), text)
            own, colon, value = text.partition(":")
            if colon and LABEL.fullmatch(own.strip()):
                label, text = own.strip(), value.strip()
            if label and text and len(text) <= LONGEST_TITLE:
                said = f"{text}年度" if re.fullmatch(r"20\d\d", text) else text
                yield grid.name, address(row, column), f"{label}:{said}"
            label = text if LABEL.fullmatch(text) else ""


def file_title(properties: str) -> Iterator[Title]:
    """Yield the file's own title, a word of its properties."""
    for word in properties.split():
        yield from _title("", "", word)


def _title(sheet: str, cell: str, text: str) -> Iterator[Title]:
    line = half_width(fold_spaces(text))
    if len(line) <= LONGEST_TITLE and TITLE.search(line):
        yield sheet, cell, line


def check_titles(
    sources: Iterable[Sequence[Title]],
    county: County,
    counties: Sequence[County],
    year: int,
    reporter: Reporter,
) -> None:
    """Report a title of another county or year: an error, where no title before it says that it is this one.

    `sources` come in the order in which they are believed: 学校, the instructions, the file's properties. A file
    made from last year's keeps its properties, so that what is said later only counts where nothing was said before;
    another sheet that contradicts is a warning.
    """
    said: dict[str, tuple[Title, bool]] = {}
    for title in (title for source in sources for title in source):
        text = title[2]
        named = {c.code for c in counties if c.name in text or c.title in text}
        years = {int(found) for match in YEAR.finditer(text) for found in match.groups() if found}
        asked = (
            ("identity_county", named, county.code, county.title),
            ("identity_year", years, year, f"{year}年度"),
        )
        for kind, found, own, whose in asked:
            if not found:
                continue
            first, agrees = said.setdefault(kind, (title, own in found))
            if own not in found:
                _contradicted(title, first, agrees, kind, whose, reporter)


def _contradicted(
    title: Title, first: Title, agrees: bool, kind: str, whose: str, reporter: Reporter
) -> None:
    """Report a title of another county or year than `whose`: the first one that names any, or another sheet's."""
    sheet, cell, text = title
    subject = "标题" if sheet else "文件属性中的标题"
    if title is first:
        reporter.report(kind, sheet, cell, subject=subject, found=text, whose=whose)
    elif agrees and sheet not in ("", first[0]):
        reporter.report(
            "identity_beside", sheet, cell, subject=subject, found=text, whose=whose, first=first[0]
        )


def check_schools(
    book: CountyBook, last: CountyBook | None, counties: Sequence[County], reporter: Reporter
) -> None:
    """Report that most schools are unknown to last year's workbook, or without one that they name another county."""
    schools, before = (named(one.rows(SHEET) if one else ()) for one in (book, last))
    if len(schools) < LEAST_SCHOOLS:
        return
    own = book.county_record
    if len(before) >= LEAST_SCHOOLS:
        known = {word for school in before for word in school} - {""}
        strange = [school for school in schools if known.isdisjoint(school)]
        if most(len(strange), len(schools)):
            other = most_name(strange, counties)
            looks = f"，名称或标识码多属{other.title}" if other else ""
            report_schools(reporter, "identity_schools.unknown", own, strange, len(schools), looks=looks)
    elif (other := most_name(schools, counties)) and other.code != own.code:
        report_schools(
            reporter, "identity_schools", own, schools_named(other, schools), len(schools), other=other.title
        )


def report_schools(
    reporter: Reporter, kind: str, county: County, schools: Sequence[School], whole: int, **quoted: Any
) -> None:
    """Report that these of all (`whole`) schools of a workbook seem not to be the county's."""
    examples = "、".join(name or code for code, name in schools[:SHOWN])
    reporter.report(
        kind,
        "学校",
        county=county.title,
        number=len(schools),
        whole=whole,
        examples=examples,
        **quoted,
    )


def most(part: int, whole: int) -> bool:
    """Say whether a part is more than half of a whole."""
    return 2 * part > whole


def most_name(schools: Sequence[School], counties: Iterable[County]) -> County | None:
    """Return the county that most of the schools bear in their names or codes; None when there is no such county."""
    return next((c for c in counties if most(len(schools_named(c, schools)), len(schools))), None)


def schools_named(county: County, schools: Iterable[School]) -> list[School]:
    """Return the schools that bear a county's name or code."""
    stem = county.name[:-1] if len(county.name) > SHORTEST_STEM else county.name
    return [(code, name) for code, name in schools if stem in name or code.startswith(county.code)]
