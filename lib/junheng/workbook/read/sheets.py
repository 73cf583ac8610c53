"""Finding a workbook's sheets by their names, and telling which other sheet may be one that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from junheng.errors import DataProblem
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.workbook.read.headers import HeaderReader
from junheng.workbook.read.issues import Reporter
from junheng.workbook.read.items import item_columns
from junheng.workbook.read.opened import OpenedFile
from junheng.workbook.read.package import SheetPart
from junheng.workbook.read.text import Units, fold_key, fold_spaces

NAMELESS_SHEET = "schools"
BESIDE_A_NAME = re.compile(
    r"(?:表|数据|情况|基本|信息|明细|采集|填报|统计|附件|附表|学?年度?|[0-9一二三四五六七八九十]|[-_.、()])*"
)
"""What people write beside a sheet's name: 表1-学校, 学校基本情况表, 2024年学校."""


def wanted_columns(sheet: Sheet) -> tuple[Field, ...]:
    """Return the columns a sheet has on paper; the fields of a sheet of items are its rows."""
    return item_columns(sheet) if sheet.layout == "items" else sheet.fields


def find_sheet(
    opened: OpenedFile, sheet: Sheet, dictionary: Dictionary, reporter: Reporter
) -> SheetPart | None:
    """Return the visible sheet of that name; report one that is absent, hidden or there twice.

    In a format without sheet names (CSV, HTML) the one table there is can only be the first sheet, 学校.
    """
    nameless = [part.name for part in opened.sheets] == [""]
    if sheet.id == NAMELESS_SHEET and nameless:
        return opened.sheets[0]
    named = [part for part in opened.sheets if fold_spaces(part.name) == sheet.name]
    visible = [part for part in named if part.visible]
    if len(visible) > 1:
        reporter.error(
            "duplicate_sheet",
            sheet.name,
            "",
            found=f"{len(visible)}张名为“{sheet.name}”的工作表",
            expected="只有一张",
            remedy="只读取了第一张，请删去或改名其余各张。",
        )
    if not visible:
        _report_absent(opened, sheet, dictionary, bool(named), nameless, reporter)
    return visible[0] if visible else None


def _report_absent(
    opened: OpenedFile,
    sheet: Sheet,
    dictionary: Dictionary,
    hidden: bool,
    nameless: bool,
    reporter: Reporter,
) -> None:
    if hidden:
        remedy = "隐藏的工作表不读取，请取消隐藏并核对内容。"
    elif nameless:
        remedy = "这种格式的文件只能有一张表，已按“学校”表读取；请改用采集工作簿（.xlsx）报送，补上这张表。"
    else:
        known = {one.name for one in dictionary.sheets}
        others = [part for part in opened.sheets if part.visible and fold_spaces(part.name) not in known]
        likely = _likely(opened, sheet, dictionary, others)
        remedy = f"是否就是“{likely}”？请改名为“{sheet.name}”。" if likely else "请按采集工作簿模板补上。"
    report = reporter.error if sheet.required else reporter.note
    report(
        "hidden_sheet" if hidden else "missing_sheet",
        sheet.name,
        "",
        found="工作表被隐藏" if hidden else "没有这张工作表",
        expected=f"有可见的“{sheet.name}”工作表",
        remedy=remedy,
    )


def _likely(opened: OpenedFile, sheet: Sheet, dictionary: Dictionary, others: Sequence[SheetPart]) -> str:
    """Return the name of the sheet that this one seems to be: by its name, else by its columns."""
    for part in others:
        before, name, behind = fold_key(part.name).partition(fold_key(sheet.name))
        if name and BESIDE_A_NAME.fullmatch(before) and BESIDE_A_NAME.fullmatch(behind):
            return part.name
    return next((part.name for part in others if _has_columns(opened, sheet, dictionary, part)), "")


def _has_columns(opened: OpenedFile, sheet: Sheet, dictionary: Dictionary, part: SheetPart) -> bool:
    """Say whether a sheet has most of the columns of another, and so can be no other one."""
    wanted = wanted_columns(sheet)
    try:
        grid = opened.grid(part)
    except DataProblem:
        return False
    unheard = Reporter(opened.file)
    table = HeaderReader(grid, wanted, Units.of(dictionary), unheard).locate()
    return table is not None and 2 * len(_required(wanted, table.columns)) > len(_required(wanted))


def _required(wanted: Iterable[Field], among: Iterable[str] | None = None) -> list[Field]:
    keys = None if among is None else set(among)
    return [f for f in wanted if f.required != "optional" and (keys is None or f.key in keys)]
