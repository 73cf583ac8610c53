"""What an import leaves open: every value that the collection workbook needs and the sources do not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.workbook.importing.model import Imported, ImportedSchool, LostSchool
from junheng.workbook.read.grid import address
from junheng.workbook.template.book import HEAD_ROW

ABSENT = "来源表中没有这一项"
MAY_STAY = "来源表中没有这一项，当年没有的可留空"
COUNTS_ZERO = "来源表中没有这一项，留空按0计"
WHOLE_SHEET = "来源表中没有这张表；上年度有整改台账的请粘贴，没有的可留空"
FIRST_ROW = HEAD_ROW + 1
"""The row of a sheet's first record in the workbook that is written."""
VALUE_COLUMN = 3
"""The column of the values in a sheet whose fields are rows: 项目, 单位, 数值, 备注."""
WHOLE_ROW = Field(key="row", header="整行", type="text")
WHOLE = Field(key="sheet", header="整表", type="text")


@dataclass(frozen=True)
class OpenValue:
    """One value to be filled in: its place in the written workbook, whose and which it is, and why it is blank.

    `needed`: blank it is a missing value; others may stay blank, and are listed so that nobody overlooks them.
    """

    sheet: str
    cell: str
    code: str
    name: str
    field: Field
    reason: str
    origin: str = ""
    needed: bool = True


def open_values(imported: Imported, dictionary: Dictionary) -> Iterator[OpenValue]:
    """Yield every open value, sheet by sheet, in the order of the written workbook."""
    for sheet in dictionary.sheets:
        if sheet.id == "schools":
            for place, school in enumerate(imported.schools):
                yield from _of_school(sheet, school, FIRST_ROW + place, dictionary)
            yield from (_of_lost(sheet, lost) for lost in imported.lost)
        elif sheet.layout == "items":
            for row, item in enumerate(sheet.fields, FIRST_ROW):
                yield from _of_item(sheet, item, address(row, VALUE_COLUMN))
        else:
            yield from _of_rows(sheet)


def _of_school(sheet: Sheet, school: ImportedSchool, row: int, dictionary: Dictionary) -> Iterator[OpenValue]:
    kind = str(school.get("school_type") or "")
    stages = dictionary.row_stages(school.get) if kind else None
    campus = dictionary.is_campus(kind, school.get("counted"))
    for column, item in enumerate(sheet.fields, 1):
        if item.key in school.figures:
            continue
        lack = school.lacks.get(item.key)
        needed = item.is_needed(stages, campus)
        if needed or (lack is not None and lack.sources) or _may_be_zero(item, stages):
            place, reason = address(row, column), ABSENT if needed else COUNTS_ZERO
            origin = "、".join(map(str, lack.sources)) if lack else ""
            reason = lack.reason if lack else reason
            yield OpenValue(sheet.name, place, school.code, school.name, item, reason, origin, needed)


def _may_be_zero(item: Field, stages: tuple[str, ...] | None) -> bool:
    """Say whether a blank that counts 0 may hide a figure: a number of a stage the school has."""
    here = stages is None or item.stage is None or item.stage in stages
    return here and item.zero_if_blank(stages or ())


def _of_lost(sheet: Sheet, lost: LostSchool) -> OpenValue:
    reason = "上年度工作簿有该校，来源中没有：仍在办学的请补填一行，已撤销、合并的不必处理"
    if lost.now:
        reason = f"上年度工作簿有该校，来源中同名学校的标识码为{lost.now}：请核对标识码"
    return OpenValue(
        sheet.name, "", lost.code, lost.name, WHOLE_ROW, reason, str(lost.source or ""), needed=False
    )


def _of_item(sheet: Sheet, item: Field, place: str, code: str = "") -> Iterator[OpenValue]:
    if item.required == "always":
        yield OpenValue(sheet.name, place, code, "", item, ABSENT)
    elif item.required == "blank":
        yield OpenValue(sheet.name, place, code, "", item, MAY_STAY, needed=False)


def _of_rows(sheet: Sheet) -> Iterator[OpenValue]:
    if not sheet.expected:
        yield OpenValue(sheet.name, "", "", "", WHOLE, WHOLE_SHEET, needed=False)
    for row, word in enumerate(sheet.expected, FIRST_ROW):
        for column, item in enumerate(sheet.fields, 1):
            if item.key != sheet.key:
                yield from _of_item(sheet, item, address(row, column), word)


def count_open(values: Iterable[OpenValue]) -> list[tuple[str, str, bool, int]]:
    """Return each sheet and header, whether it is needed, and the number of its open values, in order."""
    counted = Counter((one.sheet, one.field.header, one.needed) for one in values)
    return [(*key, number) for key, number in counted.items()]
