"""What the checks may ask about a row beyond its own columns: stages, twins, the parent school, sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from junheng.exact import ZERO
from junheng.params.checks import SchoolSum
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.params.formula import Missing, Undefined
from junheng.workbook.matching import named, same_schools
from junheng.workbook.model import MISSING, CountyBook, ImportOrigin, Row
from junheng.workbook.read.text import is_missing_mark

NOUGHT = (0, 1)
TOTAL = "total_"
LAST = "last_"
SUM = "sum_"
COUNTY = "county_"
MANY_FIGURES = 10
"""So many figures do not agree by chance; two 教学点 with twelve pupils and one teacher each do."""
PROVINCE = slice(2, 4)
"""The province in a 学校标识码: two digits for the kind of school, two for the province, six of a serial number."""


@dataclass(frozen=True)
class SheetFacts:
    """What is known about a whole sheet, gathered once."""

    book: CountyBook
    sheet: Sheet
    dictionary: Dictionary
    last: CountyBook | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the sheet."""
        return self.book.rows(self.sheet.id)

    @property
    def by_key(self) -> dict[Any, list[Row]]:
        """The rows by the sheet's key."""
        return self.grouped(self.sheet.key or "")

    def grouped(self, key: str) -> dict[Any, list[Row]]:
        """Return the rows by what they hold in a column; rows without it are left out."""
        if key not in self._groups:
            groups = self._groups[key] = defaultdict(list)
            for row in self.rows:
                if row.get(key) not in (None, ""):
                    groups[row.get(key)].append(row)
        return self._groups[key]

    @cached_property
    def _groups(self) -> dict[str, dict[Any, list[Row]]]:
        """The groups by the columns asked for so far."""
        return {}

    @cached_property
    def absent(self) -> frozenset[str]:
        """The columns that the sheet should have and has not: each has its own error, and their values are unknown."""
        found = self.book.headers.get(self.sheet.id, {})
        wanted = {field.key for field in self.sheet.fields if not field.may_be_blank}
        return frozenset(wanted - found.keys()) if found else frozenset()

    @property
    def province(self) -> str:
        """The code of the county's province."""
        return self.book.county_record.code[:2]

    @cached_property
    def usual_province(self) -> bool:
        """Whether most school codes name the county's province."""
        own = sum(len(rows) for code, rows in self.by_key.items() if code[PROVINCE] == self.province)
        return 2 * own > len(self.rows)

    @cached_property
    def last_rows(self) -> dict[str, Row]:
        """Last year's rows by key; empty without last year's book."""
        rows = self.last.rows(self.sheet.id) if self.last else ()
        if self.sheet.key is None:  # 县级数据 has one record, which is the same every year
            return dict.fromkeys([""], rows[0]) if rows else {}
        return {row.text(self.sheet.key): row for row in rows if row.text(self.sheet.key)}

    @cached_property
    def last_keys(self) -> dict[str, str]:
        """Last year's key of each row that both years have, by this year's key (schools: see `same_schools`)."""
        if "school_name" in self.sheet.by_key:
            return same_schools(named(self.rows), named(self.last_rows.values()))
        return {key: key for key in self.last_rows}

    @property
    def lost_rows(self) -> tuple[Row, ...]:
        """Last year's rows that this year's book has not."""
        if not self.rows:
            return ()
        kept = set(self.last_keys.values())
        return tuple(row for key, row in self.last_rows.items() if key not in kept)

    @cached_property
    def pupil_keys(self) -> tuple[str, ...]:
        """The columns that count pupils, one for each stage."""
        return tuple(field.key for field in self.sheet.fields if field.key.startswith("students_"))

    @cached_property
    def copies(self) -> dict[int, Row]:
        """The earlier row that has all figures in common with a row (by row number)."""
        first: dict[tuple[int, ...], Row] = {}
        return {
            row.number: earlier
            for row in self.rows
            if (figures := self.own_figures[row.number])
            and (earlier := first.setdefault(figures, row)) is not row
        }

    @cached_property
    def own_figures(self) -> dict[int, tuple[int, ...]]:
        """The figures of each row (by row number)."""
        return {row.number: self.figures(row) for row in self.rows}

    @cached_property
    def additive_keys(self) -> tuple[str, ...]:
        """The columns whose figures add up over schools."""
        return tuple(field.key for field in self.sheet.fields if field.merge == "sum")

    def figures(self, row: Row) -> tuple[int, ...]:
        """The figures that add up over schools (numerators and denominators, blanks as 0).

        Empty for a row with few figures: equality must not be chance.
        """
        contents = [row.get(key) for key in self.additive_keys]
        parts = [
            content.as_integer_ratio() if isinstance(content, Fraction) else NOUGHT for content in contents
        ]
        if sum(above != 0 for above, _ in parts) < MANY_FIGURES:
            return ()
        return tuple(chain.from_iterable(parts))

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Sums over the rows asked for so far, by key."""
        return {}


class Known(dict[str, Any]):
    """Answers to names, each sought once. Whole numbers come as int: exact too, and far quicker to compare."""

    def __init__(self, seek: Callable[[str], Any]) -> None:
        super().__init__()
        self.seek = seek

    def __missing__(self, name: str) -> Any:
        value = self.seek(name)
        if isinstance(value, Fraction) and value.denominator == 1:
            value = value.numerator
        self[name] = value
        return value


@dataclass
class RowFacts:
    """Looks up the names of a check's formulas for one row."""

    row: Row
    facts: SheetFacts
    schools: SheetFacts

    @cached_property
    def known(self) -> Known:
        """What `lookup` returns, each name sought once."""
        return Known(self.lookup)

    def with_sums(self, sums: Mapping[str, SchoolSum]) -> Known:
        """Return what is known, and sums over the schools by the names that a check gives them."""

        def seek(name: str) -> Any:
            return self.summed(sums[name]) if name in sums else self.known[name]

        return Known(seek)

    def summed(self, asked: SchoolSum) -> Fraction:
        """Return a sum over the schools; raises Missing when one of them lacks what it needs."""
        where, value = asked.condition, asked.formula
        views = [RowFacts(row, self.schools, self.schools) for row in self.schools.rows]
        found = [value(view.lookup) for view in views if where is None or where(view.lookup)]
        return sum(found, ZERO)

    def of_origin(self, field: Field, origin: ImportOrigin) -> Known:
        """Return what is known of one column in this row, and what the statistics say of it."""
        own = {"statistic": origin.content, "origin": origin.place}
        known = self.of_field(field)
        return Known(lambda name: own[name] if name in own else known[name])

    def of_field(self, field: Field) -> Known:
        """Return what is known of one column in this row, beside all that is known of the row."""

        def seek(name: str) -> Any:
            return FIELD_FACTS[name](self, field) if name in FIELD_FACTS else self.known[name]

        return Known(seek)

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages of the row, with those of attached classes."""
        return self.facts.dictionary.row_stages(self.row.get)

    @cached_property
    def type_stages(self) -> tuple[str, ...]:
        """The stages of the school's type: without those of attached classes."""
        return self.facts.dictionary.stages_of(self.row.text("school_type"))

    def lookup(self, name: str) -> Any:
        """Return a column's content, else a fact; None when missing; KeyError when there is no such name."""
        field = self.facts.sheet.by_key.get(name)
        if field is not None:
            return self.figure(field)
        if name.startswith(TOTAL):
            return self._total(self.schools, name.removeprefix(TOTAL))
        if name.startswith(SUM):
            return self._total(self.facts, name.removeprefix(SUM))
        if name.startswith(COUNTY) and name not in FACTS:
            return self.facts.book.county_row.get(name.removeprefix(COUNTY))
        if name.startswith(LAST):
            return self.last_figure(self.facts.sheet.by_key[name.removeprefix(LAST)])
        return FACTS[name](self)

    def figure(self, field: Field) -> Any:
        """Return a content as the rules take it: a blank is 0 without the stage, or where blank means 0.

        Raises Undefined for a cell that is filled in and cannot be read: it has its own error, and nothing follows of it.
        """
        value = self.row.values.get(field.key, MISSING)
        content = value.content
        if content is None and not is_missing_mark(value.text):
            raise Undefined(f"“{field.header}”无法识别")
        known = field.key not in self.facts.absent
        return ZERO if content is None and known and field.zero_if_blank(self.stages) else content

    def students(self) -> Fraction:
        """Return the pupils of all stages; raises Missing."""
        values = {key: self.known[key] for key in self.facts.pupil_keys}
        missing = [key for key, value in values.items() if value is None]
        if missing:
            raise Missing(*missing)
        return sum(values.values(), ZERO)

    @property
    def last_row(self) -> Row | None:
        """The same school (item …) last year; None when it is new or there is no last year. Raises Missing without a key."""
        key = self.facts.sheet.key
        own = self.needed(key) if key else ""
        return self.facts.last_rows.get(self.facts.last_keys.get(own, own))

    def needed(self, key: str) -> str:
        """Return a text of the row; raises Missing when there is none, so that nothing is judged by its absence."""
        text = self.row.text(key)
        if not text:
            raise Missing(key)
        return text

    def last_figure(self, field: Field) -> Any:
        """Return last year's value of a column; raises Missing when there is none."""
        before = self.last_row
        content = before.get(field.key) if before else None
        if content is None:
            raise Missing(f"{LAST}{field.key}")
        return content

    def same(self, field: Field) -> list[Row]:
        """Return the rows that hold the very same value in a column, this one among them; raises Missing without one."""
        content = self.row.get(field.key)
        if content is None:
            raise Missing(field.key)
        return self.facts.grouped(field.key)[content]

    def named(self, rows: list[Row]) -> str:
        """Name schools in a message: the first three, and how many there are."""
        names = [row.text("school_name") or f"第{row.number}行" for row in rows]
        return "、".join(names[:3]) + (f"等{len(names)}所" if len(names) > 3 else "")

    def copy_twin(self) -> str:
        """Say which earlier row has all its figures in common with this one."""
        first = self.facts.copies.get(self.row.number)
        return (first.text("school_name") or f"第{first.number}行") if first else ""

    def unchanged(self) -> bool:
        """Whether many figures are there and all are last year's."""
        before = self.last_row
        now = self.facts.own_figures[self.row.number]
        return bool(now) and before is not None and self.facts.figures(before) == now

    def twin(self, key: str) -> str:
        """Say where another row with the same text in a column stands."""
        others = [row for row in self.facts.grouped(key).get(self.row.text(key), ()) if row is not self.row]
        if not others:
            return ""
        source = others[0].source(key)
        name = others[0].text("school_code" if key == "school_name" else "school_name")
        return f"{source.cell if source else ''}{f'（{name}）' if name else ''}"

    def parent(self) -> Row | None:
        """Return the row that the parent code names; None when there is none. Raises Missing without the code."""
        return next(iter(self.facts.by_key.get(self.needed("parent_code"), ())), None)

    def count(self, key: str) -> Fraction:
        """Return how many rows have this row's text in a column; raises Missing without one."""
        return Fraction(len(self.facts.grouped(key)[self.needed(key)]))

    def _total(self, facts: SheetFacts, key: str) -> Any:
        """Return the sum of a column of a sheet; None when a row lacks it, or there is none."""
        if key not in facts.totals:
            field = facts.sheet.by_key[key]
            values = [RowFacts(row, facts, self.schools).figure(field) for row in facts.rows]
            facts.totals[key] = None if not values or None in values else sum(values, ZERO)
        return facts.totals[key]


def _is_campus(row: RowFacts, school: Row | None) -> bool:
    kind = school.text("school_type") if school else ""
    return school is not None and row.facts.dictionary.is_campus(kind, school.get("counted"))


FACTS: dict[str, Callable[[RowFacts], Any]] = {
    "has_primary": lambda row: "primary" in row.stages,
    "has_junior": lambda row: "junior" in row.stages,
    "has_senior": lambda row: "senior" in row.stages,
    "stages": lambda row: Fraction(len(row.stages)),
    "campus": lambda row: _is_campus(row, row.row),
    "students": RowFacts.students,
    "key_count": lambda row: row.count(row.facts.sheet.key or ""),
    "name_count": lambda row: row.count("school_name"),
    "key_twin": lambda row: row.twin(row.facts.sheet.key or ""),
    "name_twin": lambda row: row.twin("school_name"),
    "key_text": lambda row: row.row.text(row.facts.sheet.key or ""),
    "parent_known": lambda row: row.parent() is not None,
    "parent_campus": lambda row: _is_campus(row, row.parent()),
    "parent_type": lambda row: parent.text("school_type") if (parent := row.parent()) else None,
    "parent_self": lambda row: row.parent() is row.row,
    "own_province": lambda row: row.needed("school_code")[PROVINCE] == row.facts.province,
    "usual_province": lambda row: row.facts.usual_province,
    "province": lambda row: row.facts.province,
    "schools": lambda row: Fraction(len(row.schools.rows)),
    "has_last": lambda row: bool(row.facts.last_rows),
    "known_last": lambda row: row.last_row is not None,
    "name_now": lambda row: row.row.text("school_name") in row.facts.grouped("school_name"),
    "copy_twin": RowFacts.copy_twin,
    "copied": lambda row: bool(row.copy_twin()),
    "unchanged": RowFacts.unchanged,
}


FIELD_FACTS: dict[str, Callable[[RowFacts, Field], Any]] = {
    "value": lambda row, field: row.row.get(field.key),
    "last": RowFacts.last_figure,
    "has_stage": lambda row, field: field.stage in row.stages,
    "of_type": lambda row, field: field.stage in row.type_stages,
    "header": lambda _, field: field.header,
    "unit": lambda _, field: field.unit or "",
    "same_count": lambda row, field: Fraction(len(row.same(field))),
    "first_same": lambda row, field: row.same(field)[0] is row.row,
    "same_names": lambda row, field: row.named(row.same(field)),
}
