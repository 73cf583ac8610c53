"""Finding a county's workbook of a year."""

from __future__ import annotations

from pathlib import Path

from junheng.errors import AbsentWorkbook, UsageProblem, did_you_mean
from junheng.params.counties import County
from junheng.workbook.read.formats import SUFFIXES

LOCK_MARK = "~$"


def find_workbook(data_dir: Path, year: int, county: County) -> Path:
    """Return `data_dir/<YEAR>/<code>_<name>.xlsx`, that name in another format, or the one file with the code.

    Raises AbsentWorkbook with one sentence when the year or the workbook is not there, UsageProblem when there are several.
    """
    folder = data_dir / str(year)
    if not folder.is_dir():
        raise AbsentWorkbook(
            f"没有{year}年的数据目录“{data_dir.name}/{year}”。{_known_years(data_dir, year)}"
        )
    exact = folder / f"{county.stem}.xlsx"
    if exact.is_file():
        return exact
    books = workbooks(folder)
    named = [path for path in books if path.stem == county.stem]
    if len(named) == 1:
        return named[0]
    own = [path for path in books if path.name.startswith(f"{county.code}_")]
    if len(own) == 1:
        return own[0]
    place = f"“{data_dir.name}/{year}”"
    if own:
        names = "”“".join(path.name for path in own)
        raise UsageProblem(f"{place}中{county.title}的工作簿不止一个：“{names}”，请只留一个“{exact.name}”。")
    hint = did_you_mean(exact.name, [path.name for path in books if county.name in path.name])
    remedy = hint or f"请将其采集工作簿以“{exact.name}”为名放入{place}。"
    raise AbsentWorkbook(f"{place}中没有{county.title}的工作簿“{exact.name}”。{remedy}")


def find_last_workbook(data_dir: Path, year: int, county: County) -> Path | None:
    """Return the workbook of the year before, or None when there is none."""
    try:
        return find_workbook(data_dir, year - 1, county)
    except UsageProblem:
        return None


def workbooks(folder: Path) -> list[Path]:
    """Return the files of a folder that may be workbooks, by name; lock files that Excel leaves behind are none."""
    if not folder.is_dir():
        return []
    files = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    return sorted(p for p in files if not p.name.startswith((LOCK_MARK, ".")))


def _known_years(data_dir: Path, year: int) -> str:
    years = sorted(path.name for path in data_dir.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    if not years:
        return "数据目录中还没有任何年度，请建立该目录并放入采集工作簿。"
    return f"现有年度：{'、'.join(years)}。{did_you_mean(str(year), years)}"
