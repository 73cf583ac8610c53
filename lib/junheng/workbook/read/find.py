"""Finding a county's workbook of a year."""

from __future__ import annotations

import re
from pathlib import Path

from junheng.errors import AbsentWorkbook, UsageProblem, did_you_mean
from junheng.params.counties import County
from junheng.workbook.read.formats import SUFFIXES

LOCK_MARK = "~$"
CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
SEPARATORS = " _-—·"
PLACE = re.compile(r"[\u4e00-\u9fff]{1,6}?[县市区]")


def find_workbook(data_dir: Path, year: int, county: County) -> Path:
    """Return `data_dir/<YEAR>/<code>_<name>.xlsx`, that name in another format, or the one file with the code.

    Raises AbsentWorkbook with one sentence when the year or the workbook is not there; UsageProblem when several may be
    it (a correction or a copy beside the original: nobody but the office knows which holds) or its name contradicts
    its code.
    """
    folder = data_dir / str(year)
    if not folder.is_dir():
        raise AbsentWorkbook(
            f"没有{year}年的数据目录“{data_dir.name}/{year}”。{_known_years(data_dir, year)}"
        )
    place, wanted = f"“{data_dir.name}/{year}”", f"{county.stem}.xlsx"
    books = [path for path in workbooks(folder) if _may_be_of(path, county)]
    if len(books) > 1:
        names = "”“".join(path.name for path in books)
        raise UsageProblem(
            f"{place}中{county.title}的工作簿不止一个：“{names}”，请核对以哪一个为准，"
            f"只留这一个并命名为“{wanted}”，其余移出该目录。"
        )
    for path in books:
        if _contradicts_itself(path, county):
            raise UsageProblem(
                f"{place}中“{path.name}”的代码与名称不一致：{county.code}是{county.title}的代码。"
                f"请核对是哪个县（市、区）的工作簿，{county.title}的应命名为“{wanted}”。"
            )
        if path.stem == county.stem or path.name.startswith(f"{county.code}_"):
            return path
    hint = did_you_mean(wanted, [path.name for path in books])
    remedy = hint or f"请将其采集工作簿以“{wanted}”为名放入{place}。"
    raise AbsentWorkbook(f"{place}中没有{county.title}的工作簿“{wanted}”。{remedy}")


def _may_be_of(path: Path, county: County) -> bool:
    """Say whether a file bears the county's code, or its name without another county's code before it."""
    codes = CODE.findall(path.stem)
    if county.code in codes:
        return True
    rest = CODE.sub("", path.stem).strip(SEPARATORS)
    names = (county.name, county.title)
    return any(rest.startswith(name) if codes else name in rest for name in names)


def _contradicts_itself(path: Path, county: County) -> bool:
    """Say whether a file bears the code of one county and the name of another."""
    codes = CODE.findall(path.stem)
    rest = CODE.sub("", path.stem).strip(SEPARATORS)
    own_name = county.name in rest or county.title in rest
    if county.code in codes:
        return not own_name and PLACE.match(rest) is not None
    return bool(codes) and own_name


def find_last_workbook(data_dir: Path, year: int, county: County) -> Path | None:
    """Return the workbook of the year before, or None when there is none; raises UsageProblem when there are several."""
    try:
        return find_workbook(data_dir, year - 1, county)
    except AbsentWorkbook:
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
