"""Running the declared checks over a book, and marking the issues an analyst has accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from junheng.errors import ParamsProblem
from junheng.exact import plain
from junheng.params.checks import Check
from junheng.params.city import Acceptance
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.params.formula import Missing, Undefined
from junheng.workbook.facts import RowFacts, SheetFacts
from junheng.workbook.issues import subject_of
from junheng.workbook.model import CountyBook, Issue, Row, Severity, Source
from junheng.workbook.text import shorten

PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
Lookup = Callable[[str], Any]


def run_checks(
    book: CountyBook, checks: Sequence[Check], dictionary: Dictionary, last: CountyBook | None = None
) -> tuple[Issue, ...]:
    """Return an issue for each row in which a check's rule does not hold; `last` is last year's book."""
    facts = {sheet.id: SheetFacts(book, sheet, dictionary, last) for sheet in dictionary.sheets}
    unknown = [name for check in checks for name in check.sheets if name not in facts]
    if unknown:
        raise ParamsProblem(f"参数文件checks.yml中没有名为“{unknown[0]}”的工作表编号。")
    own = [check for check in checks if check.over != "lost_rows"]
    found = [
        issue
        for sheet in dictionary.sheets
        for row in book.rows(sheet.id)
        for view in [RowFacts(row, facts[sheet.id], facts["schools"])]
        for check in own
        if sheet.id in check.sheets
        for issue in _issues_of(check, view)
    ]
    lost = [check for check in checks if check.over == "lost_rows"]
    return (
        *found,
        *(issue for check in lost for name in check.sheets for issue in _lost(check, facts[name])),
    )


def _lost(check: Check, facts: SheetFacts) -> Iterator[Issue]:
    """Judge the rows of last year that are no longer there; the issue points at the sheet as a whole."""
    for row in facts.lost_rows:
        view = RowFacts(row, facts, facts)
        for issue in _judged(check, view, None, view.lookup):
            yield replace(issue, sheet=facts.sheet.name, cell="")


def _issues_of(check: Check, view: RowFacts) -> Iterator[Issue]:
    sheet = view.facts.sheet
    if check.over == "stage_fields":
        for field in sheet.fields:
            if field.stage and view.row.get(field.key):
                yield from _judged(check, view, field, _field_lookup(view, field))
        return
    if check.over == "fields":
        for column in (sheet.by_key[name] for name in check.fields):
            yield from _judged(check, view, column, _field_lookup(view, column))
        return
    key = sheet.key if check.cell == "{key}" else check.cell
    yield from _judged(check, view, sheet.by_key.get(key or ""), view.lookup)


def _field_lookup(view: RowFacts, field: Field) -> Lookup:
    own: dict[str, Callable[[], Any]] = {
        "value": lambda: view.row.get(field.key),
        "last": lambda: view.last_figure(field),
        "has_stage": lambda: field.stage in view.stages,
        "header": lambda: field.header,
        "unit": lambda: field.unit or "",
        "same_count": lambda: Fraction(len(view.same(field))),
        "first_same": lambda: view.same(field)[:1] == [view.row],
        "same_names": lambda: view.named(view.same(field)),
    }
    return lambda name: own[name]() if name in own else view.lookup(name)


def _judged(check: Check, view: RowFacts, field: Field | None, lookup: Lookup) -> Iterator[Issue]:
    try:
        if (check.condition is None or check.condition(lookup)) and not check.formula(lookup):
            yield _issue(check, view, field, lookup)
    except (Missing, Undefined):
        return
    except KeyError as error:
        raise ParamsProblem(f"参数文件checks.yml的“{check.id}”用了没有的名称“{error.args[0]}”。") from error


def _issue(check: Check, view: RowFacts, field: Field | None, lookup: Lookup) -> Issue:
    sheet = view.facts.sheet
    source = (field and view.row.source(field.key)) or _row_source(view.row)
    found = _filled(check.found, lookup) if check.found else _figures(check, sheet, lookup)
    return Issue(
        severity=Severity(check.severity),
        check=check.id,
        file=view.facts.book.file,
        sheet=source.sheet if source else sheet.name,
        cell=source.cell if source else "",
        found=shorten(found, 80),
        expected=_filled(check.expected, lookup),
        remedy=_filled(check.remedy, lookup),
        subject=_subject(view.row, sheet, field),
        clause=check.clause,
    )


def _row_source(row: Row) -> Source | None:
    return next((value.source for value in row.values.values() if value.source), None)


def _subject(row: Row, sheet: Sheet, field: Field | None) -> str:
    name = row.text("school_name") or row.text(sheet.key or "")
    return subject_of(name, field.header) if field else name


def _figures(check: Check, sheet: Sheet, lookup: Lookup) -> str:
    """List the figures a rule compares, each with its header."""
    names = [name for name in check.formula.names if name in sheet.by_key]
    return "，".join(f"{sheet.by_key[name].header}{_shown(lookup(name))}" for name in names)


def _filled(template: str, lookup: Lookup) -> str:
    return PLACEHOLDER.sub(lambda match: _shown(lookup(match[1])), template)


def _shown(content: Any) -> str:
    if isinstance(content, bool):
        return "是" if content else "否"
    if isinstance(content, Fraction):
        return plain(content)
    return "空" if content is None else str(content)


def accept(book: CountyBook, acceptances: Sequence[Acceptance]) -> CountyBook:
    """Mark the issues that an analyst accepted; an acceptance that fits no issue is itself a warning."""
    issues = list(book.issues)
    unused: list[Issue] = []
    for acceptance in acceptances:
        fitting = [place for place, issue in enumerate(issues) if _fits(acceptance, issue)]
        for place in fitting:
            text = f"{acceptance.who}于{acceptance.when}接受：{acceptance.why}"
            issues[place] = replace(issues[place], accepted=text)
        if not fitting:
            unused.append(_unused(acceptance, book.file))
    return replace(book, issues=(*issues, *unused))


def _fits(acceptance: Acceptance, issue: Issue) -> bool:
    return (
        acceptance.check == issue.check
        and acceptance.sheet in ("", issue.sheet)
        and acceptance.cell in ("", issue.cell)
        and issue.severity is not Severity.NOTE
    )


def _unused(acceptance: Acceptance, file: str) -> Issue:
    place = f"{acceptance.sheet}{acceptance.cell}" or "全文件"
    return Issue(
        severity=Severity.WARNING,
        check="acceptance_unused",
        file=file,
        sheet=acceptance.sheet,
        cell=acceptance.cell,
        found=f"{acceptance.who}接受的“{acceptance.check}”（{place}）已没有对应的问题",
        expected="每条接受记录都对应一个现有问题",
        remedy="请从本年度该县（市、区）的参数文件中删去或改正这条记录。",
    )
