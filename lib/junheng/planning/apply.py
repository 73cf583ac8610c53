"""Carrying out a plan in the workbook's figures, and the exact re-check by the assessment engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from junheng.assess.engine import evaluate
from junheng.assess.model import Result
from junheng.params.checks import Check
from junheng.params.dictionary import Dictionary
from junheng.planning.case import Case
from junheng.workbook.check import run_checks
from junheng.workbook.model import CountyBook, Issue, Row, Severity


@dataclass(frozen=True, slots=True)
class Action:
    """Add `add` (negative: take away) to the column `field` of the row with `school_code`."""

    school_code: str
    field: str
    add: Fraction


def actions_of(case: Case, amounts: Mapping[int, Fraction]) -> tuple[Action, ...]:
    """Return what the quantities change in the workbook, in the order of its rows and columns."""
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for position, amount in amounts.items():
        choice = case.choices[position]
        for field, change in choice.field_changes().items():
            sums[(choice.code, field)] += change * amount
    rows = {row.text("school_code"): n for n, row in enumerate(case.book.rows("schools"))}
    columns = {key: n for n, key in enumerate(case.choices[0].member.rules.school_fields)} if sums else {}
    order = sorted(sums, key=lambda key: (rows[key[0]], columns[key[1]]))
    return tuple(Action(code, field, sums[(code, field)]) for code, field in order if sums[(code, field)])


def apply_actions(book: CountyBook, actions: Iterable[Action]) -> CountyBook:
    """Return the book with the actions carried out; a missing figure cannot be added to (ValueError)."""
    changes: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for action in actions:
        changes[action.school_code][action.field] = action.add
    rows = tuple(_changed(row, changes.get(row.text("school_code"), {})) for row in book.rows("schools"))
    return replace(book, sheets={**book.sheets, "schools": rows})


def _changed(row: Row, changes: Mapping[str, Fraction]) -> Row:
    if not changes:
        return row
    values = dict(row.values)
    for key, add in changes.items():
        content = values[key].content if key in values else None
        if isinstance(content, bool) or not isinstance(content, Fraction):
            raise ValueError(f"{row.text('school_code')}: {key}")
        values[key] = replace(values[key], content=content + add)
    return replace(row, values=values)


def recheck(
    book: CountyBook,
    actions: Sequence[Action],
    dictionary: Dictionary,
    before: Result,
    exception_ids: Sequence[str],
    checks: Sequence[Check],
) -> tuple[Result, tuple[Issue, ...]]:
    """Assess the changed book exactly; return the result and the data errors that the plan would cause."""
    changed = apply_actions(book, actions)
    old = {(issue.check, issue.cell) for issue in run_checks(book, checks, dictionary)}
    errors = tuple(
        issue
        for issue in run_checks(changed, checks, dictionary)
        if issue.severity is Severity.ERROR and (issue.check, issue.cell) not in old
    )
    return evaluate(changed, dictionary, before.standard, exception_ids), errors
