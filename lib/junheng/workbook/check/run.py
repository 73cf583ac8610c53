"""Running the declared checks over a book, and marking the issues an analyst has accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.errors import ParamsProblem, named
from junheng.exact import plain
from junheng.params.checks import Check
from junheng.params.city import Acceptance
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.params.formula import Lookup, Missing, Run, Undefined
from junheng.workbook.check.facts import Known, RowFacts, SheetFacts
from junheng.workbook.model import CountyBook, Issue, Row, Severity, Source
from junheng.workbook.read.issues import Reporter, subject_of
from junheng.workbook.read.text import shorten

PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")


@dataclass(frozen=True)
class _Prepared:
    """A check made ready for one sheet: its formulas compiled, the columns it is made for."""

    check: Check
    condition: Run | None
    rule: Run
    columns: tuple[Field, ...] = ()

    @classmethod
    def of(cls, check: Check, sheet: Sheet) -> _Prepared:
        """Compile a check for a sheet; raises ParamsProblem for a column that the sheet has not."""
        columns = {
            "stage_fields": tuple(field for field in sheet.fields if field.stage),
            "fields": tuple(
                named(sheet.by_key, name, f"数据项（checks.yml的“{check.id}”）", sheet.name, ParamsProblem)
                for name in check.fields
            ),
        }
        if check.cell and check.cell != "{key}":  # else the issue would point at the row's first cell
            named(sheet.by_key, check.cell, f"数据项（checks.yml的“{check.id}”）", sheet.name, ParamsProblem)
        condition = check.condition.run if check.condition else None
        return cls(check, condition, check.formula.run, columns.get(check.over or "", ()))

    def issues(self, view: RowFacts) -> Iterator[Issue]:
        """Judge a row, or each column of it that the check is made for."""
        if self.check.over is None:
            sheet = view.facts.sheet
            key = sheet.key if self.check.cell == "{key}" else self.check.cell
            known = view.with_sums(self.check.sums) if self.check.sums else view.known
            yield from self.judged(view, sheet.by_key.get(key or ""), known)
        for field in self.columns:
            if self.check.over == "fields" or view.row.get(field.key):
                yield from self.judged(view, field, view.of_field(field))

    def judged(self, view: RowFacts, field: Field | None, known: Known) -> Iterator[Issue]:
        """Yield the issue of a row, or of one column of it, where the rule does not hold."""
        look = known.__getitem__
        try:
            if (self.condition is None or self.condition(look)) and not self.rule(look):
                yield _issue(self.check, view, field, look)
        except (Missing, Undefined):  # what is missing has its own warning, and nothing follows from it here
            return
        except KeyError as error:
            raise ParamsProblem(
                f"参数文件checks.yml的“{self.check.id}”用了没有的名称“{error.args[0]}”。"
            ) from error


def run_checks(
    book: CountyBook, checks: Sequence[Check], dictionary: Dictionary, last: CountyBook | None = None
) -> tuple[Issue, ...]:
    """Return an issue for each row in which a check's rule does not hold; `last` is last year's book."""
    facts = {sheet.id: SheetFacts(book, sheet, dictionary, last) for sheet in dictionary.sheets}
    unknown = [name for check in checks for name in check.sheets if name not in facts]
    if unknown:
        raise ParamsProblem(f"参数文件checks.yml中没有名为“{unknown[0]}”的工作表编号。")
    lost = [check for check in checks if check.over == "lost_rows"]
    origins = [check for check in checks if check.over == "origins"]
    own = [check for check in checks if check.over not in ("lost_rows", "origins")]
    return (
        *(
            issue
            for sheet in dictionary.sheets
            for issue in _of_sheet(own, facts[sheet.id], facts.get("schools", facts[sheet.id]))
        ),
        *(issue for check in origins for issue in _of_origins(check, facts["schools"])),
        *(issue for check in lost for name in check.sheets for issue in _lost(check, facts[name])),
    )


def _of_sheet(checks: Sequence[Check], facts: SheetFacts, schools: SheetFacts) -> Iterator[Issue]:
    prepared = [_Prepared.of(check, facts.sheet) for check in checks if facts.sheet.id in check.sheets]
    for row in facts.rows:
        view = RowFacts(row, facts, schools)
        for one in prepared:
            yield from one.issues(view)


def _of_origins(check: Check, facts: SheetFacts) -> Iterator[Issue]:
    """Judge the figures of 学校 that the statistics know; a school that is not there any more is none of them."""
    prepared = _Prepared.of(check, facts.sheet)
    for origin in facts.book.origins:
        field = facts.sheet.by_key[origin.key]
        for row in facts.by_key.get(origin.code, ()):
            view = RowFacts(row, facts, facts)
            yield from prepared.judged(view, field, view.of_origin(field, origin))


def _lost(check: Check, facts: SheetFacts) -> Iterator[Issue]:
    """Judge the rows of last year that are no longer there; the issue points at the sheet as a whole."""
    prepared = _Prepared.of(check, facts.sheet)
    for row in facts.lost_rows:
        view = RowFacts(row, facts, facts)
        for issue in prepared.judged(view, None, view.known):
            yield replace(issue, sheet=facts.sheet.name, cell="")


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


def accept(book: CountyBook, acceptances: Sequence[Acceptance], dictionary: Dictionary) -> CountyBook:
    """Mark the issues that an analyst accepted; an acceptance that fits no issue is itself a warning."""
    issues = list(book.issue_records)
    unused = Reporter(book.file, dictionary.issues)
    for acceptance in acceptances:
        fitting = [place for place, issue in enumerate(issues) if _fits(acceptance, issue)]
        for place in fitting:
            text = f"{acceptance.who}于{acceptance.when}认可：{acceptance.why}"
            issues[place] = replace(issues[place], accepted=text)
        if not fitting:
            sheet, cell = acceptance.sheet, acceptance.cell
            words = acceptance.model_dump(include={"who", "when", "check"})
            unused.report("acceptance_unused", sheet, cell, place=f"{sheet}{cell}" or "全文件", **words)
    return replace(book, issue_records=(*issues, *unused.issues))


def _fits(acceptance: Acceptance, issue: Issue) -> bool:
    return (
        acceptance.check == issue.check
        and acceptance.sheet in ("", issue.sheet)
        and acceptance.cell in ("", issue.cell)
        and acceptance.found in ("", issue.found)
        and issue.severity is not Severity.NOTE
    )
