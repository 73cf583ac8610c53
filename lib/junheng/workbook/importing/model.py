"""What an import works with: source sheets, places of figures, figures with their origin, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from junheng.params.counties import County
from junheng.params.mapping import Mapping
from junheng.workbook.importing.labels import NotThere
from junheng.workbook.model import Content, Source
from junheng.workbook.read.grid import Grid, GridCell
from junheng.workbook.read.text import shorten


@dataclass(frozen=True)
class SourceCell:
    """The cell a rule reads, and its unit: the one its form states, or (not `stated`) the one such forms have."""

    grid: Grid
    row: int
    column: int
    unit: str | None
    stated: bool = True

    @property
    def source(self) -> Source:
        """Where the cell stands."""
        return self.grid.source(self.row, self.column)

    @property
    def cell(self) -> GridCell | None:
        """The cell itself; None when it is empty."""
        return self.grid.cell(self.row, self.column)

    @property
    def text(self) -> str:
        """What the cell shows; empty for an empty one."""
        return self.cell.text if self.cell else ""


@dataclass(frozen=True)
class ImportedFigure:
    """A content found for a key, the cells it was read from, what they show, and what was done to it (Chinese).

    `presumed`: the source does not say in which unit it is.
    """

    key: str
    content: Content
    sources: tuple[Source, ...] = ()
    text: str = ""
    remark: str = ""
    presumed: bool = False


@dataclass(frozen=True)
class MissingFigure:
    """A key without a content: why, and the cell where it was looked for. `suspect`: a figure is there, its unit is not."""

    key: str
    reason: str
    sources: tuple[Source, ...] = ()
    suspect: bool = False


@dataclass(frozen=True)
class NotImported:
    """A file or row that was not imported, and why."""

    file: str
    sheet: str
    cell: str
    found: str
    reason: str
    fault: bool = False

    @classmethod
    def at(cls, place: SourceCell, reason: str, fault: bool = False) -> NotImported:
        """Return what is left out because of one cell."""
        return cls(*place.source, shorten(place.text), reason, fault)


@dataclass(frozen=True)
class ImportedSchool:
    """What the sources hold for one school: one figure a key, and why other keys have none."""

    code: str
    figures: Map[str, ImportedFigure]
    lacks: Map[str, MissingFigure]

    def get(self, key: str) -> Content:
        """Return the content under a key; None where there is no figure."""
        return self.figures[key].content if key in self.figures else None

    @property
    def name(self) -> str:
        """The school's name, or its code where no source names it."""
        return str(self.get("school_name") or self.code)


@dataclass
class Findings:
    """What the sources hold: schools (one for each place that tells of it), what was left out, what their forms lack."""

    schools: list[ImportedSchool] = field(default_factory=list)
    left_out: list[NotImported] = field(default_factory=list)
    not_there: list[NotThere] = field(default_factory=list)


@dataclass(frozen=True)
class LostSchool:
    """A school of last year's workbook that no source holds; `now` is the code that the sources give its name."""

    code: str
    name: str
    source: Source | None
    now: str = ""


@dataclass(frozen=True)
class Imported:
    """The result of an import; `lost` are last year's schools that no source holds."""

    county: County
    year: int
    mapping: Mapping
    files: tuple[str, ...]
    schools: tuple[ImportedSchool, ...]
    left_out: tuple[NotImported, ...]
    not_there: tuple[NotThere, ...] = ()
    lost: tuple[LostSchool, ...] = ()

    @property
    def faults(self) -> tuple[NotImported, ...]:
        """What could not be read although it should have been."""
        return tuple(item for item in self.left_out if item.fault)
