"""A sheet measured in millimetres on which the figures are drawn, and the one way it becomes a PNG.

matplotlib's axes cost 15–20 ms each, most of it for ticks and layout that these figures do not need, and a
county has some thirty panels. So everything is put on one figure by position: few collections, and text on
its baseline. No pyplot, no global state: settings hold only while the sheets are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import Affine2D, IdentityTransform
from PIL import Image

from junheng.errors import JunhengError
from junheng.report.figure_style import INK, MUTED
from junheng.report.fonts import matplotlib_font_files

WIDTH = 156.0
"""The text width of the page (GB/T 9704), in millimetres."""
DPI = 200
POINT = 25.4 / 72
BASELINE = 0.37
"""How far below its middle the baseline of a line lies, in ems: the same for digits and for Chinese."""
LINE = 1.22
FAMILIES = ("Junheng Figures", "Junheng Figures Rare")
OURS = {"text.hinting": "none", "text.parse_math": False, "axes.unicode_minus": False, "hatch.linewidth": 0.6}
DEFAULTS = ("agg.", "hatch.", "lines.", "patch.", "path.", "text.antialiased", "text.usetex", "text.kerning")
"""The groups of matplotlib's settings that reach these drawings; the rest is given by value."""

Align = Literal["left", "center", "right"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width and height, y counted downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def corners(self) -> list[Point]:
        right, bottom = self.x + self.width, self.y + self.height
        return [(self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)]


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is its middle."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    align: Align
    colour: str


class _Labels(Artist):
    """All labels as one artist: baseline text needs no layout, which halves its cost."""

    def __init__(self, labels: Sequence[Label]) -> None:
        super().__init__()
        self._labels = labels
        self.set_zorder(9)

    def draw(self, renderer: Any) -> None:
        gc = renderer.new_gc()
        scale = DPI / 25.4
        for label in self._labels:
            font = _font(label.size, label.bold)
            x = label.x * scale
            if label.align != "left":
                x -= _width(renderer, label, font) / (2 if label.align == "center" else 1)
            gc.set_foreground(label.colour)
            y = (label.y + BASELINE * label.size * POINT) * scale
            renderer.draw_text(gc, x, y, label.text, font, 0)
        gc.restore()


_widths: dict[tuple[str, float, bool], float] = {}


def _width(renderer: Any, label: Label, font: FontProperties) -> float:
    """The width of a label in pixels; the same words come again and again."""
    look = (label.text, label.size, label.bold)
    if look not in _widths:
        _widths[look], _, _ = renderer.get_text_width_height_descent(label.text, font, False)
    return _widths[look]


class Canvas:
    """A sheet of the text width; all positions are millimetres from its upper left corner.

    To be made and saved within `drawing_settings`. `height` may be set until then.
    """

    def __init__(self, height: float = 0.0) -> None:
        self.height = height
        self._figure = Figure(dpi=DPI, facecolor="white", edgecolor="white")
        self._mm = Affine2D()
        self._labels: list[Label] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8,
        bold: bool = False,
        align: Align = "left",
        colour: str = INK,
    ) -> None:
        """Write `text`, whose lines together are centred on `y`."""
        lines = text.split("\n")
        step = size * POINT * LINE
        for number, line in enumerate(lines):
            middle = y + (number - (len(lines) - 1) / 2) * step
            self._labels.append(Label(x, middle, line, size, bold, align, colour))

    def boxes(
        self,
        boxes: Iterable[Box],
        *,
        fill: str = "none",
        edge: str = "none",
        hatch: str | None = None,
        line: float = 0.6,
        dashed: bool = False,
        zorder: float = 2,
    ) -> None:
        """Draw rectangles of one look; a hatch takes the colour of the edge."""
        corners = [box.corners for box in boxes if box.width > 0 and box.height > 0]
        if corners:
            style: dict[str, Any] = {
                "facecolors": fill,
                "edgecolors": edge,
                "linewidths": line,
                "hatch": hatch,
            }
            self._add(PolyCollection(corners, linestyles="--" if dashed else "-", **style), zorder)

    def lines(
        self,
        segments: Iterable[tuple[Point, Point]],
        *,
        colour: str = MUTED,
        line: float = 0.6,
        style: str = "-",
        zorder: float = 3,
    ) -> None:
        """Draw straight segments of one look."""
        drawn = list(segments)
        if drawn:
            self._add(LineCollection(drawn, colors=colour, linewidths=line, linestyles=style), zorder)

    def dots(
        self,
        points: Iterable[Point],
        *,
        marker: str,
        size: float,
        fill: str,
        edge: str = "none",
        line: float = 0.8,
        zorder: float = 5,
    ) -> None:
        """Draw one marker at each point; `size` is its width in millimetres."""
        offsets = list(points)
        if not offsets:
            return
        shape = MarkerStyle(marker)
        path = shape.get_path().transformed(shape.get_transform())
        style = {"facecolors": fill, "edgecolors": edge, "linewidths": line}
        area = (size / POINT) ** 2
        dots = PathCollection([path], [area], offsets=offsets, offset_transform=self._mm, **style)
        dots.set_transform(IdentityTransform())
        self._figure.add_artist(dots)
        dots.set_zorder(zorder)

    def _add(self, collection: PolyCollection | LineCollection, zorder: float) -> None:
        collection.set_transform(self._mm)
        collection.set_zorder(zorder)
        self._figure.add_artist(collection)

    def save(self, path: Path) -> None:
        """Write the sheet as a PNG that holds nothing but its pixels and their size; raises JunhengError."""
        unknown = sorted({char for label in self._labels for char in label.text if not _has_glyph(char)})
        if unknown:
            listed = "、".join(f"{char}（U+{ord(char):04X}）" for char in unknown)
            raise JunhengError(f"图{path.name}无法绘制：字体中没有字符{listed}。请改用其他写法或补充字体。")
        scale = DPI / 25.4
        self._figure.set_size_inches(WIDTH / 25.4, self.height / 25.4)
        self._mm.scale(scale, -scale).translate(0, self.height * scale)
        self._figure.add_artist(_Labels(self._labels))
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()
        size = canvas.get_width_height(physical=True)
        image = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        # No colour moves by more than a few of 255 steps, and files, notebooks and PDF are a third as large.
        image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        image.save(path, "PNG", compress_level=4, dpi=(DPI, DPI))


@contextmanager
def drawing_settings() -> Iterator[None]:
    """Hold matplotlib's settings at known values: no matplotlibrc and no notebook's backend shows."""
    prepare_fonts()
    known: dict[Any, Any] = {
        name: value for name, value in matplotlib.rcParamsDefault.items() if name.startswith(DEFAULTS)
    }
    with matplotlib.rc_context(known | OURS):
        yield


@cache
def prepare_fonts() -> None:
    """Make the project's fonts known to matplotlib under names of their own, which no system font can take.

    A process that forks workers calls this before, so that they need not.
    """
    regular, bold, rare = matplotlib_font_files()
    faces = [
        (FAMILIES[0], regular, 400),
        (FAMILIES[0], bold, 700),
        (FAMILIES[1], rare, 400),
        (FAMILIES[1], rare, 700),
    ]
    for family, file, weight in faces:
        entry = font_manager.FontEntry(
            fname=str(file),
            name=family,
            style="normal",
            variant="normal",
            weight=weight,
            stretch="normal",
            size="scalable",
        )
        font_manager.fontManager.ttflist.append(entry)


@cache
def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=list(FAMILIES), size=size, weight=700 if bold else 400)


@cache
def _has_glyph(char: str) -> bool:
    """Say whether the figures' fonts can show `char`.

    Asked before drawing: matplotlib falls back to boxes, and warns of that only where it measures a text.
    """
    regular, bold, rare = (font_manager.get_font(str(file)) for file in matplotlib_font_files())
    code = ord(char)
    return bool(regular.get_char_index(code) and bold.get_char_index(code)) or bool(rare.get_char_index(code))
