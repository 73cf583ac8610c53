"""Finding a workbook's sheets by their names, and telling which other sheet may be one that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from junheng.errors import DataProblem
from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Severity
from junheng.workbook.read.context import ReadContext
from junheng.workbook.read.headers import HeaderReader
from junheng.workbook.read.items import item_columns
from junheng.workbook.read.opened import OpenedFile
from junheng.workbook.read.package import SheetPart
from junheng.workbook.read.text import fold_key, fold_spaces

NAMELESS_SHEET = "schools"
BESIDE_A_NAME = re.compile(
    r"(?:表|数据|情况|基本|信息|明细|采集|填报|统计|附件|附表|学?年度?|[0-9一二三四五六七八九十]|[-_.、()])*"
)
"""What people write beside a sheet's name: 表1-学校, 学校基本情况表, 2024年学校."""


def wanted_columns(sheet: Sheet) -> tuple[Field, ...]:
    """Return the columns a sheet has on paper; the fields of a sheet of items are its rows."""
    return item_columns(sheet) if sheet.layout == "items" else sheet.fields


def find_sheet(opened: OpenedFile, sheet: Sheet, context: ReadContext) -> SheetPart | None:
    """Return the visible sheet of that name; report one that is absent, hidden or there twice, under whatever name.

    In a format without sheet names (CSV, HTML) the one table there is can only be the first sheet, 学校.
    """
    nameless = [part.name for part in opened.sheets] == [""]
    if sheet.id == NAMELESS_SHEET and nameless:
        return opened.sheets[0]
    named = [part for part in opened.sheets if fold_spaces(part.name) == sheet.name]
    visible = [part for part in named if part.visible]
    if len(visible) > 1:
        context.reporter.report("duplicate_sheet", sheet.name, number=len(visible))
    for part in _beside(opened, sheet, context) if visible else ():
        context.reporter.report("other_sheet", sheet.name, other=part.name)
    if not visible:
        likely = "" if named or nameless else _likely(opened, sheet, context)
        kind = "missing_sheet.nameless" if nameless else "missing_sheet.likely" if likely else "missing_sheet"
        severity = None if sheet.required else Severity.NOTE
        told = "hidden_sheet" if named else kind
        context.reporter.report(told, sheet.name, severity=severity, likely=likely)
    return visible[0] if visible else None


def _likely(opened: OpenedFile, sheet: Sheet, context: ReadContext) -> str:
    """Return the name of the sheet that this one seems to be: by its name, else by its columns."""
    others = _others(opened, context)
    for part in others:
        before, name, behind = fold_key(part.name).partition(fold_key(sheet.name))
        if name and BESIDE_A_NAME.fullmatch(before) and BESIDE_A_NAME.fullmatch(behind):
            return part.name
    return next((part.name for part in others if _has_columns(opened, sheet, context, part)), "")


def _beside(opened: OpenedFile, sheet: Sheet, context: ReadContext) -> list[SheetPart]:
    """Return the sheets that look like another version of one that is there: 学校 (2), 学校（最新）, with its columns."""
    named = [part for part in _others(opened, context) if fold_key(sheet.name) in fold_key(part.name)]
    return [part for part in named if _has_columns(opened, sheet, context, part)]


def _others(opened: OpenedFile, context: ReadContext) -> list[SheetPart]:
    """Return the visible sheets that are none of the workbook's own."""
    known = {one.name for one in context.dictionary.sheets}
    return [part for part in opened.sheets if part.visible and fold_spaces(part.name) not in known]


def _has_columns(opened: OpenedFile, sheet: Sheet, context: ReadContext, part: SheetPart) -> bool:
    """Say whether a sheet has most of the columns of another, and so can be no other one."""
    wanted = wanted_columns(sheet)
    try:
        grid = opened.grid(part)
    except DataProblem:
        return False
    table = HeaderReader(context.unheard, grid, wanted).locate()
    return table is not None and 2 * len(_required(wanted, table.columns)) > len(_required(wanted))


def _required(wanted: Iterable[Field], among: Iterable[str] | None = None) -> list[Field]:
    keys = None if among is None else set(among)
    return [f for f in wanted if f.required != "optional" and (keys is None or f.key in keys)]
