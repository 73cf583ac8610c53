"""What a workbook says in words about small counts: numbers in findings of its checks and in free texts."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from junheng.params.checks import Check
from junheng.params.formula import Missing, parse_formula
from junheng.params.small_counts import CountGroup, SmallCounts
from junheng.params.tasks import TaskPlan
from junheng.workbook.model import CountyBook, Issue, Row

COUNTY, SCHOOLS = "county", "schools"
# Chinese figures only where people or shares are counted by them: 一 is also in 一律 and 第一中学.
_NUMBERS = re.compile(
    r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*|百分之[零〇一二三四五六七八九十百点]+"
    r"|[零〇一二两三四五六七八九十百千万]+(?=[余多几]?[人名个位%％])"
)


@dataclass(frozen=True)
class Suppression:
    """The rule with what it needs to know: the checks whose findings quote counts, the tasks that rest on items."""

    rules: SmallCounts
    checks: tuple[Check, ...]
    tasks: TaskPlan

    @cached_property
    def keys(self) -> frozenset[str]:
        """All keys of sheet 县级数据 that count pupils of a group or bound their number."""
        return frozenset(key for group in self.rules.groups for key in group.hidden)

    @cached_property
    def quoting(self) -> frozenset[str]:
        """The checks that look at such a key, or at such a column of sheet 学校."""
        columns = {column for group in self.rules.groups for column in group.school_columns}
        names = self.keys | columns
        return frozenset(
            check.id
            for check in self.checks
            if names & {check.cell, *check.fields, *check.formula.names, *names_of(check.when)}
        )


def names_of(formula: str | None) -> tuple[str, ...]:
    """The keys a formula reads; none when there is no formula."""
    return parse_formula(formula).names if formula else ()


def schools_of(book: CountyBook, group: CountGroup) -> list[Row]:
    """The rows of sheet 学校 of the schools whose pupils belong to the group."""
    if group.schools is None:
        return []
    formula, found = parse_formula(group.schools), []
    for row in book.rows(SCHOOLS):
        with suppress(Missing):
            if formula(row.get):
                found.append(row)
    return found


def without_issues(book: CountyBook, how: Suppression) -> CountyBook:
    """Return the book with the figures in its findings about such counts hidden, whatever their size."""
    if not how.rules.on:
        return book
    special = frozenset(row.number for group in how.rules.groups for row in schools_of(book, group))
    places = _places(book, how, special)

    def told(issue: Issue) -> Issue:
        quotes = issue.check in how.quoting or (issue.sheet, issue.cell) in places
        return _masked(issue, how.rules.mark) if quotes else issue

    return replace(book, issue_records=tuple(map(told, book.issue_records)))


def without_numbers(content: object, mark: str) -> str:
    """Return a text with every number in it replaced by `mark`; a number alone becomes the mark."""
    return mark if isinstance(content, Fraction) else _NUMBERS.sub(mark, str(content))


def _places(book: CountyBook, how: Suppression, special: frozenset[int]) -> frozenset[tuple[str, str]]:
    """Sheet and cell of every value that counts pupils of a group."""
    columns = {column for group in how.rules.groups for column in group.school_columns}
    values = [value for row in book.rows(COUNTY) for key, value in row.values.items() if key in how.keys]
    for row in book.rows(SCHOOLS):
        values += [v for key, v in row.values.items() if key in columns or row.number in special]
    return frozenset((v.source.sheet, v.source.cell) for v in values if v.source is not None)


def _masked(issue: Issue, mark: str) -> Issue:
    return replace(
        issue,
        found=mark if issue.found else "",
        expected=without_numbers(issue.expected, mark),
        remedy=without_numbers(issue.remedy, mark),
        accepted=without_numbers(issue.accepted, mark),
    )
