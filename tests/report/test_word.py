"""A whole document: the same bytes each time, nothing personal, valid order of elements, fonts that hold."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path

import pytest
from docx.oxml.ns import qn
from lxml import etree

from junheng.errors import OutputProblem, ParamsProblem
from junheng.report.content.model import Heading, Paragraph, Picture
from junheng.report.pdf.inspect import inspect_word
from junheng.report.word.document import save_word
from junheng.report.word.render import make_word, render_word
from junheng.report.word.text import SHARED
from tests.report.test_word_sample import (
    COUNTY,
    TEMPLATE,
    edit,
    make_template,
    p,
    part,
    png,
    sample,
    texts,
    tiny,
    write_figures,
)
from tests.waiting import calls_of

# Orders of the schema (ECMA-376 part 1, wml.xsd), written down apart from those the renderer works with.
ORDERS = {
    "p": "pPr *",
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl pBdr shd tabs snapToGrid spacing ind jc"
    " outlineLvl rPr sectPr",
    "r": "rPr *",
    "rPr": "rStyle rFonts b i vanish color spacing sz szCs u lang",
    "tbl": "tblPr tblGrid tr",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "trPr": "cantSplit trHeight tblHeader",  # a choice in the schema: any order will do
    "tr": "trPr tc",
    "tc": "tcPr p",
    "tcPr": "tcW gridSpan vMerge tcBorders shd tcMar vAlign",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_figures(tmp_path_factory.mktemp("report"))
    render_word(sample(), TEMPLATE, folder / "report.docx", folder)
    return folder / "report.docx"


@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    write_figures(tmp_path)
    time.sleep(2.1)  # longer than the step of a zip archive's clock
    render_word(sample(), TEMPLATE, tmp_path / "again.docx", tmp_path)
    assert (tmp_path / "again.docx").read_bytes() == report.read_bytes()


def test_the_file_passes_its_own_check(report: Path) -> None:
    inspect_word(report, sample())


@pytest.mark.parametrize("path", ["report", "template"])
def test_children_stand_in_the_order_of_the_schema(report: Path, path: str) -> None:
    file = report if path == "report" else TEMPLATE
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"word/\w+\.xml", name)]
        roots = [etree.fromstring(archive.read(name)) for name in names]
    for root in roots:
        for element in root.iter(*(qn(f"w:{name}") for name in ORDERS)):
            check_order(element)


def check_order(element: etree._Element) -> None:
    order = ORDERS[etree.QName(element).localname].split()
    names = [etree.QName(child).localname for child in element]
    if order[-1] == "*":
        assert order[0] not in names[1:], names
        return
    assert set(names) <= set(order), (element.tag, names)
    ranks = [order.index(name) for name in names]
    assert ranks == sorted(ranks), (element.tag, names)


def test_styles_name_all_fonts_and_runs_only_what_differs(report: Path) -> None:
    kinds = {qn(f"w:{kind}") for kind in ("ascii", "hAnsi", "eastAsia", "cs")}
    for style in part(report, "word/styles.xml").findall(qn("w:style")):
        if style.get(qn("w:type")) == "paragraph":
            fonts = style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            assert fonts is not None and set(fonts.attrib) == kinds
    for run in part(report).iter(qn("w:r")):
        fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        shared = bool(SHARED.search(run.findtext(qn("w:t")) or ""))
        assert (fonts is not None and {*kinds, qn("w:hint")} == set(fonts.attrib)) is shared
        assert shared or fonts is None or set(fonts.attrib) == {qn("w:eastAsia")}  # 黑体 or 楷体 in a table
    for name in ("word/document.xml", "word/styles.xml", "word/header1.xml", "word/footer2.xml"):
        for fonts in part(report, name).iter(qn("w:rFonts")):
            assert not any("heme" in attribute for attribute in fonts.attrib)


def test_shared_punctuation_takes_the_chinese_font(tmp_path: Path) -> None:
    target = tmp_path / "o.docx"
    template = make_template(tmp_path, p("“L1”—— 2024……：{{ county }}"))
    render_word(tiny({"county": "表Ⅰ不变"}), template, target, tmp_path)
    fonts = {
        (run.findtext(qn("w:t")), fonts.get(qn("w:ascii")), fonts.get(qn("w:hint")))
        if (fonts := run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")) is not None
        else (run.findtext(qn("w:t")), None, None)
        for run in part(target).iter(qn("w:r"))
    }
    chinese = ("仿宋_GB2312", "eastAsia")
    latin = (None, None)
    assert fonts == {
        *(("“", *chinese), ("L1", *latin), ("”——", *chinese), (" 2024", *latin), ("……", *chinese)),
        *(("：表", *latin), ("Ⅰ", *chinese), ("不变", *latin)),
    }
    assert texts(target) == ["“L1”—— 2024……：表Ⅰ不变"]


def test_the_clerks_fonts_decide_and_theme_fonts_go(tmp_path: Path) -> None:
    run = '<w:r><w:rPr><w:rFonts w:eastAsiaTheme="minorEastAsia" w:ascii="Arial"/></w:rPr><w:t>文</w:t></w:r>'
    template = make_template(
        tmp_path, f'<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr>{run}</w:p>' + p("文")
    )
    render_word(tiny(), template, tmp_path / "o.docx", tmp_path)
    fonts = part(tmp_path / "o.docx").find(f".//{qn('w:rFonts')}")
    assert fonts is not None
    assert {key.rpartition("}")[2]: value for key, value in fonts.attrib.items()} == {
        "ascii": "Arial"  # the rest is that of 标题2
    }  # fmt: skip


def test_properties_name_the_document_the_office_and_the_day_it_signs(report: Path) -> None:
    core = part(report, "docProps/core.xml")
    said = {etree.QName(item).localname: item.text for item in core}
    assert said["title"] == f"{COUNTY}义务教育优质均衡发展督导评估报告"
    assert said["keywords"] == "义务教育；优质均衡"
    assert said["created"] == said["modified"] == "2025-04-15T00:00:00Z"
    assert said["creator"] == "市政府教育督导委员会办公室" and said["language"] == "zh-CN"
    assert "lastModifiedBy" not in said and "revision" not in said


def test_a_document_that_nobody_has_signed_has_neither_author_nor_date(tmp_path: Path) -> None:
    render_word(tiny(), make_template(tmp_path, p("文")), tmp_path / "o.docx", tmp_path)
    said = {
        etree.QName(item).localname: item.text or ""
        for item in part(tmp_path / "o.docx", "docProps/core.xml")
    }
    assert said.get("creator", "") == "" and "created" not in said and "modified" not in said


def test_what_a_clerks_word_leaves_behind_is_dropped(tmp_path: Path) -> None:
    template = make_template(tmp_path, p("文"))
    core = "<dc:creator>张三</dc:creator><cp:lastModifiedBy>李四</cp:lastModifiedBy></cp:coreProperties>"
    edit(template, "docProps/core.xml", "</cp:coreProperties>", core)
    settings = '<w:attachedTemplate xmlns:r="x" r:id="rId1"/><w:updateFields w:val="true"/><w:defaultTabStop'
    edit(template, "word/settings.xml", "<w:defaultTabStop", settings)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" TargetMode="External" Target="file:///C:/Users/zhangsan/x.dotm"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(template, "a") as archive:
        archive.writestr("word/_rels/settings.xml.rels", relations)
    render_word(tiny(), template, tmp_path / "o.docx", tmp_path)
    with zipfile.ZipFile(tmp_path / "o.docx") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not re.search("张三|李四|zhangsan|attachedTemplate|updateFields", everything)


def test_pictures_have_alternative_text_and_a_caption_that_stays_with_them(report: Path) -> None:
    pictures = list(part(report).iter(qn("wp:docPr")))
    assert [picture.get("id") for picture in pictures] == ["1", "2", "3", "4"]
    assert pictures[0].get("descr") == "柱形图：按规模分的学校数"
    assert [text for text in texts(report) if re.match("图[0-9]", text)][:2] == [
        "图1　学校规模分布", "图2　各学校第1项指标分布"
    ]  # fmt: skip
    with zipfile.ZipFile(report) as archive:
        assert sum(name.startswith("word/media/") for name in archive.namelist()) == 2  # one file a figure


def test_a_tall_picture_is_made_to_fit_the_page(tmp_path: Path) -> None:
    (tmp_path / "tall.png").write_bytes(png(400, 2000))
    document = tiny(a=(Picture("tall.png", "高", "高图"),))
    render_word(document, make_template(tmp_path, p("{{ blocks.a }}")), tmp_path / "o.docx", tmp_path)
    extent = part(tmp_path / "o.docx").find(f".//{qn('wp:extent')}")
    assert extent is not None
    assert int(extent.get("cy", "0")) < 225 * 36000 * 0.9
    assert int(extent.get("cy", "0")) == pytest.approx(5 * int(extent.get("cx", "0")), rel=0.01)


def test_a_missing_or_wrong_picture_is_named(tmp_path: Path) -> None:
    template = make_template(tmp_path, p("{{ blocks.a }}"))
    (tmp_path / "x.png").write_bytes(b"GIF89a")
    with pytest.raises(OutputProblem, match=r"缺少图片none.png，无法写入“图1　甲”"):
        render_word(tiny(a=(Picture("none.png", "甲", "乙"),)), template, tmp_path / "o.docx", tmp_path)
    with pytest.raises(OutputProblem, match=r"图片x.png不是完整的图片文件，无法写入“图1　甲”"):
        render_word(tiny(a=(Picture("x.png", "甲", "乙"),)), template, tmp_path / "o.docx", tmp_path)


def test_styles_are_found_by_the_name_word_shows(tmp_path: Path) -> None:
    template = make_template(tmp_path, p("{{ blocks.a }}"))
    edit(template, "word/styles.xml", '"Heading1"', '"2"')
    edit(template, "word/styles.xml", "heading 1", "Heading 1")
    document = tiny(a=(Heading(1, "一、甲"), Paragraph("乙")))
    render_word(document, template, tmp_path / "o.docx", tmp_path)
    assert part(tmp_path / "o.docx").find(f".//{qn('w:pStyle')}").get(qn("w:val")) == "2"  # type: ignore[union-attr]


def test_a_style_the_template_lacks_is_named(tmp_path: Path) -> None:
    template = make_template(tmp_path, p("{{ blocks.a }}"))
    edit(template, "word/styles.xml", "公文注释", "公文的注释")
    with pytest.raises(ParamsProblem, match=r"模板clerk.docx缺少样式“公文注释”，是否要写“公文的注释”"):
        render_word(tiny(a=(Paragraph("乙", "note"),)), template, tmp_path / "o.docx", tmp_path)


@pytest.mark.slow
def test_a_long_report_takes_work_in_proportion(tmp_path: Path) -> None:
    write_figures(tmp_path)
    text = tuple(Paragraph("全县各级各类学校要把资源配置短板补齐。" * 20) for _ in range(60))

    def work(schools: int, *, times: int) -> int:
        document = sample(schools, tasks=text * times)
        return calls_of(lambda: render_word(document, TEMPLATE, tmp_path / "o.docx", tmp_path))

    work(10, times=1)  # what is done once for all reports
    assert work(680, times=4) < 4.2 * work(170, times=1)


def test_the_document_can_be_changed_with_python_docx_before_it_is_saved(tmp_path: Path) -> None:
    word = make_word(tiny(), make_template(tmp_path, p("{{ county }}")), tmp_path)
    word.add_paragraph("另附说明。", style="公文正文")
    save_word(word, tmp_path / "o.docx")
    assert texts(tmp_path / "o.docx") == [COUNTY, "另附说明。"]
