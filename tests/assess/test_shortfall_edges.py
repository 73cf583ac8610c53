"""Shortfalls by hand: exactly on the threshold and on 85%, a hair below, shared resources, whole people and rooms."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.shortfall import unit_lacks
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school

F = Fraction


def lacks(**values: Any) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """What the one school lacks: (to the threshold, to 85 %, to be added to the school), by indicator."""
    made = assess(book([school(1, **values)]), DICTIONARY, (NATIONAL, LOCAL))
    found = unit_lacks(made, DICTIONARY, {})
    return {k.indicator.id: (k.gap, k.floor_gap, k.school_gap) for one in found for k in one.lacks}


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("2250", None),  # 4.5 × 500, met
        ("2249.99", ("0.01", "0")),
        ("1912.5", ("337.5", "0")),  # 3.825 × 500: exactly the floor
        ("1912.49", ("337.51", "0.01")),
        ("0", ("2250", "1912.5")),  # zero is a figure
    ],
)
def test_areas_are_exact(area: str, expected: tuple[str, str] | None) -> None:
    """A second indicator far below keeps the unit 未达标, so that the area is listed at all."""
    found = lacks(teaching_area=F(area), multimedia_rooms=1)
    assert found.get("L4") == (expected and (F(expected[0]), F(expected[1]), F(expected[0])))


@pytest.mark.parametrize(
    ("pupils", "rooms", "expected"),
    [
        (1000, 23, None),  # 2.3 × 10 = 23 exactly
        (1000, 22, (1, 0)),
        (1000, 20, (3, 0)),  # 85 % are 19.55
        (1000, 19, (4, 1)),
        (500, 11, (1, 0)),  # 11.5 are 12 rooms
        (500, 9, (3, 1)),  # 9.775 are 10 rooms
    ],
)
def test_rooms_are_whole(pupils: int, rooms: int, expected: tuple[int, int] | None) -> None:
    plenty = {"teachers_primary": 90, "staff_primary": 90, "bachelor_primary": 90, "pe_primary": 10}
    found = lacks(students_primary=pupils, multimedia_rooms=rooms, backbone_primary=0, teaching_area=9000,
                  sports_ground_area=9000, equipment_value=900, **plenty)  # fmt: skip
    assert found.get("L7") == (expected and (*expected, expected[0]))


def test_equipment_is_in_the_unit_of_the_workbook() -> None:
    """500 pupils × 2000 元 are 100 万元; 60 are there."""
    found = lacks(equipment_value=60, multimedia_rooms=1)
    assert found["L6"] == (40, 25, 40)


def test_a_combined_school_must_build_more_than_one_stage_lacks() -> None:
    """300 + 200 pupils, 1 : 1.1: the primary stage gets 300/520. It needs 1350 ㎡ of its own: 2340 of the school."""
    junior = {
        "students_junior": 200,
        "classes_junior": 4,
        "grades_junior": 3,
        "backbone_junior": 4,
        "pe_junior": 4,
        **dict.fromkeys(("teachers_junior", "staff_junior", "bachelor_junior"), 20),
    }
    shared = {"teaching_area": 1300, "multimedia_rooms": 1, "sports_ground_area": 9000}
    combined = school(1, school_type="九年一贯制学校", students_primary=300, **shared, **junior)
    made = assess(book([combined]), DICTIONARY, (NATIONAL, LOCAL))
    primary, second = (
        next(lack for lack in unit.lacks if lack.indicator.id == "L4")
        for unit in unit_lacks(made, DICTIONARY, {})
    )
    own = 1350 - F(1300) * 300 / 520
    assert (primary.gap, primary.school_gap, primary.share) == (own, 2340 - 1300, F(300, 520))
    assert second.school_gap == F("5.8") * 200 * 520 / 220 - 1300
