"""The tables of a document as an Excel file beside its Word file: a cover, then a sheet for every table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from junheng.params.tables import TableSpec
from junheng.report.content.model import Document, Table, TableCell, TableRow
from junheng.report.excel.sheets import SheetForm, write_workbook

COVER = "封面"
COVER_LINES = {
    "county": "县（市、区）",
    "year": "年度",
    "government": "报送单位（盖章）",
    "application_date": "报送时间",
}
"""Fields of the document that stand on the cover, and what each is called there."""


def write_tables(document: Document, specs: Mapping[str, TableSpec], target: Path) -> None:
    """Write the tables of `document` to `target`; a sheet is named by its table's label (表Ⅱ-2)."""
    mark = document.fields["demo_mark"]
    heading = document.title + (f"（{mark}）" if mark else "")
    cover = Table(specs["cover"], tuple(_cover_rows(document)), title=document.title)
    sheets = [(cover, SheetForm(COVER, heading=mark))]
    for block in (block for blocks in document.blocks.values() for block in blocks):
        if isinstance(block, Table):
            sheets.append((_as_sent(block), SheetForm(block.caption.split()[0], heading=heading)))
    write_workbook(sheets, target, title=document.name)


def _as_sent(table: Table) -> Table:
    """The table without the notes on where its figures come from: a form that is sent has none."""
    rows = (
        replace(row, cells={key: replace(cell, origin=None) for key, cell in row.cells.items()})
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _cover_rows(document: Document) -> Iterator[TableRow]:
    for name, said in COVER_LINES.items():
        yield TableRow({"what": TableCell(said, mark="label"), "said": TableCell(document.fields[name])})
