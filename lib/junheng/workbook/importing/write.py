"""Writing an import as a collection workbook, with what is still to be filled in and where every value came from.

The sheets to be filled in are those of `junheng template` (drop-downs, ranges, columns greyed that do not apply), with the
imported values in place; three lists follow: 待补填, 来源, 未导入.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from junheng.params.dictionary import Dictionary, Sheet
from junheng.params.template import Template
from junheng.workbook.excel import saved_workbook
from junheng.workbook.importing.lists import add_list
from junheng.workbook.importing.model import Imported, ImportedFigure
from junheng.workbook.importing.open import FIRST_ROW, OpenValue, open_values
from junheng.workbook.model import Content, CountyBook
from junheng.workbook.read.grid import address
from junheng.workbook.read.origins import ORIGIN_HEAD, ORIGIN_SHEET
from junheng.workbook.template.book import Blank, blank_book, shown

OPEN_SHEET, LEFT_OUT_SHEET = "待补填", "未导入"
OPEN_HEAD = ("工作表", "单元格", "学校标识码或编号", "学校名称", "项目", "单位", "原因", "查找过的位置")
LEFT_OUT_HEAD = ("来源文件", "工作表", "单元格", "原文", "处理")
TO_FILL_IN = PatternFill("solid", bgColor="FFF2CC")
"""The colour of what is still to be filled in. Conditional formats take a fill's background where cells take its foreground."""


@dataclass(frozen=True)
class Form:
    """What the written workbook looks like: the dictionary, the template's texts, last year's book, titles of items."""

    dictionary: Dictionary
    template: Template
    last: CountyBook | None = None
    titles: Mapping[str, Mapping[str, str]] | None = None

    def blank(self, imported: Imported) -> Blank:
        """Return the blank workbook that the import fills: the schools' rows in place, the texts those of an import."""
        template = _for_import(self.template)
        rows = [_row(school.code, school.figures) for school in imported.schools]
        return Blank(
            imported.county, imported.year, self.dictionary, template, self.last, self.titles or {}, rows
        )


def _for_import(template: Template) -> Template:
    """Return the template whose texts speak of an imported workbook."""
    texts = {
        "listed": template.import_listed,
        "lead": f"{template.lead}{template.import_lead}",
        "guide": (*template.import_guide, *template.guide),
    }
    return template.model_copy(update=texts)


def _row(code: str, figures: Mapping[str, ImportedFigure]) -> dict[str, Content]:
    return {"school_code": code} | {key: figure.content for key, figure in figures.items()}


def write_import(imported: Imported, form: Form) -> bytes:
    """Return the workbook; the same import always gives the same bytes."""
    book = blank_book(form.blank(imported))
    todo = list(open_values(imported, form.dictionary))
    for sheet in form.dictionary.sheets:
        here = [one for one in todo if one.sheet == sheet.name and one.needed and one.cell]
        _mark(book[sheet.name], sheet, here, len(imported.schools))
    add_list(book.create_sheet(OPEN_SHEET), OPEN_HEAD, [_open_row(one) for one in todo], linked=True)
    origins = list(_origin_rows(imported, form.dictionary))
    add_list(book.create_sheet(ORIGIN_SHEET), ORIGIN_HEAD, origins, linked=True)
    left = [(i.file, i.sheet, i.cell, i.found, i.reason) for i in imported.left_out]
    add_list(book.create_sheet(LEFT_OUT_SHEET), LEFT_OUT_HEAD, left)
    return saved_workbook(book)


def _mark(page: Worksheet, sheet: Sheet, todo: Sequence[OpenValue], schools: int) -> None:
    """Colour what is needed until it is filled in; a column that does not apply to a school keeps its grey."""
    columns = {item.key: get_column_letter(column) for column, item in enumerate(sheet.fields, 1)}
    if sheet.id == "schools":
        last = FIRST_ROW + schools - 1
        for letters in sorted(
            {columns[o.field.key] for o in todo if o.field.required in ("always", "stage")}
        ):
            _colour(page, f"{letters}{FIRST_ROW}:{letters}{last}")
        todo = [one for one in todo if one.field.required == "campus"]
    by_column: dict[str, list[str]] = defaultdict(list)
    for one in todo:
        by_column[one.cell.rstrip("0123456789")].append(one.cell)
    for cells in by_column.values():
        _colour(page, " ".join(cells))


def _colour(page: Worksheet, areas: str) -> None:
    """Colour the blank cells of one column by a condition, so that the colour goes as the county fills them in."""
    # The formula speaks of the first cell; in the others it moves along.
    first = areas.partition(" ")[0].partition(":")[0]
    page.conditional_formatting.add(areas, FormulaRule([f"LEN(TRIM({first}))=0"], fill=TO_FILL_IN))


def _open_row(one: OpenValue) -> Sequence[Any]:
    return (one.sheet, one.cell, one.code, one.name, one.field.header, one.field.unit, one.reason, one.origin)


def _origin_rows(imported: Imported, dictionary: Dictionary) -> Iterable[Sequence[Any]]:
    sheet = dictionary.sheet("schools")
    for number, school in enumerate(imported.schools, FIRST_ROW):
        for column, item in enumerate(sheet.fields, 1):
            figure = school.figures.get(item.key)
            if figure is not None:
                content = shown(figure.content, item, dictionary)
                own = (sheet.name, address(number, column), school.code, school.name, item.header, content)
                yield (*own, *_origin(figure), figure.text, figure.remark)


def _origin(figure: ImportedFigure) -> tuple[str, str, str]:
    """Return the files, sheets and cells a figure was read from; more than one cell of a sheet in one line."""
    parts = (
        dict.fromkeys(getattr(source, name) for source in figure.sources)
        for name in ("file", "sheet", "cell")
    )
    files, sheets, cells = ("、".join(part) for part in parts)
    return files, sheets, cells
