"""The published folder as DATA.md fixes it: which files must be there, and that no others are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from junheng.errors import OutputProblem
from junheng.lab.data_files import DATA_COLUMNS, VERDICT_FILE
from junheng.params.counties import County
from junheng.report.content.names import ledger_name, report_name

_FIGURE = re.compile(r"evidence/figures/[^/]+\.png")


def notebook_outputs(county: County, year: int, reports: Iterable[str]) -> tuple[str, ...]:
    """What the notebook must have written (figures come on top)."""
    words = [f"{report_name(report, county, year)}.docx" for report in reports]
    data = [f"data/{name}" for name in (*DATA_COLUMNS, VERDICT_FILE)]
    return (*words, f"{ledger_name(county, year)}.xlsx", *data)


def all_outputs(county: County, year: int, reports: Iterable[str]) -> tuple[str, ...]:
    """What a published folder holds, apart from figures and the manifest itself."""
    reports = tuple(reports)
    made = [f"{report_name(report, county, year)}.pdf" for report in reports]
    return (
        *notebook_outputs(county, year, reports), *made,
        "evidence/notebook.ipynb", "evidence/notebook.html",
    )  # fmt: skip


def files_below(folder: Path) -> tuple[str, ...]:
    """The files below `folder`, by relative name, in a fixed order."""
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()))


def require_regular(folder: Path) -> None:
    """Make sure that a notebook left nothing but files and folders; raises OutputProblem naming the first other thing.

    A link would publish what it leads to, and reading a pipe would never end.
    """
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise OutputProblem(
                    f"输出目录中的“{path.relative_to(folder).as_posix()}”不是普通文件（是链接、管道等），报告不予发布。"
                )


def require_files(folder: Path, expected: Iterable[str]) -> None:
    """Make sure that every expected file is there and has content; raises OutputProblem naming the first."""
    for name in expected:
        path = folder / name
        if not path.is_file():
            raise OutputProblem(f"笔记本已运行完毕，却没有写出“{name}”，报告不予发布。")
        if path.stat().st_size == 0:
            raise OutputProblem(f"输出文件“{name}”是空的，报告不予发布。")
    if not any(_FIGURE.fullmatch(name) for name in files_below(folder)):
        raise OutputProblem("笔记本已运行完毕，却没有写出图（evidence/figures/*.png），报告不予发布。")


def refuse_others(folder: Path, expected: Iterable[str]) -> None:
    """Make sure that no file stands in the folder that the contract does not know; raises OutputProblem."""
    others = strangers(files_below(folder), expected)
    if others:
        raise OutputProblem(f"输出目录中有约定之外的文件“{others[0]}”，报告不予发布。")


def strangers(names: Iterable[str], expected: Iterable[str]) -> list[str]:
    """The names that are neither expected nor figures."""
    known = set(expected)
    return [name for name in names if name not in known and not _FIGURE.fullmatch(name)]
