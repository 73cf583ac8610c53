"""The same bytes under every Python: from 3.12 on `sum` compensates for rounding, so no layout may add floats with it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from junheng.report.word.render import render_word
from junheng.report.word.widths import layout
from tests.report import test_figures as figures
from tests.report.test_word_sample import TEMPLATE, sample, schools_table, write_figures

ADD = builtins.sum


@pytest.fixture
def no_floats_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `sum` refuse floats when our own code of the report calls it."""

    def checked(items: Iterable[Any], /, start: Any = 0) -> Any:
        added = list(items)
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        if caller.startswith("junheng.report") and any(isinstance(one, float) for one in added):
            raise AssertionError(f"{caller} adds floats with sum: use math.fsum or whole numbers")
        return ADD(added, start)

    monkeypatch.setattr(builtins, "sum", checked)


@pytest.mark.usefixtures("no_floats_summed")
def test_a_report_is_laid_out_without_sums_of_floats(tmp_path: Path) -> None:
    render_word(sample(), TEMPLATE, tmp_path / "report.docx", write_figures(tmp_path))
    layout(schools_table(), 8844)


@pytest.mark.slow
@pytest.mark.usefixtures("no_floats_summed")
def test_figures_are_drawn_without_sums_of_floats(tmp_path: Path) -> None:
    now, trend = figures.with_last_year(figures.usual(30), figures.usual(28))
    figures.drawn(now, tmp_path, trend)


@pytest.mark.usefixtures("no_floats_summed")
def test_the_guard_sees_a_sum_of_floats() -> None:
    with pytest.raises(AssertionError, match=r"junheng\.report\.x adds floats"):
        exec("sum(number / 2 for number in range(3))", {"__name__": "junheng.report.x"})
