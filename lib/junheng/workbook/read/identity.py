"""Whose workbook it is and of which year: what its titles say, and whether its schools are those of last year.

A file name is given by whoever saves the file; another county's workbook under this county's name must not become
this county's report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from junheng.params.counties import County
from junheng.workbook.model import CountyBook, Issue
from junheng.workbook.read.grid import Grid, address
from junheng.workbook.read.issues import Reporter
from junheng.workbook.read.text import fold_spaces, half_width

YEAR = re.compile(r"(20\d\d)\s*(?:(?:[-—–~－]{1,2}|至|/)\s*(20\d\d)\s*)?(?:学年|年度|年)(?!\s*\d{1,2}\s*月)")
TITLE = re.compile(r"表|册|工作簿|数据|情况|统计")
LABEL = re.compile(
    r"(填报|报送|所属|所在)?(单位|地区|区域|县区?|县\(?市[、,]?区\)?|县\(区\)|区县|统计年度|数据年度|年度|学年度?)(名称)?"
)
LONGEST_TITLE = 60
LEAST_SCHOOLS = 5
"""Below that many schools, one new or renamed school would decide what most of them are."""
SHOWN = 2
SHORTEST_STEM = 2
"""曲阜市 is 曲阜 in the names of its schools."""
School = tuple[str, str]
"""Code and name of a school; either may be empty."""
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
    made from last year's keeps its properties, so that what is said later only counts where nothing was said before.
    """
    whose, when = "", ""
    for titles in sources:
        for title in titles:
            named = [c for c in counties if c.name in title[2] or (c.full_name or c.name) in title[2]]
            own = any(c.code == county.code for c in named)
            if named and not whose:
                whose = "own" if own else "other"
                if not own:
                    _report(title, "identity_county", county.title, "另一县（市、区）", reporter)
            years = {int(found) for match in YEAR.finditer(title[2]) for found in match.groups() if found}
            if years and not when:
                when = "own" if year in years else "other"
                if year not in years:
                    _report(title, "identity_year", f"{year}年度", "另一年度", reporter)


def _report(title: Title, check: str, whose: str, another: str, reporter: Reporter) -> None:
    """Report a title of another county or year than `whose`."""
    sheet, cell, text = title
    reporter.error(
        check,
        sheet,
        cell,
        subject="标题" if sheet else "文件属性中的标题",
        found=text,
        expected=f"{whose}的工作簿",
        remedy=f"这可能是{another}的工作簿，请换为{whose}的；确为{whose}的，请改正标题。",
    )


def school_issues(book: CountyBook, last: CountyBook | None, counties: Sequence[County]) -> tuple[Issue, ...]:
    """Report that most schools are unknown to last year's workbook, or without one that they name another county."""
    schools, before = (_schools(one) for one in (book, last))
    if len(schools) < LEAST_SCHOOLS:
        return ()
    reporter = Reporter(book.file)
    if len(before) >= LEAST_SCHOOLS:
        known = {word for school in before for word in school} - {""}
        strange = [school for school in schools if known.isdisjoint(school)]
        if most(len(strange), len(schools)):
            _report_unknown(reporter, book.county_record, strange, len(schools), most_name(strange, counties))
    elif (other := most_name(schools, counties)) and other.code != book.county_record.code:
        named = schools_named(other, schools)
        report_schools(reporter, book.county_record, named, len(schools), "", other)
    return tuple(reporter.issues)


def most(part: int, whole: int) -> bool:
    """Say whether a part is more than half of a whole."""
    return 2 * part > whole


def most_name(schools: Sequence[School], counties: Iterable[County]) -> County | None:
    """Return the county that most of the schools bear in their names or codes; None when there is no such county."""
    return next((c for c in counties if most(len(schools_named(c, schools)), len(schools))), None)


def schools_named(county: County, schools: Iterable[School]) -> list[School]:
    """Return the schools that bear a county's name or code."""
    return [school for school in schools if _names(county, school)]


def _names(county: County, school: School) -> bool:
    code, name = school
    stem = county.name[:-1] if len(county.name) > SHORTEST_STEM else county.name
    return stem in name or code.startswith(county.code)


def _schools(book: CountyBook | None) -> list[School]:
    rows = book.rows("schools") if book else ()
    return [(row.text("school_code"), row.text("school_name")) for row in rows]


def report_schools(
    reporter: Reporter, county: County, schools: Sequence[School], whole: int, file: str, other: County
) -> None:
    """Report schools of another county: those that its workbook `file` lists too, or (no file) that bear its name."""
    why = f"与{other.title}的工作簿“{file}”相同" if file else f"的名称或标识码属{other.title}"
    which = "两个工作簿哪一个放错或命名有误" if file else "是否误用了另一县（市、区）的工作簿"
    reporter.error(
        "identity_schools",
        "学校",
        "",
        found=f"共{whole}所学校，{len(schools)}所{why}，如{_shown(schools)}",
        expected=f"{county.title}的学校",
        remedy=f"请核对{which}，换为{county.title}的工作簿。",
    )


def _report_unknown(
    reporter: Reporter, county: County, strange: Sequence[School], whole: int, other: County | None
) -> None:
    looks = f"，名称或标识码多属{other.title}" if other else ""
    reporter.error(
        "identity_schools",
        "学校",
        "",
        found=f"{len(strange)}所学校（共{whole}所）上年度没有{looks}，如{_shown(strange)}",
        expected=f"多数学校与{county.title}上年度工作簿中的相同",
        remedy="请核对本年度和上年度的工作簿是否有一个是另一县（市、区）的。",
    )


def _shown(schools: Sequence[School]) -> str:
    return "、".join(name or code for code, name in schools[:SHOWN])
