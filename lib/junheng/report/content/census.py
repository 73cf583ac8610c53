"""Counts of schools, pupils, classes and teachers of a county, for 基本情况 and 表Ⅰ (campuses merged)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment, MissingInput, known_sum
from junheng.assess.schools import Rules, School, merged_schools
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing, quiet

SPECIAL = "特殊教育学校"
POINT = "小学教学点"
ORDINARY = {
    "primary": "小学",
    "nine": "九年一贯制学校",
    "junior": "初级中学",
    "complete": "完全中学",
    "twelve": "十二年一贯制学校",
}
"""School types as the workbooks write them, by the keys that 表Ⅰ and the text of 基本情况 count them under."""
SCHOOL_TYPES = {**ORDINARY, "special": SPECIAL, "points": POINT}


@dataclass(frozen=True)
class Census:
    """The merged schools of a county, counted by type and summed by key; a sum with a missing part is None."""

    schools: tuple[School, ...]

    def count(self, *types: str) -> int:
        return sum(school.school_type in types for school in self.schools)

    def total(self, key: str, skip: Iterable[str] = ()) -> Fraction | None:
        """Return the sum of a dictionary key or derived name over all schools but those of the types in `skip`."""
        return known_sum(
            quiet(school.lookup, key) for school in self.schools if school.school_type not in skip
        )

    def points_from(self, least: int) -> int | None:
        """Return how many 小学教学点 have at least `least` pupils; None when a number of pupils is missing."""
        pupils = [s.lookup("students_primary") for s in self.schools if s.school_type == POINT]
        return None if None in pupils else sum(count >= least for count in pupils)

    def missing(self, key: str, skip: Iterable[str] = ()) -> Iterator[MissingInput]:
        """Yield the inputs without which `total` is None."""
        for school in self.schools:
            if school.school_type not in skip:
                try:
                    names: tuple[str, ...] = (key,) if school.lookup(key) is None else ()
                except Missing as error:
                    names = error.names
                yield from school.missing(names)

    @property
    def campuses(self) -> int:
        return sum(len(school.members) - 1 for school in self.schools)


def take_census(assessment: Assessment, dictionary: Dictionary) -> Census:
    """Count the schools of an assessed county."""
    rules = Rules(dictionary, assessment.national.standard, assessment.book.county_row)
    return Census(merged_schools(assessment.book, rules))
