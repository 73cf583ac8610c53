"""What the readers of the sheets share."""

from __future__ import annotations

from dataclasses import dataclass

from junheng.params.dictionary import Dictionary, Field
from junheng.workbook.cells import CellRules
from junheng.workbook.grid import Grid, address
from junheng.workbook.issues import Reporter, subject_of
from junheng.workbook.model import Source, Value


@dataclass(frozen=True)
class Context:
    """The file being read, the rules for its cells, and where issues go."""

    file: str
    dictionary: Dictionary
    rules: CellRules
    reporter: Reporter

    def source(self, grid: Grid, row: int, column: int) -> Source:
        return Source(self.file, grid.name, address(row, column))

    def value(self, grid: Grid, row: int, column: int, field: Field, name: str) -> tuple[Value, bool]:
        """Read one cell; return its value and whether it could be used (a missing value can)."""
        reading = self.rules.read(grid.cell(row, column), field)
        source = self.source(grid, row, column)
        if reading.fault:
            self.reporter.fault(source, reading.fault, subject_of(name, field.header))
        return Value(reading.content, source, reading.text, reading.repair), reading.fault is None
