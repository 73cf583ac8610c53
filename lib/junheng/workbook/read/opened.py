"""A file opened as data, whatever its format: sheets by name, each a grid of cells with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from junheng.errors import DataProblem
from junheng.workbook.read.grid import MAX_CELLS, Grid, GridCell, Range, read_grid
from junheng.workbook.read.package import Package, SheetPart

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576


class OpenedFile(Protocol):
    """What every format offers. `file` is the name without folder, `sha256` the digest of the file's own bytes."""

    @property
    def file(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def password(self) -> str:
        """The password it was opened with; empty without."""

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        """The worksheets in the order of the file; a format without sheet names has one sheet named ""."""

    @property
    def properties(self) -> str:
        """The text of the document's properties; empty where the format has none."""

    def grid(self, sheet: SheetPart) -> Grid:
        """Return the cells of a sheet; raises DataProblem when it cannot be read."""


@dataclass(frozen=True)
class XlsxFile:
    """A workbook in the package format (.xlsx, .xlsm). `data` are its bytes, decrypted where it had a password."""

    package: Package
    data: bytes
    sha256: str
    password: str = field(default="", repr=False)

    @property
    def file(self) -> str:
        return self.package.file

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        return self.package.sheets

    @property
    def properties(self) -> str:
        return self.package.properties

    def grid(self, sheet: SheetPart) -> Grid:
        """Read a sheet anew each time; raises DataProblem when it cannot be read."""
        return read_grid(self.package, sheet)


@dataclass(frozen=True)
class GridFile:
    """A file of another format, all its sheets read."""

    file: str
    sha256: str
    grids: tuple[Grid, ...]
    hidden_sheets: frozenset[str] = frozenset()
    properties: str = ""
    password: str = field(default="", repr=False)

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        named = enumerate(self.grids)
        return tuple(SheetPart(g.name, g.name not in self.hidden_sheets, str(n)) for n, g in named)

    def grid(self, sheet: SheetPart) -> Grid:
        return self.grids[int(sheet.part)]


def build_grid(
    file: str,
    name: str,
    rows: Iterable[tuple[int, Mapping[int, GridCell]]],
    merged: Sequence[Range] = (),
    hidden: frozenset[int] = frozenset(),
) -> Grid:
    """Return the grid of numbered rows, empty ones left out; raises DataProblem for absurdly many cells."""
    kept: dict[int, Mapping[int, GridCell]] = {}
    count = 0
    for number, cells in rows:
        if cells:
            kept[number] = cells
            count += len(cells)
        if count > MAX_CELLS:
            raise DataProblem(f"{file}的单元格超过{MAX_CELLS // 10_000}万个，不像采集工作簿，未读取。")
    return Grid(name.strip(), dict(sorted(kept.items())), hidden & kept.keys(), tuple(merged))


def refuse_absurd(file: str, row: int, column: int) -> None:
    """Raise DataProblem for a cell outside any sheet of Excel."""
    if column > MOST_COLUMNS or row > MOST_ROWS:
        raise DataProblem(f"{file}的行列数超出Excel的范围，未读取，请用Excel或WPS打开后重新保存。")
