"""The published folder as DATA.md fixes it: which files must be there, and that no others are."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from junheng.assess.model import Verdict
from junheng.errors import OutputProblem
from junheng.lab.data_files import DATA_COLUMNS, VERDICT_FILE, VERDICT_KEYS
from junheng.params.counties import County
from junheng.report.content.names import (
    MOST_ANNEXES,
    REPORTS,
    ReportFile,
    annex_name,
    ledger_name,
    report_name,
)

EXECUTED, PROCESS = "evidence/notebook.ipynb", "evidence/notebook.html"
"""The executed notebook, and the page that shows it."""
MOST_BYTES = 500_000_000
"""What one file of a report may have; the longest yet has about 30 million. A file full of holes would be read for hours."""
_FIGURE = re.compile(r"evidence/figures/[^/]+\.png")


@dataclass(frozen=True)
class FolderContents:
    """What a published folder holds apart from figures and the manifest itself.

    `documents` are the names, without ending, of Word files of which a PDF is made; `others` are the notebook's other
    files. `optional` documents, by name with what they are and why there may be none, need not be there.
    """

    documents: tuple[str, ...]
    others: tuple[str, ...]
    optional: Mapping[str, ReportFile] = field(default_factory=dict)

    def settled(self, folder: Path) -> FolderContents:
        """The same for what the notebook wrote in `folder`: an optional document, or annex, counts when it is there."""
        possible = (*self.optional, *self._annexes())
        made = tuple(name for name in possible if (folder / f"{name}.docx").is_file())
        return FolderContents((*self.documents, *made), self.others)

    def _annexes(self) -> Iterator[str]:
        """The names that annexes have where the office wants them as files of their own (setting `separate_annexes`)."""
        for document in (*self.documents, *self.optional):
            yield from (annex_name(document, number) for number in range(1, MOST_ANNEXES + 1))

    @property
    def possible(self) -> tuple[str, ...]:
        """What may be there: all that must, and the optional documents and annexes."""
        more = (*self.optional, *self._annexes())
        return (*self.all, *(f"{name}{end}" for name in more for end in (".docx", ".pdf")))

    def left_out(self, folder: Path) -> tuple[str, ...]:
        """Say which optional documents the notebook did not write, those of one reason together."""
        found: dict[str, list[str]] = {}
        for name, file in self.optional.items():
            if not (folder / f"{name}.docx").is_file():
                found.setdefault(file.reason, []).append(file.title)
        return tuple(f"未生成{'、'.join(titles)}（{reason}）" for reason, titles in found.items())

    @property
    def written(self) -> tuple[str, ...]:
        """What the notebook must have written."""
        return (*(f"{name}.docx" for name in self.documents), *self.others)

    @property
    def all(self) -> tuple[str, ...]:
        """What must be there in the end."""
        return (*self.written, *(f"{name}.pdf" for name in self.documents), EXECUTED, PROCESS)


def county_contents(county: County, year: int, reports: Iterable[str]) -> FolderContents:
    """What is published of a county for these kinds of report."""
    files = {report_name(report, county, year): REPORTS[report] for report in reports}
    data = (f"data/{name}" for name in (*DATA_COLUMNS, VERDICT_FILE))
    tables = (f"{name}.xlsx" for name, file in files.items() if file.workbook)
    return FolderContents(
        tuple(name for name, file in files.items() if not file.reason),
        (*tables, f"{ledger_name(county, year)}.xlsx", *data),
        {name: file for name, file in files.items() if file.reason},
    )


def files_below(folder: Path) -> tuple[str, ...]:
    """The files below `folder`, by relative name, in a fixed order."""
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()))


def require_regular(folder: Path) -> None:
    """Make sure that a notebook left nothing but files and folders; raises OutputProblem naming the first other thing.

    A link would publish what it leads to (a second name of a file would change it later), reading a pipe would never end.
    """
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place, name)
            found = path.lstat()
            shown = f"输出目录中的“{path.relative_to(folder).as_posix()}”"
            if not (stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)):
                raise OutputProblem(f"{shown}不是普通文件（是链接、管道等），报告不予发布。")
            if stat.S_ISREG(found.st_mode) and found.st_size > MOST_BYTES:
                raise OutputProblem(f"{shown}有{found.st_size >> 20}兆字节，过大，报告不予发布。")


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


def read_verdict(path: Path, code: str, year: int) -> tuple[str, str]:
    """Return the verdicts by the national and the local standard from verdict.json; raises OutputProblem if it is damaged or another county's."""
    try:
        verdict = json.loads(path.read_text(encoding="utf-8"))
        values = [verdict[key] for key in VERDICT_KEYS]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputProblem(f"输出文件“data/verdict.json”不完整（{error}），报告不予发布。") from error
    if (verdict["county_code"], verdict["year"]) != (code, year):
        raise OutputProblem("输出文件“data/verdict.json”不是本县本年度的结论，报告不予发布。")
    if not all(value in tuple(Verdict) for value in values[3:]):
        raise OutputProblem("输出文件“data/verdict.json”中有约定之外的结论，报告不予发布。")
    return verdict["overall"], verdict["overall_jining"]


def count_issues(path: Path) -> dict[str, int]:
    """Count the rows of an issues.csv by severity, under the names errors, warnings and notes."""
    names = {"error": "errors", "错误": "errors", "warning": "warnings", "警告": "warnings"}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        found = Counter(names.get(row.get("severity", ""), "notes") for row in csv.DictReader(stream))
    return {name: found.get(name, 0) for name in ("errors", "warnings", "notes")}
