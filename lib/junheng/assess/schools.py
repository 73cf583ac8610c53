"""Schools as the rules see them: campuses joined to their main school, figures looked up by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from junheng.assess.model import MissingInput
from junheng.exact import ZERO
from junheng.params.dictionary import Dictionary, Field
from junheng.params.formula import Formula, Lookup, Missing, parse_formula
from junheng.params.interval import ANY, Interval, Open, greatest
from junheng.params.standard import Standard
from junheng.workbook.model import CountyBook, Row


@dataclass(frozen=True)
class Rules:
    """What every look-up needs: the dictionary, the standard, the county's own figures."""

    dictionary: Dictionary
    standard: Standard
    county_row: Row

    @cached_property
    def school_fields(self) -> dict[str, Field]:
        """The columns of sheet 学校 by key."""
        return self.dictionary.sheet("schools").by_key

    @cached_property
    def county_fields(self) -> dict[str, Field]:
        """The rows of sheet 县级数据 by key."""
        return self.dictionary.sheet("county").by_key

    def stages_of(self, row: Row) -> tuple[str, ...]:
        """Return the stages a row has: those of its school type and of attached classes."""
        return self.dictionary.row_stages(row.get)

    @cached_property
    def derived(self) -> dict[str, Formula]:
        """The names that the standard makes of other names, each with its formula."""
        return {name: parse_formula(text) for name, text in self.standard.derived.items()}

    def county_possible(self, name: str) -> Any:
        """Return a county figure, or every value it may have while it is missing."""
        return or_any(self.county_row.get(name), self.county_fields.get(name), self.county_possible)


def content_of(row: Row, field: Field, stages: tuple[str, ...]) -> Any:
    """Return a row's content for `field`: 0 where its type lacks the stage or a blank means 0, else None if missing.

    A school type without stages (特殊教育学校) may fill either stage's columns, so what it wrote counts.
    """
    content = row.get(field.key)
    if stages and field.stage is not None and field.stage not in stages:
        return ZERO
    return ZERO if content is None and field.zero_if_blank(stages) else content


def decided(where: str | None, lookup: Lookup, possible: Lookup) -> tuple[bool | None, tuple[str, ...]]:
    """Say whether a condition holds whatever is missing; None, and which inputs are missing, when these decide it.

    `possible` gives what `lookup` does, with an interval for every number that is missing. No condition always holds.
    """
    if where is None:
        return True, ()
    condition = parse_formula(where)
    try:
        return bool(condition(lookup)), ()
    except Missing as error:
        try:
            return bool(condition(possible)), error.names
        except (Missing, Open):
            return None, error.names


def or_any(content: Any, field: Field | None, possible: Callable[[str], Any]) -> Any:
    """Return the content; for a number that is missing, the interval of what it may be: a part is at most its whole."""
    if content is not None or field is None or not field.is_number:
        return content
    if not field.within:
        return ANY
    return Interval(ZERO, Interval.of(sum((possible(key) for key in field.within), ZERO)).high)


@dataclass(frozen=True)
class Member:
    """One row of the 学校 sheet: the main school or one of its campuses."""

    row: Row
    rules: Rules

    @cached_property
    def code(self) -> str:
        return self.row.text("school_code")

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages of this row alone."""
        return self.rules.stages_of(self.row)

    @cached_property
    def is_campus(self) -> bool:
        """Whether the row is a campus that belongs to another (RULES §1)."""
        return self.rules.dictionary.is_campus(self.row.text("school_type"), self.row.get("counted"))

    def lookup(self, name: str) -> Any:
        """Return the content under a dictionary key or derived name of this row alone."""
        if formula := self.rules.derived.get(name):
            return formula(self.lookup)
        return content_of(self.row, self.rules.school_fields[name], self.stages)

    def possible(self, name: str) -> Any:
        """Return what `lookup` does, with an interval for every number that is missing."""
        if formula := self.rules.derived.get(name):
            return formula(self.possible)
        return or_any(self.lookup(name), self.rules.school_fields[name], self.possible)

    @cached_property
    def sharers(self) -> tuple[str, ...]:
        """Who shares the row's resources: its stages, and whoever else has pupils in it (附设幼儿班)."""
        split = self.rules.standard.split
        return tuple(s for s in split.weights if s in self.stages or self.lookup(split.pupils[s]))

    def missing(self, names: Iterable[str]) -> tuple[MissingInput, ...]:
        """Say where in this row the named inputs should stand."""
        fields = self.rules.school_fields
        return tuple(
            MissingInput(self.row.text("school_name"), n, fields[n].header, self.row.source(n)) for n in names
        )


@dataclass(frozen=True)
class School:
    """A school after merging: the main row first, then its campuses."""

    members: tuple[Member, ...]
    rules: Rules

    @property
    def main(self) -> Member:
        """The row that gives the school its code, name, type and location."""
        return self.members[0]

    @property
    def code(self) -> str:
        return self.main.code

    @property
    def name(self) -> str:
        return self.main.row.text("school_name")

    @property
    def school_type(self) -> str:
        return self.main.row.text("school_type")

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages any member has, in the standard's order of weights."""
        have = {stage for member in self.members for stage in member.stages}
        return tuple(stage for stage in self.rules.standard.split.weights if stage in have)

    def members_of(self, stage: str) -> tuple[Member, ...]:
        """The rows whose school type has this stage, the main school's first."""
        return tuple(member for member in self.members if stage in member.stages)

    def lookup(self, name: str) -> Any:
        """Return a figure of the merged school, a derived name, or (failing both) the county's own figure."""
        if formula := self.rules.derived.get(name):
            return formula(self.lookup)
        return self._merged(name, Member.lookup, self.rules.county_row.get, max)

    def possible(self, name: str) -> Any:
        """Return what `lookup` does, with an interval for every number that is missing."""
        if formula := self.rules.derived.get(name):
            return formula(self.possible)
        return self._merged(name, Member.possible, self.rules.county_possible, greatest)

    def _merged(
        self, name: str, of: Callable[[Member, str], Any], county: Lookup, largest: Callable[..., Any]
    ) -> Any:
        """Join what the members have under a column's key as the dictionary says; the county's figure under its own."""
        field = self.rules.school_fields.get(name)
        if field is None:
            return county(name)
        members = self.members[:1] if field.merge == "keep" else self.members
        values = [of(member, name) for member in members]
        if len(values) == 1 or None in values:
            return values[0] if len(values) == 1 else None
        return largest(*values) if field.merge == "max" else sum(values, ZERO)

    def missing(self, names: Iterable[str]) -> tuple[MissingInput, ...]:
        """Say in which member rows the named inputs are missing (county figures included)."""
        found: list[MissingInput] = []
        for name in names:
            if name in self.rules.school_fields:
                members = [m for m in self.members if m.lookup(name) is None] or [self.main]
                found += [missing for member in members for missing in member.missing([name])]
            else:
                found.append(county_missing(self.rules, name))
        return tuple(found)


def county_missing(rules: Rules, name: str, reason: str = "缺少数据") -> MissingInput:
    """Say that a county figure is missing."""
    field = rules.county_fields[name]
    return MissingInput("县级数据", name, field.header, rules.county_row.source(name), reason)


def merged_schools(book: CountyBook, rules: Rules) -> tuple[School, ...]:
    """Join campuses to the school their parent code names, in file order of the main schools.

    A campus is a row with 是否计校数 = 否 that is no 小学教学点 (RULES §1). One whose parent is not there stands alone,
    and so does each of two schools with one code (their campuses join the first): the workbook checks report both as
    errors, and no school is lost if they are accepted.
    """
    members = [Member(row, rules) for row in book.rows("schools")]
    groups = [[member] for member in members if not member.is_campus]
    by_code: dict[str, list[Member]] = {}
    for group in groups:
        by_code.setdefault(group[0].code, group)
    for member in members:
        if member.is_campus:
            target = by_code.get(member.row.text("parent_code"))
            if target is None:
                groups.append([member])
            else:
                target.append(member)
    return tuple(School(tuple(group), rules) for group in groups)
