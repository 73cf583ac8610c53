"""A sheet measured in millimetres on which the figures are drawn, and the one way it becomes a PNG.

matplotlib's axes cost 15–20 ms each, most of it for ticks and layout that these figures do not need, and a
county has some thirty panels. So everything is put on one figure by position: few collections, and text
above them (`figure_text.py`). No pyplot, no global state: settings hold only while the sheets are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import Affine2D, IdentityTransform
from PIL import Image

from junheng.errors import JunhengError
from junheng.report.figures.style import INK, MUTED
from junheng.report.figures.text import DPI, POINT, Align, Label, without_glyph, write_labels

WIDTH = 156.0
"""The text width of the page (GB/T 9704), in millimetres."""
LINE = 1.22
WHITE = (255, 255, 255)
OURS = {"hatch.linewidth": 0.6}
DEFAULTS = ("agg.", "hatch.", "lines.", "patch.", "path.")
"""The groups of matplotlib's settings that reach these drawings; the rest is given by value."""

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
        if unknown := without_glyph(self._labels):
            listed = "、".join(f"{char}（U+{ord(char):04X}）" for char in unknown)
            raise JunhengError(f"图{path.name}无法绘制：字体中没有字符{listed}。请改用其他写法或补充字体。")
        scale = DPI / 25.4
        self._figure.set_size_inches(WIDTH / 25.4, self.height / 25.4)
        self._mm.scale(scale, -scale).translate(0, self.height * scale)
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()
        size = canvas.get_width_height(physical=True)
        image = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        write_labels(image, self._labels)
        _with_palette(image).save(path, "PNG", compress_level=4, dpi=(DPI, DPI))


def _with_palette(image: Image.Image) -> Image.Image:
    """Return the picture with 256 colours: files, notebooks and PDF are a third as large.

    No colour moves by more than a few of 255 steps; the ground, taken together with what is nearly white, stays white.
    """
    image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = image.getpalette() or []
    lightest = max(range(0, len(palette), 3), key=lambda place: sum(palette[place : place + 3]))
    palette[lightest : lightest + 3] = WHITE
    image.putpalette(palette)
    return image


@contextmanager
def drawing_settings() -> Iterator[None]:
    """Hold matplotlib's settings at known values: no matplotlibrc and no notebook's backend shows."""
    known: dict[Any, Any] = {
        name: value for name, value in matplotlib.rcParamsDefault.items() if name.startswith(DEFAULTS)
    }
    with matplotlib.rc_context(known | OURS):
        yield
