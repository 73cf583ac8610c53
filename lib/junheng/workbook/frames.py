"""A county's book as DataFrames: its sheets, issues and repairs, each with a schema taken from the dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junheng.errors import UsageProblem, did_you_mean, named
from junheng.params.dictionary import Dictionary, Field, Sheet, load_city_dictionary, load_dictionary
from junheng.project import project_root
from junheng.workbook.columns import Column, Kind, make_frame
from junheng.workbook.model import CountyBook, Issue, Row, Severity, Source, Value

if TYPE_CHECKING:
    import pandas as pd

KINDS: dict[str, Kind] = {
    "code": "text", "text": "text", "date": "text", "enum": "category", "yesno": "yesno",
    "int": "whole", "decimal": "number", "ratio": "number",
}  # fmt: skip
"""The kind of column that a dictionary field's type makes."""


def params_of(book: CountyBook) -> Path:
    """Return the params/ folder that a book was read with."""
    return book.params_dir or project_root() / "params"


def book_frame(book: CountyBook, name: str, keys: bool = False, exact: bool = False) -> pd.DataFrame:
    """Return a sheet (by its id), `issues` or `repairs` as a DataFrame; raises UsageProblem for another name."""
    dictionary = dictionary_of(book)
    known = book_columns(dictionary)
    columns = named(known, name, "表", "市级工作簿" if book.of_city else "采集工作簿")
    return make_frame(columns, _records(book, name, dictionary), keys, exact)


def dictionary_of(book: CountyBook) -> Dictionary:
    """Return the dictionary that a book was read by: the counties' or the city's."""
    return (load_city_dictionary if book.of_city else load_dictionary)(params_of(book))


def book_columns(dictionary: Dictionary) -> dict[str, tuple[Column, ...]]:
    """The columns of every frame of a book, by name."""
    sheets = {
        sheet.id: ITEM_COLUMNS if sheet.layout == "items" else _sheet_columns(sheet, dictionary)
        for sheet in dictionary.sheets
    }
    return {**sheets, "issues": ISSUE_COLUMNS, "repairs": REPAIR_COLUMNS}


def _records(book: CountyBook, name: str, dictionary: Dictionary) -> Iterable[Any]:
    if name == "issues":
        return book.issue_records
    if name == "repairs":
        return _repairs(book, dictionary)
    if name == "county":
        row = book.printed_county_row
        return [(field, row.values.get(field.key, Value(None))) for field in dictionary.sheet(name).fields]
    return book.rows(name)


def _sheet_columns(sheet: Sheet, dictionary: Dictionary) -> tuple[Column, ...]:
    return tuple(_column(field, sheet, dictionary) for field in sheet.fields)


def _column(field: Field, sheet: Sheet, dictionary: Dictionary) -> Column:
    terms = dictionary.vocabularies.get(field.vocabulary or "", ()) if field.type == "enum" else ()
    return Column(
        field.key,
        field.header,
        KINDS[field.type],
        _content(field.key),
        field.unit or "",
        f"{'采集' if 'schools' in dictionary.by_id else '市级'}工作簿〔{sheet.name}〕",
        {term.value: term.label for term in terms},
    )


def _content(key: str) -> Callable[[Row], Any]:
    return lambda row: row.get(key)


def _place(part: str) -> Callable[[tuple[Any, Value]], Any]:
    return lambda record: getattr(record[1].source, part, None)


ITEM_COLUMNS = (
    Column("key", "键", "text", lambda r: r[0].key, source="数据字典"),
    Column("header", "项目", "text", lambda r: r[0].header, source="数据字典"),
    Column("unit", "单位", "text", lambda r: r[0].unit, source="数据字典"),
    Column("value", "数值", "number", lambda r: r[1].content, "见“单位”列", "采集工作簿〔县级数据〕"),
    Column("cell", "单元格", "text", _place("cell"), source="采集工作簿〔县级数据〕"),
)
ISSUE_COLUMNS = (
    Column("severity", "程度", "ordered", lambda i: i.severity.value, source="核查规则",
           words={s.value: s.label for s in reversed(Severity)}),
    Column("check", "规则", "text", lambda i: i.check, source="核查规则"),
    Column("sheet", "工作表", "text", lambda i: i.sheet, source="采集工作簿"),
    Column("cell", "单元格", "text", lambda i: i.cell, source="采集工作簿"),
    Column("subject", "对象", "text", lambda i: i.subject, source="采集工作簿"),
    Column("found", "现值", "text", lambda i: i.found, source="采集工作簿"),
    Column("expected", "要求", "text", lambda i: i.expected, source="核查规则"),
    Column("remedy", "改法", "text", lambda i: i.remedy, source="核查规则"),
    Column("accepted", "认可", "text", lambda i: i.accepted, source="该县年度参数"),
    Column("message", "说明", "text", lambda i: issue_told(i), source="核查规则"),
)  # fmt: skip
REPAIR_COLUMNS = (
    Column("sheet", "工作表", "text", _place("sheet"), source="采集工作簿"),
    Column("cell", "单元格", "text", _place("cell"), source="采集工作簿"),
    Column("header", "数据项", "text", lambda r: r[0], source="数据字典"),
    Column("text", "原文", "text", lambda r: r[1].text, source="采集工作簿"),
    Column("repair", "整理", "text", lambda r: r[1].repair, source="核查规则"),
)


def issue_told(issue: Issue) -> str:
    """The message of an issue, with who accepted it, when and why."""
    return issue.message + (f"（已认可：{issue.accepted}）" if issue.accepted else "")


def _repairs(book: CountyBook, dictionary: Dictionary) -> Iterator[tuple[str, Value]]:
    for sheet in dictionary.sheets:
        for row in book.rows(sheet.id):
            for key, value in row.values.items():
                if value.repair:
                    yield sheet.by_key[key].header if key in sheet.by_key else key, value


def place_of(book: CountyBook, field: str, school: str = "") -> Source:
    """Return the cell of a school's figure, or of one of 县级数据 without a school; see `CountyBook.where`."""
    sheet = load_dictionary(params_of(book)).sheet("schools" if school else "county")
    key = named(sheet.by_name, field, "数据项", sheet.name).key
    source = (school_row(book, school) if school else book.county_row).source(key)
    if source is None:
        raise UsageProblem(f"“{field}”在采集工作簿{book.file}中没有对应的单元格。")
    return source


def school_row(book: CountyBook, word: str) -> Row:
    """Return a school's row by code or name; raises UsageProblem."""
    rows, text = book.rows("schools"), str(word).strip()
    for key in ("school_code", "school_name"):
        for row in rows:
            if row.text(key) == text:
                return row
    known = [row.text(key) for row in rows for key in ("school_name", "school_code")]
    holding = [row.text("school_name") for row in rows if text and text in row.text("school_name")]
    near = did_you_mean(text, holding if len(holding) == 1 else known)
    many = f"名称含“{text}”的有{len(holding)}所，请写全称或标识码。" if holding and not near else ""
    raise UsageProblem(f"没有名称或标识码为“{word}”的学校。{near}{many}")
