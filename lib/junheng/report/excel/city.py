"""The city's tables as workbooks: those of the summary, a sheet each, and 督办台账."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from junheng.report.content.context import CityContext
from junheng.report.content.model import Table
from junheng.report.content.names import city_name
from junheng.report.content.tables.city import CITY_TABLES
from junheng.report.content.tables.city_work import supervision_register
from junheng.report.excel.sheets import write_workbook


def write_register(context: CityContext, target: Path) -> None:
    """Write 督办台账: every 通报, 约谈, 挂牌督办 and 问责 that the office has entered, with its state and 销号."""
    _write(context, "register", [supervision_register(context)], target)


def write_city_workbook(context: CityContext, target: Path) -> None:
    """Write every table of the summary to one workbook, a sheet each; an empty list keeps its sheet."""
    _write(context, "report", [table(context) for table in CITY_TABLES.values()], target)


def _write(context: CityContext, file: str, tables: Iterable[Table], target: Path) -> None:
    title = city_name(file, context.wording.city.name, context.city.year)
    heading = title + (f"（{context.demo_mark}）" if context.demo_mark else "")
    write_workbook(tables, target, title, heading)
