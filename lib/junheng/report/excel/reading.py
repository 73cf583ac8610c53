"""A written workbook read back, for those who look it through before it leaves the house."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from junheng.errors import DAMAGED_ZIP, OutputProblem


def makers_and_cells(path: Path) -> tuple[list[str], list[tuple[str, str, bool]]]:
    """Return who made a workbook, and of each cell that holds something its place, its text and whether it is an error value.

    Raises OutputProblem when the workbook cannot be read.
    """
    try:
        book = load_workbook(path, read_only=True)
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        found = [
            (f"的“{cell.parent.title}”单元格{cell.coordinate}", str(cell.value), cell.data_type == "e")
            for cell in cells
            if cell.value is not None
        ]
        book.close()
    except (OSError, KeyError, ValueError, *DAMAGED_ZIP) as error:
        raise OutputProblem(f"{path.name}无法打开，文件不完整。") from error
    return [name for name in (book.properties.creator, book.properties.lastModifiedBy) if name], found
