"""The report's figures in a notebook: to be looked at, changed and handed back before they are printed."""

from __future__ import annotations

from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.errors import UsageProblem
from junheng.report.figures.county import make_figure
from junheng.report.figures.sheet import ReportFigure


def figure(name: str, assessment: Assessment, trend: Trend | None = None) -> ReportFigure:
    """取出报告中的一幅图（matplotlib的Figure），可查看、修改，再交给wb.draw印入报告。

    name：overview（总体情况）、distribution（各单元与标准值之比）、disparity（差异系数）、
    change（与上年度相比的变化，须有trend）、location（城区、镇区、乡村）。
    图题和供读屏软件朗读的说明在fig.caption和fig.alt中，图改动较大的请一并改写。

    例：
        fig = wb.figure("disparity", assessment, trend)
        fig.axes[0].axvline(0.4, color="black", linestyle=":")
        fig.caption += "（虚线为本县自定目标0.40）"
        pictures = wb.draw(work, assessment, trend, {"disparity": fig})
    """
    made = make_figure(name, assessment, trend)
    if made is None:
        raise UsageProblem(f"本年度没有“{name}”图：没有可画的数据，或与上年度相比没有变化（须给出trend）。")
    return made
