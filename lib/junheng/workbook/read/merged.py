"""Merged cells among the records: only the first cell of such a range holds its content, the others are empty."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from junheng.workbook.read.grid import Grid, GridCell, Range
from junheng.workbook.read.headers import SheetHeader


@dataclass(frozen=True)
class MergedCells:
    """The empty cells of merged ranges below a header: the range that each belongs to, by row and column."""

    owners: Mapping[int, Mapping[int, Range]]

    @classmethod
    def of(cls, grid: Grid, table: SheetHeader) -> MergedCells:
        """Return those of the columns that are read; ranges without content hide nothing."""
        columns, numbers = set(table.columns.values()), list(grid.rows)
        owners: dict[int, dict[int, Range]] = defaultdict(dict)
        for span in grid.merged:
            if span.top <= table.last_header_row or grid.cell(span.top, span.left) is None:
                continue
            # By bisection: formatting may merge ranges down to the last row, of which a handful hold anything.
            inside = columns.intersection(range(span.left, span.right + 1))
            for row in numbers[bisect_left(numbers, span.top) : bisect_right(numbers, span.bottom)]:
                empty = [column for column in inside if grid.cell(row, column) is None]
                owners[row] |= dict.fromkeys(empty, span)
        return cls(owners)

    def over(self, row: int, column: int) -> Range | None:
        """Return the range that leaves a cell empty; None for a cell of its own."""
        return self.owners.get(row, {}).get(column)

    def filled(self, grid: Grid, number: int, cells: Mapping[int, GridCell]) -> Mapping[int, GridCell]:
        """Return a row's cells as they are seen, merged ones with what their range shows: it tells what the row is."""
        seen = self.owners.get(number)
        return {**{c: grid.rows[s.top][s.left] for c, s in seen.items()}, **cells} if seen else cells
