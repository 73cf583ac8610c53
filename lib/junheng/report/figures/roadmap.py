"""路线图 of the 创建方案: what is counted down from year to year, and below it a lane for each kind of measure."""

from __future__ import annotations

from matplotlib.axes import Axes

from junheng.assess.model import Assessment
from junheng.report.content.creation import Roadmap
from junheng.report.figures.county import marked
from junheng.report.figures.sheet import WIDTH, ReportFigure, wrapped
from junheng.report.figures.style import GRID, MUTED, STAGE_LOOKS, report_style

NAMES, TOP, ROW, FOOT = 46.0, 12.0, 8.5, 8.0
"""Width of the names, heights above, of a row and below, in millimetres."""
BAR = 0.62
"""Of a row."""


def roadmap_figure(road: Roadmap, assessment: Assessment) -> ReportFigure:
    """Draw the road map: columns are the assessed year and the years of the plan."""
    rows = [*road.states, *road.lanes]
    columns = (road.start, *road.years)
    high = ROW * len(rows)
    with report_style():
        sheet = ReportFigure(TOP + high + FOOT, "roadmap", road.title, _said(road))
        axes = sheet.place(NAMES, TOP, WIDTH - NAMES - 1, high)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [wrapped(name, 14) for name in rows])
        axes.tick_params(axis="y", length=0, pad=4, labelsize=7.5)
        heads = [f"{columns[0]}年（现状）", *(f"{year}年" for year in road.years)]
        axes.xaxis.tick_top()
        axes.set_xticks(range(len(columns)), heads)
        axes.tick_params(axis="x", length=0, pad=3, labelsize=8.5)
        axes.grid(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        _grid(axes, len(columns), len(rows), len(road.states))
        _states(axes, road, columns)
        _lanes(axes, road, columns)
        sheet.write(1, TOP + high + 4, "各年为年末应达到的状态和当年实施的措施。", color=MUTED, size=7.5)
        made = marked(sheet, assessment.book.demo)
    assert made is not None
    return made


def _grid(axes: Axes, columns: int, rows: int, states: int) -> None:
    for edge in range(columns + 1):
        axes.axvline(edge - 0.5, color=GRID, linewidth=0.8)
    for edge in range(rows + 1):
        axes.axhline(edge - 0.5, color=MUTED if edge == states else GRID, linewidth=0.8)


def _states(axes: Axes, road: Roadmap, columns: tuple[int, ...]) -> None:
    """Write what is left at the end of each year, with arrows from one year to the next."""
    for row, by_year in enumerate(road.states.values()):
        for place, year in enumerate(columns):
            axes.text(place, row, by_year.get(year, ""), ha="center", va="center", size=9, weight="bold")
        for place in range(len(columns) - 1) if road.start in by_year else ():
            arrow = {"arrowstyle": "->", "color": MUTED, "linewidth": 0.9}
            axes.annotate("", (place + 0.62, row), (place + 0.38, row), arrowprops=arrow)


def _lanes(axes: Axes, road: Roadmap, columns: tuple[int, ...]) -> None:
    """Draw a bar for every year in which something of a lane is done, with how much."""
    place = {year: number for number, year in enumerate(columns)}
    for row, by_year in enumerate(road.lanes.values(), len(road.states)):
        for year, text in by_year.items():
            axes.barh(row, 0.9, BAR, place[year] - 0.45, color=STAGE_LOOKS[0].colour, alpha=0.18, zorder=2)
            # A dark edge at the left: in a grey copy the light bars of two neighbouring years would run together.
            axes.barh(row, 0.012, BAR, place[year] - 0.45, color=STAGE_LOOKS[0].colour, zorder=3)
            axes.text(place[year], row, text, ha="center", va="center", size=7.5, zorder=4)


def _said(road: Roadmap) -> str:
    """The road map in words."""
    told = [
        f"{name}：{'，'.join(f'{year}年{text}' for year, text in by_year.items())}"
        for name, by_year in (*road.states.items(), *road.lanes.items())
    ]
    return f"{road.title}。{'；'.join(told)}。"
