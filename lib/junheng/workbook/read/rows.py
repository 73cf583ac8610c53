"""Reading a sheet with one record a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row, Severity, Value
from junheng.workbook.read.context import ColumnReader
from junheng.workbook.read.grid import address
from junheng.workbook.read.headers import RecordReader
from junheng.workbook.read.issues import subject_of
from junheng.workbook.read.kinds import RowKind, RowKinds, vital_keys
from junheng.workbook.read.merged import MergedCells
from junheng.workbook.read.text import fold_key, fold_spaces
from junheng.workbook.read.totals import TotalsReader


@dataclass
class RowsReader(RecordReader):
    """Reads the records under one header; every row that is not a record is reported."""

    sheet: Sheet

    def __post_init__(self) -> None:
        self.vital = vital_keys(self.sheet)
        self.faulty: set[str] = set()
        self.merged = MergedCells.of(self.grid, self.table)
        self.expected = {fold_key(word): word for word in self.sheet.expected}
        self.columns = {
            field.key: ColumnReader(self.context, self.grid, self.table.columns[field.key], field)
            for field in self.sheet.fields
            if field.key in self.table.columns
        }

    def read(self) -> tuple[Row, ...]:
        """Return the records in file order."""
        tell = RowKinds(self.sheet, self.table, self.context.rules.units)
        below = {n: c for n, c in self.grid.rows.items() if n > self.table.last_header_row}
        kinds = tell.of_all({n: self.merged.filled(self.grid, n, cells) for n, cells in below.items()})
        rows = tuple(self._record(number) for number, kind in kinds.items() if kind is RowKind.RECORD)
        self._report_merged(rows)
        self._report_skipped({n: k for n, k in kinds.items() if k is not RowKind.RECORD}, rows, tell)
        if not rows and self.sheet.required and not self.sheet.expected:
            self.report("no_records")
        self.report_blank_headers(row.number for row in rows)
        self.report_hidden("hidden_rows", (row.number for row in rows), self._anchor)
        self._report_keys(rows)
        totals = [(n, k) for n, k in kinds.items() if k in (RowKind.TOTAL, RowKind.SUBTOTAL)]
        TotalsReader(self.context, self.grid, self.table, self.sheet).compare(rows, totals, self.faulty)
        return rows

    def _record(self, number: int) -> Row:
        name = self._name(number)
        values: dict[str, Value] = {}
        unusable: set[str] = set()
        for field in self.sheet.fields:
            column = self.columns.get(field.key)
            if column is None:
                values[field.key] = Value(None, self.grid.source(number, self._anchor))
                continue
            values[field.key], usable = column.value(number, name, self._severity(field, values))
            if not usable:
                unusable.add(field.key)
        if self.expected and self.sheet.key in values:
            values[self.sheet.key] = self._known_key(values[self.sheet.key])
        self.faulty |= unusable
        row = Row(values, number)
        self._report_missing(row, unusable, name)
        return row

    def _severity(self, field: Field, values: Mapping[str, Value]) -> Severity | None:
        """A cell that cannot be used is an error, but not the main school of a row that never has one (教学点)."""
        kind = values["school_type"].content if field.required == "campus" else ""
        never = field.required == "campus" and not self.context.dictionary.is_campus(str(kind or ""), False)
        return Severity.NOTE if never else None

    def _name(self, number: int) -> str:
        """Return what to call a row in messages: its name, else its key, else its number."""
        for key in (*self.vital[1:2], *self.vital[:1]):
            cell = self.grid.cell(number, self.table.columns.get(key, 0))
            if cell is not None and cell.text.strip():
                return fold_spaces(cell.text)
        return f"第{number}行"

    @property
    def _anchor(self) -> int:
        """The column to point at when a value's own column is not there."""
        return self.table.columns.get(self.sheet.key or "") or min(self.table.columns.values())

    def _known_key(self, value: Value) -> Value:
        word = self.expected.get(fold_key(str(value.content or "")))
        if word is None or word == value.content:
            return value
        return Value(word, value.source, value.text, f"规范为“{word}”")

    def _report_missing(self, row: Row, unusable: set[str], name: str) -> None:
        kind = row.text("school_type")
        stages = self.context.dictionary.row_stages(row.get)
        campus = self.context.dictionary.is_campus(kind, row.get("counted"))
        for key, column in self.columns.items():
            if self.merged.over(row.number, column.column):
                continue  # told once for the whole range
            value, field = row.values[key], column.field
            if key not in unusable and value.content is None and field.is_needed(stages, campus):
                column.report_missing(value, name, self._is_vital(field))

    def _is_vital(self, field: Field) -> bool:
        """Say whether a missing value is an error: it names the row, or the main school of a campus."""
        return field.key in self.vital or field.required == "campus"

    def _report_merged(self, rows: tuple[Row, ...]) -> None:
        """Report each merged range that leaves cells of records empty: whose its content is nobody can say."""
        spans = (
            self.merged.over(row.number, column) for row in rows for column in self.table.columns.values()
        )
        for span in dict.fromkeys(filter(None, spans)):
            cell = self.grid.cell(span.top, span.left)
            place = f"{address(span.top, span.left)}:{address(span.bottom, span.right)}"
            self.report("merged_cells", span.top, span.left, found=cell.text if cell else "", range=place)

    def _report_units(self, number: int) -> None:
        """Report where a row of units under the header says another unit than the column has."""
        for key, column in self.table.columns.items():
            cell, field = self.grid.cell(number, column), self.sheet.by_key[key]
            unit = self.context.rules.units.find(fold_key(cell.text).strip("()")) if cell else None
            if unit and field.is_number and unit != field.unit:
                self.report("column_unit", number, column, found=unit, expected=field.with_unit)

    def _report_skipped(self, skipped: Mapping[int, RowKind], rows: tuple[Row, ...], tell: RowKinds) -> None:
        """List rows that are no record; a stray line between records deserves more than a note."""
        last = rows[-1].number if rows else 0
        for number, kind in skipped.items():
            cells = self.grid.rows[number]
            column = min(cells)
            if kind is RowKind.UNCLEAR:
                name = next((cell.text for cell in cells.values() if cell.kind == "text"), "") or "没有名称"
                subject, figures = f"第{number}行", tell.figures(cells)
                self.report("unclear_row", number, column, subject=subject, found=name, number=figures)
                continue
            if kind is RowKind.UNITS:
                self._report_units(number)
            between = kind is RowKind.STRAY and number < last
            told = "skipped_row.between" if between else "skipped_row"
            self.report(told, number, column, found=cells[column].text, what=kind)

    def _report_keys(self, rows: tuple[Row, ...]) -> None:
        """Warn of expected records that are not there and of records nobody expects."""
        key = self.sheet.key
        if not key or not self.expected or key not in self.table.columns:
            return
        subject = subject_of("", self.sheet.by_key[key].header)
        for word in self.sheet.expected:
            if word not in self.sheet.may_lack and all(row.text(key) != word for row in rows):
                self.report("missing_row", subject=subject, word=word)
        wanted = "”“".join(self.sheet.expected)
        for row in rows:
            value, column = row.values[key], self.table.columns[key]
            if value.content is not None and value.content not in self.sheet.expected:
                self.report(
                    "unknown_row",
                    row.number,
                    column,
                    subject=subject,
                    found=value.text,
                    expected=f"“{wanted}”",
                )
