"""The returned workbook: the county's own file, marked; nothing else in it changes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from junheng.params.checks import load_checks
from junheng.params.city import Acceptance
from junheng.workbook.feedback.book import feedback, feedback_name, refusal
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.formats import open_file
from tests.messy.builder import (
    COUNTY,
    DICTIONARY,
    PARAMS,
    YEAR,
    cell_of,
    patch_part,
    school,
    share_strings,
    write_book,
)
from tests.messy.other_formats import as_csv, as_xls, with_password

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
BAD = [
    school(students_primary="约400"),
    school("初级中学", school_code="2137830002", school_name="城关中学", multimedia_rooms=None),
]


def returned(path: Path, acceptances: Iterable[Acceptance] = ()) -> tuple[CountyBook, Path]:
    opened = open_file(path)
    checks = load_checks(PARAMS)
    book = read_county_book(opened, COUNTY, YEAR, DICTIONARY, tuple(acceptances), checks=checks)
    target = path.with_name(feedback_name(COUNTY))
    target.write_bytes(feedback(opened, book))
    return book, target


def listed(path: Path) -> list[dict[str, Any]]:
    sheet = load_workbook(path)["问题反馈"]
    heads = [cell.value for cell in sheet[3]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def colour(path: Path, cell: str) -> str | None:
    fill = load_workbook(path)["学校"][cell].fill
    return fill.fgColor.rgb if fill.fill_type == "solid" else None


def test_bad_cells_are_coloured_explained_and_listed(place: Path) -> None:
    book, target = returned(write_book(place, BAD))
    assert target.name == "370883_邹城市_问题反馈.xlsx" and book.blocking
    bad, missing = cell_of("students_primary"), cell_of("multimedia_rooms", 3)
    assert (colour(target, bad), colour(target, missing)) == (RED, YELLOW)
    page = load_workbook(target)["学校"]
    assert page[bad].value == "约400"
    assert page[bad].comment.text.startswith("【错误】现为“约400”，应为0至20000之间的整数")
    assert "请补填" in page[missing].comment.text
    rows = listed(target)
    assert [row["级别"] for row in rows] == ["错误", "警告"]
    assert rows[0] | {"工作表": "学校", "单元格": bad, "现为": "约400"} == rows[0]
    assert "城关小学“小学在校生数”" in rows[0]["对象"] and rows[0]["怎么改"]


def test_the_cell_is_a_link(place: Path) -> None:
    _, target = returned(write_book(place, BAD))
    link = load_workbook(target)["问题反馈"]["D4"].hyperlink
    assert link.location == f"'学校'!{cell_of('students_primary')}" and link.target is None


def test_the_workbook_opens_on_the_list_alone(place: Path) -> None:
    _, target = returned(write_book(place, BAD))
    book = load_workbook(target)
    assert book.active.title == "问题反馈" and book.sheetnames[-1] == "问题反馈"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["问题反馈"]


def rich(book: Workbook) -> None:
    """What an office adds to its file: a chart, conditional formats, validations, widths, names, comments."""
    page = book["学校"]
    page.conditional_formatting.add(
        "K2:K9", CellIsRule("greaterThan", ["2000"], fill=PatternFill("solid", "FF00FF00"))
    )
    rule = DataValidation(type="whole", operator="between", formula1="0", formula2="20000")
    rule.add("K2:K9")
    page.add_data_validation(rule)
    page.column_dimensions["B"].width = 33
    page.freeze_panes = "C2"
    page["B2"].font = Font(name="楷体", bold=True)
    page["B2"].comment = Comment("县里的批注", "张三")
    page[cell_of("students_primary")].comment = Comment("待核", "张三")
    chart = BarChart()
    chart.add_data(Reference(page, min_col=13, min_row=1, max_row=3))
    page.add_chart(chart, "CA1")
    book.create_sheet("我县说明")["A1"] = "=1+1"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_else_survives(place: Path) -> None:
    before = parts_of(write_book(place, BAD, edit=rich))
    _, target = returned(place)
    after = parts_of(target)
    changed = {name for name in before if after.get(name) != before[name]}
    first = "xl/worksheets/sheet1.xml"
    assert changed <= {
        first, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels",
        "xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml",
    }  # fmt: skip
    assert any(name.startswith("xl/charts/") for name in before)
    kept = ("conditionalFormatting", "dataValidation", "cols", "sheetViews", "drawing")
    for word in kept:
        pattern = re.compile(rf"<{word}\b[^>]*>")
        old = [re.sub(' tabSelected="1"', "", m) for m in pattern.findall(before[first].decode())]
        assert old and old == pattern.findall(after[first].decode())
    page = load_workbook(target)["学校"]
    assert page["B2"].font.bold and page["B2"].comment.text == "县里的批注"
    assert page[cell_of("students_primary")].comment.text.startswith("待核\n【数据核查】【错误】")
    assert load_workbook(target)["我县说明"]["A1"].value == "=1+1"


def test_values_are_the_same_after_the_return(place: Path) -> None:
    book, target = returned(share_strings(write_book(place, BAD)))
    again = read_county_book(target, COUNTY, YEAR, DICTIONARY, checks=load_checks(PARAMS))
    assert [[v.content for v in row.values.values()] for row in again.rows("schools")] == [
        [v.content for v in row.values.values()] for row in book.rows("schools")
    ]
    assert [issue.check for issue in again.issue_records] == [issue.check for issue in book.issue_records]


def test_old_marks_go_when_it_comes_again(place: Path) -> None:
    """The county mends the returned workbook and sends that: mended cells lose colour and comment."""
    _, target = returned(write_book(place, BAD, edit=rich))
    bad, missing = cell_of("students_primary"), cell_of("multimedia_rooms", 3)
    book = load_workbook(target)
    book["学校"][bad] = 400
    book.save(place)
    _, second = returned(place)
    page = load_workbook(second)["学校"]
    assert colour(second, bad) is None and page[bad].comment.text == "待核"
    assert colour(second, missing) == YELLOW and page[missing].comment.text.count("警告") == 1
    assert load_workbook(second).sheetnames.count("问题反馈") == 1
    assert [row["级别"] for row in listed(second)] == ["警告"]


def test_a_workbook_without_issues_says_so(place: Path) -> None:
    _, target = returned(write_book(place))
    sheet = load_workbook(target)["问题反馈"]
    assert "没有需要改正的问题" in sheet["A2"].value and sheet["A4"].value == "没有发现问题。"


def test_accepted_errors_are_told(place: Path) -> None:
    known = Acceptance(check="bad_number", who="李四", when="2025年3月1日", why="已电话核实")
    _, target = returned(write_book(place, BAD), [known])
    row = listed(target)[0]
    assert row["级别"] == "错误（已认可）" and "李四" in row["认可情况"] and "已电话核实" in row["认可情况"]


def insert(xml: str, mark: str, text: str) -> str:
    """Put a text in place of a mark, however openpyxl wrote the mark."""
    coded = "".join(f"&#{ord(letter)};" for letter in mark)
    return xml.replace(mark, text).replace(coded, text)


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "@SUM(A1)", "-2+3", '=HYPERLINK("http://x","y")', "A&B<校>", "\x0b坏"]
)
def test_texts_never_become_formulas(place: Path, text: str) -> None:
    book = write_book(place, [school(students_primary="乙乙", school_name="甲甲")])
    shown = escape(text) if text.isprintable() else f"_x{ord(text[0]):04X}_{text[1:]}"
    for mark in ("甲甲", "乙乙"):
        patch_part(book, "xl/worksheets/sheet1.xml", lambda xml, mark=mark: insert(xml, mark, shown))
    _, target = returned(book)
    sheet = load_workbook(target)["问题反馈"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_cells_without_addresses_are_marked_in_the_right_place(place: Path) -> None:
    patch_part(
        write_book(place, [school(students_primary="约400")], drop=["parent_code"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'(<(?:c|row) )r="[A-Z]*\d+"', r"\1", xml),
    )
    book, target = returned(place)
    bad = next(issue for issue in book.blocking if issue.found == "约400")
    assert load_workbook(target)["学校"][bad.cell].value == "约400"
    assert colour(target, bad.cell) == RED


def test_a_strict_workbook_keeps_its_namespace(place: Path) -> None:
    write_book(place, BAD)
    for part in [name for name, data in parts_of(place).items() if as_strict(text := data.decode()) != text]:
        patch_part(place, part, as_strict)
    book, target = returned(place)
    assert [issue.check for issue in book.blocking] == ["bad_number"]
    after = parts_of(target)
    for name in (
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/feedback1.xml",
    ):
        assert {etree.QName(node).namespace for node in etree.fromstring(after[name]).iter("*")} == {
            STRICT
        }, name
    opened = open_file(target)
    grid = opened.grid(next(sheet for sheet in opened.sheets if sheet.name == "问题反馈"))
    assert [grid.rows[4][column].text for column in (2, 4)] == ["错误", cell_of("students_primary")]


STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def as_strict(xml: str) -> str:
    """Write a part as ISO 29500 Strict does, which Excel offers when saving."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    strict = xml.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT)
    return strict.replace(relations, "http://purl.oclc.org/ooxml/officeDocument/relationships")


@pytest.mark.parametrize("name", ["xls", "csv"])
def test_another_format_comes_back_as_a_copy(place: Path, name: str) -> None:
    source = write_book(place, BAD)
    other = place.with_suffix(f".{name}")
    path = as_xls(source, other) if name == "xls" else as_csv(source, other, "gb18030")
    _, target = returned(path)
    assert colour(target, cell_of("students_primary")) == RED
    page = load_workbook(target)["学校"]
    assert page["A2"].value == "2137830001" and page[cell_of("students_primary", 3)].value in (None, "")


def test_macros_do_not_come_back(place: Path) -> None:
    write_book(place, BAD)
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    patch_part(place, "[Content_Types].xml", lambda xml: xml.replace(plain, macro))
    relation = '<Relationship Id="rIdV" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    patch_part(
        place,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace("</Relationships>", f"{relation}</Relationships>"),
    )
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    _, target = returned(place)
    parts = parts_of(target)
    assert "xl/vbaProject.bin" not in parts
    assert (
        b"vbaProject" not in parts["xl/_rels/workbook.xml.rels"]
        and b"macroEnabled" not in parts["[Content_Types].xml"]
    )


@pytest.mark.slow
def test_a_password_goes_back_with_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = with_password(write_book(place, BAD), place.with_name("sealed.xlsx"), "密码")
    monkeypatch.setenv("JUNHENG_PASSWORD", "密码")
    _, target = returned(sealed)
    assert target.read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    assert [sheet.name for sheet in open_file(target).sheets][-1] == "问题反馈"


def test_the_same_file_gives_the_same_bytes(place: Path) -> None:
    _, target = returned(write_book(place, BAD, edit=rich))
    first = target.read_bytes()
    returned(place)
    assert target.read_bytes() == first


def test_no_hour_stands_in_what_goes_back(place: Path) -> None:
    source = write_book(place, BAD)
    _, copy = returned(as_csv(source, place.with_suffix(".csv"), "gb18030"))
    assert b">2000-01-01T00:00:00Z</dcterms:modified>" in parts_of(copy)["docProps/core.xml"]
    place.write_bytes(refusal(COUNTY, YEAR, "a.xlsx已损坏，无法读取。"))
    assert parts_of(place)["docProps/core.xml"].count(b"2000-01-01T00:00:00Z") == 2


def test_a_file_that_cannot_be_read_gets_an_answer(place: Path) -> None:
    place.write_bytes(refusal(COUNTY, YEAR, "a.xlsx已损坏，无法读取。"))
    assert listed(place)[0]["怎么改"] == "a.xlsx已损坏，无法读取。"


ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing",
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
]  # fmt: skip


def test_elements_stand_in_the_order_of_the_schema(place: Path) -> None:
    _, target = returned(write_book(place, BAD, edit=rich))
    parts = parts_of(target)
    for name in [name for name in parts if name.startswith("xl/worksheets/") and name.endswith(".xml")]:
        found = [etree.QName(node).localname for node in etree.fromstring(parts[name])]
        assert found == sorted(found, key=ORDER.index), name
        numbers = [int(row.get("r")) for row in etree.fromstring(parts[name]).iter("{*}row")]
        assert numbers == sorted(set(numbers))
    types = parts["[Content_Types].xml"].decode()
    for name in parts:
        assert f'PartName="/{name}"' in types or f'Extension="{name.rpartition(".")[2]}"' in types, name
