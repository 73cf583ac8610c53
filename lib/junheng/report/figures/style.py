"""How figures look: the project's style file and fonts, and one look for one meaning.

Meanings are told apart by marker, fill or hatch as well as by colour, so that they survive a grey copy.
The colours are those of Okabe and Ito.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager, style

from junheng.assess.model import Verdict
from junheng.project import project_root
from junheng.report.fonts import figure_font_files

STYLE_FILE = Path("templates") / "report.mplstyle"
INK, MUTED, GRID = "#1F1F1F", "#595959", "#D9D9D9"
FAIL = "#B84E00"
"""Vermillion, darkened so that white text on it stays readable."""


@dataclass(frozen=True, slots=True)
class StageLook:
    """A stage's colour and marker in every figure."""

    colour: str
    marker: str


STAGE_LOOKS = (StageLook("#0072B2", "o"), StageLook("#E69F00", "s"), StageLook("#009E73", "D"))
"""By the stage's place in the standard."""

VERDICT_PATCHES: dict[Verdict, dict[str, Any]] = {
    Verdict.MET: {"facecolor": "#DCEAF4", "edgecolor": "#5B8FB0"},
    Verdict.UNMET: {"facecolor": FAIL, "edgecolor": FAIL},
    Verdict.UNKNOWN: {"facecolor": "white", "edgecolor": "#8C8C8C", "hatch": "....."},
}
"""A verdict as an area: light, dark, dotted."""

VERDICT_MARKS: dict[Verdict, dict[str, Any]] = {
    Verdict.MET: {"marker": "o", "facecolor": "#0072B2", "edgecolor": "none", "s": 14},
    Verdict.UNMET: {"marker": "X", "facecolor": FAIL, "edgecolor": "none", "s": 30},
    Verdict.UNKNOWN: {"marker": "s", "facecolor": "white", "edgecolor": MUTED, "s": 16},
}
"""A verdict as a mark."""

LOCATION_MARKS = (("o", INK, INK), ("s", "white", INK), ("^", "#A6A6A6", INK), ("D", "white", MUTED))
"""A location's marker, fill and edge, by its place in the order printed; no colour of a stage."""


def use_report_style() -> None:
    """Make every chart of this process look like the report's and write Chinese; raises UsageProblem without fonts."""
    add_fonts()
    style.use(project_root() / STYLE_FILE)


@contextmanager
def report_style() -> Iterator[None]:
    """Hold matplotlib's settings at its defaults and the style file: what a notebook has set does not show."""
    add_fonts()
    with style.context(project_root() / STYLE_FILE, after_reset=True):
        yield


@cache
def add_fonts() -> None:
    """Make the project's fonts known to matplotlib, before those of the same name that a machine may have."""
    files = [str(file) for file in figure_font_files()]
    manager = font_manager.fontManager
    for file in files:
        manager.addfont(file)
    rare = manager.ttflist[-1]
    manager.ttflist.append(replace(rare, weight=700))  # the rare characters have no bold: no warning about it
    # The first of equally good fonts is taken, and machines have Noto in other versions and regional forms.
    manager.ttflist.sort(key=lambda entry: entry.fname not in files)
