"""Files that are odd, oversized or no workbook at all."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from junheng.errors import DataProblem
from tests.messy.builder import patch_part, read, school, share_strings, write_book
from tests.waiting import calls_of

SPREAD = ("teaching_area", "indoor_sports_area", "sports_ground_area", "equipment_value")
SHEET = "xl/worksheets/sheet1.xml"


def distinct(number: int) -> dict[str, object]:
    """Return a school with figures of its own."""
    return school(
        school_code=f"213783{number:04}",
        school_name=f"第{number}小学",
        **dict.fromkeys(SPREAD, 1000 + number),
    )


def refused(path: Path, fragment: str) -> None:
    with pytest.raises(DataProblem) as caught:
        read(path)
    text = str(caught.value)
    assert text.startswith(path.name) and fragment in text and text.count("。") == 1, text


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"", "空文件"),
        (b"PK\x03\x04 broken", "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "已损坏"),
    ],
)
def test_no_workbook(place: Path, data: bytes, fragment: str) -> None:
    place.write_bytes(data)
    refused(place, fragment)


def test_another_zip(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.txt", "x")
    refused(place, "不是Excel工作簿")


def test_absent_file(place: Path) -> None:
    refused(place, "无法读取")


def test_truncated_file(place: Path) -> None:
    write_book(place)
    place.write_bytes(place.read_bytes()[:3000])
    refused(place, "不完整（可能没有下载或复制完），请重新取得该文件")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (
            "xl/workbook.bin",
            "是Excel二进制工作簿（.xlsb），不能作为采集工作簿读取，请用Excel或WPS打开后另存为.xlsx格式",
        ),
        ("word/document.xml", "是Word文档，不能作为采集工作簿读取，请报送Excel工作簿（.xlsx）"),
        ("ppt/presentation.xml", "是演示文稿"),
        ("Index/Document.iwa", "是Numbers表格，不能作为采集工作簿读取，请在Numbers中导出"),
        (
            "报送/370883_邹城市.xlsx",
            "是压缩文件（内有“370883_邹城市.xlsx”），不能作为采集工作簿读取，请解压后报送",
        ),
    ],
)
def test_a_package_of_another_kind_is_named(place: Path, part: str, said: str) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(part, "x")
    refused(place, said)


def test_a_workbook_zipped_on_an_old_chinese_windows_is_named(place: Path) -> None:
    placeholder, name = b"370883_xxxxxx.xls", "370883_邹城市.xls".encode("gb18030")
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(placeholder.decode(), "x")
    place.write_bytes(place.read_bytes().replace(placeholder, name))
    refused(place, "内有“370883_邹城市.xls”")


def test_a_text_document_of_libreoffice_is_named(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    refused(place, "是OpenDocument文档")


def test_a_flat_odf_file_is_named(place: Path) -> None:
    place.write_text(
        '<office:document xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><table:table/>'
    )
    refused(place, "OpenDocument单一XML文件（.fods）")


def test_broken_xml(place: Path) -> None:
    patch_part(write_book(place), SHEET, lambda xml: xml[: len(xml) // 2])
    refused(place, "已损坏")


def watch_unpacking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all parts of zip files that are unpacked from now on."""
    names: list[str] = []
    given = zipfile.ZipFile.open

    def noted(archive: zipfile.ZipFile, name: Any, *more: Any, **named: Any) -> Any:
        names.append(str(name))
        return given(archive, name, *more, **named)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    return names


def test_zip_bomb_is_refused_at_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(60_000_000))
    unpacked = watch_unpacking(monkeypatch)
    refused(place, "压缩炸弹")
    assert unpacked == []


def test_entity_bomb(place: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    patch_part(write_book(place), SHEET, lambda xml: bomb + xml)
    refused(place, "不允许的XML声明")


def test_deeply_nested_xml(place: Path) -> None:
    deep = "<x>" * 5000 + "</x>" * 5000
    patch_part(write_book(place), SHEET, lambda xml: xml.replace("<sheetData>", f"{deep}<sheetData>"))
    refused(place, "已损坏")


def test_stored_dimension_of_one_cell(place: Path) -> None:
    patch_part(
        write_book(place),
        SHEET,
        lambda xml: re.sub(r'<dimension ref="A1:[A-Z]+3"', '<dimension ref="A1:A1"', xml),
    )
    assert len(read(place).rows("schools")) == 2


def test_empty_fill_styles(place: Path) -> None:
    patch_part(
        write_book(place),
        "xl/styles.xml",
        lambda xml: xml.replace("<fills", "<fills><fill/></fills><fills", 1),
    )
    assert len(read(place).rows("schools")) == 2


@pytest.mark.slow
def test_formatting_down_to_the_last_row(place: Path) -> None:
    rows = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(4, 400_000)
    )
    end = '<row r="1048576" ht="15"/></sheetData>'
    patch_part(write_book(place), SHEET, lambda xml: xml.replace("</sheetData>", rows + end))
    book = read(place)
    assert len(book.rows("schools")) == 2 and book.issue_records == ()
    assert calls_of(lambda: read(place)) < 5 * 400_000, "a row without content is not passed over"


def test_cells_without_addresses(place: Path) -> None:
    patch_part(write_book(place, drop=["parent_code"]), SHEET, lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml))
    assert read(place).rows("schools")[0].get("school_code") == "2137830001"


def test_shared_strings(place: Path) -> None:
    plain = read(write_book(place))
    shared = read(share_strings(place))
    assert shared.issue_records == ()
    assert shared.sheets == plain.sheets
    with zipfile.ZipFile(place) as archive:
        assert "城关小学" in archive.read("xl/sharedStrings.xml").decode("utf-8")


def test_phonetic_guides_are_no_text(place: Path) -> None:
    runs = '<r><t>城关</t></r><r><t>小学</t></r><rPh sb="0" eb="2"><t>chengguan</t></rPh>'
    patch_part(
        share_strings(write_book(place)),
        "xl/sharedStrings.xml",
        lambda xml: xml.replace("<t>城关小学</t>", runs),
    )
    assert read(place).rows("schools")[0].text("school_name") == "城关小学"


def test_shared_string_that_is_not_there(place: Path) -> None:
    patch_part(
        share_strings(write_book(place)), SHEET, lambda xml: xml.replace("<v>0</v>", "<v>99999</v>", 1)
    )
    refused(place, "已损坏")


@pytest.mark.slow
def test_reading_takes_work_in_proportion_to_the_schools(place: Path) -> None:
    spending = {"education_spending": 60000, "education_spending_last": 58000}

    def work(schools: int) -> int:
        write_book(place, [distinct(n) for n in range(schools)], county=spending)
        assert read(place).issue_records == ()
        return calls_of(lambda: read(place))

    few, many = work(60), work(240)
    assert many < 4.2 * few
    assert many < 240 * 7_000, "a school has about 60 cells"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(150))
def test_broken_bytes_end_in_a_book_or_one_sentence(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(write_book(place).read_bytes())
    for _ in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    place.write_bytes(bytes(data))
    try:
        book = read(place)
    except DataProblem as problem:
        assert str(problem).endswith("。")
    else:
        assert all(issue.message for issue in book.issue_records)
