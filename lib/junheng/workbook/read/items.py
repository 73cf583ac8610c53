"""Reading a sheet whose fields are rows: 项目, 单位, 数值."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row, Value
from junheng.workbook.read.context import ColumnReader
from junheng.workbook.read.grid import address
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


@dataclass
class ItemsReader(RecordReader):
    """Reads one record from the rows of a sheet, each item found by its name."""

    sheet: Sheet

    def read(self) -> tuple[Row, ...]:
        """Return the one record; without the columns it needs (reported already) every value is missing."""
        places = self._places() if {"item", "value"} <= self.table.columns.keys() else None
        if not places:
            if places is not None:
                self._report_unread()
            return (Row({field.key: self._blank() for field in self.sheet.fields}, 0),)
        unknown = {n: label for n, label in self._labels.items() if label and not self._field_of(label)[0]}
        values = {
            field.key: self._value(field, places[field.key])
            if field.key in places
            else self._absent(field, unknown)
            for field in self.sheet.fields
        }
        numbers = sorted(places.values())
        self.report_hidden("hidden_rows.items", numbers, self.table.columns["item"])
        self.report_blank_headers(numbers)
        return (Row(values, 0),)

    def header_cells(self) -> dict[str, str]:
        """Return the cell that names each item."""
        column = self.table.columns.get("item", 1)
        return {key: address(number, column) for key, number in self._found().items()}

    @cached_property
    def _labels(self) -> dict[int, str]:
        """Return the text in the item column of each row that shows something."""
        column = self.table.columns.get("item", 0)
        first = self.table.last_header_row + 1
        rows = ((number, cells.get(column)) for number, cells in self.grid.rows.items() if number >= first)
        return {number: cell.text if cell else "" for number, cell in rows}

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {fold_key(word): field for field in self.sheet.fields for word in (*field.also, field.header)}

    def _field_of(self, label: str) -> tuple[Field | None, str | None]:
        """Return the field an item's text names, and the unit in its bracket."""
        names = self._by_name
        if fold_key(label) in names:
            return names[fold_key(label)], None
        name, unit = self.context.rules.units.split_header(label)
        return names.get(name) or names.get(unnumbered(name)), unit

    def _found(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, label in self._labels.items():
            field, _ = self._field_of(label)
            if field:
                found.setdefault(field.key, number)
        return found

    def _places(self) -> dict[str, int]:
        """Return each item's row; report items that are unknown or there twice."""
        found = self._found()
        for number, label in self._labels.items():
            field, unit = self._field_of(label)
            if field is None:
                if found:  # else one message says that the whole sheet could not be read
                    self._report_unknown(number, label)
            elif found[field.key] != number:
                column, first = self.table.columns["item"], found[field.key]
                self.report("duplicate_row", number, column, header=field.header, first=first)
            else:
                self._check_unit(field, number, unit)
        return found

    def _report_unread(self) -> None:
        """Say once that nothing on the sheet is an item that is known."""
        labels = [(number, label) for number, label in self._labels.items() if label]
        number, label = labels[0] if labels else (self.table.last_header_row, "没有项目")
        names = "、".join(field.header for field in self.sheet.fields[:3])
        found = f"{label}等{len(labels)}项" if labels else label
        header = self.table.headings["item"].text
        column = self.table.columns["item"]
        self.report("no_records.items", number, column, found=found, header=header, names=names)

    def _absent(self, field: Field, unknown: Mapping[int, str]) -> Value:
        names = {fold_key(label): number for number, label in unknown.items()}
        near = get_close_matches(fold_key(field.header), list(names), n=1, cutoff=0.6)
        guess: dict[str, Any] = {}
        if near:
            number = names[near[0]]
            place = address(number, self.table.columns["item"])
            guess = {"place": place, "near": fold_spaces(unknown[number])}
        kind = "missing.item_near" if near else "missing.item"
        self.report(kind, subject=subject_of("", field.header), header=field.header, **guess)
        return self._blank()

    def _blank(self) -> Value:
        """What stands for an item without a row: it points at the header of the values."""
        column = self.table.columns.get("value") or max(self.table.columns.values())
        return Value(None, self.grid.source(self.table.last_header_row, column))

    def _value(self, field: Field, number: int) -> Value:
        column = ColumnReader(self.context, self.grid, self.table.columns["value"], field)
        value, usable = column.value(number, "")
        if usable and value.content is None and field.required == "always":
            column.report_missing(value, "")
        return self._with_repair(value, field, number)

    def _with_repair(self, value: Value, field: Field, number: int) -> Value:
        """Log that an item was found by its name without the number before it."""
        label = self._labels[number]
        name, _ = self.context.rules.units.split_header(label)
        known = self._by_name
        if value.content is None or fold_key(label) in known or name in known:
            return value
        done = f"项目名称由“{fold_spaces(label)}”规范为“{field.header}”"
        return replace(value, repair="；".join(filter(None, (value.repair, done))))

    def _check_unit(self, field: Field, number: int, bracket: str | None) -> None:
        """Report a unit other than the dictionary's: figures are never converted silently."""
        column = self.table.columns.get("unit", 0)
        cell = self.grid.cell(number, column)
        written = cell.text if cell and not is_missing_mark(cell.text) else ""
        units = self.context.rules.units
        places = {column: (written, units.find(written)), self.table.columns["item"]: (bracket, bracket)}
        for place, (text, unit) in places.items():
            if text and unit != field.unit:
                subject, text = subject_of("", field.header), fold_spaces(text)
                expected = field.unit or "没有单位"
                self.report("column_unit.item", number, place, subject=subject, found=text, expected=expected)

    def _report_unknown(self, number: int, label: str) -> None:
        shown = label or next(iter(self.grid.rows[number].values())).text
        self.report("unknown_row.items", number, self.table.columns.get("item", 1), found=shown)
