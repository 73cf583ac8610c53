"""What the readers of the sheets share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from junheng.params.dictionary import Dictionary, Field
from junheng.workbook.model import Severity, Source, Value
from junheng.workbook.read.cells import CellRules, Reading
from junheng.workbook.read.grid import Grid, GridCell, address
from junheng.workbook.read.issues import MISSING, Reporter, subject_of


@dataclass(frozen=True)
class ReadContext:
    """The rules for the cells of the file being read, and where issues go."""

    rules: CellRules
    reporter: Reporter

    @classmethod
    def of(cls, file: str, dictionary: Dictionary, year: int) -> ReadContext:
        """Return the context of one file of a year, nothing reported yet."""
        return cls(CellRules.of(dictionary, year), Reporter(file, dictionary.issues))

    @property
    def dictionary(self) -> Dictionary:
        """The dictionary by which the file is read."""
        return self.rules.dictionary

    @property
    def unheard(self) -> ReadContext:
        """The same for a look that nobody is told of."""
        return ReadContext(self.rules, Reporter(self.reporter.file, self.reporter.texts))


@dataclass
class SheetReader:
    """Reads something of one sheet and reports what does not fit."""

    context: ReadContext
    grid: Grid

    def report(
        self,
        kind: str,
        row: int = 0,
        column: int = 0,
        *,
        subject: str = "",
        severity: Severity | None = None,
        **quoted: Any,
    ) -> None:
        """Report an issue at a cell; without a row, of the sheet as a whole."""
        cell = address(row, column) if row else ""
        quoted = {"row": row, **quoted}
        self.context.reporter.report(kind, self.grid.name, cell, subject=subject, severity=severity, **quoted)

    def report_hidden(self, kind: str, numbers: Iterable[int], column: int) -> None:
        """Warn of rows that were read although somebody hid or filtered them."""
        hidden = [number for number in numbers if number in self.grid.hidden]
        if hidden:
            self.report(kind, hidden[0], column, rows=number_list(hidden))


class ColumnReader(SheetReader):
    """Reads the cells of one column as one field; equal cells are interpreted once."""

    def __init__(self, context: ReadContext, grid: Grid, column: int, field: Field) -> None:
        super().__init__(context, grid)
        self.column = column
        self.field = field
        self._readings: dict[GridCell | None, Reading] = {}

    def value(self, row: int, name: str, severity: Severity | None = None) -> tuple[Value, bool]:
        """Return the value in a row and whether it could be used (a missing one can); a fault is reported as `name`'s."""
        cell = self.grid.cell(row, self.column)
        reading = self._readings.get(cell)
        if reading is None:
            reading = self._readings[cell] = self.context.rules.read(cell, self.field)
        fault = reading.fault
        if fault:
            words = {"found": fault.found, "expected": fault.expected, **fault.words}
            subject = subject_of(name, self.field.header)
            self.report(fault.kind, row, self.column, subject=subject, severity=severity, **words)
        source = self.grid.source(row, self.column)
        return Value(reading.content, source, reading.text, reading.repair), fault is None

    def report_missing(self, value: Value, name: str, vital: bool = False) -> None:
        """Report a required value that is not there: a warning, or an error where it is `vital` to the row."""
        source = value.source or Source(self.context.reporter.file, "", "")
        self.context.reporter.report(
            "missing.vital" if vital else MISSING,
            source.sheet,
            source.cell,
            subject=subject_of(name, self.field.header),
            found=value.text,
            expected=self.context.rules.expected(self.field),
            if_blank=self.field.if_blank,
        )


def number_list(numbers: Iterable[int]) -> str:
    """Write row numbers for reading, runs joined: 5、7至9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(a) if a == b else f"{a}至{b}" for a, b in runs)
