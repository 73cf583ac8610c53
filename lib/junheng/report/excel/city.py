"""The city's tables as workbooks: those of the summary, a sheet each, and 督办台账."""

from __future__ import annotations

from pathlib import Path

from junheng.report.content.context import CityContext
from junheng.report.content.names import city_name
from junheng.report.content.tables.city import CITY_TABLES
from junheng.report.content.tables.city_work import supervision_register
from junheng.report.excel.sheets import SheetForm, write_workbook

SHEETS = {
    "conclusions": "评估结论",
    "matrix": "指标矩阵",
    "disparity": "差异系数",
    "ranking": "排名",
    "unranked": "不列名次",
    "plan": "目标任务进展",
    "tasks": "市定任务",
    "goals": "全市性目标",
    "requirements": "市级任务落实",
    "teams": "专班台账",
    "progress": "年度工作进度",
    "visits": "实地督导",
    "third_parties": "第三方评估",
    "trend": "年度比较",
    "common": "共性问题",
    "left_out": "未纳入",
    "failing": "未达标学校",
}


def write_register(context: CityContext, target: Path) -> None:
    """Write 督办台账: every 通报, 约谈, 挂牌督办 and 问责 that the office has entered, with its state and 销号."""
    title = city_name("register", context.wording.city.name, context.city.year)
    heading = title + (f"（{context.demo_mark}）" if context.demo_mark else "")
    form = SheetForm(
        "督办台账",
        heading=heading,
        frozen=2,
        filtered=True,
        dates=frozenset({"date", "deadline", "closed_on"}),
    )
    write_workbook([(supervision_register(context), form)], target, title=title)


def write_city_workbook(context: CityContext, target: Path) -> None:
    """Write every table of the summary to one workbook, a sheet each; an empty list keeps its sheet."""
    title = city_name("report", context.wording.city.name, context.city.year)
    heading = title + (f"（{context.demo_mark}）" if context.demo_mark else "")
    forms = {
        name: SheetForm(sheet, heading=heading, frozen=1, filtered=False) for name, sheet in SHEETS.items()
    }
    forms["failing"] = SheetForm(SHEETS["failing"], heading=heading, frozen=4, filtered=True)
    write_workbook([(CITY_TABLES[name](context), form) for name, form in forms.items()], target, title=title)
