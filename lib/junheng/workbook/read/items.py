"""Reading a sheet whose fields are rows: 项目, 单位, 数值."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row, Source, Value
from junheng.workbook.read.context import ReadContext
from junheng.workbook.read.grid import Grid, address
from junheng.workbook.read.headers import SheetHeader, report_blank_headers
from junheng.workbook.read.issues import subject_of
from junheng.workbook.read.rows import number_list
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
class ItemsReader:
    """Reads one record from the rows of a sheet, each item found by its name."""

    context: ReadContext
    grid: Grid
    sheet: Sheet
    table: SheetHeader

    def read(self) -> tuple[Row, ...]:
        """Return the one record; without the columns it needs (reported already) every value is missing."""
        if not {"item", "value"} <= self.table.columns.keys():
            return (Row({field.key: Value(None, self._header_source()) for field in self.sheet.fields}, 0),)
        places = self._places()
        if not places:
            self._report_unread()
            return (Row({field.key: Value(None, self._header_source()) for field in self.sheet.fields}, 0),)
        unknown = {n: label for n, label in self._labels().items() if label and not self._field_of(label)[0]}
        values: dict[str, Value] = {}
        for field in self.sheet.fields:
            number = places.get(field.key)
            values[field.key] = self._absent(field, unknown) if number is None else self._value(field, number)
        self._report_hidden(sorted(places.values()))
        report_blank_headers(self.context.reporter, self.grid, self.table, sorted(places.values()))
        return (Row(values, 0),)

    def header_cells(self) -> dict[str, str]:
        """Return the cell that names each item."""
        column = self.table.columns.get("item", 1)
        return {key: address(number, column) for key, number in self._found().items()}

    def _labels(self) -> dict[int, str]:
        """Return the text in the item column of each row that shows something."""
        column = self.table.columns.get("item", 0)
        first = self.table.last_header_row + 1
        rows = ((number, cells.get(column)) for number, cells in self.grid.rows.items() if number >= first)
        return {number: cell.text if cell else "" for number, cell in rows}

    def _by_name(self) -> dict[str, Field]:
        return {fold_key(word): field for field in self.sheet.fields for word in (*field.also, field.header)}

    def _field_of(self, label: str) -> tuple[Field | None, str | None]:
        """Return the field an item's text names, and the unit in its bracket."""
        names = self._by_name()
        if fold_key(label) in names:
            return names[fold_key(label)], None
        name, unit = self.context.rules.units.split_header(label)
        return names.get(name) or names.get(unnumbered(name)), unit

    def _found(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, label in self._labels().items():
            field, _ = self._field_of(label)
            if field:
                found.setdefault(field.key, number)
        return found

    def _places(self) -> dict[str, int]:
        """Return each item's row; report items that are unknown or there twice."""
        found = self._found()
        for number, label in self._labels().items():
            field, unit = self._field_of(label)
            if field is None:
                if found:  # else one message says that the whole sheet could not be read
                    self._report_unknown(number, label)
            elif found[field.key] != number:
                self._report_twice(field, number, found[field.key])
            else:
                self._check_unit(field, number, unit)
        return found

    def _report_unread(self) -> None:
        """Say once that nothing on the sheet is an item that is known."""
        labels = [(number, label) for number, label in self._labels().items() if label]
        number, label = labels[0] if labels else (self.table.last_header_row, "没有项目")
        names = "、".join(field.header for field in self.sheet.fields[:3])
        self.context.reporter.error(
            "no_records",
            self.grid.name,
            address(number, self.table.columns["item"]),
            found=f"{label}等{len(labels)}项" if labels else label,
            expected=f"“{self.table.headings['item'].text}”列中有“{names}”等规定的项目",
            remedy="整张表没有一个规定的项目，全部未读取，请使用采集工作簿模板，不要改动项目名称。",
        )

    def _absent(self, field: Field, unknown: Mapping[int, str]) -> Value:
        names = {fold_key(label): number for number, label in unknown.items()}
        near = get_close_matches(fold_key(field.header), list(names), n=1, cutoff=0.6)
        place = address(names[near[0]], self.table.columns["item"]) if near else ""
        guess = (
            f"是否就是{place}的“{fold_spaces(unknown[names[near[0]]])}”？请改为规定的项目名称" if near else ""
        )
        self.context.reporter.warning(
            "missing",
            self.grid.name,
            "",
            subject=subject_of("", field.header),
            found="没有这一项目",
            expected=f"有“{field.header}”一行",
            remedy=f"{guess or '请补上该行'}；缺少时相关指标为“无法判定”。",
        )
        return Value(None, self._header_source())

    def _header_source(self) -> Source:
        """Where to point when an item has no row: the header of the values."""
        column = self.table.columns.get("value") or max(self.table.columns.values())
        return self.context.source(self.grid, self.table.last_header_row, column)

    def _value(self, field: Field, number: int) -> Value:
        value, usable = self.context.value(self.grid, number, self.table.columns["value"], field, "")
        if usable and value.content is None and field.required == "always":
            self.context.reporter.missing(value, field, self.context.rules, subject_of("", field.header))
        return self._with_repair(value, field, number)

    def _with_repair(self, value: Value, field: Field, number: int) -> Value:
        """Log that an item was found by its name without the number before it."""
        label = self._labels()[number]
        name, _ = self.context.rules.units.split_header(label)
        known = self._by_name()
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
                self.context.reporter.error(
                    "column_unit",
                    self.grid.name,
                    address(number, place),
                    subject=subject_of("", field.header),
                    found=fold_spaces(text),
                    expected=field.unit or "没有单位",
                    remedy="单位与规定不同，请换算为规定单位并改正单位。",
                )

    def _report_unknown(self, number: int, label: str) -> None:
        shown = label or next(iter(self.grid.rows[number].values())).text
        self.context.reporter.note(
            "unknown_row",
            self.grid.name,
            address(number, self.table.columns.get("item", 1)),
            found=shown,
            expected="",
            remedy=f"第{number}行不是采集工作簿规定的项目，未读取。",
        )

    def _report_twice(self, field: Field, number: int, first: int) -> None:
        self.context.reporter.error(
            "duplicate_row",
            self.grid.name,
            address(number, self.table.columns["item"]),
            found=f"{field.header}（与第{first}行重复）",
            expected="每个项目只有一行",
            remedy="请核对后删去其中一行。",
        )

    def _report_hidden(self, numbers: list[int]) -> None:
        hidden = [number for number in numbers if number in self.grid.hidden]
        if hidden:
            self.context.reporter.warning(
                "hidden_rows",
                self.grid.name,
                address(hidden[0], self.table.columns["item"]),
                found=f"第{number_list(hidden)}行被隐藏或筛选",
                expected="所有项目可见",
                remedy="这些行已照常读取，请核对。",
            )
