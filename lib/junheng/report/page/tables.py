"""The report's tables as the page's template takes them: header rows, and cells that know where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from junheng.params.tables import HeadSpan, TableColumn, head_spans
from junheng.report.content.model import Mark, Table, TableCell, TableRow
from junheng.report.page.city_data import CountyLinks


@dataclass(frozen=True)
class BodyCell:
    """A cell of the page: its text, a word that says what its shade says, where it leads, what it is sorted by."""

    text: str
    mark: Mark
    word: str
    href: str
    sort: str
    left: bool


@dataclass(frozen=True)
class BodyRow:
    """A row, and the code of the county it is about, empty for a row about several."""

    cells: tuple[BodyCell, ...]
    county: str = ""


@dataclass(frozen=True)
class PageTable:
    """A table as the page's template takes it."""

    id: str
    caption: str
    unit: str
    notes: tuple[str, ...]
    head: tuple[tuple[HeadSpan, ...], ...]
    rows: tuple[BodyRow, ...]


def page_table(name: str, table: Table, links: CountyLinks) -> PageTable:
    """Turn a table of the report into one of the page: every row knows its county, every cell where it leads."""
    columns = table.spec.columns
    rows = tuple(_body_row(name, row, columns, links) for row in table.rows)
    notes = table.printed_notes
    return PageTable(name, table.caption, table.spec.unit, notes, _head_rows(columns), rows)


def _head_rows(columns: Sequence[TableColumn]) -> tuple[tuple[HeadSpan, ...], ...]:
    spans = head_spans(columns)
    depth = 1 + max(span.row for span in spans)
    return tuple(tuple(span for span in spans if span.row == level) for level in range(depth))


def _body_row(name: str, row: TableRow, columns: Sequence[TableColumn], links: CountyLinks) -> BodyRow:
    county = links.of_row(row)
    code = county.code if county else ""
    cells = (_body_cell(name, row.cells[c.key], c, code) for c in columns if c.key in row.cells)
    return BodyRow(tuple(cells), code)


WORDS: dict[str, dict[Mark, str]] = {"matrix": {"unmet": "未达"}, "disparity": {"unmet": "超限"}}
"""What is written beside a figure whose shade says so (a verdict says it by itself)."""


def _body_cell(table: str, cell: TableCell, column: TableColumn, code: str) -> BodyCell:
    return BodyCell(
        text=cell.text,
        mark=cell.mark,
        word="" if "/" in cell.text else WORDS.get(table, {}).get(cell.mark, ""),
        href=_leads(table, column.key, code) if code else "",
        sort="" if cell.number is None else repr(float(cell.number)),
        left=column.align == "left",
    )


def _leads(table: str, key: str, code: str) -> str:
    """Where a cell about a county leads: its name to its view, a figure or verdict to what stands behind it there."""
    if key == "county":
        return f"#/{code}"
    stage, _, indicator = key.partition("_")
    if table == "matrix":
        return f"#/{code}/units/{stage}/{indicator}".rstrip("/")
    if table == "disparity":
        return f"#/{code}/spread/{stage}/{indicator}"
    if table == "conclusions" and key != "target":
        return f"#/{code}/aspect/{key}"
    return {
        ("plan", "state"): f"#/{code}/plan",
        ("plan", "left"): f"#/{code}/plan",
        ("progress", "place"): f"#/{code}/cycle",
        ("progress", "late"): f"#/{code}/cycle",
    }.get((table, key), "")
