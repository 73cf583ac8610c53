"""Cities in memory: counties whose books are all in order but for what a test gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from junheng.assess.city import AssessedCounty, CityAssessment, LeftOut
from junheng.assess.city_records import CityRecords
from junheng.assess.engine import assess
from junheng.params.city import load_city
from junheng.params.city_rules import load_city_rules
from junheng.params.counties import County
from junheng.params.dictionary import load_city_dictionary
from junheng.workbook.model import CountyBook
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, PLENTY, book, row, school

RULES = load_city_rules(PARAMS)
CITY_DICTIONARY = load_city_dictionary(PARAMS)
POOR = {"backbone_primary": 1}
"""L2 below 85%: the unit is 未达标."""
OPEN = {"backbone_primary": None}
JUNIOR = {
    **dict.fromkeys((key for key in PLENTY if key.endswith("_primary")), None),
    "school_type": "初级中学",
    "students_junior": 500,
    "classes_junior": 12,
    "grades_junior": 3,
    "staff_junior": 50,
    "teachers_junior": 46,
    "bachelor_junior": 40,
    "backbone_junior": 6,
    "pe_junior": 5,
    "teaching_area": 4000,
    "sports_ground_area": 6000,
    "equipment_value": 200,
    "certified_teachers": 46,
    "trained_teachers": 46,
    "catchment_junior": 500,
    "cohort_entrants": 170,
    "cohort_graduates": 168,
}
"""A junior school that meets everything; every county has one."""
VETO = [{"item": f"V{n}", "present": n == 3} for n in range(1, 7)]


def county(code: int, target: int = 2025) -> County:
    return County(
        code=f"3799{code:02d}", name=f"第{code}县", government=f"第{code}县人民政府", target_year=target
    )


def member(
    code: int, *schools: dict[str, Any], target: int = 2025, overdue: int = 0, **sheets: Any
) -> AssessedCounty:
    """An assessed county; beside a junior school, it has `schools`, or one that meets everything."""
    made = book([*(schools or [school()]), school(99, **JUNIOR)], **sheets)
    own = replace(made, county_record=county(code, target))
    return AssessedCounty(assess(own, DICTIONARY, (NATIONAL, LOCAL)), None, overdue)


def city(
    *members: AssessedCounty,
    left_out: tuple[LeftOut, ...] = (),
    year: int = 2024,
    records: CityRecords | None = None,
) -> CityAssessment:
    return CityAssessment(year, members, left_out, RULES, records or CityRecords())


def records(**sheets: list[dict[str, Any]]) -> CityRecords:
    """The city's workbook with these rows."""
    made = {
        sheet.id: tuple(row(sheet.fields, values) for values in sheets.get(sheet.id, ()))
        for sheet in CITY_DICTIONARY.sheets
    }
    return CityRecords(CountyBook(load_city(PARAMS).unit(2024), 2024, "市.xlsx", "0", made))
