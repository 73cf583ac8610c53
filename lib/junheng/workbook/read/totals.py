"""Comparing the 合计 and 小计 rows of a sheet with the sums of its records."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.exact import plain
from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row
from junheng.workbook.read.headers import RecordReader
from junheng.workbook.read.kinds import RowKind
from junheng.workbook.read.numbers import parse_number


def additive_fields(sheet: Sheet) -> tuple[Field, ...]:
    """Return the columns whose total is the sum of the rows."""
    summed = tuple(f for f in sheet.fields if f.merge == "sum")
    return summed or tuple(f for f in sheet.fields if f.type in ("int", "decimal"))


@dataclass
class TotalsReader(RecordReader):
    """Holds a sheet's totals against its records; what is computed never depends on a total."""

    sheet: Sheet

    def compare(
        self, rows: Sequence[Row], totals: Sequence[tuple[int, RowKind]], faulty: Container[str]
    ) -> None:
        """Warn where a total disagrees with its rows; columns with unusable (`faulty`) cells are left out."""
        start = 0
        for number, kind in totals:
            first = start if kind is RowKind.SUBTOTAL else 0
            # A total above all rows is one of those below it.
            members = [row for row in rows if first < row.number < number] or list(rows)
            for field in additive_fields(self.sheet):
                if field.key in self.table.columns and field.key not in faulty:
                    self._compare(number, field, members)
            start = number

    def _compare(self, number: int, field: Field, rows: Sequence[Row]) -> None:
        column = self.table.columns[field.key]
        cell = self.grid.cell(number, column)
        if cell is None or cell.kind not in ("number", "text"):
            return
        parsed = parse_number(cell.text, self.context.rules.units)
        if parsed is None or parsed.percent:
            return
        contents = [row.get(field.key) for row in rows]
        whole = sum((content for content in contents if isinstance(content, Fraction)), Fraction(0))
        if abs(parsed.value - whole) > _tolerance(cell.text, field):
            subject, found = f"合计行“{field.header}”", plain(parsed.value)
            self.report("total_mismatch", number, column, subject=subject, found=found, sum=plain(whole))


def _tolerance(text: str, field: Field) -> Fraction:
    """Return what rounding of the printed total explains: half of its last decimal; nothing for counts."""
    if field.type == "int":
        return Fraction(0)
    return Fraction(1, 2 * 10 ** len(text.partition(".")[2].rstrip()))
