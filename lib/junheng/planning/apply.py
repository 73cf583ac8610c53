"""Carrying out a plan in the workbook's figures, and the exact re-check by the assessment engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from junheng.assess.engine import evaluate
from junheng.assess.model import Result
from junheng.params.checks import Check
from junheng.params.dictionary import Dictionary
from junheng.planning.case import PlanCase
from junheng.planning.rounding import Amounts
from junheng.workbook.check.run import run_checks
from junheng.workbook.model import CountyBook, Row, Severity


@dataclass(frozen=True, slots=True)
class Action:
    """Add `add` (negative: take away) to the column `field` of the row with `school_code`."""

    school_code: str
    field: str
    add: Fraction


def actions_of(case: PlanCase, amounts: Mapping[int, Fraction]) -> tuple[Action, ...]:
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
    rows = book.rows("schools")
    return book.with_rows("schools", (_added(row, changes.get(row.text("school_code"), {})) for row in rows))


def _added(row: Row, changes: Mapping[str, Fraction]) -> Row:
    sums = {}
    for key, add in changes.items():
        content = row.figure(key)
        if content is None:
            raise ValueError(f"{row.text('school_code')}: {key}")
        sums[key] = content + add
    return row.changed(sums)


@dataclass(frozen=True)
class Recheck:
    """The exact re-check of quantities: the changed book assessed by the engine and searched for new data errors."""

    case: PlanCase
    dictionary: Dictionary
    checks: Sequence[Check]
    exception_ids: Sequence[str]

    def result(self, amounts: Amounts) -> Result:
        """Return the exact assessment with the quantities carried out."""
        standard = self.case.result.standard
        return evaluate(self._changed(amounts), self.dictionary, standard, self.exception_ids)

    def sound(self, amounts: Amounts) -> bool:
        """Say whether the quantities cause no data error that was not there before."""
        return self._errors(self._changed(amounts)) <= self._known

    @cached_property
    def _known(self) -> set[tuple[str, str, str]]:
        return self._errors(self.case.book)

    def _changed(self, amounts: Amounts) -> CountyBook:
        return apply_actions(self.case.book, actions_of(self.case, amounts))

    def _errors(self, book: CountyBook) -> set[tuple[str, str, str]]:
        issues = run_checks(book, self.checks, self.dictionary)
        return {
            (issue.check, issue.sheet, issue.cell) for issue in issues if issue.severity is Severity.ERROR
        }
