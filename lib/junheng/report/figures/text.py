"""Text on the figures: set by Pillow in the project's fonts, which takes a quarter of the time matplotlib does.

A label is one line on its baseline. Characters that the figures' face lacks come from the face of rare ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from junheng.report.fonts import figure_font_files

DPI = 200
POINT = 25.4 / 72
BASELINE = 0.37
"""How far below its middle the baseline of a line lies, in ems: the same for digits and for Chinese."""
_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text, in millimetres; `y` is its middle, `size` is in points, `colour` as Pillow names it."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    align: Align
    colour: str


def write_labels(image: Image.Image, labels: Iterable[Label]) -> None:
    """Write labels on a picture of `DPI` dots an inch."""
    scale = DPI / 25.4
    pen = ImageDraw.Draw(image)
    for label in labels:
        pieces = list(_pieces(label))
        x = label.x * scale - _SHARE[label.align] * math.fsum(face.getlength(text) for text, face in pieces)
        y = (label.y + BASELINE * label.size * POINT) * scale
        for text, face in pieces:
            pen.text((x, y), text, label.colour, face, anchor="ls")
            x += face.getlength(text)


def without_glyph(labels: Iterable[Label]) -> list[str]:
    """Return the characters that no face of the figures has; they would show as boxes."""
    return sorted({char for label in labels for char in label.text if not (_common(char) or _rare(char))})


def _pieces(label: Label) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """Yield the stretches of a label that one face has."""
    regular, bold, rare = _files()
    pixels = label.size * DPI / 72
    for common, chars in groupby(label.text, _common):
        yield "".join(chars), _face((bold if label.bold else regular) if common else rare, pixels)


@cache
def _files() -> list[Path]:
    return figure_font_files()


@cache
def _face(file: Path, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.BASIC)


@cache
def _common(char: str) -> bool:
    """Say whether the figures' face has `char`, in both weights."""
    regular, bold, _ = _files()
    return _has(regular, char) and _has(bold, char)


@cache
def _rare(char: str) -> bool:
    return _has(_files()[2], char)


def _has(file: Path, char: str) -> bool:
    return bool(font_manager.get_font(str(file)).get_char_index(ord(char)))
