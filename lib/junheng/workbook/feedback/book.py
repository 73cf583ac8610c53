"""The returned workbook: the county's own file with bad cells coloured and explained, and a list of all issues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lxml import etree

from junheng.errors import DAMAGED_ZIP, DataProblem
from junheng.params.counties import County
from junheng.workbook.excel import saved_workbook
from junheng.workbook.feedback.copying import copy_as_xlsx
from junheng.workbook.feedback.marks import CellMark, SheetMarker
from junheng.workbook.feedback.parts import EditedPackage
from junheng.workbook.feedback.sheet import (
    COLOURS,
    NAME,
    add_feedback_sheet,
    list_book,
    severity_text,
    sorted_issues,
    summary,
)
from junheng.workbook.feedback.styles import BookStyles
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.opened import OpenedFile, XlsxFile
from junheng.workbook.read.password import seal

SUFFIX = "_问题反馈.xlsx"
MARKED = (Severity.ERROR, Severity.WARNING)
BROKEN = (DataProblem, etree.LxmlError, LookupError, ValueError, AssertionError, *DAMAGED_ZIP)


def feedback_name(county: County) -> str:
    """Return the file name of a county's returned workbook."""
    return f"{county.stem}{SUFFIX}"


def feedback(opened: OpenedFile, book: CountyBook) -> bytes:
    """Return the returned workbook of `book`, which was read from `opened`.

    A file of another format comes back as an .xlsx copy; so does one whose insides cannot be edited. A workbook that
    came with a password goes back with it.
    """
    issues = sorted_issues(book)
    try:
        data = _marked(_own_package(opened), book, issues)
    except BROKEN:
        data = _marked(copy_as_xlsx(opened), book, issues)
    return seal(data, opened.password) if opened.password else data


def refusal(county: County, year: int, reason: str) -> bytes:
    """Return a workbook that only says why the county's file could not be read."""
    issue = Issue(Severity.ERROR, "unreadable", "", "", "", "文件无法读取", "可以读取的采集工作簿", reason)
    lead = f"{county.name}{year}年度采集工作簿无法读取，须改正后重新报送。"
    return saved_workbook(list_book(_title(county, year), lead, (issue,), ()))


def _own_package(opened: OpenedFile) -> bytes:
    return opened.data if isinstance(opened, XlsxFile) else copy_as_xlsx(opened)


def _title(county: County, year: int) -> str:
    return f"{county.name}{year}年度采集工作簿问题反馈"


def _marked(data: bytes, book: CountyBook, issues: Sequence[Issue]) -> bytes:
    parts = EditedPackage(book.file, data)
    parts.drop_macros()
    styles = BookStyles(parts)
    by_sheet: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_sheet[issue.sheet.strip()].append(issue)
    for sheet in parts.listed_sheets():
        marks = _marks(by_sheet.get(sheet.name.strip(), ()))
        if sheet.part and sheet.name.strip() != NAME and (marks or parts.related(sheet.part, "comments")):
            marker = SheetMarker(parts, styles, sheet.part)
            marker.clear()
            marker.mark(marks)
    add_feedback_sheet(parts, styles, _title(book.county_record, book.year), summary(book), issues)
    return parts.save()


def _marks(issues: Iterable[Issue]) -> list[CellMark]:
    """Return one mark a cell: the colour of the gravest issue (they come sorted), all texts."""
    cells: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.cell and issue.severity in MARKED:
            cells[issue.cell].append(issue)
    return [
        CellMark(cell, COLOURS[found[0].severity], "\n".join(_comment(issue) for issue in found))
        for cell, found in cells.items()
    ]


def _comment(issue: Issue) -> str:
    found = f"现为“{issue.found}”，" if issue.found else ""
    expected = f"应为{issue.expected}。" if issue.expected else ""
    accepted = f"（{issue.accepted}）" if issue.accepted else ""
    return f"【{severity_text(issue)}】{found}{expected}{issue.remedy}{accepted}"
