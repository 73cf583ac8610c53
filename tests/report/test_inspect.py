"""The checks after writing: each kind of fault is found, and named with file and place."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from junheng.errors import OutputProblem
from junheng.report.content.model import Heading, Paragraph
from junheng.report.pdf import inspect
from junheng.report.word.render import render_word
from tests.report.test_word_sample import COUNTY, edit, gaps_table, make_template, p, png, tiny

DOCUMENT = tiny(a=(Heading(1, "一、甲"), Paragraph("正文文字"), gaps_table()))
MAIN = "word/document.xml"


@pytest.fixture
def word(tmp_path: Path) -> Path:
    render_word(DOCUMENT, make_template(tmp_path, p("{{ blocks.a }}")), tmp_path / "o.docx", tmp_path)
    return tmp_path / "o.docx"


def test_a_good_word_file_passes(word: Path) -> None:
    inspect.inspect_word(word, DOCUMENT)


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("{{ x }}", "{{"),
        ("值为nan。", "nan"),
        ("值为None", "None"),
        ("□□小学", "□"),
        ("\ufffd", "\ufffd"),
        ("\ue863", "U+E863"),
        ("\x85", "U+0085"),
    ],
)
def test_what_must_not_stand_in_a_text(word: Path, wrong: str, shown: str) -> None:
    edit(word, MAIN, "正文文字", wrong)
    with pytest.raises(OutputProblem) as caught:
        inspect.inspect_word(word, DOCUMENT)
    assert str(caught.value).startswith(f"o.docx第2段出现了不应有的“{shown}”")


def test_a_character_that_no_font_draws_is_named(word: Path) -> None:
    """LibreOffice prints a box for it, and says nothing."""
    edit(word, MAIN, "正文文字", "许桥镇\ua66e小学")
    with pytest.raises(
        OutputProblem, match=r"o\.docx第2段的字符“\ua66e”（U\+A66E）在各字体中都没有，会印成方框"
    ):
        inspect.inspect_word(word, DOCUMENT)


@pytest.mark.parametrize("text", ["峄城嶧鄌漷㛃𠮷𪚥", "㎡①※〔2024〕——“”≥×÷′″℃αЯ", "a\u200bb\u00a0c"])
def test_characters_that_are_drawn_or_draw_nothing_pass(word: Path, text: str) -> None:
    edit(word, MAIN, "正文文字", text)
    inspect.inspect_word(word, DOCUMENT)


@pytest.mark.parametrize("text", ["Finance部门、inform、nano材料、Nonesuch", "满意度90%以上", "“{”"])
def test_harmless_words_pass(word: Path, text: str) -> None:
    edit(word, MAIN, "正文文字", text)
    inspect.inspect_word(word, DOCUMENT)


def test_what_is_missing_is_named(word: Path) -> None:
    edit(word, MAIN, "资源缺口汇总", "资源汇总")
    with pytest.raises(OutputProblem, match=r"o\.docx里缺少“资源缺口汇总”"):
        inspect.inspect_word(word, DOCUMENT)


def test_missing_rows_are_counted(word: Path) -> None:
    with zipfile.ZipFile(word) as archive:
        xml = archive.read(MAIN).decode()
    row = xml[xml.rindex("<w:tr>") : xml.rindex("</w:tr>") + len("</w:tr>")]
    edit(word, MAIN, row, "")
    with pytest.raises(OutputProblem, match="应有4行表格，实有3"):
        inspect.inspect_word(word, DOCUMENT)


def test_a_user_name_is_found(word: Path) -> None:
    maker = "<dc:creator>张三</dc:creator></cp:coreProperties>"
    edit(word, "docProps/core.xml", "</cp:coreProperties>", maker)
    with pytest.raises(OutputProblem, match="用户名“张三”"):
        inspect.inspect_word(word, DOCUMENT)


def test_half_a_word_file_is_found(word: Path) -> None:
    word.write_bytes(word.read_bytes()[:2000])
    with pytest.raises(OutputProblem, match=r"o\.docx无法打开"):
        inspect.inspect_word(word, DOCUMENT)


def test_broken_xml_is_found(word: Path) -> None:
    edit(word, MAIN, "</w:body>", "")
    with pytest.raises(OutputProblem, match="格式有误"):
        inspect.inspect_word(word, DOCUMENT)


def make_pdf(path: Path, font: str, embedded: bool) -> Path:
    """Write a PDF of one page that says `county` in `font`."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    described = {"/Type": pikepdf.Name("/FontDescriptor"), "/FontName": pikepdf.Name(f"/{font}"), "/Flags": 4}
    if embedded:
        described["/FontFile2"] = pdf.make_stream(b"x")
    descriptor = pdf.make_indirect(pikepdf.Dictionary(described))
    made = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name(f"/ABCDEF+{font}"),
        FontDescriptor=descriptor, Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(made)))
    page.Contents = pdf.make_stream(b"BT /F1 12 Tf 20 20 Td (county) Tj ET")
    pdf.save(path)
    return path


def test_fonts_must_be_expected_and_embedded(tmp_path: Path) -> None:
    assert inspect.inspect_pdf(make_pdf(tmp_path / "a.pdf", "LiberationSerif", True), ["county"]) == 1
    with pytest.raises(OutputProblem, match=r"b\.pdf第1页的字体“LiberationSerif”没有嵌入"):
        inspect.inspect_pdf(make_pdf(tmp_path / "b.pdf", "LiberationSerif", False), ["county"])
    with pytest.raises(OutputProblem, match=r"c\.pdf第1页用了预期之外的字体“WenQuanYi”"):
        inspect.inspect_pdf(make_pdf(tmp_path / "c.pdf", "WenQuanYi", True), ["county"])


def test_the_text_of_a_pdf_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(OutputProblem, match=f"没有“{COUNTY}”"):
        inspect.inspect_pdf(make_pdf(tmp_path / "a.pdf", "LiberationSerif", True), [COUNTY])


def test_an_empty_or_broken_pdf_is_found(tmp_path: Path) -> None:
    pikepdf.new().save(tmp_path / "none.pdf")
    blank = pikepdf.new()
    blank.add_blank_page()
    blank.save(tmp_path / "blank.pdf")
    (tmp_path / "half.pdf").write_bytes(
        make_pdf(tmp_path / "a.pdf", "LiberationSerif", True).read_bytes()[:300]
    )
    for name, said in (("none", "没有页"), ("blank", "没有文字"), ("half", "不是完整"), ("lost", "无法打开")):
        with pytest.raises(OutputProblem, match=said):
            inspect.inspect_pdf(tmp_path / f"{name}.pdf", [])


def book(path: Path, value: object = "泗滨县实验小学", creator: str = "openpyxl") -> Path:
    made = openpyxl.Workbook()
    made.properties.creator = creator
    made.worksheets[0]["B2"] = value
    made.save(path)
    return path


def test_a_good_workbook_passes(tmp_path: Path) -> None:
    inspect.inspect_workbook(book(tmp_path / "a.xlsx"))
    inspect.inspect_workbook(book(tmp_path / "b.xlsx", 3.5))


@pytest.mark.parametrize(
    ("value", "said"), [("nan", "单元格B2出现"), ("#N/A", "单元格B2是错误值#N/A"), (None, "没有内容")]
)
def test_a_bad_workbook_is_found(tmp_path: Path, value: object, said: str) -> None:
    with pytest.raises(OutputProblem, match=said):
        inspect.inspect_workbook(book(tmp_path / "a.xlsx", value))


def test_a_user_name_in_a_workbook_is_found(tmp_path: Path) -> None:
    with pytest.raises(OutputProblem, match="用户名“张三”"):
        inspect.inspect_workbook(book(tmp_path / "a.xlsx", creator="张三"))


COLUMNS = ("school_code", "value")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("school_code,value\r\n1,\r\n2,0.5\r\n", ""),
        ("school_code,value\n", ""),
        ("", "实为空"),
        ("\ufeffschool_code,value\n", "列应为"),
        ("value,school_code\n1,2\n", "列应为school_code,value，实为value,school_code"),
        ("school_code,value\n1\n", "第2行应有2列，实有1列"),
        ("school_code,value\n1,2\n3,nan\n", "第3行“value”出现了不应有的“nan”"),
        ('school_code,value\n1,"2\n', "格式有误"),
    ],
)
def test_csv(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    if not said:
        inspect.inspect_csv(tmp_path / "a.csv", COLUMNS)
        return
    with pytest.raises(OutputProblem, match=said):
        inspect.inspect_csv(tmp_path / "a.csv", COLUMNS)


def test_csv_must_be_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("某县".encode("gbk"))
    with pytest.raises(OutputProblem, match="不是UTF-8"):
        inspect.inspect_csv(tmp_path / "a.csv", COLUMNS)


@pytest.mark.parametrize(
    "data", [b"", b"root:x:0:0", b"\x89PNG\r\n\x1a\n broken", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"]
)
def test_a_picture_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(OutputProblem, match=r"图“x\.png”不是完整的PNG"):
        inspect.inspect_picture(tmp_path / "x.png")


def test_a_picture_cut_short_is_refused_and_a_whole_one_passes(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(whole := png(120, 80))
    inspect.inspect_picture(tmp_path / "x.png")
    (tmp_path / "x.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OutputProblem, match="不是完整的PNG"):
        inspect.inspect_picture(tmp_path / "x.png")
