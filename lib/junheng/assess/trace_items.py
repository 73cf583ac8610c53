"""Where an item's verdict comes from: which rows are in scope, their figures, the sums, each row's own judgement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.assess.items import (
    COUNTY,
    SCHOOL_ROWS,
    SCHOOLS,
    ItemSources,
    Subject,
    certain_failure,
    gather_evidence,
    judged,
    sums_of,
)
from junheng.assess.model import ItemResult, PartResult, Verdict, paired_parts
from junheng.assess.schools import School
from junheng.assess.trace import Input, Tracer, member_inputs, row_input
from junheng.exact import COMPARATORS
from junheng.params.formula import Formula, Missing, Undefined, parse_formula, quiet
from junheng.params.formula_text import expanded_names
from junheng.params.standard import Part
from junheng.workbook.model import Row


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row against an `each` requirement under one standard: its value, what was asked, the exception used."""

    value: Any
    asked: Any
    verdict: Verdict
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectTrace:
    """One row an item looks at; `unsure` when it is not even known whether it is in scope. Judgements only for `each`."""

    code: str
    name: str
    inputs: tuple[Input, ...]
    unsure: bool
    national: Judgement | None = None
    local: Judgement | None = None


@dataclass(frozen=True)
class PartTrace:
    """One requirement: rows in scope, how many are out of it, sums by name (`total`), the engine's results.

    `national` is None for a requirement of the local standard alone.
    """

    national: PartResult | None
    local: PartResult
    subjects: tuple[SubjectTrace, ...]
    left_out: int
    formula: Formula
    asked: Formula
    sums: tuple[tuple[str, Fraction | None], ...]

    @property
    def leading(self) -> PartResult:
        """The national result, or the local one where only the local standard asks."""
        return self.national or self.local


@dataclass(frozen=True)
class ItemTrace:
    """One item with its requirements, and the engine's results under both standards."""

    national: ItemResult
    local: ItemResult
    parts: tuple[PartTrace, ...]


class ItemTracer:
    """Traces items of one assessment; the evidence is gathered once."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        book, rules = tracer.assessment.book, tracer.rules
        ids = [use.id for use in tracer.assessment.exceptions]
        self.evidence: ItemSources = gather_evidence(book, tracer.schools, rules, ids)

    def item(self, item_id: str) -> ItemTrace:
        """Trace one item; raises StopIteration for an id the standard does not have."""
        national = self.tracer.assessment.national.item(item_id)
        local = self.tracer.assessment.local.item(item_id)
        parts = tuple(self._part(mine, theirs) for mine, theirs in paired_parts(national, local))
        return ItemTrace(national, local, parts)

    def _part(self, national: PartResult | None, local: PartResult) -> PartTrace:
        part, year = (national or local).part, self.evidence.year
        formula, asked = parse_formula(part.value), part.threshold_for(year)
        found = list(self._in_scope(part))
        chosen = [subject for _, subject, unsure in found if not unsure]
        totals = sums_of(chosen)
        names = dict.fromkeys((*formula.names, *asked.names))
        return PartTrace(
            national=national,
            local=local,
            subjects=tuple(self._subject(i, s, u, part, local.part) for i, s, u in found),
            left_out=len(self.evidence.subjects[part.over]) - len(found),
            formula=formula,
            asked=asked,
            sums=tuple((name, quiet(totals, name)) for name in names) if part.kind == "total" else (),
        )

    def _in_scope(self, part: Part) -> Iterator[tuple[int, Subject, bool]]:
        """Yield position and subject of every row in scope, and of those for which that is not known."""
        for position, subject in enumerate(self.evidence.subjects[part.over]):
            inside, _ = subject.meets(part.where)
            if inside is not False:
                yield position, subject, inside is None

    def _subject(
        self, position: int, subject: Subject, unsure: bool, part: Part, local: Part
    ) -> SubjectTrace:
        names = [*parse_formula(part.value).names, *part.threshold_for(self.evidence.year).names]
        if unsure and part.where:
            names = [*parse_formula(part.where).names, *names]
        judge = part.kind == "each" and not unsure
        return SubjectTrace(
            code=subject.code,
            name=subject.name,
            inputs=self._inputs(part.over, position, tuple(dict.fromkeys(names))),
            unsure=unsure,
            national=self._judgement(part, subject) if judge else None,
            local=self._judgement(local, subject) if judge else None,
        )

    def _judgement(self, part: Part, subject: Subject) -> Judgement:
        try:
            value, asked, exception = judged(part, subject, self.evidence)
        except (Missing, Undefined):
            value = quiet(parse_formula(part.value), subject.lookup)
            asked = quiet(part.threshold_for(self.evidence.year), subject.lookup)
            certain = certain_failure(part, subject, self.evidence)
            return Judgement(value, asked, Verdict.UNMET if certain else Verdict.UNKNOWN)
        met = COMPARATORS[part.comparator](value, asked)
        return Judgement(value, asked, Verdict.MET if met else Verdict.UNMET, exception)

    def _inputs(self, over: str, position: int, names: tuple[str, ...]) -> tuple[Input, ...]:
        rules, book = self.tracer.rules, self.tracer.assessment.book
        if over in (SCHOOLS, SCHOOL_ROWS):
            return tuple(self._school_inputs(self._school(over, position), names))
        row = rules.county_row if over == COUNTY else book.rows(over)[position]
        fields = rules.dictionary.sheet(over).by_key
        subject = self.evidence.subjects[over][position].name
        return tuple(row_input(row, fields[name], row.get(name), subject) for name in names)

    def _school(self, over: str, position: int) -> School:
        """The school behind a subject: merged, or one row of it alone."""
        if over == SCHOOLS:
            return self.tracer.schools[position]
        rows = [replace(s, members=(member,)) for s in self.tracer.schools for member in s.members]
        return rows[position]

    def _school_inputs(self, school: School, names: tuple[str, ...]) -> Iterator[Input]:
        """The cells of a school, its campuses' too where they are added, and the county's own figures."""
        rules = self.tracer.rules
        for name in expanded_names(names, rules.standard.derived):
            field = rules.school_fields.get(name)
            if field is None:
                yield county_input(rules.county_row, name, rules.county_fields)
            else:
                members = school.members[:1] if field.merge == "keep" else school.members
                for member in members:
                    yield from member_inputs(member, (name,))


def county_input(row: Row, name: str, fields: Any) -> Input:
    """Return one figure of 县级数据 as an input."""
    return row_input(row, fields[name], row.get(name), "县级数据")
