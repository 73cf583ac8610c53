"""Tiny collection workbooks for tests: minimal and valid by default, so that a test names only its fault.

    write_book(path, schools=[school(teachers_primary=40)], county={"population": None})

`edit` receives the openpyxl workbook before it is saved; `patch_part` changes the XML of a saved one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from junheng.params.checks import load_checks
from junheng.params.city import Acceptance
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, Field, Sheet, load_dictionary
from junheng.workbook.model import CountyBook, Issue
from junheng.workbook.read.book import read_county_book

PARAMS = Path(__file__).resolve().parents[2] / "params"
DICTIONARY: Dictionary = load_dictionary(PARAMS)
COUNTY = County(code="370883", name="邹城市", government="邹城市人民政府", target_year=2024)
YEAR = 2024
FILE = "370883_邹城市.xlsx"

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
INLINE = re.compile(r'(<c [^<>]*?)t="inlineStr"[^<>]*><is>(.*?)</is></c>', re.DOTALL)
CHARACTER = re.compile(r"&#([0-9]+);")

COMMON = {
    "sponsor": "7",
    "location": "镇区",
    "boarding": "否",
    "counted": "是",
    "built_year": 2001,
    "dense_urban": "否",
    "migrant_students": 20,
    "largest_class": 45,
    "teaching_area": 5000,
    "indoor_sports_area": 300.5,
    "sports_ground_area": 8000,
    "equipment_value": 120.25,
    "multimedia_rooms": 20,
    "music_rooms": 2,
    "music_rooms_96": 1,
    "fineart_rooms": 2,
    "fineart_rooms_90": 1,
    "public_funds_budget": 60,
    "public_funds_allotted": 55,
    "training_budget": 6,
    "certified_teachers": 30,
    "trained_teachers": 30,
    "smart_campus": "是",
    "three_classrooms": "是",
}
BY_STAGE = {
    "students": 400,
    "grades": 3,
    "classes": 10,
    "staff": 35,
    "teachers": 30,
    "bachelor": 25,
    "backbone": 5,
    "pe": 3,
    "music": 1,
    "fineart": 1,
    "catchment": 390,
}
COHORT = {"cohort_graduates": 130, "cohort_entrants": 134, "cohort_moved_in": 2, "cohort_moved_out": 4}
COUNTY_FIGURES = {
    "population": 112.36,
    "rural_population": 43.51,
    "special_funds": 60,
    "special_students": 80,
    "rotation_eligible": 20,
    "rotation_actual": 4,
    "rotation_backbone": 1,
    "quota_total": 1000,
    "quota_allotted": 700,
    "quota_rural": 300,
    "migrant_eligible": 100,
    "migrant_public": 80,
    "migrant_purchased": 10,
    "disabled_total": 100,
    "disabled_enrolled": 98,
    "disabled_special": 40,
}


def school(school_type: str = "小学", **changes: Any) -> dict[str, Any]:
    """Return one valid school of a type; 0 where a required figure is not named above."""
    row: dict[str, Any] = {"school_code": "2137830001", "school_name": "城关小学", "school_type": school_type}
    stages = DICTIONARY.stages_of(school_type)
    for field in DICTIONARY.sheet("schools").fields:
        if field.required == "always" and field.is_number:
            row.setdefault(field.key, 0)
        if field.required == "stage" and field.stage in stages:
            row[field.key] = COHORT.get(field.key, BY_STAGE.get(field.key.rpartition("_")[0], 0))
    return row | COMMON | changes


def two_schools() -> list[dict[str, Any]]:
    """Return a primary and a junior school."""
    return [school(), school("初级中学", school_code="2137830002", school_name="城关中学")]


PARENTS = {"sent": 1000, "valid": 900, "satisfied": 850}
"""Enough of them for the sizes a sample of the survey should have."""


def default_rows(sheet: Sheet) -> list[dict[str, Any]]:
    """Return valid rows for a sheet other than 学校 and 县级数据."""
    fillings = {
        "qualitative": {"conclusion": "达标", "summary": "符合要求"},
        "monitoring": {"level": "Ⅲ", "variation": 0.1},
        "survey": {"sent": 100, "valid": 95, "satisfied": 90, "visited": 20, "visited_satisfied": 19},
        "vetoes": {"present": "否"},
        "tasks": {"target": "10", "result": "10", "done": "是"},
    }
    rows = (
        [{sheet.key: word, **fillings[sheet.id]} for word in sheet.expected] if sheet.id in fillings else []
    )
    return [row | PARENTS if row.get("group") == "家长" else row for row in rows]


def write_book(
    path: Path,
    schools: Iterable[Mapping[str, Any]] | None = None,
    *,
    county: Mapping[str, Any] | None = None,
    sheets: Mapping[str, list[dict[str, Any]]] | None = None,
    drop: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
    edit: Callable[[Workbook], None] | None = None,
) -> Path:
    """Write a collection workbook.

    `county` replaces figures by key, `sheets` whole sheets by id; `drop` leaves out sheets (by id)
    or columns of 学校 (by key); `headers` renames columns of 学校 by key.
    """
    book = Workbook()
    book.remove(book.active)
    dropped = set(drop)
    given = two_schools() if schools is None else list(schools)
    for sheet in DICTIONARY.sheets:
        if sheet.id in dropped:
            continue
        page = book.create_sheet(sheet.name)
        if sheet.layout == "items":
            _write_items(page, sheet, COUNTY_FIGURES | _sums_of(given) | dict(county or {}))
            continue
        rows = given if sheet.id == "schools" else default_rows(sheet)
        rows = (sheets or {}).get(sheet.id, rows)
        fields = [field for field in sheet.fields if field.key not in dropped]
        names = dict(headers or {}) if sheet.id == "schools" else {}
        page.append([names.get(field.key, field.header) for field in fields])
        for row in rows:
            page.append([row.get(field.key) for field in fields])
    if edit:
        edit(book)
    book.save(path)
    return path


def _sums_of(schools: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the county's figures that must agree with its schools."""
    known = [row for row in schools if isinstance(row.get("migrant_students"), int)]
    public = sum(row["migrant_students"] for row in known if str(row.get("sponsor")) != "10")
    special = [row for row in schools if row.get("school_type") == "特殊教育学校"]
    pupils = sum(row.get(f"students_{stage}") or 0 for row in special for stage in ("primary", "junior"))
    sums = {"migrant_eligible": public + 20, "migrant_public": public, "migrant_purchased": 0}
    return sums | ({"special_students": pupils} if pupils else {})


def _write_items(page: Worksheet, sheet: Sheet, figures: Mapping[str, Any]) -> None:
    page.append([sheet.item_header, sheet.unit_header, sheet.value_header, "备注"])
    for field in sheet.fields:
        page.append([field.header, field.unit, figures.get(field.key, 100), None])


def patch_part(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Change the text of one part of a saved workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode("utf-8")).encode("utf-8")
    assert changed != parts[part], f"{part} has nothing to change"
    parts[part] = changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def share_strings(path: Path) -> Path:
    """Move the texts of all cells into a table of shared strings, as Excel and WPS store them."""
    texts: list[str] = []

    def shared(match: re.Match[str]) -> str:
        texts.append(CHARACTER.sub(lambda number: chr(int(number[1])), match[2]))
        return f'{match[1]}t="s"><v>{len(texts) - 1}</v></c>'

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = INLINE.sub(shared, parts[name])
    items = "".join(f"<si>{text}</si>" for text in texts)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SPREADSHEET}">{items}</sst>'
    relation = f'<Relationship Id="rIdS" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace("</Relationships>", f"{relation}</Relationships>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def read(
    path: Path, *, checked: bool = True, acceptances: Iterable[Acceptance] = (), county: County = COUNTY
) -> CountyBook:
    """Read a book with the project's dictionary and (unless told otherwise) its checks."""
    checks = load_checks(PARAMS) if checked else ()
    return read_county_book(path, county, YEAR, DICTIONARY, tuple(acceptances), checks=checks)


def field(key: str, sheet_id: str = "schools") -> Field:
    return DICTIONARY.sheet(sheet_id).by_key[key]


def cell_of(key: str, row: int = 2, sheet_id: str = "schools") -> str:
    """Return the address a key's value has in a book written above (first record in row 2)."""
    keys = [f.key for f in DICTIONARY.sheet(sheet_id).fields]
    return f"{get_column_letter(keys.index(key) + 1)}{row}"


def county_cell(key: str) -> str:
    keys = [f.key for f in DICTIONARY.sheet("county").fields]
    return f"C{keys.index(key) + 2}"


def issues_of(book: CountyBook, check: str) -> list[Issue]:
    return [issue for issue in book.issue_records if issue.check == check]


def only(book: CountyBook, check: str) -> Issue:
    """Return the one issue of a check; fails when there is none, or more than one issue in all but notes."""
    found = issues_of(book, check)
    assert len(found) == 1, [issue.message for issue in book.issue_records]
    return found[0]
