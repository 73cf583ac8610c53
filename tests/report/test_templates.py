"""The templates as a clerk edits them in Word, and what is wrong in one named: the reports follow."""

from __future__ import annotations

import copy
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm
from lxml import etree

from junheng.assess.engine import assess
from junheng.errors import OutputProblem, ParamsProblem
from junheng.params.counties import load_counties
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Document, Picture
from junheng.report.content.reports import COMPOSERS
from junheng.report.pdf.inspect import inspect_word
from junheng.report.word.document import open_template
from junheng.report.word.render import make_word, render_word
from junheng.report.word.text import Element, element, paragraph_text
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, ROOT, book, school
from tests.report.test_creation import creation
from tests.report.test_supervision import TALK, WATCH, entered
from tests.report.test_word import ORDERS, check_order
from tests.report.test_word_sample import part, png, texts

MAIN = "word/document.xml"
OPENED = [name for name in COMPOSERS if name not in ("form", "interview", "supervision")]
"""Those that begin with sentences."""
HEADS = ("二、总体结论", "三、指标达成情况")


@cache
def document(name: str) -> Document:
    """A small county that fails in two schools."""
    county = book([school(1, teaching_area=1500), school(2, teaching_area=None), school(3)])
    assessment = assess(county, DICTIONARY, (NATIONAL, LOCAL))
    picture = Picture("small.png", "学校规模", "柱形图", 0.5)
    context = CountyContext(assessment, None, load_wording(PARAMS, 2024), (picture,))
    return COMPOSERS[name](
        replace(context, creation=creation(assessment, 2026), records=entered(TALK, WATCH))
    )


def template(name: str) -> Path:
    return ROOT / "templates" / f"{name}.docx"


def edited(name: str, folder: Path, change: Callable[[Element], None], part_name: str = MAIN) -> Path:
    """Copy a template with one part changed, as Word would save it."""
    target = folder / f"{name}.docx"
    with zipfile.ZipFile(template(name)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if re.fullmatch(part_name, entry):
                root = etree.fromstring(data)
                change(root)
                data = etree.tostring(root)
            new.writestr(entry, data)
    return target


def rendered(name: str, clerk: Path, folder: Path) -> Path:
    (folder / "small.png").write_bytes(png(900, 420))
    target = folder / "out.docx"
    render_word(document(name), clerk, target, folder)
    inspect_word(target, document(name))
    return target


def find(root: Element, text: str) -> Element:
    return next(item for item in root.iter(qn("w:p")) if paragraph_text(item) == text)


def split_runs(root: Element) -> None:
    """Split every run of the document after each third character, with the marks Word leaves between."""
    for run in list(root.iter(qn("w:r"))):
        text = run.findtext(qn("w:t")) or ""
        parent = run.getparent()
        assert parent is not None
        for start in reversed(range(3, len(text), 3)):
            piece = copy.deepcopy(run)
            piece.set(qn("w:rsidR"), "00A77B3E")
            holder = piece.find(qn("w:t"))
            assert holder is not None
            holder.text = text[start : start + 3]
            run.addnext(piece)
            run.addnext(OxmlElement("w:proofErr", {qn("w:type"): "spellStart"}))
        first = run.find(qn("w:t"))
        if first is not None:
            first.text = text[:3]


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPOSERS)
def test_runs_split_by_word_change_nothing_in_the_text(name: str, tmp_path: Path) -> None:
    plain = texts(rendered(name, template(name), tmp_path))
    assert texts(rendered(name, edited(name, tmp_path, split_runs), tmp_path)) == plain


@pytest.mark.parametrize("name", COMPOSERS)
def test_children_stand_in_the_order_of_the_schema_in_every_report(name: str, tmp_path: Path) -> None:
    for path in (template(name), rendered(name, template(name), tmp_path)):
        with zipfile.ZipFile(path) as archive:
            names = [entry for entry in archive.namelist() if re.fullmatch(r"word/\w+\.xml", entry)]
            roots = [etree.fromstring(archive.read(entry)) for entry in names]
        for root in roots:
            for ordered in root.iter(*(qn(f"w:{kind}") for kind in ORDERS)):
                check_order(ordered)


@pytest.mark.parametrize("name", OPENED)
def test_a_paragraph_the_clerk_adds_is_printed_with_its_tags(name: str, tmp_path: Path) -> None:
    def change(root: Element) -> None:
        opening = find(root, "{{ blocks.opening }}")
        added = copy.deepcopy(opening)
        texts_of = list(added.iter(qn("w:t")))
        texts_of[0].text = "抄送：{{ county }}人大常委会，{{ year }}年度。"
        opening.addprevious(added)

    assert "抄送：邹城市人大常委会，2024年度。" in texts(
        rendered(name, edited(name, tmp_path, change), tmp_path)
    )


@pytest.mark.parametrize("name", ["assessment", "self", "schools"])
def test_the_clerks_font_is_the_font_of_every_sentence(name: str, tmp_path: Path) -> None:
    def change(root: Element) -> None:
        style = next(
            s for s in root.iter(qn("w:style")) if s.find(qn("w:name")).get(qn("w:val")) == "公文正文"
        )  # type: ignore[union-attr]
        fonts = style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        assert fonts is not None
        fonts.set(qn("w:eastAsia"), "华文中宋")

    target = rendered(name, edited(name, tmp_path, change, "word/styles.xml"), tmp_path)
    bodies = [
        item for item in part(target).iter(qn("w:p")) if _style(item) == "Body" and paragraph_text(item)
    ]
    used = {fonts.get(qn("w:eastAsia")) for item in bodies for fonts in item.iter(qn("w:rFonts"))}
    assert bodies and used == {"华文中宋"}


def _style(paragraph: Element) -> str | None:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return None if style is None else style.get(qn("w:val"))


@pytest.mark.parametrize(("name", "head"), [("assessment", HEADS[0]), ("self", HEADS[1])])
def test_a_section_moved_by_the_clerk_moves_and_its_references_follow(
    name: str, head: str, tmp_path: Path
) -> None:
    def change(root: Element) -> None:
        heading, end = (
            find(root, head),
            next(p for p in root.iter(qn("w:p")) if paragraph_text(p).startswith("附件：")),
        )
        for item in (heading, find(root, "{{ blocks.conclusion }}")):
            end.addprevious(item)

    target = texts(rendered(name, edited(name, tmp_path, change), tmp_path))
    lead = next(text for text in target if text.startswith("各方面评估结论见表"))
    number = lead.removeprefix("各方面评估结论见").removesuffix("。")
    assert f"{number}　各方面评估结论" in target
    before = texts(rendered(name, template(name), tmp_path))
    assert lead not in before  # the number has changed
    headings = [text for text in target if re.match("[一二三四五六]、", text)]
    assert headings.index(head) > headings.index(
        next(text for text in headings if text.startswith(("三", "二")) and text != head)
    )


@pytest.mark.parametrize("name", ["assessment", "self"])
def test_an_annex_moved_by_the_clerk_is_referred_to_by_its_new_number(name: str, tmp_path: Path) -> None:
    def change(root: Element) -> None:
        third, fourth = find(root, "附件3"), find(root, "附件4")
        group = [fourth, *list(fourth.itersiblings())[:2]]
        for item in group:
            third.addprevious(item)
        for item, label in ((fourth, "附件3"), (third, "附件4")):
            next(item.iter(qn("w:t"))).text = label

    target = texts(rendered(name, edited(name, tmp_path, change), tmp_path))
    said = "".join(target)
    assert "缺少的数据见附件3" in said or "附件3所列缺少的数据" in said
    assert "附件4所列" not in said and "〔附件" not in said


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{{ title_line1 }}", "{{ title_line }}", "“{{ title_line }}”无此名称"),
        ("{{ title_line1 }}", "{{ title_line1 }", "不完整"),
        ("{{ blocks.opening }}", "{{ blocks.openings }}", "是否要写“blocks.opening”"),
        ("{{ blocks.opening }}", "见{{ blocks.opening }}。", "应单独成段"),
        ("{{ blocks.opening }}", "", "没有放置“{{ blocks.opening }}”"),
    ],
)
def test_a_broken_tag_names_template_paragraph_and_tag(
    name: str, old: str, new: str, expected: str, tmp_path: Path
) -> None:
    def change(root: Element) -> None:
        next(find(root, old).iter(qn("w:t"))).text = new

    with pytest.raises(ParamsProblem) as caught:
        rendered(name, edited(name, tmp_path, change), tmp_path)
    said = str(caught.value)
    assert said.startswith(f"模板{name}.docx：") and expected in said
    assert new == "" or re.search(r"正文第\d+段（“", said)
    assert not (tmp_path / "out.docx").exists()


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    def change(root: Element) -> None:
        for label in [item for item in root.iter(qn("w:p")) if re.fullmatch(r"附件\d", paragraph_text(item))]:
            next(label.iter(qn("w:t"))).text = "附录"

    with pytest.raises(OutputProblem, match="所指的“附件:annex_gaps”在模板中没有位置"):
        rendered("assessment", edited("assessment", tmp_path, change), tmp_path)


def without_tag(tag: str, root: Element) -> None:
    """Delete the paragraph of a tag, wherever the template has it."""
    for paragraph in [item for item in root.iter(qn("w:p")) if f"{{{{ {tag} }}}}" in paragraph_text(item)]:
        parent = paragraph.getparent()
        assert parent is not None
        parent.remove(paragraph)


@pytest.mark.parametrize(
    ("name", "tags", "what"),
    [
        ("assessment", ("addressee",), "主送机关"),
        ("assessment", ("document_number",), "文号"),
        ("self", ("title_line2",), "标题第二行"),
        ("application", ("title_line2",), "标题第二行"),
        ("rectify_report", ("signer",), "署名"),
        ("creation", ("signed_on",), "成文日期"),
        ("interview", ("signed_on",), "成文日期"),
    ],
)
def test_what_a_letter_is_none_without_is_missed(
    name: str, tags: tuple[str, ...], what: str, tmp_path: Path
) -> None:
    def change(root: Element) -> None:
        for tag in tags:
            without_tag(tag, root)

    clerk = edited(name, tmp_path, change)
    with pytest.raises(
        ParamsProblem, match=f"模板{name}.docx没有印出{what}“.+”，请恢复标记“{{{{ {tags[0]} }}}}”"
    ):
        rendered(name, clerk, tmp_path)


def test_the_mark_of_demo_data_is_missed_too(tmp_path: Path) -> None:
    marked = document("application")
    marked = replace(marked, fields={**marked.fields, "demo_mark": "演示数据"})
    clerk = edited(
        "application", tmp_path, partial(without_tag, "demo_mark"), r"word/(header\d+|document)\.xml"
    )
    with pytest.raises(ParamsProblem, match="没有印出演示标记“演示数据”"):
        make_word(marked, clerk, tmp_path)


def test_a_signature_written_out_is_a_signature(tmp_path: Path) -> None:
    """A clerk may write the name where the tag was, with blanks between its letters."""
    made = document("rectify_report")

    def change(root: Element) -> None:
        for text in root.iter(qn("w:t")):
            text.text = (text.text or "").replace("{{ signer }}", "　".join(made.fields["signer"]))

    assert rendered("rectify_report", edited("rectify_report", tmp_path, change), tmp_path).is_file()


@pytest.mark.parametrize("edit", ["ins", "del", "cellIns"])
def test_rows_and_cells_inserted_or_deleted_with_changes_tracked_are_named(edit: str, tmp_path: Path) -> None:
    def change(root: Element) -> None:
        mark = f'<w:{edit} w:id="900" w:author="甲" w:date="2025-01-01T00:00:00Z"/>'
        row, cell = (mark, "") if edit != "cellIns" else ("", f"<w:tcPr>{mark}</w:tcPr>")
        table = element(
            f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="100"/></w:tblGrid><w:tr><w:trPr>{row}</w:trPr>'
            f"<w:tc>{cell}<w:p><w:r><w:t>备注</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        )
        next(root.iter(qn("w:p"))).addprevious(table)

    clerk = edited("application", tmp_path, change)
    with pytest.raises(ParamsProblem, match=r"application\.docx：正文的表格、分节或段落之间含修订或批注"):
        rendered("application", clerk, tmp_path)


def test_a_block_in_a_content_control_is_named(tmp_path: Path) -> None:
    def change(root: Element) -> None:
        paragraph = find(root, "{{ blocks.opening }}")
        control = element("<w:sdt><w:sdtPr/><w:sdtContent/></w:sdt>")
        paragraph.addprevious(control)
        control[-1].append(paragraph)

    clerk = edited("application", tmp_path, change)
    with pytest.raises(ParamsProblem, match="只能放在正文中，不能放在表格、文本框、内容控件"):
        rendered("application", clerk, tmp_path)


def test_the_longest_title_fits_its_line_on_cover_and_first_page() -> None:
    """A title is broken by sense (GB/T 9704-2012, 7.3.1), between its two lines and not inside the first."""
    names = [county.title for county in load_counties(PARAMS)]
    letters = max(map(len, names)) + len("义务教育优质均衡发展")
    for name in ("assessment", "self", "city"):
        for paragraph in open_template(template(name)).paragraphs:
            if "cover_title" in paragraph.text or "title_line1" in paragraph.text:
                size = paragraph.style.font.size
                assert size is not None and letters * size.pt <= Mm(156).pt, (name, paragraph.text)
