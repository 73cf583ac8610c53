"""Reading a sheet whose fields are rows: 项目, 单位, 数值."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row, Value
from junheng.workbook.read.context import ColumnReader
from junheng.workbook.read.grid import GridCell, address
from junheng.workbook.read.headers import RecordReader
from junheng.workbook.read.issues import subject_of
from junheng.workbook.read.text import fold_key, fold_spaces, is_missing_mark, unnumbered

REMARK = Field(key="remark", header="备注", type="text")


def item_columns(sheet: Sheet) -> tuple[Field, ...]:
    """Return the columns such a sheet has."""
    return (
        Field(key="item", header=sheet.item_header or "项目", type="text", required="always"),
        Field(key="unit", header=sheet.unit_header or "单位", type="text", required="blank"),
        Field(key="value", header=sheet.value_header or "数值", type="text", required="always"),
        REMARK,
    )


@dataclass(frozen=True)
class ItemRow:
    """A row of such a sheet: its number, its label, the field that this names, the unit in the label's bracket.

    `mended`: the label names the field only without the number before it (1.人口总数).
    """

    number: int
    label: str
    field: Field | None = None
    unit: str | None = None
    mended: bool = False


@dataclass
class ItemsReader(RecordReader):
    """Reads one record from the rows of a sheet, each item found by its name."""

    sheet: Sheet

    def __post_init__(self) -> None:
        names = {fold_key(word): field for field in self.sheet.fields for word in (*field.also, field.header)}
        below = {n: cells for n, cells in self.grid.rows.items() if n > self.table.last_header_row}
        self.rows = [self._row(number, cells, names) for number, cells in below.items()]
        self.found: dict[str, ItemRow] = {}
        for row in self.rows:
            if row.field:
                self.found.setdefault(row.field.key, row)

    def _row(self, number: int, cells: Mapping[int, GridCell], names: Mapping[str, Field]) -> ItemRow:
        cell = cells.get(self.table.columns.get("item", 0))
        label = cell.text if cell else ""
        # As for headers: a name may itself end in what looks like a unit's bracket.
        if fold_key(label) in names:
            return ItemRow(number, label, names[fold_key(label)])
        name, unit = self.context.rules.units.split_header(label)
        if name in names:
            return ItemRow(number, label, names[name], unit)
        return ItemRow(number, label, names.get(unnumbered(name)), unit, mended=True)

    def read(self) -> tuple[Row, ...]:
        """Return the one record; without the columns it needs (reported already) every value is missing."""
        usable = {"item", "value"} <= self.table.columns.keys()
        if not usable or not self.found:
            if usable:
                self._report_unread()
            return (Row({field.key: self._blank() for field in self.sheet.fields}, 0),)
        for row in self.rows:
            self._report_row(row)
        values = {
            field.key: self._value(field, self.found[field.key])
            if field.key in self.found
            else self._absent(field)
            for field in self.sheet.fields
        }
        numbers = sorted(row.number for row in self.found.values())
        self.report_hidden("hidden_rows.items", numbers, self.table.columns["item"])
        self.report_blank_headers(numbers)
        return (Row(values, 0),)

    def header_cells(self) -> dict[str, str]:
        """Return the cell that names each item."""
        column = self.table.columns.get("item", 1)
        return {key: address(row.number, column) for key, row in self.found.items()}

    def _report_unread(self) -> None:
        """Say once that nothing on the sheet is an item that is known."""
        labelled = [row for row in self.rows if row.label]
        number = labelled[0].number if labelled else self.table.last_header_row
        found = f"{labelled[0].label}等{len(labelled)}项" if labelled else "没有项目"
        names = "、".join(field.header for field in self.sheet.fields[:3])
        header, column = self.table.headings["item"].text, self.table.columns["item"]
        self.report("no_records.items", number, column, found=found, header=header, names=names)

    def _report_row(self, row: ItemRow) -> None:
        """Report an item that is unknown, there twice, or in another unit."""
        column = self.table.columns["item"]
        if row.field is None:
            shown = row.label or next(iter(self.grid.rows[row.number].values())).text
            self.report("unknown_row.items", row.number, column, found=shown)
            return
        first = self.found[row.field.key]
        if first is row:
            self._check_unit(row, row.field)
        else:
            header = row.field.header
            self.report("duplicate_row", row.number, column, header=header, first=first.number)

    def _check_unit(self, row: ItemRow, field: Field) -> None:
        """Report a unit other than the dictionary's: figures are never converted silently."""
        column = self.table.columns.get("unit", 0)
        cell = self.grid.cell(row.number, column)
        written = cell.text if cell and not is_missing_mark(cell.text) else ""
        told = {
            column: (written, self.context.rules.units.find(written)),
            self.table.columns["item"]: (row.unit, row.unit),
        }
        for place, (text, unit) in told.items():
            if text and unit != field.unit:
                subject, found = subject_of("", field.header), fold_spaces(text)
                expected = field.unit or "没有单位"
                self.report(
                    "column_unit.item", row.number, place, subject=subject, found=found, expected=expected
                )

    def _absent(self, field: Field) -> Value:
        unknown = {fold_key(row.label): row for row in self.rows if row.label and row.field is None}
        near = get_close_matches(fold_key(field.header), list(unknown), n=1, cutoff=0.6)
        subject, header = subject_of("", field.header), field.header
        if near:
            row = unknown[near[0]]
            place, label = address(row.number, self.table.columns["item"]), fold_spaces(row.label)
            self.report("missing.item_near", subject=subject, header=header, place=place, near=label)
        else:
            self.report("missing.item", subject=subject, header=header)
        return self._blank()

    def _blank(self) -> Value:
        """What stands for an item without a row: it points at the header of the values."""
        column = self.table.columns.get("value") or max(self.table.columns.values())
        return Value(None, self.grid.source(self.table.last_header_row, column))

    def _value(self, field: Field, row: ItemRow) -> Value:
        column = ColumnReader(self.context, self.grid, self.table.columns["value"], field)
        value, usable = column.value(row.number, "")
        if usable and value.content is None and field.required == "always":
            column.report_missing(value, "")
        if value.content is None or not row.mended:
            return value
        done = f"项目名称由“{fold_spaces(row.label)}”规范为“{field.header}”"
        return replace(value, repair="；".join(filter(None, (value.repair, done))))
