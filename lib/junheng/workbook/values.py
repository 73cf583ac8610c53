"""A digest of what a workbook says: values and what else changes a reading, but no colours, widths or dates of saving."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from junheng.workbook.formats import open_file
from junheng.workbook.read import DEMO_KEYWORD


def values_digest(path: Path, demo_keyword: str = DEMO_KEYWORD) -> str:
    """SHA-256 over sheets, cells, hidden rows, merged ranges and the mark of invented figures in the properties.

    Raises DataProblem for a file that cannot be read.
    """
    book = open_file(path)
    total = hashlib.sha256(str(demo_keyword in book.properties).encode())
    for sheet in book.sheets:
        grid = book.grid(sheet)
        cells = [[row, sorted(columns.items())] for row, columns in grid.rows.items()]
        content = [sheet.name, sheet.visible, cells, sorted(grid.hidden), sorted(grid.merged)]
        total.update(json.dumps(content, ensure_ascii=False).encode())
    return total.hexdigest()
