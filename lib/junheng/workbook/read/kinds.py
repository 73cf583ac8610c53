"""What a row under the header is: a record, a total, a note, a repeated header or a stray line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from junheng.params.dictionary import Sheet
from junheng.workbook.read.grid import Cell
from junheng.workbook.read.headers import Table
from junheng.workbook.read.text import fold_key, is_missing_mark

CODE_LIKE = re.compile(r"[0-9]{6}")
VITAL = {"schools": ("school_code", "school_name", "school_type")}
PUNCTUATION = r"[0-9一二三四五六七八九十]*(?:[:.、,)]|$)"


class Kind(StrEnum):
    """What a row is; its value is its Chinese name."""

    RECORD = "记录"
    SUBTOTAL = "小计"
    TOTAL = "合计"
    NOTE = "注"
    HEADER = "重复的表头"
    STRAY = "无数据的文字"


def vital_keys(sheet: Sheet) -> tuple[str, ...]:
    """Return the columns without which a record is nothing: their absence is an error."""
    return VITAL.get(sheet.id, (sheet.key,) if sheet.key else ())


@dataclass(frozen=True)
class RowKinds:
    """Tells the rows of one sheet apart."""

    sheet: Sheet
    table: Table

    def of(self, cells: Mapping[int, Cell]) -> Kind | None:
        """Return what the row is; None when it shows nothing."""
        if self._has_key(cells):
            return Kind.RECORD
        texts = {column: fold_key(cell.text) for column, cell in cells.items() if cell.text.strip()}
        if not texts and not any(cell.kind == "unstored" for cell in cells.values()):
            return None
        label = self._label(texts)
        if self._is_header(texts):
            return Kind.HEADER
        if self._is_total(label):
            return Kind.SUBTOTAL if label.endswith("小计") else Kind.TOTAL
        if self._is_note(label):
            return Kind.NOTE
        return Kind.RECORD if self._has_data(cells, texts) else Kind.STRAY

    def _label(self, texts: Mapping[int, str]) -> str:
        """Return the text that names the row: first, key or name column, a total's word preferred."""
        columns = [min(texts, default=0), *(self.table.columns.get(k, 0) for k in vital_keys(self.sheet)[:2])]
        labels = [texts[c].rstrip(":") for c in columns if c in texts]
        return next((label for label in labels if self._is_total(label)), labels[0] if labels else "")

    def _has_key(self, cells: Mapping[int, Cell]) -> bool:
        cell = cells.get(self.table.columns.get(self.sheet.key or "", 0))
        key = fold_key(cell.text) if cell else ""
        if self.sheet.expected:
            return key in {fold_key(word) for word in self.sheet.expected}
        return bool(self.sheet.key and CODE_LIKE.search(key) and ":" not in key)

    def _is_header(self, texts: Mapping[int, str]) -> bool:
        names = {heading.column: heading.name for heading in self.table.headings.values()}
        same = sum(texts.get(column) == name for column, name in names.items())
        return same >= 2 and 2 * same >= len(texts)

    def _is_total(self, label: str) -> bool:
        words = [fold_key(word) for word in self.sheet.totals]
        return label in words or any(len(word) > 1 and label.endswith(word) for word in words)

    def _is_note(self, label: str) -> bool:
        return any(re.match(re.escape(fold_key(word)) + PUNCTUATION, label) for word in self.sheet.notes)

    def _has_data(self, cells: Mapping[int, Cell], texts: Mapping[int, str]) -> bool:
        """Say whether a row without a usable key still holds a record."""
        if self.sheet.key is None:
            return any(column in self.table.columns.values() for column in texts)
        filled = {key for key, column in self.table.columns.items() if _is_filled(cells.get(column))}
        if self.sheet.id not in VITAL:
            closed = [f.key for f in self.sheet.fields if f.is_number or f.type in ("yesno", "enum")]
            return any(key in filled for key in closed)
        named = set(vital_keys(self.sheet)[1:]) <= filled
        signature = ":" in texts.get(self.table.columns.get(self.sheet.key, 0), "")
        return (named and not signature) or any(f.key in filled for f in self.sheet.fields if f.is_number)


def _is_filled(cell: Cell | None) -> bool:
    return cell is not None and (cell.kind == "unstored" or not is_missing_mark(cell.text))
