"""The contents list: its page numbers are those of the PDF, written without a second conversion or a question."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from junheng.errors import OutputProblem
from junheng.report.content.model import Contents, Heading, Paragraph
from junheng.report.pdf.convert import Converter
from junheng.report.word.contents import plain_references, resolve, settle_contents
from junheng.report.word.render import render_word
from junheng.report.word.xml import paragraph_text, q
from tests.report.test_word_sample import TEMPLATE, make_template, p, part, sample, texts, tiny, write_figures

ENTRY = re.compile(r"(.+?)(\d+)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as Word file, PDF and Word file with its pages; `again.pdf` is made from the latter."""
    folder = write_figures(tmp_path_factory.mktemp("contents"))
    render_word(sample(), TEMPLATE, folder / "o.docx", folder)
    with Converter() as converter:
        converter.convert(folder / "o.docx", folder / "o.pdf")
        assert settle_contents(folder / "o.docx", folder / "o.pdf") > 15
        converter.convert(folder / "o.docx", folder / "again.pdf")
    return folder


def entries(word: Path) -> dict[str, int]:
    found = {}
    for paragraph in part(word).iter(q("p")):
        if next(paragraph.iter(q("hyperlink")), None) is not None:
            match = ENTRY.fullmatch(paragraph_text(paragraph))
            assert match is not None
            found[match.group(1)] = int(match.group(2))
    return found


def pages(pdf: Path) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return found


@pytest.mark.e2e
def test_every_heading_stands_on_the_page_the_list_names(folder: Path) -> None:
    told = pages(folder / "o.pdf")
    for title, number in entries(folder / "o.docx").items():
        words = "".join(title.split())
        assert words in told[number - 1], (title, number)
        assert words in told[0]  # the list itself is on the first page


@pytest.mark.e2e
def test_the_pdf_shows_the_same_numbers(folder: Path) -> None:
    first = pages(folder / "o.pdf")[0]
    for title, number in entries(folder / "o.docx").items():
        assert re.search(re.escape("".join(title.split())) + rf"\.*{number}(?!\d)", first), title


@pytest.mark.e2e
def test_writing_the_numbers_moves_nothing(folder: Path) -> None:
    assert pages(folder / "again.pdf") == pages(folder / "o.pdf")


@pytest.mark.e2e
def test_the_pdf_has_a_bookmark_for_every_heading(folder: Path) -> None:
    with pikepdf.open(folder / "o.pdf") as pdf, pdf.open_outline() as outline:
        top = [str(item.title) for item in outline.root]
    assert [title for title in top if re.match("[一二三四五六]、", title)] == [
        "一、基本情况",
        "二、总体结论",
        "三、分项评估结果",
        "四、与上年度比较",
        "五、存在问题",
        "六、整改要求",
    ]
    assert "未达标学校清单" in top


@pytest.mark.e2e
def test_a_pdf_of_another_document_is_refused(folder: Path, tmp_path: Path) -> None:
    template = make_template(tmp_path, p("{{ blocks.c }}") + p("一、别的标题", style="Heading1") + p("文"))
    render_word(tiny(c=(Contents(),)), template, tmp_path / "x.docx", tmp_path)
    with pytest.raises(OutputProblem, match="书签里没有标题“一、别的标题”"):
        settle_contents(tmp_path / "x.docx", folder / "o.pdf")


def test_the_list_holds_the_levels_asked_for_and_asks_word_nothing(tmp_path: Path) -> None:
    blocks = (Heading(1, "一、甲"), Paragraph("文"), Heading(2, "（一）乙"), Paragraph("文"))
    for levels, titles in ((1, ["一、甲"]), (2, ["一、甲", "（一）乙"])):
        template = make_template(tmp_path, p("{{ blocks.c }}") + p("{{ blocks.a }}"))
        render_word(tiny(c=(Contents(levels),), a=blocks), template, tmp_path / "o.docx", tmp_path)
        assert list(entries(tmp_path / "o.docx")) == titles
        xml = (part(tmp_path / "o.docx"), part(tmp_path / "o.docx", "word/settings.xml"))
        names = [mark.get(q("name")) for mark in xml[0].iter(q("bookmarkStart"))]
        fields = [piece.text or "" for piece in xml[0].iter(q("instrText"))]
        assert [field.split()[1] for field in fields] == names
        assert not any(root.find(f".//{q('updateFields')}") is not None for root in xml)
        assert not any(mark.get(q("dirty")) for mark in xml[0].iter(q("fldChar")))


def test_a_document_without_a_list_is_left_alone(tmp_path: Path) -> None:
    render_word(tiny(), make_template(tmp_path, p("{{ county }}")), tmp_path / "o.docx", tmp_path)
    before = (tmp_path / "o.docx").read_bytes()
    assert settle_contents(tmp_path / "o.docx", tmp_path / "none.pdf") == 0
    assert (tmp_path / "o.docx").read_bytes() == before


def test_references_are_numbers_on_paper_and_words_elsewhere(tmp_path: Path) -> None:
    assert resolve("见〔表:aspects〕。", {"表:aspects": "表3"}) == "见表3。"
    with pytest.raises(OutputProblem, match="所指的“表:none”在模板中没有位置"):
        resolve("见〔表:none〕。", {})
    assert plain_references("见〔附件:annex_gaps〕，〔学校〕K3。") == "见报告附件，〔学校〕K3。"
    template = make_template(tmp_path, p("{{ blocks.a }}") + p("附件7") + p("{{ blocks.b }}"))
    told = {"a": (Paragraph("见〔附件:b〕。"),), "b": (Paragraph("文"),)}
    render_word(tiny(**told), template, tmp_path / "o.docx", tmp_path)
    assert texts(tmp_path / "o.docx")[0] == "见附件7。"


def test_a_reference_to_a_section_names_its_part_of_the_report(tmp_path: Path) -> None:
    body = "".join(
        p(text)
        for text in (
            *("一、总体", "{{ blocks.a }}", "（一）甲", "{{ blocks.b }}", "二、问题", "{{ blocks.c }}"),
            *("（二）乙", "{{ blocks.d }}", "附件1", "{{ blocks.e }}"),
        )
    )
    told = {name: (Paragraph("文"),) for name in "bcd"}
    told |= {"a": (Paragraph("见〔节:b〕、〔节:c〕、〔节:d〕。"),), "e": (Paragraph("文"),)}
    render_word(tiny(**told), make_template(tmp_path, body), tmp_path / "o.docx", tmp_path)
    assert "见第一部分（一）、第二部分、第二部分（二）。" in texts(tmp_path / "o.docx")
    assert plain_references("见〔节:b〕。") == "见报告相应部分。"
    with pytest.raises(OutputProblem):  # an annex is no part
        render_word(
            tiny(**{**told, "a": (Paragraph("见〔节:e〕。"),)}),
            make_template(tmp_path, body),
            tmp_path / "p.docx",
            tmp_path,
        )
