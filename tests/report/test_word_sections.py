"""Landscape pages: which blocks share them, what the sections are, and that nothing makes an empty page."""

from __future__ import annotations

import zipfile
from pathlib import Path

from docx.oxml.ns import qn
from lxml import etree

from junheng.report.content.model import Block, Heading, Paragraph, Table
from junheng.report.word.render import render_word
from junheng.report.word.text import paragraph_text
from tests.report.test_word_sample import basics_table, edit, gaps_table, make_template, p, part, tiny

WIDE, NARROW = basics_table(), gaps_table()
TEXT = Paragraph("正文")


def sections(folder: Path, *blocks: Block, before: str = "", after: str = "") -> list[tuple[bool, list[str]]]:
    """Render the blocks; return each section: whether landscape, and what it holds."""
    template = make_template(folder, before + p("{{ blocks.a }}") + after)
    render_word(tiny(a=blocks), template, folder / "o.docx", folder)
    body = part(folder / "o.docx").find(qn("w:body"))
    assert body is not None
    found: list[tuple[bool, list[str]]] = []
    held: list[str] = []
    for child in body:
        if child.tag != qn("w:sectPr"):
            held.append("表" if child.tag == qn("w:tbl") else paragraph_text(child))
        section = child if child.tag == qn("w:sectPr") else child.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if section is not None:
            found.append((is_landscape(section), held))
            held = []
    assert not held
    return found


def is_landscape(section: etree._Element) -> bool:
    size = section.find(qn("w:pgSz"))
    assert size is not None
    turned = size.get(qn("w:orient")) == "landscape"
    assert (int(size.get(qn("w:w"), "0")) > int(size.get(qn("w:h"), "0"))) is turned
    return turned


CAPTION, NOTE = "表Ⅰ　基本情况", "注：人口按常住人口统计，保留2位小数。"


def test_a_wide_table_between_texts(tmp_path: Path) -> None:
    assert sections(tmp_path, TEXT, WIDE, TEXT) == [
        (False, ["正文"]), (True, [CAPTION, "表", NOTE]), (False, ["正文"])
    ]  # fmt: skip


def test_a_wide_table_at_the_end_needs_no_further_section(tmp_path: Path) -> None:
    assert sections(tmp_path, TEXT, WIDE) == [(False, ["正文"]), (True, [CAPTION, "表", NOTE])]


def test_a_wide_table_at_the_beginning(tmp_path: Path) -> None:
    assert sections(tmp_path, WIDE, TEXT) == [(True, [CAPTION, "表", NOTE]), (False, ["正文"])]


def test_neighbours_share_a_section(tmp_path: Path) -> None:
    found = sections(tmp_path, TEXT, WIDE, WIDE, TEXT, WIDE)
    assert [landscape for landscape, _ in found] == [False, True, False, True]
    assert found[1][1].count("表") == 2


def test_a_heading_goes_with_its_table(tmp_path: Path) -> None:
    label = p("正文前") + p("附件1", style="AnnexLabel") + p("申报表", style="AnnexTitle")
    found = sections(
        tmp_path, Heading(2, "（一）基本"), WIDE, Heading(2, "（二）再次"), WIDE, TEXT, before=label
    )
    assert [landscape for landscape, _ in found] == [False, True, False]
    assert found[0][1] == ["正文前"]
    assert found[1][1][:4] == ["附件1", "申报表", "（一）基本", CAPTION]


def test_a_table_at_the_turn_is_followed_by_a_paragraph_without_height(tmp_path: Path) -> None:
    bare = Table(WIDE.spec.model_copy(update={"notes": ()}), WIDE.rows)
    found = sections(tmp_path, NARROW, bare, TEXT)
    assert [(landscape, held[-2:]) for landscape, held in found] == [
        (False, ["表", ""]), (True, ["表", ""]), (False, ["正文"])
    ]  # fmt: skip
    for paragraph in part(tmp_path / "o.docx").iter(qn("w:p")):
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            spacing = paragraph.find(f"{qn('w:pPr')}/{qn('w:spacing')}")
            assert spacing is not None and spacing.get(qn("w:line")) == "20"


def test_page_breaks_at_a_turn_make_no_empty_page(tmp_path: Path) -> None:
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    after = page + "<w:p/>" + p("附件2", style="AnnexLabel") + p("清单", style="AnnexTitle") + p("文")
    found = sections(tmp_path, WIDE, before=p("前") + page, after=after)
    assert found == [(False, ["前"]), (True, [CAPTION, "表", NOTE]), (False, ["附件2", "清单", "文"])]
    label = next(
        item for item in part(tmp_path / "o.docx").iter(qn("w:p")) if paragraph_text(item) == "附件2"
    )
    switch = label.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}")
    assert switch is not None and switch.get(qn("w:val")) == "0"


def test_margins_turn_with_the_page_and_headers_stay(tmp_path: Path) -> None:
    sections(tmp_path, TEXT, WIDE, TEXT)
    portrait, landscape, last = part(tmp_path / "o.docx").iter(qn("w:sectPr"))
    edges = {
        name: portrait.find(qn("w:pgMar")).get(qn(f"w:{name}")) for name in ("top", "right", "bottom", "left")
    }  # type: ignore[union-attr]
    turned = {
        name: landscape.find(qn("w:pgMar")).get(qn(f"w:{name}"))
        for name in ("top", "right", "bottom", "left")
    }  # type: ignore[union-attr]
    assert turned == {
        "top": edges["left"], "right": edges["top"], "bottom": edges["right"], "left": edges["bottom"]
    }  # fmt: skip
    for section in (portrait, landscape, last):
        assert (
            len(section.findall(qn("w:headerReference")))
            == len(section.findall(qn("w:footerReference")))
            == 2
        )


def test_numbering_goes_on_and_is_not_begun_again(tmp_path: Path) -> None:
    template = make_template(tmp_path, p("前") + p("{{ blocks.a }}") + p("后"))
    start = '<w:pgNumType w:start="3"/><w:cols'
    edit(template, "word/document.xml", "<w:cols", start)
    render_word(tiny(a=(WIDE,)), template, tmp_path / "o.docx", tmp_path)
    starts = [
        section.find(qn("w:pgNumType")) is not None
        for section in part(tmp_path / "o.docx").iter(qn("w:sectPr"))
    ]
    assert starts == [True, False, False]


def test_the_clerks_own_sections_are_kept(tmp_path: Path) -> None:
    end = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1000" w:right="900" w:bottom="800" w:left="700"/></w:sectPr>'
    )
    before = p("第一节", more=end)
    found = sections(tmp_path, WIDE, before=before, after=p("后"))
    assert [landscape for landscape, _ in found] == [False, True, False]
    first, second, _ = part(tmp_path / "o.docx").iter(qn("w:sectPr"))
    assert first.find(qn("w:pgMar")).get(qn("w:top")) == "1000"  # type: ignore[union-attr]
    assert second.find(qn("w:pgMar")).get(qn("w:top")) == "1588"  # type: ignore[union-attr]


def test_a_landscape_page_has_the_footer_turned_with_all_it_refers_to(tmp_path: Path) -> None:
    sections(tmp_path, TEXT, WIDE, TEXT, WIDE)
    ids = [
        [reference.get(qn("r:id")) for reference in section.iter(qn("w:footerReference"))]
        for section in part(tmp_path / "o.docx").iter(qn("w:sectPr"))
    ]
    upright, turned, *rest = ids
    assert len(upright) == len(turned) == 2 and not {*upright} & {*turned}
    assert rest == [upright, turned]  # one turned copy of each, however many wide tables there are
    with zipfile.ZipFile(tmp_path / "o.docx") as archive:
        footers = sorted(name for name in archive.namelist() if name.startswith("word/footer"))
    assert len(footers) == 4
    for name in footers[2:]:
        (box,) = part(tmp_path / "o.docx", name).iter(qn("w:txbxContent"))
        assert " PAGE " in [code.text for code in box.iter(qn("w:instrText"))]
