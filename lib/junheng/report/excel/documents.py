"""The tables of a document as an Excel file beside its Word file: a cover, then a sheet for every table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from junheng.params.tables import TableSpec
from junheng.report.content.model import Document, Table, TableCell, TableRow
from junheng.report.excel.sheets import write_workbook

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
    form = specs["cover"]
    assert form.sheet is not None
    # On the cover the title stands large: its page is headed by the mark alone.
    bare = form.model_copy(update={"sheet": form.sheet.model_copy(update={"heading": mark})})
    cover = Table(bare, tuple(_cover_rows(document)), title=document.title)
    tables = [block for blocks in document.blocks.values() for block in blocks if isinstance(block, Table)]
    write_workbook([cover, *map(_as_sent, tables)], target, document.name, heading)


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
