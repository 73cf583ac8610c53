"""What an import leaves open: every value that the collection workbook needs and the sources do not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.workbook.grid import address
from junheng.workbook.importing_model import Imported, School

ABSENT = "来源表中没有这一项"
FIRST_ROW = 2
"""The row of a sheet's first record in the workbook that is written: one header row, then records."""
VALUE_COLUMN = 3
"""The column of the values in a sheet whose fields are rows: 项目, 单位, 数值, 备注."""


@dataclass(frozen=True)
class Open:
    """One value to be filled in: its place in the written workbook, whose and which it is, and why it is blank."""

    sheet: str
    cell: str
    code: str
    name: str
    field: Field
    reason: str
    origin: str = ""


def open_values(imported: Imported, dictionary: Dictionary) -> Iterator[Open]:
    """Yield every open value, sheet by sheet, in the order of the written workbook."""
    for sheet in dictionary.sheets:
        if sheet.id == "schools":
            for place, school in enumerate(imported.schools):
                yield from _of_school(sheet, school, FIRST_ROW + place, dictionary)
        elif sheet.layout == "items":
            for place, item in enumerate(sheet.fields):
                if item.required == "always":
                    yield Open(sheet.name, address(FIRST_ROW + place, VALUE_COLUMN), "", "", item, ABSENT)
        else:
            yield from _of_rows(sheet)


def _of_school(sheet: Sheet, school: School, row: int, dictionary: Dictionary) -> Iterator[Open]:
    stages = dictionary.stages_of(str(school.get("school_type") or "")) if school.get("school_type") else None
    for place, item in enumerate(sheet.fields):
        lack = school.lacks.get(item.key)
        wanted = _is_wanted(item, stages, school) or (
            lack is not None and lack.sources and item.key not in school.figures
        )
        if item.key in school.figures or not wanted:
            continue
        origin = "、".join(map(str, lack.sources)) if lack else ""
        reason = lack.reason if lack else ABSENT
        yield Open(sheet.name, address(row, place + 1), school.code, school.name, item, reason, origin)


def _is_wanted(item: Field, stages: tuple[str, ...] | None, school: School) -> bool:
    if item.required == "stage":
        return stages is None or item.stage in stages
    if item.required == "campus":
        return school.get("counted") is False
    return item.required == "always"


def _of_rows(sheet: Sheet) -> Iterator[Open]:
    for place, word in enumerate(sheet.expected):
        for column, item in enumerate(sheet.fields, 1):
            if item.required == "always" and item.key != sheet.key:
                yield Open(sheet.name, address(FIRST_ROW + place, column), word, "", item, ABSENT)


def count_open(values: list[Open]) -> list[tuple[str, str, int]]:
    """Return each sheet and header with the number of its open values, in order."""
    counted = Counter((one.sheet, one.field.header) for one in values)
    return [(sheet, header, number) for (sheet, header), number in counted.items()]
