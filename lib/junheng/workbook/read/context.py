"""What the readers of the sheets share."""

from __future__ import annotations

from dataclasses import dataclass

from junheng.params.dictionary import Dictionary, Field
from junheng.workbook.model import Severity, Source, Value
from junheng.workbook.read.cells import CellRules, Reading
from junheng.workbook.read.grid import Grid, GridCell, address, column_letters
from junheng.workbook.read.issues import Reporter, subject_of


@dataclass(frozen=True)
class ReadContext:
    """The file being read, the rules for its cells, and where issues go."""

    file: str
    dictionary: Dictionary
    rules: CellRules
    reporter: Reporter

    def source(self, grid: Grid, row: int, column: int) -> Source:
        """Return the place of a cell."""
        return Source(self.file, grid.name, address(row, column))

    def value(self, grid: Grid, row: int, column: int, field: Field, name: str) -> tuple[Value, bool]:
        """Read one cell; return its value and whether it could be used (a missing value can)."""
        return ColumnReader(self, grid, column, field).value(row, name)


class ColumnReader:
    """Reads the cells of one column as one field; equal cells are interpreted once."""

    def __init__(self, context: ReadContext, grid: Grid, column: int, field: Field) -> None:
        self.context = context
        self.grid = grid
        self.column = column
        self.field = field
        self._letters = column_letters(column)
        self._readings: dict[GridCell | None, Reading] = {}

    def value(self, row: int, name: str, severity: Severity = Severity.ERROR) -> tuple[Value, bool]:
        """Return the value in a row and whether it could be used; a fault is reported as `name`'s."""
        cell = self.grid.cell(row, self.column)
        reading = self._readings.get(cell)
        if reading is None:
            reading = self._readings[cell] = self.context.rules.read(cell, self.field)
        source = Source(self.context.file, self.grid.name, f"{self._letters}{row}")
        if reading.fault:
            self.context.reporter.fault(source, reading.fault, subject_of(name, self.field.header), severity)
        return Value(reading.content, source, reading.text, reading.repair), reading.fault is None
