"""What a row under the header is: a record, a total, a note, a repeated header, units, numbers of columns or a stray line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from junheng.params.dictionary import Sheet
from junheng.workbook.read.grid import GridCell
from junheng.workbook.read.headers import SheetHeader
from junheng.workbook.read.numbers import parse_number
from junheng.workbook.read.text import Units, fold_key, is_missing_mark

CODE_LIKE = re.compile(r"[0-9]{6}")
VITAL = {"schools": ("school_code", "school_name", "school_type")}
PUNCTUATION = r"[0-9一二三四五六七八九十]*(?:[:.、,)]|$)"
REMARK_BEHIND = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]?$")
COUNT_BEHIND = re.compile(r"[0-9]+(?:所|个|校|家|行|项)?(?:学校)?")
SUBTOTALS = ("小计", "SUBTOTAL")
COLUMN_NUMBER = re.compile(r"[(<\[]?([0-9]{1,3})[)>\]]?(?:=.*)?")
COLUMN_LETTER = re.compile(r"[甲乙丙丁戊己庚辛壬癸]|[A-Z]{1,2}")
LEAST_MARKS = 3


class RowKind(StrEnum):
    """What a row is; its value is its Chinese name."""

    RECORD = "记录"
    SUBTOTAL = "小计"
    TOTAL = "合计"
    STATISTIC = "平均值等统计结果"
    NOTE = "注"
    HEADER = "重复的表头"
    UNITS = "计量单位"
    NUMBERS = "栏号"
    UNCLEAR = "不明"
    STRAY = "无数据的文字"


def vital_keys(sheet: Sheet) -> tuple[str, ...]:
    """Return the columns without which a record is nothing: their absence is an error."""
    return VITAL.get(sheet.id, (sheet.key,) if sheet.key else ())


@dataclass(frozen=True)
class RowKinds:
    """Tells the rows of one sheet apart."""

    sheet: Sheet
    table: SheetHeader
    units: Units

    def of_all(self, rows: Mapping[int, Mapping[int, GridCell]]) -> dict[int, RowKind]:
        """Return what each row is, those that show nothing left out; rows come in the order of the sheet."""
        kinds: dict[int, RowKind] = {}
        for number, cells in rows.items():
            under_header = RowKind.RECORD not in kinds.values()
            kind = (under_header and self._under_header(cells)) or self._of(cells)
            if kind:
                kinds[number] = kind
        return kinds

    def _of(self, cells: Mapping[int, GridCell]) -> RowKind | None:
        if self._has_key(cells):
            return RowKind.RECORD
        texts = _texts(cells)
        if not texts and not any(cell.kind == "unstored" for cell in cells.values()):
            return None
        label = self._label(texts)
        # A header before a total: its own words may include 合计. A total before a note: 注 may stand behind 合计.
        if self._is_header(texts):
            return RowKind.HEADER
        if summed := self._summed(label):
            return summed
        if self._is_note(label):
            return RowKind.NOTE
        return self._with_data(cells, texts)

    def _under_header(self, cells: Mapping[int, GridCell]) -> RowKind | None:
        """Recognise a row of units or of column numbers (1, 2 …, 甲, A), which forms have between header and records."""
        texts = _texts(cells)
        marks = [texts[column] for column in sorted(texts)]
        numbers = [int(found[1]) for mark in marks if (found := COLUMN_NUMBER.fullmatch(mark))]
        letters = [mark for mark in marks if COLUMN_LETTER.fullmatch(mark)]
        numbered = all(after == before + 1 for before, after in pairwise(numbers))
        # One cell of such a row may hold a word: 栏次.
        if numbered and len(numbers) + len(letters) >= max(LEAST_MARKS, len(marks) - 1):
            return RowKind.NUMBERS
        units = [mark for mark in marks if self.units.find(mark.strip("()"))]
        return RowKind.UNITS if len(units) > 1 and 2 * len(units) >= len(marks) else None

    def _label(self, texts: Mapping[int, str]) -> str:
        """Return the text that names the row: first, key or name column, a total's word preferred."""
        columns = [min(texts, default=0), *(self.table.columns.get(k, 0) for k in vital_keys(self.sheet)[:2])]
        labels = [texts[c].rstrip(":") for c in columns if c in texts]
        return next((label for label in labels if self._summed(label)), labels[0] if labels else "")

    def _has_key(self, cells: Mapping[int, GridCell]) -> bool:
        cell = cells.get(self.table.columns.get(self.sheet.key or "", 0))
        key = fold_key(cell.text) if cell else ""
        if self.sheet.expected:
            return key in {fold_key(word) for word in self.sheet.expected}
        # With a colon it is a line under the table: 联系电话：0537…
        return bool(self.sheet.key and CODE_LIKE.search(key) and ":" not in key)

    def _is_header(self, texts: Mapping[int, str]) -> bool:
        names = {heading.column: heading.name for heading in self.table.headings.values()}
        same = sum(texts.get(column) == name for column, name in names.items())
        return same >= 2 and 2 * same >= len(texts)

    def _summed(self, label: str) -> RowKind | None:
        """Tell a total or another statistic by its word, whatever stands in brackets or is counted behind it."""
        bare = REMARK_BEHIND.sub("", label)
        if _named_by(bare, self.sheet.statistics):
            return RowKind.STATISTIC
        if _named_by(bare, self.sheet.totals):
            return RowKind.SUBTOTAL if bare.endswith(SUBTOTALS) else RowKind.TOTAL
        return None

    def _is_note(self, label: str) -> bool:
        return any(re.match(re.escape(fold_key(word)) + PUNCTUATION, label) for word in self.sheet.notes)

    def _with_data(self, cells: Mapping[int, GridCell], texts: Mapping[int, str]) -> RowKind:
        """Say what a row without a usable key is: a record all the same, figures of nobody knows whom, or a line of text."""
        if self.sheet.key is None:
            named = any(column in self.table.columns.values() for column in texts)
            return RowKind.RECORD if named else RowKind.STRAY
        filled = {key for key, column in self.table.columns.items() if _is_filled(cells.get(column))}
        # Only 学校 has rows whose figures count towards a verdict by whose they are; elsewhere a figure alone is a record.
        if self.sheet.id not in VITAL:
            closed = {f.key for f in self.sheet.fields if f.is_number or f.type in ("yesno", "enum")}
            return RowKind.STRAY if closed.isdisjoint(filled) else RowKind.RECORD
        # 填表人:张三 under the code column is no school, however many columns are filled beside it.
        signature = ":" in texts.get(self.table.columns.get(self.sheet.key, 0), "")
        if set(vital_keys(self.sheet)[1:]) <= filled and not signature:
            return RowKind.RECORD
        return RowKind.UNCLEAR if self.figures(cells) else RowKind.STRAY

    def figures(self, cells: Mapping[int, GridCell]) -> int:
        """Return how many of the columns of numbers hold one."""
        columns = (self.table.columns.get(field.key) for field in self.sheet.fields if field.is_number)
        return sum(self._is_figure(cells.get(column or 0)) for column in columns)

    def _is_figure(self, cell: GridCell | None) -> bool:
        if cell is None or cell.kind != "text":
            return cell is not None and cell.kind != "date"
        return parse_number(cell.text, self.units) is not None


def _texts(cells: Mapping[int, GridCell]) -> dict[int, str]:
    return {column: fold_key(cell.text) for column, cell in cells.items() if cell.text.strip()}


def _named_by(label: str, words: Iterable[str]) -> bool:
    return any(
        label == word
        or (len(word) > 1 and label.endswith(word))
        or (label.startswith(word) and COUNT_BEHIND.fullmatch(label.removeprefix(word)) is not None)
        for word in map(fold_key, words)
    )


def _is_filled(cell: GridCell | None) -> bool:
    return cell is not None and (cell.kind == "unstored" or not is_missing_mark(cell.text))
