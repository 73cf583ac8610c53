"""An analyst's own charts (df.plot, plt.subplots): in Chinese and in the report's look without a word."""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from typing import Any

import matplotlib

from junheng.errors import UsageProblem
from junheng.report.figures.png import missing_glyphs
from junheng.report.figures.style import use_report_style

INLINE = "module://matplotlib_inline.backend_inline"


def prepare_charts(shell: Any) -> None:
    """In a notebook (`shell`) set style and fonts once, show charts below their cell, and say what has no glyph.

    Without fonts charts are drawn as matplotlib would; the report's own figures will say what is missing.
    """
    if shell is None or getattr(warnings.showwarning, "junheng", False):
        return
    with suppress(UsageProblem):
        use_report_style()
    if "matplotlib.pyplot" not in sys.modules:
        matplotlib.use(INLINE)  # the batch shows a chart in its evidence as JupyterLab shows it
    missing = _MissingGlyphs(warnings.showwarning)
    warnings.filterwarnings("always", message=r"Glyph \d+ .*missing from")
    warnings.showwarning = missing
    # After post_execute, in which the charts of a cell are drawn.
    shell.events.register("post_run_cell", missing.tell)


class _MissingGlyphs:
    """Takes matplotlib's warning for each character drawn as a box, and tells of all together when the cell has run."""

    junheng = True

    def __init__(self, others: Any) -> None:
        self._others, self._messages = others, list[str]()

    def __call__(self, message: Warning | str, *more: Any, **named: Any) -> None:
        if missing_glyphs([str(message)]):
            self._messages.append(str(message))
        else:
            self._others(message, *more, **named)

    def tell(self, result: Any = None) -> None:
        if said := missing_glyphs(self._messages):
            print(f"【提示】图中有字符显示为方框：{said}")
        self._messages.clear()
