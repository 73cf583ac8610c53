"""Reading a collection workbook into a `CountyBook` (the data contract's "in").

Errors in a cell never stop the reading: whatever can be read is returned, and everything else is an issue.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from junheng.errors import DataProblem
from junheng.params.checks import Check, load_checks
from junheng.params.city import Acceptance, load_city, load_county_year
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import Dictionary, Sheet, load_dictionary
from junheng.workbook.check.run import accept, run_checks
from junheng.workbook.model import CountyBook, ImportOrigin, Issue, Row, Severity
from junheng.workbook.read.cells import CellRules
from junheng.workbook.read.context import ReadContext
from junheng.workbook.read.digest import DEMO_KEYWORD, Values
from junheng.workbook.read.find import find_last_workbook, find_workbook
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid, GridCell
from junheng.workbook.read.headers import HeaderReader
from junheng.workbook.read.identity import (
    Title,
    check_schools,
    check_titles,
    file_title,
    guide_titles,
    titles_above,
)
from junheng.workbook.read.issues import MISSING, Reporter
from junheng.workbook.read.items import ItemsReader
from junheng.workbook.read.opened import OpenedFile
from junheng.workbook.read.origins import ORIGIN_SHEET, read_origins
from junheng.workbook.read.rows import RowsReader
from junheng.workbook.read.sheets import find_sheet, wanted_columns
from junheng.workbook.read.text import fold_spaces

__all__ = ["find_last_workbook", "find_workbook", "open_county_book", "open_last_book", "read_county_book"]

GUIDE_SHEET = "说明"


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the cycle collector: a book is a million small objects that stay, and none of them forms a cycle."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


@without_collection()
def read_county_book(
    source: Path | OpenedFile,
    county: County,
    year: int,
    dictionary: Dictionary,
    acceptances: Sequence[Acceptance] = (),
    *,
    checks: Sequence[Check] = (),
    demo_keyword: str = DEMO_KEYWORD,
    last: CountyBook | None = None,
    counties: Sequence[County] = (),
) -> CountyBook:
    """Read a workbook, make the checks (with `last` year's beside it), mark accepted issues.

    `counties` are those whose names a title may bear; without them nobody asks whose workbook it is.

    Raises DataProblem only when the file cannot be opened at all.
    """
    opened = open_file(source) if isinstance(source, Path) else source
    values = Values(opened)
    context = ReadContext.of(opened.file, dictionary, year)
    sheets: dict[str, tuple[Row, ...]] = {}
    headers: dict[str, Mapping[str, str]] = {}
    titles: list[Title] = []
    for sheet in dictionary.sheets:
        part = find_sheet(opened, sheet, context)
        grid = values.grid(part, sheet.name) if part else None
        rows, header = _read_sheet(context, grid, sheet) if grid else ((), {})
        sheets[sheet.id], headers[sheet.id] = rows, header
        # The first sheet that is read speaks for the book: its titles are what people look at.
        if grid and header and not titles:
            titles += titles_above(grid, min(map(_row_of, header.values())))
    if counties:
        check_titles([titles, *_other_titles(opened)], county, counties, year, context.reporter)
    book = CountyBook(
        county_record=county,
        year=year,
        file=opened.file,
        sha256=opened.sha256,
        sheets=sheets,
        issue_records=tuple(context.reporter.issues),
        demo=_is_demo(opened, demo_keyword),
        headers=headers,
        values_digest=values.digest,
        origins=_origins(opened, values, dictionary, context.rules),
    )
    strange = Reporter(opened.file, dictionary.issues)
    if counties:
        check_schools(book, last, counties, strange)
    found = run_checks(book, checks, dictionary, last)
    book = replace(book, issue_records=tuple(_not_stopped(book.issue_records, found)))
    return accept(book.with_issues(*strange.issues, *found), acceptances, dictionary)


def _not_stopped(told: Iterable[Issue], found: Iterable[Issue]) -> Iterator[Issue]:
    """Leave out that a cell is blank where a check has an error on the same blank: what follows from it is then untrue."""
    stopped = {issue.place for issue in found if issue.severity is Severity.ERROR}
    return (issue for issue in told if issue.check != MISSING or issue.place not in stopped)


def open_county_book(
    source: Path | OpenedFile, county: County, year: int, params_dir: Path, last: Path | None = None
) -> CountyBook:
    """Read a workbook with all that params/ says about it: dictionary, checks, acceptances, demo mark.

    `last` is last year's workbook, for the year-on-year checks; one that cannot be read is a warning.
    """
    dictionary = load_dictionary(params_dir)
    before, trouble = _last_year(last, county, year - 1, dictionary, load_city(params_dir).demo_keyword)
    book = read_county_book(
        source,
        county,
        year,
        dictionary,
        load_county_year(params_dir, year, county.code).accepted,
        checks=load_checks(params_dir),
        demo_keyword=load_city(params_dir).demo_keyword,
        last=before,
        counties=load_counties(params_dir),
    )
    last_book = before and replace(before, params_dir=params_dir)
    return replace(book.with_issues(*trouble), last=last_book, params_dir=params_dir)


def open_last_book(book: CountyBook, path: Path | None, params_dir: Path) -> CountyBook | None:
    """Last year's book with the checks of its own year: the one that `book` was compared with, else read from `path`.

    None when there is none, or none that can be opened.
    """
    dictionary, city = load_dictionary(params_dir), load_city(params_dir)
    year = book.year - 1
    before = book.last or _last_year(path, book.county_record, year, dictionary, city.demo_keyword)[0]
    if before is None:
        return None
    accepted = load_county_year(params_dir, year, book.county_record.code).accepted
    checked = before.with_issues(*run_checks(before, load_checks(params_dir), dictionary, None))
    return accept(replace(checked, params_dir=params_dir), accepted, dictionary)


def _last_year(
    path: Path | None, county: County, year: int, dictionary: Dictionary, demo_keyword: str
) -> tuple[CountyBook | None, tuple[Issue, ...]]:
    if path is None:
        return None, ()
    try:
        return read_county_book(path, county, year, dictionary, demo_keyword=demo_keyword), ()
    except DataProblem as problem:
        reporter = Reporter(path.name, dictionary.issues)
        reporter.report("last_year_unreadable", found=str(problem), year=year)
        return None, tuple(reporter.issues)


def _read_sheet(context: ReadContext, grid: Grid, sheet: Sheet) -> tuple[tuple[Row, ...], Mapping[str, str]]:
    table = HeaderReader(context, grid, wanted_columns(sheet)).locate()
    if table is None:
        return (), {}
    if sheet.layout == "items":
        items = ItemsReader(context, grid, table, sheet)
        return items.read(), items.header_cells()
    return RowsReader(context, grid, table, sheet).read(), table.header_cells()


def _origins(
    opened: OpenedFile, values: Values, dictionary: Dictionary, rules: CellRules
) -> tuple[ImportOrigin, ...]:
    """What the statistics said of the schools' figures; nothing in a workbook that is read without its schools."""
    parts = [part for part in opened.sheets if part.visible and fold_spaces(part.name) == ORIGIN_SHEET]
    if not parts or "schools" not in dictionary.by_id:
        return ()
    return tuple(read_origins(values.grid(parts[0]), dictionary, rules))


def _is_demo(opened: OpenedFile, keyword: str) -> bool:
    """Say whether the workbook declares its figures invented, in its properties or its guide sheet."""
    if keyword in opened.properties:
        return True
    guides = [part for part in opened.sheets if GUIDE_SHEET in part.name and part.visible]
    return any(keyword in cell.text for part in guides for cell in _cells(opened.grid(part)))


def _other_titles(opened: OpenedFile) -> Iterator[list[Title]]:
    """What the sheets of instructions and the file's properties say it is."""
    for part in opened.sheets:
        if GUIDE_SHEET in part.name and part.visible:
            yield list(guide_titles(opened.grid(part)))
    yield list(file_title(opened.properties))


def _row_of(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _cells(grid: Grid) -> Iterator[GridCell]:
    return (cell for cells in grid.rows.values() for cell in cells.values())
