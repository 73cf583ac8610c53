"""Whatever the format, the same figures with the same addresses come out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from junheng.errors import DataProblem
from junheng.workbook.model import CountyBook
from junheng.workbook.read.find import find_workbook
from junheng.workbook.read.formats import open_bytes, open_file
from junheng.workbook.read.grid import Grid, GridCell, Range
from tests.messy.builder import COUNTY, issues_of, only, patch_part, read, school, write_book
from tests.messy.other_formats import (
    as_csv,
    as_html,
    as_locked_xls,
    as_spreadsheet_xml,
    as_xls,
    with_password,
)
from tests.messy.test_files import watch_unpacking
from tests.waiting import calls_of

Writer = Callable[[Path, Path], Path]
WHOLE: dict[str, Writer] = {"xls": as_xls, "xml": as_spreadsheet_xml}
SINGLE: dict[str, Writer] = {
    "html.xls": as_html,
    "utf8.csv": lambda a, b: as_csv(a, b, "utf-8"),
    "bom.csv": lambda a, b: as_csv(a, b, "utf-8-sig"),
    "gb.csv": lambda a, b: as_csv(a, b, "gb18030"),
    "utf16.csv": lambda a, b: as_csv(a, b, "utf-16", "\t"),
    "utf16le.csv": lambda a, b: as_csv(a, b, "utf-16-le", "\t"),
    "text.xls": lambda a, b: as_csv(a, b, "gb18030", "\t"),
}


def contents(book: CountyBook, sheet: str) -> list[dict[str, object]]:
    return [{key: value.content for key, value in row.values.items()} for row in book.rows(sheet)]


def addresses(book: CountyBook, sheet: str) -> list[dict[str, str]]:
    places = [{k: v.source for k, v in row.values.items() if v.source} for row in book.rows(sheet)]
    return [{key: f"{source.sheet}!{source.cell}" for key, source in row.items()} for row in places]


@pytest.mark.parametrize("name", WHOLE)
def test_whole_workbooks_in_another_format(place: Path, name: str) -> None:
    plain = read(write_book(place))
    other = read(WHOLE[name](place, place.with_name(f"370883.{name}")))
    assert other.issue_records == () and not other.repaired
    for sheet in plain.sheets:
        assert contents(other, sheet) == contents(plain, sheet)
        assert addresses(other, sheet) == addresses(plain, sheet)


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_table_is_the_schools(place: Path, name: str) -> None:
    plain = read(write_book(place))
    other = read(SINGLE[name](place, place.with_name(f"370883_{name}")))
    assert contents(other, "schools") == contents(plain, "schools")
    assert addresses(other, "schools") == addresses(plain, "schools")
    absent = issues_of(other, "missing_sheet")
    assert {issue.sheet for issue in absent} >= {"县级数据", "定性指标"}
    assert all("只能有一张表" in issue.remedy for issue in absent)
    assert not [i for i in other.issue_records if i.sheet == "学校"] and not other.repaired


def test_leading_zeros_survive_in_text(place: Path) -> None:
    write_book(place, [school(school_code="0708830001")])
    book = read(as_csv(place, place.with_suffix(".csv"), "utf-8"))
    assert book.rows("schools")[0].get("school_code") == "0708830001"


def test_a_code_in_scientific_notation_is_an_error_in_text_too(place: Path) -> None:
    write_book(place, [school(school_code="3.70883E+09")])
    book = read(as_csv(place, place.with_suffix(".csv"), "utf-8"))
    assert "科学计数法" in only(book, "bad_code").remedy


@pytest.mark.parametrize("name", [*WHOLE, *SINGLE])
def test_a_workbook_in_another_format_is_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data" / "2024"
    folder.mkdir(parents=True)
    path = folder / f"370883_邹城市.{name.rpartition('.')[2]}"
    path.touch()
    assert find_workbook(tmp_path / "data", 2024, COUNTY) == path


# --- passwords ------------------------------------------------------------------------------------------------------


LOCKED = {"sealed.xlsx": with_password, "sealed.xls": as_locked_xls}


@pytest.mark.parametrize("name", LOCKED)
def test_password_from_the_environment(place: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    plain = read(write_book(place))
    sealed = LOCKED[name](place, place.with_name(name), "济宁2024")
    monkeypatch.setenv("JUNHENG_PASSWORD", "济宁2024")
    opened = read(sealed)
    assert contents(opened, "schools") == contents(plain, "schools") and opened.issue_records == ()
    assert opened.sha256 != plain.sha256


@pytest.mark.parametrize("name", LOCKED)
@pytest.mark.parametrize(
    ("given", "fragment"), [("", "用环境变量JUNHENG_PASSWORD给出密码"), ("错", "密码不正确")]
)
def test_without_the_right_password(
    place: Path, monkeypatch: pytest.MonkeyPatch, given: str, fragment: str, name: str
) -> None:
    sealed = LOCKED[name](write_book(place), place.with_name(name), "济宁2024")
    monkeypatch.setenv("JUNHENG_PASSWORD", given)
    with pytest.raises(DataProblem, match=rf"{name}设有打开密码") as caught:
        read(sealed)
    assert fragment in str(caught.value) and "济宁2024" not in str(caught.value)


def test_password_is_asked_for_at_a_terminal(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = with_password(write_book(place), place.with_name("sealed.xlsx"), "secret")
    asked: list[str] = []
    monkeypatch.delenv("JUNHENG_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "secret")
    assert read(sealed).issue_records == ()
    assert asked == ["sealed.xlsx设有打开密码，请输入密码："]


@pytest.mark.parametrize("name", LOCKED)
def test_read_only_protection_needs_no_password(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("JUNHENG_PASSWORD", raising=False)
    sealed = LOCKED[name](write_book(place), place.with_name(name), "VelvetSweatshop")
    assert read(sealed).issue_records == ()


# --- what cells hold ------------------------------------------------------------------------------------------------


def grid_of(file: str, data: bytes, sheet: int = 0) -> Grid:
    opened = open_bytes(file, data)
    return opened.grid(opened.sheets[sheet])


def xls_bytes(fill: Callable[[xlwt.Worksheet], None]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    fill(book.add_sheet("学校"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_xls_keeps_kinds_merged_and_hidden(tmp_path: Path) -> None:
    def fill(sheet: xlwt.Worksheet) -> None:
        date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        sheet.write_merge(0, 1, 0, 2, "标题")
        sheet.write(2, 0, 12.5)
        sheet.write(2, 1, 45000, date)
        sheet.write(2, 2, True)
        sheet.row(2).set_cell_error(4, 0x2A)
        sheet.row(2).hidden = True

    grid = grid_of("a.xls", xls_bytes(fill))
    assert grid.merged == (Range(1, 1, 2, 3),) and grid.hidden == {3}
    assert grid.cell(3, 1) == GridCell("number", "12.5")
    assert grid.cell(3, 2) == GridCell("date", "2023-03-15")
    assert grid.cell(3, 3) == GridCell("bool", "TRUE")
    assert grid.cell(3, 5) == GridCell("error", "#N/A")


def test_hidden_sheets_of_xls_are_hidden(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("旧").visibility = 1
    book.add_sheet("学校").write(0, 0, "x")
    book.active_sheet = 1
    book.save(str(tmp_path / "a.xls"))
    assert [(s.name, s.visible) for s in open_file(tmp_path / "a.xls").sheets] == [
        ("旧", False),
        ("学校", True),
    ]


def test_html_spans_shift_the_cells_they_should() -> None:
    page = (
        "<table><tr><td rowspan=2>A1<td colspan=2>B1<td>D1</tr><tr><td>B2<br>x<td><table><tr><td>C2</table></tr>"
        "<tr><td>A3&nbsp;<script>alert(1)</script></tr></table><p>between</p><table><tr><th>A4</th></tr></table>"
    )
    grid = grid_of("a.xls", page.encode())
    shown = {
        f"{row}{column}": cell.text for row, cells in grid.rows.items() for column, cell in cells.items()
    }
    assert shown == {"11": "A1", "12": "B1", "14": "D1", "22": "B2 x", "23": "C2", "31": "A3", "41": "A4"}
    assert grid.merged == (Range(1, 1, 2, 1), Range(1, 2, 1, 3))


def test_xml_of_2003_formulas_are_not_evaluated() -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    page = (
        f'<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="学校"><Table>'
        '<Row ss:Index="3" ss:Hidden="1"><Cell ss:Index="2" ss:Formula="=cmd|calc!A1"/>'
        '<Cell ss:MergeAcross="1" ss:Formula="=1+1"><Data ss:Type="Number">5</Data></Cell>'
        '<Cell><Data ss:Type="Error">#REF!</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    grid = grid_of("a.xls", page.encode())
    assert grid.rows == {
        3: {2: GridCell("unstored", ""), 3: GridCell("number", "5"), 5: GridCell("error", "#REF!")}
    }
    assert grid.hidden == {3} and grid.merged == (Range(3, 3, 3, 4),)


def test_macros_links_and_dde_are_left_alone(place: Path) -> None:
    """A macro project, an external link and a DDE formula: only stored values are read."""
    write_book(place, [school(students_primary=400)])
    clean = read(place)
    patch_part(
        place,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<v>400</v>", "<f>cmd|'/c calc'!A0+[1]Sheet1!B2</f><v>400</v>", 1),
    )
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(64))
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink><ddeLink/></externalLink>")
    book = read(place.rename(place.with_suffix(".xlsm")))
    assert contents(book, "schools") == contents(clean, "schools") and book.issue_records == ()


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"%PDF-1.7", "PDF文件"),
        (b"\x89PNG\r\n", "图片"),
        (b"MIME-Version: 1.0\r\n", "网页归档文件"),
        (bytes(range(256)) * 8, "文字编码也无法识别"),
        (b"\x00\x01\x02\x03" * 900, "文字编码也无法识别"),
        (b"\x09\x08\x10\x00" + b"\xff" * 600, "已损坏"),
    ],
)
def test_what_is_no_spreadsheet_says_so(data: bytes, fragment: str) -> None:
    with pytest.raises(DataProblem, match=fragment):
        open_bytes("a.xls", data)


def test_an_empty_page_is_a_workbook_without_schools(place: Path) -> None:
    place.write_bytes(b"<html><table></table></html>")
    assert "没有找到表头" in only(read(place), "header_absent").found


@pytest.mark.slow
def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts, lying sizes, absurd spans: each is refused, or harmless, at once."""
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", bytes(19_000_000))
    spans = "<table>" + "<tr><td colspan=1000 rowspan=65000>x</td></tr>" * 40 + "</table>"
    (tmp_path / "spans.xls").write_text(spans)
    unpacked = watch_unpacking(monkeypatch)
    with pytest.raises(DataProblem, match="压缩炸弹"):
        open_file(many)
    assert unpacked == []

    def refuse() -> None:
        with pytest.raises(DataProblem, match="超出Excel的范围"):
            open_file(tmp_path / "spans.xls")

    assert calls_of(refuse) < 1_000_000, "40 cells were written, 2.6 billion are claimed"
