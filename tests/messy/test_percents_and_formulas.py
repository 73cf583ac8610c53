"""Percent formats and formulas that were never calculated, in every format that can hold them."""

from __future__ import annotations

import io
import struct
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import load_workbook

from junheng.params.template import load_template
from junheng.workbook.model import Severity
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid, GridCell
from junheng.workbook.template.book import HEAD_ROW, Blank, write_blank
from tests.messy.builder import (
    COUNTY,
    DICTIONARY,
    PARAMS,
    YEAR,
    cell_of,
    only,
    patch_part,
    read,
    school,
    write_book,
)

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"


def percent(sheet: str, cell: str, value: float, code: str = "0%") -> Any:
    def edit(book: Any) -> None:
        book[sheet][cell] = value
        book[sheet][cell].number_format = code

    return edit


@pytest.mark.parametrize("code", ["0%", "0.00%", "0.0%;[Red]-0.0%", "0.000%"])
def test_a_percent_in_a_text_column_stays_one(place: Path, code: str) -> None:
    write_book(place, edit=percent("目标任务", "C3", 0.6, code))
    book = read(place)
    value = book.rows("tasks")[1].values["target"]
    assert (value.content, value.repair) == ("60%", None) and not book.blocking


def test_the_ledgers_progress_is_a_percent(place: Path) -> None:
    write_book(
        place, sheets={"ledger": [{"number": "1", "school_name": "甲"}]}, edit=percent("整改台账", "M2", 0.5)
    )
    assert read(place).rows("ledger")[0].get("progress") == "50%"


def test_a_ratio_column_takes_a_percent_format_without_repair(place: Path) -> None:
    write_book(place, edit=percent("质量监测", "C2", 0.125))
    value = read(place).rows("monitoring")[0].values["variation"]
    assert (value.content, value.repair) == (Fraction(1, 8), None)


@pytest.mark.parametrize(
    ("key", "value", "found"), [("certified_teachers", 1, "100%"), ("teaching_area", 0.355, "35.5%")]
)
def test_a_percent_in_a_column_of_amounts_is_an_error(
    place: Path, key: str, value: float, found: str
) -> None:
    write_book(place, [school()], edit=percent("学校", cell_of(key), value))
    issue = only(read(place), "bad_number")
    assert (issue.severity, issue.cell, issue.found) == (Severity.ERROR, cell_of(key), found)
    assert "百分比格式" in issue.message


def test_a_quoted_percent_sign_is_only_printed(place: Path) -> None:
    write_book(place, [school()], edit=percent("学校", cell_of("certified_teachers"), 30, '0"%"'))
    assert read(place).rows("schools")[0].get("certified_teachers") == 30


def test_percents_of_xls(tmp_path: Path) -> None:
    style = xlwt.XFStyle()
    style.num_format_str = "0.0%"
    assert xls_grid(tmp_path, lambda sheet: sheet.write(0, 2, 0.6, style)).rows == {
        1: {3: GridCell("percent", "60%")}
    }


def test_percents_of_the_xml_of_2003(tmp_path: Path) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="Percent"/></Style></Styles>'
    page = (
        f'<Workbook xmlns="{space}" xmlns:ss="{space}">{styles}<Worksheet ss:Name="学校"><Table><Row>'
        '<Cell ss:StyleID="s1"><Data ss:Type="Number">0.6</Data></Cell><Cell><Data ss:Type="Number">0.6</Data></Cell>'
        "</Row></Table></Worksheet></Workbook>"
    )
    path = tmp_path / "a.xls"
    path.write_text(page, encoding="utf-8")
    opened = open_file(path)
    assert opened.grid(opened.sheets[0]).rows == {
        1: {1: GridCell("percent", "60%"), 2: GridCell("number", "0.6")}
    }


def xls_grid(tmp_path: Path, write: Any) -> Grid:
    book = xlwt.Workbook()
    write(book.add_sheet("甲"))
    path = tmp_path / "a.xls"
    book.save(str(path))
    opened = open_file(path)
    return opened.grid(opened.sheets[0])


# --- formulas that were never calculated ----------------------------------------------------------------------------


def formula_with(place: Path, stored: str, calc: str) -> Path:
    """Write a school whose staff is a formula with that stored value, in a workbook with these calculation marks."""
    write_book(place, [school(staff_primary="=20+15")])
    empty = ("<v></v>", "<v />", "<v/>")

    def put(xml: str) -> str:
        for mark in empty:
            xml = xml.replace(f"<f>20+15</f>{mark}", f"<f>20+15</f><v>{stored}</v>")
        return xml

    patch_part(place, SHEET, put)
    start, _, rest = load_text(place, WORKBOOK).partition("<calcPr")
    return patch_part(place, WORKBOOK, lambda _: f"{start}{calc}{rest.partition('/>')[2]}")


def load_text(path: Path, part: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part).decode()


@pytest.mark.parametrize("stored", ["0", "0.0", "0.00E+00"])
@pytest.mark.parametrize(
    "calc", ['<calcPr fullCalcOnLoad="1"/>', '<calcPr forceFullCalc="true"/>', '<calcPr calcCompleted="0"/>']
)
def test_the_placeholder_of_an_uncalculated_formula_is_no_value(place: Path, stored: str, calc: str) -> None:
    issue = only(read(formula_with(place, stored, calc)), "no_stored_value")
    assert (issue.severity, issue.cell) == (Severity.ERROR, cell_of("staff_primary"))


@pytest.mark.parametrize(
    ("stored", "calc"),
    [("0", '<calcPr calcId="191029"/>'), ("0", ""), ("35", '<calcPr fullCalcOnLoad="1"/>')],
)
def test_a_calculated_result_is_read(place: Path, stored: str, calc: str) -> None:
    book = read(formula_with(place, stored, calc))
    assert book.rows("schools")[0].get("staff_primary") == int(stored)


def test_a_figure_of_0_beside_formulas_is_read(place: Path) -> None:
    write_book(place, [school(smart_campus="是", equipment_value=0, staff_primary="=1")])
    assert read(place).rows("schools")[0].get("equipment_value") == 0


def test_formulas_of_xls_that_were_never_calculated(tmp_path: Path) -> None:
    grid = xls_grid(tmp_path, lambda sheet: (sheet.write(2, 1, xlwt.Formula("20+15")), sheet.write(2, 3, 7)))
    assert grid.rows == {3: {2: GridCell("unstored", ""), 4: GridCell("number", "7")}}


def changed_formula(tmp_path: Path, result: bytes, flags: int) -> Grid:
    """Write one formula as another writer does: with a stored result and flags."""
    book = xlwt.Workbook()
    book.add_sheet("甲").write(0, 0, xlwt.Formula("20+15"))
    stream = io.BytesIO()
    book.save(stream)
    written = bytes.fromhex("030000000000ffff") + struct.pack("<H", 0)
    data = stream.getvalue()
    assert data.count(written) == 1
    path = tmp_path / "a.xls"
    path.write_bytes(data.replace(written, result + struct.pack("<H", flags)))
    opened = open_file(path)
    return opened.grid(opened.sheets[0])


def test_perls_placeholder_in_xls_is_no_value(tmp_path: Path) -> None:
    assert changed_formula(tmp_path, bytes(8), 3).rows == {1: {1: GridCell("unstored", "")}}


@pytest.mark.parametrize(("result", "flags", "shown"), [(bytes(8), 0, "0"), (struct.pack("<d", 35), 3, "35")])
def test_a_calculated_result_of_xls_is_read(tmp_path: Path, result: bytes, flags: int, shown: str) -> None:
    assert changed_formula(tmp_path, result, flags).rows == {1: {1: GridCell("number", shown)}}


def test_what_is_typed_as_a_percent_into_the_blank_workbook_stays_one() -> None:
    blank = Blank(COUNTY, YEAR, DICTIONARY, load_template(PARAMS), None, {})
    page = load_workbook(io.BytesIO(write_blank(blank)))["目标任务"]
    headers = {str(cell.value): cell.column for cell in page[HEAD_ROW]}
    formats = {page.cell(HEAD_ROW + 1, headers[h]).number_format for h in ("年度目标", "完成值")}
    assert formats == {"@"}
