"""Figures as PNG: the same bytes for the same figure, and no character printed as a box."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from junheng.errors import JunhengError
from junheng.report.figures.style import report_style

DPI = 300
"""Dots an inch in print."""
LARGEST = (156.0, 168.7)
"""Width and height in millimetres at which a picture is printed at most (GB/T 9704; `report.word.blocks`)."""
_NO_GLYPH = re.compile(r"Glyph (\d+) .*missing from")


def png(figure: Figure, dpi: int = DPI, scale: float = 1.0) -> bytes:
    """Return a figure as PNG, the same bytes for the same figure; raises JunhengError for a character without glyph.

    The settings are the style file's, whatever the process has set since; the picture has no transparency and nothing
    beside its pixels and their size, `scale` times that of the figure. 256 colours: an eighth of the bytes, and no
    difference to be seen.
    """
    raw = io.BytesIO()
    with report_style(), _glyphs_or_error():
        figure.savefig(raw, format="raw", dpi=dpi * scale, facecolor="white")
    # As Agg counts them: it cuts what is left of a pixel.
    wide, high = (int(inches * (dpi * scale)) for inches in figure.get_size_inches())
    image = Image.frombuffer("RGBA", (wide, high), raw.getvalue(), "raw", "RGBA", 0, 1)
    image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The commonest colour is the ground, which quantizing leaves at 254 of 255.
    image.putpalette([255, 255, 255, *(image.getpalette() or [])[3:]])
    made = io.BytesIO()
    image.save(made, "PNG", dpi=(dpi, dpi), compress_level=3)
    return made.getvalue()


def save_png(figure: Figure, path: Path) -> None:
    """Write a figure for a report; raises JunhengError when a character has no glyph.

    A figure that is printed smaller than it is has as many dots as its print.
    """
    sizes = zip(LARGEST, figure.get_size_inches() * 25.4, strict=True)
    try:
        path.write_bytes(png(figure, scale=min(1.0, *(most / size for most, size in sizes))))
    except JunhengError as error:
        raise JunhengError(f"图{path.name}无法绘制：{error}") from None


@contextmanager
def _glyphs_or_error() -> Iterator[None]:
    """Raise JunhengError for characters that no font has: matplotlib draws boxes and only warns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    if unknown := missing_glyphs(str(warning.message) for warning in caught):
        raise JunhengError(unknown)


def missing_glyphs(messages: Iterable[str]) -> str:
    """Return one sentence on the characters without glyph that matplotlib has warned of; empty when none."""
    found = sorted({int(match[1]) for message in messages if (match := _NO_GLYPH.match(message))})
    listed = "、".join(f"“{chr(code)}”（U+{code:04X}）" for code in found)
    return f"字体中没有字符{listed}，请改用其他写法或补充字体。" if found else ""
