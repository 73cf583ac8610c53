"""Finding a county's workbook of a year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from junheng.errors import AbsentWorkbook, DataProblem, UsageProblem, did_you_mean
from junheng.params.counties import County
from junheng.workbook.read.formats import SUFFIXES, open_file

LOCK_MARK = "~$"
# Six digits of their own: part of a longer number (a day, a school's code) they are no county's code.
CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
SEPARATORS = " _-—·"
# The name of some county, to tell 370883_曲阜市 (contradicts its code) from 370883_终稿 (only says nothing).
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
    remedy = _remedy(data_dir, folder, county, books)
    raise AbsentWorkbook(f"{place}中没有{county.title}的工作簿“{wanted}”。{remedy}")


def _remedy(data_dir: Path, folder: Path, county: County, books: Sequence[Path]) -> str:
    """Say what to do about a workbook that is not there: rename or move what may be it, or hand it in."""
    place, wanted = f"“{data_dir.name}/{folder.name}”", f"{county.stem}.xlsx"
    for path in books or _resembling(workbooks(folder), county):
        return f"“{path.name}”如是{county.title}的，请改名为“{county.stem}{path.suffix.lower()}”。"
    for path in (path for path in _files(folder) if _may_be_of(path, county)):
        try:
            open_file(path, ask=False)
        except DataProblem as problem:
            return f"{problem}放入{place}的应是“{wanted}”。"
        return f"“{path.name}”如是{county.title}的采集工作簿，请改名为“{wanted}”。"
    for path in (path for path in workbooks(data_dir) if _may_be_of(path, county)):
        return f"“{data_dir.name}/{path.name}”如是{folder.name}年度的，请移入{place}并命名为“{wanted}”。"
    return f"请将其采集工作簿以“{wanted}”为名放入{place}。"


def _resembling(paths: Sequence[Path], county: County) -> list[Path]:
    """Return the files whose names are nearly the county's: 邹城.xlsx, 370883邹成市.xlsx, 37088邹城市.xlsx."""
    stems = {path.stem: path for path in paths if not CODE.search(path.stem) or county.code in path.stem}
    near = get_close_matches(county.stem, list(stems), n=1, cutoff=0.8)
    short = [stem for stem in stems if county.name[:-1] == CODE.sub("", stem).strip(SEPARATORS)]
    return [stems[stem] for stem in (*near, *short)]


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
    return [path for path in _files(folder) if path.suffix.lower() in SUFFIXES]


def _files(folder: Path) -> list[Path]:
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in files if p.is_file() and not p.name.startswith((LOCK_MARK, ".")))


def _known_years(data_dir: Path, year: int) -> str:
    years = sorted(path.name for path in data_dir.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    if not years:
        return "数据目录中还没有任何年度，请建立该目录并放入采集工作簿。"
    return f"现有年度：{'、'.join(years)}。{did_you_mean(str(year), years)}"
