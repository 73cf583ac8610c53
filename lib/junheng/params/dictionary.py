"""The column dictionary: what each sheet of a collection workbook holds (params/dictionary)."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field as Default

from junheng.params.counties import load_counties
from junheng.params.loader import Exact, Record, load_cached
from junheng.params.tasks import load_tasks

Kind = Literal["code", "text", "date", "enum", "yesno", "int", "decimal", "ratio"]
Required = Literal["always", "stage", "campus", "blank", "optional"]


class Term(Record):
    """One word of a closed list: the stored value, its name, and other spellings that are accepted.

    Of a school type also its stages, and `campus`: whether a row of it that is not counted as a school (是否计校数 = 否)
    is a campus. A 小学教学点 never is: by the statistics' own definition none of them is counted as a school. `key` is what
    表Ⅰ and the text of 基本情况 count it under.
    """

    told_apart_by: ClassVar[tuple[str, ...]] = ("value", "key")

    value: str
    key: str = ""
    name: str | None = None
    also: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    campus: bool = True

    @property
    def label(self) -> str:
        """What people read for the term: its name, else the stored value."""
        return self.name or self.value


class Field(Record):
    """One column (or one row of 县级数据). A `date` is kept as ISO text (2025-01-31).

    `required`: always; stage = when the school has `stage`; campus = when the row is a campus; blank = may be blank
    and then stays missing; optional = blank means 0 (numbers) or nothing (text), there and only there.
    `within`: the columns whose sum it is a part of; a missing part is at most that whole.
    `if_blank` says in Chinese what follows from a required value that is not there, where it is not 无法判定.
    """

    told_apart_by: ClassVar[tuple[str, ...]] = ("key", "header")

    key: str
    header: str
    type: Kind
    unit: str | None = None
    vocabulary: str | None = None
    stage: str | None = None
    required: Required = "optional"
    digits: int | None = None
    min: Exact | None = None
    max: Exact | Literal["year"] | None = None
    merge: Literal["sum", "max", "keep"] = "keep"
    also: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    note: str | None = None
    if_blank: str = "缺少时相关指标为“无法判定”"
    used_by: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers, with which formulas can compute."""
        return self.type in ("int", "decimal", "ratio")

    @property
    def with_unit(self) -> str:
        """The header with its unit, as the blank workbook writes it."""
        return f"{self.header}（{self.unit}）" if self.unit else self.header

    @property
    def may_be_blank(self) -> bool:
        """Whether no row has to fill it in."""
        return self.required in ("optional", "blank")

    def is_needed(self, stages: Container[str] | None, campus: bool) -> bool:
        """Say whether a row must fill it in: one of these stages (None: not known), a campus or not."""
        if self.required == "stage":
            return stages is None or self.stage in stages
        return campus if self.required == "campus" else self.required == "always"

    def zero_if_blank(self, stages: Container[str]) -> bool:
        """Say whether a blank is 0 in a row of these stages: a number of another stage, or one that may stay blank."""
        foreign = self.stage is not None and self.stage not in stages
        return self.is_number and (foreign or self.required == "optional")


class Sheet(Record):
    """One sheet: `rows` has a header row and one record a row, `items` one record whose fields are rows.

    `expected` are the keys that have a row each; that of a key in `may_lack` may be left out. `expected_from` says
    which parameters name them instead.
    """

    id: str
    name: str
    layout: Literal["rows", "items"]
    key: str | None = None
    required: bool = True
    fields: tuple[Field, ...] = ()
    fields_from: str | None = None
    expected: tuple[str, ...] = ()
    expected_from: Literal["goals", "counties", "tasks"] | None = None
    may_lack: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ("注", "说明")
    item_header: str | None = None
    unit_header: str | None = None
    value_header: str | None = None

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The fields by their keys."""
        return {field.key: field for field in self.fields}

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by all that they are called: former headers, key, header."""
        return {name: field for field in self.fields for name in (*field.also, field.key, field.header)}


class IssueText(Record):
    """What is told of one kind of issue that reading a workbook may find (params/dictionary/issues.yml).

    The texts may quote what the reader fills in as `{name}`; a `found` of its own is `{found}`.
    """

    severity: Literal["error", "warning", "note"]
    found: str = "{found}"
    expected: str = ""
    remedy: str


class _IssueFile(Record):
    issues: dict[str, IssueText]


class _FieldFile(Record):
    fields: tuple[Field, ...]


class _SheetFile(Record):
    sheets: tuple[Sheet, ...]


class _Vocabularies(Record):
    model_config = {**Record.model_config, "extra": "allow"}
    __pydantic_extra__: dict[str, tuple[Term, ...]] = Default(init=False)


class Dictionary(Record):
    """All sheets with their fields, the closed word lists by name, and what is told of the issues that reading may find."""

    sheets: tuple[Sheet, ...]
    vocabularies: dict[str, tuple[Term, ...]]
    issues: dict[str, IssueText]

    @cached_property
    def by_id(self) -> dict[str, Sheet]:
        """The sheets by their ids."""
        return {sheet.id: sheet for sheet in self.sheets}

    def sheet(self, sheet_id: str) -> Sheet:
        """Return the sheet of this id; raises KeyError when there is none."""
        return self.by_id[sheet_id]

    def term(self, vocabulary: str, value: str) -> Term | None:
        """Return the term stored as `value`, or None."""
        return next((term for term in self.vocabularies[vocabulary] if term.value == value), None)

    @cached_property
    def school_types(self) -> dict[str, str]:
        """The school types as workbooks write them, by the keys they are counted under (primary, points, nine …)."""
        return {term.key: term.value for term in self.vocabularies["school_type"] if term.key}

    def stages_of(self, school_type: str) -> tuple[str, ...]:
        """Return the stages a school type has (RULES §1); none for an unknown type."""
        term = self.term("school_type", school_type)
        return term.stages if term else ()

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """All stages that columns of 学校 belong to, in their order; the city's workbook has none."""
        fields = self.sheet("schools").fields if "schools" in self.by_id else ()
        return tuple(dict.fromkeys(field.stage for field in fields if field.stage))

    def row_stages(self, content: Callable[[str], object]) -> tuple[str, ...]:
        """Return the stages of a row of 学校: those of its type, and any other whose pupils it reports (附设班).

        `content` returns the row's content under a key. A type without stages (特殊教育学校) may fill any stage's columns
        and has none.
        """
        own = self.stages_of(str(content("school_type") or ""))
        return tuple(s for s in self.stages if s in own or (own and content(f"students_{s}")))

    def is_campus(self, school_type: str, counted: object) -> bool:
        """Say whether a row of this type and 是否计校数 belongs to a main school, into which it is merged (RULES §1)."""
        term = self.term("school_type", school_type)
        return counted is False and (term is None or term.campus)


def load_dictionary(params_dir: Path) -> Dictionary:
    """Read params/dictionary; raises ParamsProblem."""
    folder = params_dir / "dictionary"
    sheets = load_cached(folder / "sheets.yml", _SheetFile).sheets
    filled = tuple(
        sheet.model_copy(
            update={"fields": load_cached(folder / f"{sheet.fields_from}.yml", _FieldFile).fields}
        )
        if sheet.fields_from
        else sheet
        for sheet in _with_rows(sheets, params_dir)
    )
    return _dictionary(filled, _vocabularies(params_dir), params_dir)


def load_city_dictionary(params_dir: Path) -> Dictionary:
    """Read what the city's own workbook holds (params/dictionary/city.yml); raises ParamsProblem.

    Its goals are those of params/tasks.yml, its counties those of params/counties.yml, with every name of theirs.
    """
    sheets = _with_rows(load_cached(params_dir / "dictionary" / "city.yml", _SheetFile).sheets, params_dir)
    terms = tuple(Term(value=c.title, also=(c.name,)) for c in load_counties(params_dir))
    return _dictionary(sheets, {**_vocabularies(params_dir), "county": terms}, params_dir)


def _dictionary(
    sheets: tuple[Sheet, ...], words: dict[str, tuple[Term, ...]], params_dir: Path
) -> Dictionary:
    issues = load_cached(params_dir / "dictionary" / "issues.yml", _IssueFile).issues
    return Dictionary(sheets=sheets, vocabularies=words, issues=issues)


def _with_rows(sheets: tuple[Sheet, ...], params_dir: Path) -> tuple[Sheet, ...]:
    """Fill in the rows that a sheet takes from other parameters; one for which there are none may be empty."""
    plan = load_tasks(params_dir)
    rows = {
        "goals": tuple(goal.name for goal in plan.city_goals),
        "tasks": tuple(task.id for task in plan.tasks),
        "counties": tuple(county.title for county in load_counties(params_dir)),
    }
    return tuple(
        sheet.model_copy(
            update={
                "expected": rows[sheet.expected_from],
                "required": sheet.required and bool(rows[sheet.expected_from]),
            }
        )
        if sheet.expected_from
        else sheet
        for sheet in sheets
    )


def _vocabularies(params_dir: Path) -> dict[str, tuple[Term, ...]]:
    words = load_cached(params_dir / "dictionary" / "vocabularies.yml", _Vocabularies).__pydantic_extra__
    return dict(words or {})
