"""The city's overview of a check: one row a county, and all errors and warnings in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from junheng.params.counties import County
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell
from junheng.report.content.tables.building import Cells, number_cell, numbered
from junheng.report.excel.sheets import workbook_bytes
from junheng.workbook.feedback.sheet import severity_text, shown_found, sorted_issues
from junheng.workbook.model import CountyBook, Severity


@dataclass(frozen=True)
class Checked:
    """What came of one county: its book, or why there is none; the returned workbook's name, if any.

    `kept` says what somebody had changed in the files that were replaced.
    """

    county: County
    book: CountyBook | None
    reason: str = ""
    returned: str = ""
    kept: str = ""

    @property
    def failed(self) -> bool:
        """Whether the county cannot be assessed as things are."""
        return self.book is None or bool(self.book.blocking)

    @property
    def state(self) -> str:
        """One word for the county's standing."""
        if self.book is None:
            return "无法读取" if self.returned else "未报送"
        if self.book.blocking:
            return "有错误"
        return "有警告" if self.count(Severity.WARNING) else "通过"

    def count(self, severity: Severity) -> int:
        """How many issues of a severity there are, without those that the office has accepted."""
        issues = self.book.issue_records if self.book else ()
        return sum(issue.severity is severity and not issue.accepted for issue in issues)

    @property
    def accepted(self) -> int:
        """How many errors the office has accepted."""
        return sum(bool(issue.accepted) for issue in self.book.issue_records) if self.book else 0


def overview_name(year: int, partial: bool = False) -> str:
    """Return the file name of the overview; one of some counties only does not take the place of the city's."""
    return f"{year}年度数据核查汇总{'（部分县区）' if partial else ''}.xlsx"


def overview(results: Sequence[Checked], year: int, specs: Mapping[str, TableSpec]) -> bytes:
    """Return the overview: sheet 汇总 and sheet 错误和警告."""
    heading = f"{year}年度采集工作簿核查情况"
    counties = Table(specs["check_counties"], numbered(map(_county_cells, results)))
    issues = Table(specs["check_issues"], numbered(cells for one in results for cells in _issue_cells(one)))
    return workbook_bytes([counties, issues], heading, heading)


def _county_cells(result: Checked) -> Cells:
    book = result.book
    return {
        "code": result.county.code,
        "county": result.county.name,
        "state": TableCell(result.state, mark="unmet" if result.failed else ""),
        "errors": number_cell(result.count(Severity.ERROR)),
        "warnings": number_cell(result.count(Severity.WARNING)),
        "notes": number_cell(result.count(Severity.NOTE)),
        "accepted": number_cell(result.accepted),
        "repairs": number_cell(len(book.repaired) if book else 0),
        "schools": number_cell(len(book.rows("schools")) if book else 0),
        "file": book.file if book else "",
        "returned": result.returned,
        "reason": result.reason,
    }


def _issue_cells(result: Checked) -> Iterator[Cells]:
    """The errors and warnings of a county; notes are counted, and stand in its returned workbook."""
    for issue in sorted_issues(result.book) if result.book else ():
        if issue.severity is not Severity.NOTE:
            yield {
                "county": result.county.name,
                "severity": severity_text(issue),
                "sheet": issue.sheet,
                "cell": issue.cell,
                "subject": issue.subject,
                "found": shown_found(issue),
                "expected": issue.expected,
                "remedy": issue.remedy,
                "check": issue.check,
                "accepted": issue.accepted,
            }
