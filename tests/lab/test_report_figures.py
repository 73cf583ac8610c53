"""The report's figures in a notebook: taken out, changed, handed back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab.figures import figure
from tests.assess.make import ROOT

CODE = "370873"


def test_a_figure_is_taken_out_changed_and_printed(tmp_path: Path) -> None:
    work = wb.open_workspace(
        CODE, 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment"
    )
    assessment = wb.assess(work, wb.read(work))
    trend = wb.compare(work, assessment)
    fig = figure("disparity", assessment, trend)
    assert isinstance(fig, Figure) and len(fig.axes) == 2
    fig.axes[0].set_xlabel("县里改过的横轴")
    fig.caption += "（县里改过）"
    pictures = wb.draw(work, assessment, trend, {"disparity": fig})
    report = wb.compose(work, assessment, trend, pictures)["assessment"]
    names = [picture.name for picture in report.blocks["annex_figures"]]  # type: ignore[union-attr]
    assert names == ["overview", "distribution", "location", "disparity", "change"]
    assert report.blocks["annex_figures"][3].caption.endswith("（县里改过）")  # type: ignore[union-attr]
    said = "".join(getattr(block, "text", "") for blocks in report.blocks.values() for block in blocks)
    for name in names:  # every figure is cited, in the order in which they are printed
        assert said.count(f"〔图:{name}〕") == 1
    assert [said.index(f"〔图:{name}〕") for name in names] == sorted(
        said.index(f"〔图:{name}〕") for name in names
    )
    tried = figure("disparity", replace(assessment, trial=True))
    with pytest.raises(UsageProblem, match="试算"):
        wb.draw(work, assessment, trend, {"disparity": tried})
    with pytest.raises(UsageProblem, match="trend"):
        figure("change", assessment)


def test_figures_that_are_not_drawn_are_not_cited(tmp_path: Path) -> None:
    work = wb.open_workspace(
        CODE, 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment"
    )
    assessment = wb.assess(work, wb.read(work))
    pictures = wb.draw(work, assessment, None)
    assert "change" not in {picture.name for picture in pictures}
    report = wb.compose(work, assessment, None, pictures)["assessment"]
    said = "".join(getattr(block, "text", "") for blocks in report.blocks.values() for block in blocks)
    assert "〔图:change〕" not in said and "〔图:disparity〕" in said
