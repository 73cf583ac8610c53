"""Where an item's verdict comes from: which rows are in scope, their figures, the sums, each row's own judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from junheng.assess.items import (
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
        found = [
            (s, inside)
            for s in self.evidence.subjects[part.over]
            if (inside := s.meets(part.where)[0]) is not False
        ]
        chosen = [subject for subject, inside in found if inside]
        totals = sums_of(chosen)
        names = dict.fromkeys((*formula.names, *asked.names))
        return PartTrace(
            national=national,
            local=local,
            subjects=tuple(self._subject(s, inside is None, part, local.part) for s, inside in found),
            left_out=len(self.evidence.subjects[part.over]) - len(found),
            formula=formula,
            asked=asked,
            sums=tuple((name, quiet(totals, name)) for name in names) if part.kind == "total" else (),
        )

    def _subject(self, subject: Subject, unsure: bool, part: Part, local: Part) -> SubjectTrace:
        names = [*parse_formula(part.value).names, *part.threshold_for(self.evidence.year).names]
        if unsure and part.where:
            names = [*parse_formula(part.where).names, *names]
        judge = part.kind == "each" and not unsure
        return SubjectTrace(
            code=subject.code,
            name=subject.name,
            inputs=tuple(self._inputs(part.over, subject, dict.fromkeys(names))),
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

    def _inputs(self, over: str, subject: Subject, names: Iterable[str]) -> Iterator[Input]:
        row = subject.behind
        if isinstance(row, School):
            yield from self._school_inputs(row, tuple(names))
            return
        fields = self.tracer.rules.dictionary.sheet(over).by_key
        for name in names:
            yield row_input(row, fields[name], row.get(name), subject.name)

    def _school_inputs(self, school: School, names: tuple[str, ...]) -> Iterator[Input]:
        """The cells of a school, its campuses' too where they are added, and the county's own figures."""
        rules = self.tracer.rules
        for name in expanded_names(names, rules.standard.derived):
            field = rules.school_fields.get(name)
            if field is None:
                row = rules.county_row
                yield row_input(row, rules.county_fields[name], row.get(name), "县级数据")
            else:
                members = school.members[:1] if field.merge == "keep" else school.members
                for member in members:
                    yield from member_inputs(member, (name,))
