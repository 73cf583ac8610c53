"""Additions, remarks and pages of a real county, from the notebook's calls to Word and PDF."""

from __future__ import annotations

from pathlib import Path

import docx
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab.additions import word
from junheng.lab.pages import preview
from tests.assess.make import ROOT

pytestmark = pytest.mark.e2e


def test_a_countys_own_paragraph_table_and_figure_are_printed_and_numbered(tmp_path: Path) -> None:
    work = wb.open_workspace(
        "370872", 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment"
    )
    assessment = wb.assess(work, wb.open_book(work))
    trend = wb.compare(work, assessment)
    reports = wb.compose(work, assessment, trend, wb.draw(work, assessment, trend))
    figure, axes = plt.subplots()
    axes.bar(["城关镇", "太平镇"], [3, 5])
    axes.set_title("各乡镇学校数")
    frame = pd.DataFrame({"学校数": [3, 5]}, index=pd.Index(["城关镇", "太平镇"], name="乡镇"))
    section = reports["assessment"].section("存在问题")
    section.paragraph("第一中学操场因校舍改造暂停使用。").table(frame, caption="各乡镇学校").figure(
        figure, caption="各乡镇学校数"
    )
    plt.close(figure)
    word(reports["assessment"]).add_paragraph("落款之后的一段。")
    with pytest.raises(UsageProblem, match="已用wb"):
        reports["assessment"].section("problems")
    wb.write(work, assessment, reports)
    (path,) = tmp_path.glob("*.docx")
    texts = [p.text for p in docx.Document(str(path)).paragraphs]
    assert texts[-1] == "落款之后的一段。"
    start = texts.index("第一中学操场因校舍改造暂停使用。（说明由本县提供）")
    assert texts[start + 1].startswith("表") and texts[start + 1].endswith("各乡镇学校")
    assert any(text.startswith("图") and text.endswith("各乡镇学校数") for text in texts[start:])
    cells = [c.text for table in docx.Document(str(path)).tables for c in table.columns[0].cells]
    assert "太平镇" in cells

    shown = preview(reports["assessment"], pages=[1, 2]).data
    assert shown.count("data:image/png;base64,") == 2 and "点击页面放大" in shown
