"""Issues of one kind over many rows as one line: how many, and the first places. The sheet 问题反馈 keeps each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from junheng.workbook.model import Issue

SHOWN = 3


def joined(issues: Iterable[Issue]) -> list[tuple[Issue, int]]:
    """Return one issue for all that differ in row and content only, and how many they are, in the order of the first.

    Its cell, subject and content name the first three: G8、G9、G10等12处.
    """
    kinds: dict[tuple[object, ...], list[Issue]] = {}
    for issue in issues:
        kinds.setdefault(_kind(issue), []).append(issue)
    return [(_one_for_all(alike), len(alike)) for alike in kinds.values()]


def _kind(issue: Issue) -> tuple[object, ...]:
    # Not the row: it is what such issues differ in. Whose value it is stands before the quotation mark of the subject.
    where = (issue.file, issue.sheet, bool(issue.cell), _parts(issue)[1])
    return (issue.severity, issue.check, *where, issue.expected, issue.remedy, issue.accepted)


def _parts(issue: Issue) -> tuple[str, str]:
    """Return whose value it is and, in its quotation marks, which."""
    name, mark, header = issue.subject.rpartition("“")
    return (name, mark + header) if mark else (issue.subject, "")


def _one_for_all(alike: Sequence[Issue]) -> Issue:
    first = alike[0]
    if len(alike) == 1:
        return first
    cells = _first([issue.cell for issue in alike], f"等{len(alike)}处")
    names = _first([_parts(issue)[0] for issue in alike], "等")
    found = _first([issue.found for issue in alike], "等")
    return replace(first, cell=cells, subject=names + _parts(first)[1], found=found)


def _first(texts: Iterable[str], more: str) -> str:
    different = list(dict.fromkeys(filter(None, texts)))
    return "、".join(different[:SHOWN]) + (more if len(different) > SHOWN else "")
