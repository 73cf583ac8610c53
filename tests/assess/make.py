"""County books in memory: complete by default, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from junheng.exact import exact
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, Field, load_dictionary
from junheng.params.standard import Standard, load_standards
from junheng.workbook.model import CountyBook, Row, Source, Value

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
COUNTY = County(code="370883", name="邹城市", government="邹城市人民政府", target_year=2024)
DICTIONARY: Dictionary = load_dictionary(PARAMS)
NATIONAL: Standard
LOCAL: Standard
NATIONAL, LOCAL = load_standards(PARAMS, 2024)

PLENTY = {
    "school_type": "小学",
    "sponsor": "7",
    "location": "镇区",
    "boarding": False,
    "counted": True,
    "built_year": 2012,
    "dense_urban": False,
    "students_primary": 500,
    "classes_primary": 12,
    "grades_primary": 6,
    "largest_class": 44,
    "staff_primary": 40,
    "teachers_primary": 36,
    "bachelor_primary": 30,
    "backbone_primary": 6,
    "pe_primary": 5,
    "teaching_area": 3000,
    "sports_ground_area": 5000,
    "equipment_value": 150,
    "multimedia_rooms": 14,
    "music_rooms": 1,
    "music_rooms_96": 1,
    "fineart_rooms": 1,
    "fineart_rooms_90": 1,
    "public_funds_budget": 40,
    "public_funds_allotted": 40,
    "training_budget": 4,
    "certified_teachers": 36,
    "trained_teachers": 36,
    "catchment_primary": 500,
    "smart_campus": True,
    "three_classrooms": True,
}
COUNTY_FIGURES = {
    "base_funds_primary": 770,
    "base_funds_junior": 970,
    "special_funds": 60,
    "special_students": 100,
    "teacher_pay": 100000,
    "civil_pay": 99000,
    "rotation_eligible": 100,
    "rotation_actual": 10,
    "rotation_backbone": 2,
    "quota_total": 100,
    "quota_allotted": 60,
    "quota_rural": 30,
    "migrant_eligible": 100,
    "migrant_public": 90,
    "migrant_purchased": 0,
    "disabled_total": 100,
    "disabled_enrolled": 96,
    "disabled_special": 30,
}


def content(value: Any) -> Any:
    return (
        exact(value) if isinstance(value, int | float | Fraction) and not isinstance(value, bool) else value
    )


def row(fields: Iterable[Field], values: dict[str, Any], number: int = 2, sheet: str = "学校") -> Row:
    return Row(
        {
            field.key: Value(
                content(values.get(field.key)), Source("测试.xlsx", sheet, f"{field.key}{number}")
            )
            for field in fields
        },
        number,
    )


def school(code: int = 1, **values: Any) -> dict[str, Any]:
    """A primary school that meets everything, with zeros where nothing is said; `None` makes a value missing."""
    fields = DICTIONARY.sheet("schools").fields
    zeros = {
        field.key: 0
        for field in fields
        if field.is_number and field.stage in (None, "primary", "junior", "senior")
    }
    return {**zeros, **PLENTY, "school_code": f"213783{code:04d}", "school_name": f"第{code}小学", **values}


def book(
    schools: list[dict[str, Any]], county: dict[str, Any] | None = None, **sheets: list[dict[str, Any]]
) -> CountyBook:
    """A county book with everything in order but what is given. Sheets are given as lists of values by key."""
    defaults: dict[str, list[dict[str, Any]]] = {
        "qualitative": [{"item": i, "conclusion": "达标"} for i in DICTIONARY.sheet("qualitative").expected],
        "monitoring": [
            {"subject": s, "level": 3, "variation": 0.1} for s in DICTIONARY.sheet("monitoring").expected
        ],
        "survey": [
            {"group": g, "sent": 100, "valid": 100, "satisfied": 90, "visited": 10, "visited_satisfied": 9}
            for g in DICTIONARY.sheet("survey").expected
        ],
        "vetoes": [{"item": v, "present": False} for v in DICTIONARY.sheet("vetoes").expected],
        "tasks": [],
        "ledger": [],
    }
    rows: dict[str, tuple[Row, ...]] = {
        "schools": tuple(row(DICTIONARY.sheet("schools").fields, s, n) for n, s in enumerate(schools, 2)),
        "county": (
            row(DICTIONARY.sheet("county").fields, {**COUNTY_FIGURES, **(county or {})}, sheet="县级数据"),
        ),
    }
    for name, records in {**defaults, **sheets}.items():
        sheet = DICTIONARY.sheet(name)
        rows[name] = tuple(row(sheet.fields, r, n, sheet.name) for n, r in enumerate(records, 2))
    return CountyBook(COUNTY, 2024, "测试.xlsx", "0" * 64, rows)
