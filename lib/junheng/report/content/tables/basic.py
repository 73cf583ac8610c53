"""表Ⅰ 基本情况: the county's own figures, schools by type, pupils, classes and staff (campuses merged), as the text tells them too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment, MissingInput, known_sum
from junheng.assess.schools import Rules, School, county_missing, merged_schools
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing, quiet
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Table
from junheng.report.content.tables.building import number_cell, row

DECIMALS = {"population": 2, "rural_population": 2}
"""Population has 2 decimals, all else in 表Ⅰ is whole (RULES §10)."""


@dataclass(frozen=True)
class Census:
    """The merged schools of a county, counted by type and summed by key; a sum with a missing part is None.

    `types` are the school types by key, as the dictionary has them. A 特殊教育学校 has no stage and is in no sum.
    """

    schools: tuple[School, ...]
    types: Mapping[str, str]

    def count(self, key: str) -> int:
        """Return the number of schools of a type."""
        return len(self._of(key))

    def _of(self, key: str) -> list[School]:
        return [school for school in self.schools if school.school_type == self.types[key]]

    @property
    def _summed(self) -> list[School]:
        # 表Ⅰ counts special schools in a column of their own; their pupils and staff are in none of its sums.
        return [school for school in self.schools if school.school_type != self.types["special"]]

    def total(self, key: str) -> Fraction | None:
        """Return the sum of a dictionary key or derived name."""
        return known_sum(quiet(school.lookup, key) for school in self._summed)

    def points_from(self, least: int) -> int | None:
        """Return how many 小学教学点 have at least `least` pupils; None when a number of pupils is missing."""
        pupils = [school.lookup("students_primary") for school in self._of("points")]
        # Missing is never zero: one point without a number leaves the count open.
        return None if None in pupils else sum(count >= least for count in pupils)

    def missing(self, key: str) -> Iterator[MissingInput]:
        """Yield the inputs without which `total` is None."""
        for school in self._summed:
            try:
                names: tuple[str, ...] = (key,) if school.lookup(key) is None else ()
            except Missing as error:
                names = error.names
            yield from school.missing(names)

    @property
    def campuses(self) -> int:
        """How many campuses are merged into their main schools."""
        return sum(len(school.members) - 1 for school in self.schools)


def take_census(assessment: Assessment, dictionary: Dictionary) -> Census:
    """Count the schools of an assessed county."""
    rules = Rules(dictionary, assessment.national.standard, assessment.book.county_row)
    return Census(merged_schools(assessment.book, rules), dictionary.school_types)


def basic_table(context: CountyContext) -> Table:
    """表Ⅰ: one row; a figure that cannot be had stays a visible blank, one that is hidden its mark."""
    cells = {key: number_cell(value, DECIMALS.get(key, 0)) for key, value in _figures(context).items()}
    return Table(context.specs["I"], (row(cells),))


def _figures(context: CountyContext) -> dict[str, Fraction | int | str | None]:
    """Return the figure of every column by key: a count of schools, a county figure or a sum over schools."""
    census = take_census(context.assessment, context.wording.dictionary)
    county, own = (
        context.wording.dictionary.sheet("county").by_key,
        context.assessment.book.printed_county_row,
    )
    figures: dict[str, Fraction | int | str | None] = {}
    for key in (column.key for column in context.specs["I"].columns):
        if key in census.types:
            figures[key] = census.count(key)
        # The form asks for 50人及以上; the number is the standard's least number of pupils of a 教学点.
        elif key == "points_50":
            figures[key] = census.points_from(
                context.standard.unit_rule.minimum_students[census.types["points"]]
            )
        elif key in county:
            figures[key] = own.get(key)
        else:
            figures[key] = census.total(key)
    return figures


def basic_gaps(context: CountyContext) -> tuple[MissingInput, ...]:
    """Return the inputs whose absence leaves a blank in 表Ⅰ."""
    rules = Rules(context.wording.dictionary, context.standard, context.assessment.book.county_row)
    census = take_census(context.assessment, context.wording.dictionary)
    found: dict[MissingInput, None] = {}
    for key, value in _figures(context).items():
        if value is None and key in rules.county_fields:
            found[county_missing(rules, key)] = None
        elif value is None:
            name = "students_primary" if key == "points_50" else key
            found.update(dict.fromkeys(census.missing(name)))
    return tuple(found)
