"""A figure of a report: a matplotlib Figure with a caption and a description, laid out in millimetres.

Nothing is laid out by matplotlib itself: where axes stand must not depend on the texts in them, and
`constrained_layout` draws every figure twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil, fsum
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.text import Text

from junheng.params.standard import Stage, Standard
from junheng.report.figures.frames import no_units
from junheng.report.figures.png import png
from junheng.report.figures.style import FAIL, INK, MUTED, STAGE_LOOKS, StageLook

WIDTH = 156.0
"""The text width of the page (GB/T 9704), in millimetres."""
LABELS, GAP, HEADING = 28.0, 5.0, 10.0
"""Widths of row labels and of the space between panels, height of a panel's heading above it, in millimetres."""
TOP, FOOT, ROW = 15.0, 19.0, 8.0
"""Heights above the rows of a figure, below them, and of a row at least, in millimetres."""
INCH = 25.4


class ReportFigure(Figure):
    """A figure with what is printed under it (`caption`) and read out instead of it (`alt`); shows itself in notebooks.

    `trial`: drawn from changed figures or standards, never to be printed.
    """

    def __init__(self, height: float, name: str, caption: str, alt: str) -> None:
        """Make an empty figure of the text width, `height` in millimetres."""
        super().__init__(figsize=(WIDTH / INCH, height / INCH), facecolor="white")
        FigureCanvasAgg(self)
        self.name, self.caption, self.alt = name, caption, alt
        self.trial = False

    def place(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new axes; millimetres from the upper left corner of the figure."""
        wide, high = self.get_size_inches() * INCH
        return self.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))

    def write(self, x: float, y: float, text: str, **style: Any) -> Text:
        """Write `text`, centred on `y`; millimetres from the upper left corner."""
        wide, high = self.get_size_inches() * INCH
        return self.text(x / wide, 1 - y / high, text, **{"va": "center", **style})

    def explain(self, marks: Iterable[tuple[object, str]], y: float, left: float = LABELS) -> None:
        """Draw a legend in one line whose upper edge is at `y`, from `left` to the right."""
        wide, high = self.get_size_inches() * INCH
        handles, labels = zip(*marks, strict=True)
        self.legend(
            handles,
            labels,
            ncols=len(labels),
            loc="upper left",
            borderaxespad=0,
            borderpad=0,
            bbox_to_anchor=(left / wide, 1 - y / high),
            bbox_transform=self.transFigure,
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0.4)},
        )

    def _repr_png_(self) -> bytes:
        return png(self, 150)


class RowFigure(ReportFigure):
    """A figure of panels side by side over the same labelled rows, with a line of marks below them.

    `panels` are their axes; `row` is the height of a row and `bottom` where the rows end, in millimetres.
    """

    def __init__(
        self,
        names: tuple[str, str, str],
        labels: Sequence[str],
        count: int,
        columns: Sequence[float],
        least: float = ROW,
        foot: float = FOOT,
    ) -> None:
        """Lay out `count` panels; `names` are name, caption and alt, `columns` the widths of numbers beside a panel."""
        self.row = row_height(labels, least)
        self.bottom = TOP + self.row * len(labels)
        super().__init__(self.bottom + foot, *names)
        self.panels = panels(self, labels, count, TOP, self.row, columns)

    def marks(self, marks: Iterable[tuple[object, str]]) -> None:
        """Explain the marks below the rows and their scale."""
        self.explain(marks, self.bottom + 13)

    def remark(self, text: str) -> None:
        """Write a remark below the marks; the figure needs a larger foot for it."""
        self.write(LABELS, self.bottom + 20.5, text, color=MUTED, size=7.5)


def panels(
    sheet: ReportFigure, labels: Sequence[str], count: int, top: float, row: float, columns: Sequence[float]
) -> list[Axes]:
    """Return axes side by side over the same rows, `row` millimetres each, labelled at the left.

    Right of each scale is room for columns of numbers (`columns`: their widths), for `numbers` to write in.
    """
    width = (WIDTH - LABELS - GAP * (count - 1)) / count
    made = []
    for number in range(count):
        left = LABELS + number * (width + GAP)
        axes = sheet.place(left + 1, top, width - fsum(columns) - 3, row * len(labels))
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_yticks(range(len(labels)) if number == 0 else [])
        axes.grid(False, axis="y")
        axes.spines["left"].set_visible(False)
        made.append(axes)
    made[0].set_yticklabels([wrapped(label) for label in labels], va="center")
    made[0].tick_params(axis="y", length=0, pad=5)
    return made


def stage_panels(
    sheet: ReportFigure,
    standard: Standard,
    frame: pd.DataFrame,
    heading: Callable[[Stage, pd.DataFrame], str],
    laid_out: Sequence[Axes],
) -> Iterator[tuple[Stage, StageLook, Axes, pd.DataFrame]]:
    """Head the panel of each stage and yield it with the stage's rows of `frame`; one without rows says so."""
    for number, (stage, axes) in enumerate(zip(standard.stages, laid_out, strict=True)):
        own = frame[frame["stage"] == stage.id].reset_index(drop=True)
        head(axes, heading(stage, own), weight="bold", size=9)
        if own.empty:
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
            axes.text(
                0.5, 0.5, no_units(stage), transform=axes.transAxes, ha="center", va="center", color=MUTED
            )
        else:
            yield stage, STAGE_LOOKS[number % len(STAGE_LOOKS)], axes, own


def head(axes: Axes, text: str, right: float = 0.0, **style: Any) -> None:
    """Write above a panel, `right` millimetres from where it begins."""
    at = (right / INCH * 72, HEADING / INCH * 72)
    axes.annotate(
        text, (0, 1), at, xycoords="axes fraction", textcoords="offset points", va="center", **style
    )


def numbers(
    axes: Axes,
    right: float,
    heading: str,
    texts: Sequence[str],
    failed: Sequence[bool] = (),
    colour: str = INK,
    rows: Sequence[float] = (),
) -> None:
    """Write a column of numbers whose right edge is `right` millimetres right of the axes; failed ones in bold.

    `rows` are their places when they are not one a row.
    """
    # In parts of the axes' width, so that the text stands beside the axes whatever their scale.
    x = 1 + right / (axes.get_position().width * WIDTH)
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right"}
    axes.text(x, -0.55, heading, va="bottom", color=colour, size=7.5, linespacing=1.1, **place)
    for y, text, bad in zip(rows or range(len(texts)), texts, failed or [False] * len(texts), strict=True):
        style: dict[str, Any] = {"color": FAIL, "weight": "bold"} if bad else {"color": colour}
        axes.text(x, y, text, va="center", **style, **place)


def limit_line(axes: Axes, at: float, label: str) -> None:
    """Draw a limit through the rows, named above them."""
    axes.axvline(at, color=INK, linewidth=1.3, linestyle="-", zorder=3)
    axes.annotate(
        label,
        (at, 1),
        (0, 3),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=7.5,
    )


def mark(marker: str, face: str, edge: str = "none", size: float = 4.5) -> Line2D:
    """Return a marker for a legend."""
    return Line2D(
        [], [], linestyle="", marker=marker, markersize=size, markerfacecolor=face, markeredgecolor=edge
    )


def stage_marks(standard: Standard) -> tuple[Line2D, ...]:
    """Return the markers of all stages, to stand as one in a legend."""
    return tuple(
        mark(look.marker, look.colour) for look, _ in zip(STAGE_LOOKS, standard.stages, strict=False)
    )


def row_height(labels: Iterable[str], least: float) -> float:
    """Return the height of rows in millimetres that have room for their labels."""
    return max(least, 3.4 * max(wrapped(label).count("\n") + 1 for label in labels) + 0.4)


def wrapped(text: str, most: int = 9) -> str:
    """Break `text` into lines of about the same length of at most `most` characters."""
    lines = ceil(len(text) / most)
    size = ceil(len(text) / max(lines, 1))
    return "\n".join(text[place : place + size] for place in range(0, len(text), size)) if lines > 1 else text
