"""A digest of what a workbook says: values and what else changes a reading, but no colours, widths or dates of saving."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from junheng.errors import DataProblem
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid
from junheng.workbook.read.opened import OpenedFile
from junheng.workbook.read.package import SheetPart

DEMO_KEYWORD = "演示数据"


class Values:
    """Hands out the grids of a file and takes their digests on the way, so that no sheet is read twice for it."""

    def __init__(self, opened: OpenedFile) -> None:
        self._opened = opened
        self._digests: dict[SheetPart, bytes] = {}

    def grid(self, sheet: SheetPart, name: str = "") -> Grid:
        """Return the cells of a sheet, called `name` where it has none; raises DataProblem when it cannot be read."""
        grid = self._opened.grid(sheet)
        cells = [[row, sorted(columns.items())] for row, columns in grid.rows.items()]
        # As JSON text: unlike pickle its bytes are the same under every version of Python.
        content = [sheet.name, sheet.visible, cells, sorted(grid.hidden), sorted(grid.merged)]
        self._digests[sheet] = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()
        return grid if grid.name else replace(grid, name=name)

    @property
    def digest(self) -> str:
        """SHA-256 over sheets, cells, hidden rows, merged ranges and the mark of invented figures in the properties.

        Empty when one of the sheets cannot be read.
        """
        total = hashlib.sha256(str(DEMO_KEYWORD in self._opened.properties).encode())
        try:
            for sheet in self._opened.sheets:
                if sheet not in self._digests:
                    self.grid(sheet)
                total.update(self._digests[sheet])
        except DataProblem:
            return ""
        return total.hexdigest()


def values_digest(path: Path) -> str:
    """The digest of the values of a file, empty when it has none; raises DataProblem for a file that cannot be opened."""
    return Values(open_file(path)).digest
