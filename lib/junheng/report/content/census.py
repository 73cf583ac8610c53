"""Counts of schools, pupils, classes and teachers of a county, for 基本情况 and 表Ⅰ (campuses merged)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment
from junheng.assess.schools import Rules, School, merged_schools
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing

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
        total = Fraction(0)
        for school in self.schools:
            if school.school_type in skip:
                continue
            try:
                value = school.lookup(key)
            except Missing:
                value = None
            if value is None:
                return None
            total += value
        return total

    def points_from(self, least: int) -> int | None:
        """Return how many 小学教学点 have at least `least` pupils; None when a number of pupils is missing."""
        pupils = [s.lookup("students_primary") for s in self.schools if s.school_type == POINT]
        return None if None in pupils else sum(count >= least for count in pupils)

    @property
    def campuses(self) -> int:
        return sum(len(school.members) - 1 for school in self.schools)


def take_census(assessment: Assessment, dictionary: Dictionary) -> Census:
    """Count the schools of an assessed county."""
    rules = Rules(dictionary, assessment.national.standard, assessment.book.county_row)
    return Census(merged_schools(assessment.book, rules))
