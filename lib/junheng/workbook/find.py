"""Finding a county's workbook of a year."""

from __future__ import annotations

from pathlib import Path

from junheng.errors import UsageProblem, did_you_mean
from junheng.params.counties import County

LOCK_MARK = "~$"


def find_workbook(data_dir: Path, year: int, county: County) -> Path:
    """Return `data_dir/<YEAR>/<code>_<name>.xlsx`, or the one file that begins with the code.

    Raises UsageProblem with one sentence when the year or the workbook is not there.
    """
    folder = data_dir / str(year)
    if not folder.is_dir():
        raise UsageProblem(f"没有{year}年的数据目录“{data_dir.name}/{year}”。{_known_years(data_dir, year)}")
    exact = folder / f"{county.stem}.xlsx"
    if exact.is_file():
        return exact
    books = workbooks(folder)
    own = [path for path in books if path.name.startswith(f"{county.code}_")]
    if len(own) == 1:
        return own[0]
    place = f"“{data_dir.name}/{year}”"
    if own:
        names = "”“".join(path.name for path in own)
        raise UsageProblem(f"{place}中{county.title}的工作簿不止一个：“{names}”，请只留一个“{exact.name}”。")
    hint = did_you_mean(exact.name, [path.name for path in books if county.name in path.name])
    raise UsageProblem(f"{place}中没有{county.title}的工作簿“{exact.name}”。{hint}")


def workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name; lock files that Excel leaves behind are none."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.glob("*.xlsx") if p.is_file() and not p.name.startswith((LOCK_MARK, ".")))


def _known_years(data_dir: Path, year: int) -> str:
    years = sorted(path.name for path in data_dir.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    if not years:
        return "数据目录中还没有任何年度。"
    return f"现有年度：{'、'.join(years)}。{did_you_mean(str(year), years)}"
