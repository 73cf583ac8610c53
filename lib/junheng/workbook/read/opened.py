"""A file opened as data, whatever its format: sheets by name, each a grid of cells with their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from junheng.workbook.read.grid import Grid, read_grid
from junheng.workbook.read.package import Package, SheetPart


class XlsxFile(Package):
    """A workbook in the package format (.xlsx, .xlsm), decrypted where it had a password.

    `sha256` is the digest of the file's own bytes, `password` what it was opened with (empty without one).
    """

    def __init__(self, file: str, data: bytes, sha256: str, password: str = "") -> None:
        super().__init__(file, data)
        self.sha256 = sha256
        self.password = password

    def grid(self, sheet: SheetPart) -> Grid:
        """Read a sheet anew each time; raises DataProblem when it cannot be read."""
        return read_grid(self, sheet)


@dataclass(frozen=True)
class GridFile:
    """A file of another format, all its sheets read; where it has no names of sheets its one sheet is named \"\"."""

    file: str
    sha256: str
    grids: tuple[Grid, ...]
    properties: str = ""
    password: str = field(default="", repr=False)

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        """The worksheets in the order of the file."""
        return tuple(SheetPart(grid.name, grid.visible, str(n)) for n, grid in enumerate(self.grids))

    def grid(self, sheet: SheetPart) -> Grid:
        """Return the cells of a sheet."""
        return self.grids[int(sheet.part)]


OpenedFile = XlsxFile | GridFile
"""What every format offers: file, digest, password, the text of the document's properties, sheets and their grids."""
