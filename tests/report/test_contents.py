"""The contents list: its page numbers are those of the PDF, written without a second conversion or a question."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx.oxml.ns import qn
from lxml import etree

from junheng.errors import OutputProblem
from junheng.report.content.model import ContentsList, Heading, Paragraph, Picture
from junheng.report.pdf.convert import Converter
from junheng.report.word.captions import plain_references
from junheng.report.word.contents import settle_contents
from junheng.report.word.render import render_word
from junheng.report.word.text import paragraph_text
from tests.report.test_word_sample import (
    TEMPLATE,
    basics_table,
    edit,
    gaps_table,
    make_template,
    p,
    part,
    sample,
    texts,
    tiny,
    write_figures,
)

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
    for paragraph in part(word).iter(qn("w:p")):
        if next(paragraph.iter(qn("w:hyperlink")), None) is not None:
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
        assert words in told[1]  # the list itself is behind the cover


@pytest.mark.e2e
def test_the_pdf_shows_the_same_numbers(folder: Path) -> None:
    first = pages(folder / "o.pdf")[1]
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
    assert "附件2　未达标学校清单" in top


@pytest.mark.e2e
def test_a_pdf_of_another_document_is_refused(folder: Path, tmp_path: Path) -> None:
    template = make_template(tmp_path, p("{{ blocks.c }}") + p("一、别的标题", style="Heading1") + p("文"))
    render_word(tiny(c=(ContentsList(),)), template, tmp_path / "x.docx", tmp_path)
    with pytest.raises(OutputProblem, match="书签里没有标题“一、别的标题”"):
        settle_contents(tmp_path / "x.docx", folder / "o.pdf")


@pytest.mark.e2e
def test_a_list_without_page_numbers_is_not_published(tmp_path: Path) -> None:
    """What LibreOffice does with a TOC field that it sees as one."""
    template = make_template(tmp_path, p("{{ blocks.c }}") + p("一、标题", style="Heading1") + p("文"))
    render_word(tiny(c=(ContentsList(),)), template, tmp_path / "x.docx", tmp_path)
    edit(tmp_path / "x.docx", "word/document.xml", 'Requires="w15"', 'Requires="w14"')
    edit(tmp_path / "x.docx", "word/document.xml", "office/word/2012/wordml", "office/word/2010/wordml")
    edit(tmp_path / "x.docx", "word/document.xml", "xmlns:w15", "xmlns:w14")
    with Converter() as converter:
        converter.convert(tmp_path / "x.docx", tmp_path / "x.pdf")
    with pytest.raises(OutputProblem, match=r"x\.pdf的目录没有页码"):
        settle_contents(tmp_path / "x.docx", tmp_path / "x.pdf")


def test_the_list_holds_the_levels_asked_for_and_asks_word_nothing(tmp_path: Path) -> None:
    blocks = (Heading(1, "一、甲"), Paragraph("文"), Heading(2, "（一）乙"), Paragraph("文"))
    for levels, titles in ((1, ["一、甲"]), (2, ["一、甲", "（一）乙"])):
        template = make_template(tmp_path, p("{{ blocks.c }}") + p("{{ blocks.a }}"))
        render_word(tiny(c=(ContentsList(levels),), a=blocks), template, tmp_path / "o.docx", tmp_path)
        assert list(entries(tmp_path / "o.docx")) == titles
        xml = (part(tmp_path / "o.docx"), part(tmp_path / "o.docx", "word/settings.xml"))
        names = [mark.get(qn("w:name")) for mark in xml[0].iter(qn("w:bookmarkStart"))]
        codes = [code.split() for code in instructions(tmp_path / "o.docx")]
        assert codes[0] == ["TOC", "\\o", f'"1-{levels}"', "\\f", "\\h", "\\z"]
        pages = [code[1] for code in codes if code[0] == "PAGEREF"]
        assert pages == names[: len(titles)]
        assert not any(root.find(f".//{qn('w:updateFields')}") is not None for root in xml)
        assert not any(mark.get(qn("w:dirty")) for mark in xml[0].iter(qn("w:fldChar")))


def test_a_document_without_a_list_is_left_alone(tmp_path: Path) -> None:
    render_word(tiny(), make_template(tmp_path, p("{{ county }}")), tmp_path / "o.docx", tmp_path)
    before = (tmp_path / "o.docx").read_bytes()
    assert settle_contents(tmp_path / "o.docx", tmp_path / "none.pdf") == 0
    assert (tmp_path / "o.docx").read_bytes() == before


def instructions(word: Path) -> list[str]:
    """The instructions of the fields of a document, in order."""
    return [(piece.text or "").strip() for piece in part(word).iter(qn("w:instrText"))]


def bookmarked(word: Path) -> dict[str, str]:
    """The text under each bookmark; every bookmark has a number of its own and an end."""
    root = part(word)
    ends = [mark.get(qn("w:id")) for mark in root.iter(qn("w:bookmarkEnd"))]
    starts = list(root.iter(qn("w:bookmarkStart")))
    assert sorted(ends) == sorted({mark.get(qn("w:id")) for mark in starts})
    found = {}
    for mark in starts:
        inside = list(itertools.takewhile(lambda item: item.tag != qn("w:bookmarkEnd"), mark.itersiblings()))
        found[mark.get(qn("w:name"))] = "".join(t.text or "" for item in inside for t in item.iter(qn("w:t")))
    return found


def test_fields_begin_and_end_in_pairs(tmp_path: Path) -> None:
    write_figures(tmp_path)
    render_word(sample(), TEMPLATE, tmp_path / "o.docx", tmp_path)
    open_fields = 0
    for mark in part(tmp_path / "o.docx").iter(qn("w:fldChar")):
        open_fields += {"begin": 1, "separate": 0, "end": -1}[mark.get(qn("w:fldCharType"), "")]
        assert open_fields in (0, 1, 2)  # the entries of the list stand inside its field
    assert open_fields == 0


def test_only_programs_that_keep_page_numbers_see_the_field_of_the_list(tmp_path: Path) -> None:
    """LibreOffice prints what is stored inside a TOC field, here 0; Word takes the choice made for it."""
    template = make_template(tmp_path, p("{{ blocks.c }}") + p("一、甲", style="Heading1") + p("文"))
    render_word(tiny(c=(ContentsList(),)), template, tmp_path / "o.docx", tmp_path)
    choices = list(part(tmp_path / "o.docx").iter("{*}Choice"))
    held = [child for choice in choices for child in choice]
    assert [child.get(qn("w:fldCharType")) for child in held] == ["begin", None, "separate", "end"]
    for choice in choices:
        assert choice.get("Requires") in choice.nsmap  # else the prefix means nothing
        assert {etree.QName(parent).localname for parent in choice.iterancestors()} >= {"r", "p"}


def test_headings_of_annexes_stand_in_the_list_with_their_labels_when_word_makes_it_anew(
    tmp_path: Path,
) -> None:
    template = make_template(
        tmp_path,
        p("{{ blocks.c }}") + p("一、甲", style="Heading1") + p("文")
        + p("附件1", style="AnnexLabel") + p("清单“新”", style="AnnexTitle") + p("文"),
    )  # fmt: skip
    render_word(tiny(c=(ContentsList(),)), template, tmp_path / "o.docx", tmp_path)
    assert [code for code in instructions(tmp_path / "o.docx") if code.startswith("TC")] == [
        'TC "附件1　清单“新”" \\l 1'
    ]
    marks = bookmarked(tmp_path / "o.docx")
    assert [text for name, text in marks.items() if name.startswith("_Toc")] == ["一、甲", "清单“新”"]


def test_references_are_numbers_on_paper_and_words_elsewhere(tmp_path: Path) -> None:
    assert plain_references("见〔附件:annex_gaps〕，〔学校〕K3。") == "见报告附件，〔学校〕K3。"
    template = make_template(tmp_path, p("{{ blocks.a }}") + p("附件7") + p("{{ blocks.b }}"))
    told = {"a": (Paragraph("见〔附件:b〕。"),), "b": (Paragraph("文"),)}
    render_word(tiny(**told), template, tmp_path / "o.docx", tmp_path)
    assert texts(tmp_path / "o.docx")[0] == "见附件7。"
    ((name, text),) = bookmarked(tmp_path / "o.docx").items()
    assert text == "附件7"
    assert instructions(tmp_path / "o.docx") == [f"REF {name} \\h \\* MERGEFORMAT"]
    with pytest.raises(OutputProblem, match="所指的“表:none”在模板中没有位置"):
        render_word(tiny(a=(Paragraph("见〔表:none〕。"),), b=()), template, tmp_path / "o.docx", tmp_path)


def test_numbers_of_captions_are_fields_and_references_lead_to_them(tmp_path: Path) -> None:
    write_figures(tmp_path)
    picture, first, second = Picture("small.png", "分布", "图"), gaps_table(), basics_table()
    text = Paragraph(f"见〔图:small〕、〔表:{second.spec.id}〕和〔表:{first.spec.id}〕。")
    template = make_template(tmp_path, p("{{ blocks.a }}"))
    render_word(tiny(a=(text, first, second, picture)), template, tmp_path / "o.docx", tmp_path)
    marks, codes = bookmarked(tmp_path / "o.docx"), instructions(tmp_path / "o.docx")
    asked = [marks[code.split()[1]] for code in codes if code.startswith("REF")]
    assert asked == ["图1", "表Ⅰ", "表1"]
    assert texts(tmp_path / "o.docx")[0] == "见图1、表Ⅰ和表1。"
    assert [code for code in codes if code.startswith("SEQ")] == ["SEQ 表 \\* ARABIC", "SEQ 图 \\* ARABIC"]


@pytest.mark.e2e
def test_libreoffice_counts_and_refers_as_the_file_says(tmp_path: Path) -> None:
    """What is stored in the fields is put out of true on purpose: the PDF shows what the fields mean."""
    write_figures(tmp_path)
    picture, table = Picture("small.png", "分布", "图"), gaps_table()
    text = Paragraph(f"参见〔图:small〕和〔表:{table.spec.id}〕。")
    template = make_template(tmp_path, p("{{ blocks.a }}"))
    render_word(tiny(a=(text, table, picture)), template, tmp_path / "o.docx", tmp_path)
    edit(tmp_path / "o.docx", "word/document.xml", "<w:t>图1</w:t>", "<w:t>旧</w:t>")
    with Converter() as converter:
        converter.convert(tmp_path / "o.docx", tmp_path / "o.pdf")
    assert "参见图1和表1。" in "".join(pages(tmp_path / "o.pdf"))


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
