"""Counts of schools, pupils, classes and teachers of a county, for 基本情况 and 表Ⅰ (campuses merged)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment, MissingInput, known_sum
from junheng.assess.schools import Rules, School, merged_schools
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing, quiet


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
