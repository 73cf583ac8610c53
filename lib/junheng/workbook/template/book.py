"""The collection workbook to be filled in: headers, lists, ranges and hints from the dictionary, the schools known already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from junheng.exact import plain
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.params.template import Template
from junheng.workbook.excel import BOX, fit_on_pages, saved_workbook, write_cell
from junheng.workbook.model import Content, CountyBook
from junheng.workbook.read.cells import CellRules
from junheng.workbook.template.rules import column_rule

HEAD_ROW = 3
EXCEL_DIGITS = 15
"""As many Excel keeps of a number: more would only look exact."""
TEXT_WIDTH, LINE = 26, 15
"""Width of a column of texts (two for a Chinese character) and height of a line, in Excel's units."""
MOST_ON_A_PAGE = 20
NEEDED = PatternFill("solid", fgColor="BDD7EE")
OPTIONAL = PatternFill("solid", fgColor="E7E6E6")
NOT_APPLICABLE = PatternFill("solid", bgColor="BFBFBF")
TEXT_FORMAT = "@"
TITLED = {"qualitative": "item", "vetoes": "item", "tasks": "task"}


@dataclass(frozen=True)
class Blank:
    """One county's blank workbook of a year. `titles` name the items by sheet id and key (G1 …).

    `schools` are rows of 学校 by key that are filled in already; without them last year's schools are listed. `known`
    are such rows of other sheets, by sheet id.
    """

    county: County
    year: int
    dictionary: Dictionary
    template: Template
    last: CountyBook | None
    titles: Mapping[str, Mapping[str, str]]
    schools: Sequence[Mapping[str, Content]] | None = None
    known: Mapping[str, Sequence[Mapping[str, Content]]] | None = None

    @property
    def rules(self) -> CellRules:
        """The rules for the cells of the year."""
        return CellRules.of(self.dictionary, self.year)

    def text(self, text: str) -> str:
        """Return a text of the template with county, year and file filled in."""
        names = {"county": self.county.name, "year": self.year, "last": self.year - 1}
        known = self.last is not None or self.schools is not None
        listed = self.template.listed.format(**names) if known else ""
        return text.format(file=f"{self.county.stem}.xlsx", listed=listed, **names)


def write_blank(blank: Blank) -> bytes:
    """Return the workbook's bytes; the same inputs always give the same bytes."""
    return saved_workbook(blank_book(blank))


def blank_book(blank: Blank) -> Workbook:
    """Return the workbook, open to further sheets."""
    book = Workbook()
    book.remove(book.active)
    _add_guide(book.create_sheet(blank.template.guide_sheet), blank)
    for sheet in blank.dictionary.sheets:
        page = book.create_sheet(sheet.name)
        if sheet.layout == "items":
            _add_items(page, sheet, blank)
        else:
            _add_rows(page, sheet, blank)
    book.active = 1  # it opens on 学校; the instructions stand before it
    for page in book:
        page.sheet_view.tabSelected = page is book.active
    properties = book.properties
    properties.title, properties.creator = blank.text(blank.template.title), "junheng"
    return book


def known_titles(last: CountyBook | None, standard: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the items' titles by sheet: the standard's (by item id), else as last year's workbook has them."""
    titles: dict[str, dict[str, str]] = {}
    for sheet, key in TITLED.items():
        rows = last.rows(sheet) if last else ()
        titles[sheet] = dict(standard) | {
            row.text(key): row.text("title") for row in rows if row.text("title")
        }
    return titles


def _add_guide(page: Worksheet, blank: Blank) -> None:
    page.column_dimensions["A"].width = 110
    lines = (blank.template.title, *blank.template.guide)
    for row, line in enumerate(map(blank.text, lines), 1):
        cell = page.cell(row, 1, line)
        cell.font = Font(name="黑体", size=16) if row == 1 else Font(name="宋体", size=12)
        cell.alignment = Alignment(
            wrap_text=True, vertical="center", horizontal="center" if row == 1 else "left"
        )
        page.row_dimensions[row].height = 36
    fit_on_pages(page, "portrait")


# --- sheets with one record a row -----------------------------------------------------------------------------------


def _add_rows(page: Worksheet, sheet: Sheet, blank: Blank) -> None:
    rows = _known_rows(sheet, blank)
    _add_lead(page, blank, len(sheet.fields))
    for column, field in enumerate(sheet.fields, 1):
        _head(page, column, field.with_unit, field.required != "optional")
    bottom = HEAD_ROW + (len(rows) + blank.template.spare_rows if not sheet.expected else len(rows))
    for number, row in enumerate(rows, HEAD_ROW + 1):
        for column, field in enumerate(sheet.fields, 1):
            cell = write_cell(page, number, column, row.get(field.key))
            cell.border = BOX
            cell.alignment = Alignment(vertical="center", wrap_text=field.type == "text")
        lines = max([_lines(row.get(field.key)) for field in sheet.fields if field.type == "text"], default=1)
        if lines > 1:  # said here, since programs measure wrapped rows only when somebody edits them
            page.row_dimensions[number].height = LINE * lines
    for column, field in enumerate(sheet.fields, 1):
        _dress_column(page, column, field, bottom, blank, sheet)
    page.freeze_panes = page.cell(HEAD_ROW + 1, 3 if sheet.id == "schools" else 2)
    fit_on_pages(page, "landscape", f"{HEAD_ROW}:{HEAD_ROW}")
    if len(sheet.fields) > MOST_ON_A_PAGE:  # too wide for one page: codes and names are repeated on each
        page.sheet_properties.pageSetUpPr.fitToPage = False
        page.print_title_cols = "A:B"
    if sheet.id == "schools" and bottom > HEAD_ROW:
        _grey_out(page, sheet, bottom, blank.dictionary)


def _lines(text: Any) -> int:
    """Return how many lines a text takes in a column of texts."""
    return -(-len(text) // (TEXT_WIDTH // 2 - 1)) if isinstance(text, str) else 1


def _known_rows(sheet: Sheet, blank: Blank) -> list[dict[str, Any]]:
    """Return what is written already: what is known of the sheet, or one row an expected item with its title."""
    known = (blank.known or {}).get(sheet.id)
    if known is None and sheet.expected:
        titles = blank.titles.get(sheet.id, {})
        return [{sheet.key or "": word, "title": titles.get(word)} for word in sheet.expected]
    if known is None:
        known = _known_schools(blank, sheet)
    return [
        {key: shown(content, sheet.by_key[key], blank.dictionary) for key, content in row.items()}
        for row in known
    ]


def _known_schools(blank: Blank, sheet: Sheet) -> Sequence[Mapping[str, Content]]:
    if sheet.id != "schools":
        return ()
    if blank.schools is not None:
        return blank.schools
    rows = blank.last.rows(sheet.id) if blank.last else ()
    return [{key: row.get(key) for key in blank.template.carried} for row in rows]


def shown(content: Content, field: Field, dictionary: Dictionary) -> Any:
    """Return what a cell of the workbook holds for a content (a number as far as Excel keeps it)."""
    if isinstance(content, bool):
        return "是" if content else "否"
    if isinstance(content, Fraction):
        return int(content) if content.denominator == 1 else float(plain(content, EXCEL_DIGITS))
    term = dictionary.term(field.vocabulary, content) if field.vocabulary and content else None
    return term.label if term else content


def _add_lead(page: Worksheet, blank: Blank, columns: int) -> None:
    page.cell(1, 1, blank.text(blank.template.title)).font = Font(name="黑体", size=14)
    page.cell(2, 1, blank.text(blank.template.lead)).font = Font(name="宋体", size=10, italic=True)
    page.row_dimensions[HEAD_ROW].height = 60 if columns > 20 else 30


def _head(page: Worksheet, column: int, text: str, needed: bool) -> None:
    cell = page.cell(HEAD_ROW, column, text)
    cell.font = Font(name="黑体", size=10)
    cell.fill, cell.border = (NEEDED if needed else OPTIONAL), BOX
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _dress_column(
    page: Worksheet, column: int, field: Field, bottom: int, blank: Blank, sheet: Sheet
) -> None:
    letter = get_column_letter(column)
    wide = {"text": TEXT_WIDTH, "code": 15, "enum": 14}.get(field.type, 11)
    page.column_dimensions[letter].width = 8 if field.key in ("item", "task", "number") else wide
    if field.type == "code" or f"{sheet.id}.{field.key}" in blank.template.as_typed:
        for row in range(HEAD_ROW + 1, bottom + 1):
            page.cell(row, column).number_format = TEXT_FORMAT
    if bottom > HEAD_ROW and field.key != (sheet.key if sheet.expected else ""):
        area = f"{letter}{HEAD_ROW + 1}:{letter}{bottom}"
        _restrict(page, field, [area], blank)


def _restrict(page: Worksheet, field: Field, areas: Iterable[str], blank: Blank) -> None:
    rule = column_rule(field, blank.rules, blank.template.hints.get(field.key, ""))
    if rule is not None:
        for area in areas:
            rule.add(area)
        page.add_data_validation(rule)


def _grey_out(page: Worksheet, sheet: Sheet, bottom: int, dictionary: Dictionary) -> None:
    """Grey the columns of stages that a school's type has not, and the main school of a row that is no campus."""
    letters = {field.key: get_column_letter(n) for n, field in enumerate(sheet.fields, 1)}
    first = HEAD_ROW + 1
    types = dictionary.vocabularies["school_type"]
    for stage in dict.fromkeys(field.stage for field in sheet.fields if field.stage):
        without = [term.label for term in types if stage not in term.stages]
        cell = f"${letters['school_type']}{first}"
        words = ",".join(f'{cell}="{word}"' for word in without)
        # Attached classes: with pupils in the stage its columns are to be filled in all the same.
        empty = f"N(${letters[f'students_{stage}']}{first})=0"
        columns = [letters[field.key] for field in sheet.fields if field.stage == stage]
        areas = " ".join(f"{letter}{first}:{letter}{bottom}" for letter in columns)
        page.conditional_formatting.add(
            areas, FormulaRule([f"AND(OR({words}),{empty})"], fill=NOT_APPLICABLE)
        )
    parent = f"{letters['parent_code']}{first}:{letters['parent_code']}{bottom}"
    alone = [f'${letters["counted"]}{first}="是"']
    alone += [f'${letters["school_type"]}{first}="{term.label}"' for term in types if not term.campus]
    page.conditional_formatting.add(parent, FormulaRule([f"OR({','.join(alone)})"], fill=NOT_APPLICABLE))


# --- the sheet whose fields are rows --------------------------------------------------------------------------------


def _add_items(page: Worksheet, sheet: Sheet, blank: Blank) -> None:
    _add_lead(page, blank, 4)
    heads = (sheet.item_header or "项目", sheet.unit_header or "单位", sheet.value_header or "数值", "备注")
    for column, (text, width) in enumerate(zip(heads, (40, 10, 18, 40), strict=True), 1):
        _head(page, column, text, column == 3)
        page.column_dimensions[get_column_letter(column)].width = width
    for row, field in enumerate(sheet.fields, HEAD_ROW + 1):
        for column, value in enumerate((field.header, field.unit, None, None), 1):
            page.cell(row, column, value).border = BOX
    for fields, rows in _alike(sheet.fields):
        _restrict(page, fields, [f"C{row}" for row in rows], blank)
    page.freeze_panes = page.cell(HEAD_ROW + 1, 2)
    fit_on_pages(page, "portrait")


def _alike(fields: Sequence[Field]) -> list[tuple[Field, list[int]]]:
    """Return the items by type, unit and range, each group with its rows: one validation serves a group."""
    groups: dict[tuple[Any, ...], tuple[Field, list[int]]] = {}
    for row, field in enumerate(fields, HEAD_ROW + 1):
        key = (field.type, field.unit, field.min, field.max, field.vocabulary)
        groups.setdefault(key, (field, []))[1].append(row)
    return list(groups.values())
