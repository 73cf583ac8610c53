"""Make Word templates anew: `python scripts/build_templates.py NAME …` (all without a name). A clerk's edits are discarded.

The templates are made to be edited in Word: wording, order, letterhead and signature belong to the office,
not to this script, which only gives the first version. Tags are explained in lib/junheng/report/word/render.py.

The page is that of GB/T 9704-2012: A4, text area 156 × 225 mm, 22 lines of 28 characters. 156 mm are
442.2 pt, 28 characters of 16 pt are 448 pt, so the text styles set characters 0.25 pt closer; 225 mm are
637.8 pt, so lines are 28.95 pt apart. A character grid (linesAndChars with a negative w:charSpace) says the
same to Word, but LibreOffice then gives every character two cells; the closer setting has the same effect in
both.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.oxml.ns import nsmap

from junheng.files import packed
from junheng.report.content.model import Document
from junheng.report.word.document import finish, save_word
from junheng.report.word.tables import TABLE_STYLE
from junheng.report.word.text import lines

W, R = nsmap["w"], nsmap["r"]
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LINE = 579  # 28.95 pt in twentieths of a point
TWO_CHARACTERS = 630  # 2 × 15.75 pt
CLOSER = -5  # twentieths of a point; 28 × 15.75 pt = 441 pt
SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
LATIN = "Times New Roman"
NEW_PAGE = " on a new page"
"""Behind a style's id: the paragraph begins a page."""
RED = "FF0000"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml."


@dataclass(frozen=True)
class Style:
    """A paragraph style: Chinese font, size in points, alignment, and paragraph settings as XML text."""

    id: str
    name: str
    font: str
    size: float
    align: str = "both"
    before: str = ""
    outline: int | None = None
    based: str = "a"
    following: str = ""
    latin: str = LATIN
    quick: bool = True
    colour: str = ""


_LINES = "<w:keepLines/>"
_HEAD = "<w:keepNext/>" + _LINES
_FREE = '<w:snapToGrid w:val="0"/>'


def _spacing(line: int | None = LINE, before: int = 0, after: int = 0) -> str:
    rule = f'w:line="{line}" w:lineRule="exact"' if line else 'w:line="240" w:lineRule="auto"'
    return f'<w:spacing w:before="{before}" w:after="{after}" {rule}/>'


def _indent(first: int = 0, characters: int = 0, **more: int) -> str:
    chars = f' w:firstLineChars="{characters}"' if characters else ""
    extra = "".join(f' w:{key}="{value}"' for key, value in more.items())
    return f'<w:ind w:firstLine="{first}"{chars}{extra}/>'


_BODY = _spacing() + _indent(TWO_CHARACTERS, 200)
_PLAIN = '<w:ind w:left="0" w:right="0" w:firstLine="0" w:firstLineChars="0"/>'
_FLUSH = _spacing() + _PLAIN
# The date stands about five characters from the right, the office's name is centred on it.
_RIGHT = '<w:ind w:left="3480" w:firstLine="0"/>'
_FOOT = _FREE + _spacing(350) + '<w:ind w:left="280" w:right="280" w:firstLine="0"/>'
_CAPTION = _FREE + _spacing(360, before=160, after=40) + _PLAIN

# Page numbers of the contents list stand at the right edge of the text, 156 mm from its left.
_DOTS = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8845"/></w:tabs>'
_RED_LINE = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="11" w:color="{RED}"/></w:pBdr>'
_NESTED = '<w:ind w:left="560" w:right="0" w:firstLine="0"/>'


def _hanging(by: int, before: int = 0) -> str:
    """Return a line of the list of annexes; the list stays with the signature."""
    return "<w:keepNext/>" + _spacing(before=before) + f'<w:ind w:left="1884" w:hanging="{by}"/>'


STYLES = (
    Style("Heading1", "heading 1", HEI, 16, before=_HEAD + _BODY, outline=0, following="Body"),
    Style("Heading2", "heading 2", KAI, 16, before=_HEAD + _BODY, outline=1, following="Body"),
    Style("Heading3", "heading 3", FANG, 16, before=_HEAD + _BODY, outline=2, following="Body"),
    Style("Title", "Title", TITLE, 22, "center", _HEAD + _FREE + _spacing(700) + _PLAIN, following="Body"),
    Style("Body", "公文正文", FANG, 16, before=_BODY),
    Style("Flush", "公文顶格", FANG, 16, before=_FLUSH),
    Style("Remark", "公文注释", FANG, 12, before=_FREE + _spacing(440) + _indent(480)),
    Style("AnnexList", "附件说明", FANG, 16, "left", _hanging(1252, before=LINE)),
    Style("AnnexNext", "附件说明续", FANG, 16, "left", _hanging(304)),
    Style("Signature", "署名", FANG, 16, "center", "<w:keepNext/>" + _spacing(before=2 * LINE) + _RIGHT),
    Style("Date", "Date", FANG, 16, "center", _spacing() + _RIGHT),
    # Two parties sign a 责任书: their lines stay together, and with the text above them.
    Style("Seal", "签章", FANG, 16, "left", "<w:keepNext/>" + _FLUSH),
    Style("SealParty", "签章单位", FANG, 16, "left", "<w:keepNext/>" + _spacing(before=LINE // 2) + _PLAIN),
    Style("AnnexLabel", "附件标签", HEI, 16, "left", _HEAD + "<w:pageBreakBefore/>" + _FLUSH, latin=HEI),
    Style(
        *("AnnexTitle", "附件标题", TITLE, 22, "center"),
        before=_HEAD + _spacing(LINE, before=LINE, after=LINE // 2) + _PLAIN,
        outline=0,
        following="Body",
    ),
    # The red head of a letter (GB/T 9704 7.2): the office, its number, a red line; narrower than in the standard's example.
    Style("RedHead", "发文机关标志", TITLE, 24, "center", _HEAD + _FREE + _spacing(760) + _PLAIN, colour=RED),
    Style(
        "RedNumber",
        "发文字号",
        FANG,
        16,
        "center",
        _HEAD + _RED_LINE + _FREE + _spacing(before=LINE) + _PLAIN,
    ),
    # The cover of a form: title at the upper third, who sends it and when at the foot.
    Style("CoverTitle", "封面标题", TITLE, 26, "center", _HEAD + _FREE + _spacing(900) + _PLAIN),
    Style("CoverLine", "封面文字", KAI, 18, "center", _FREE + _spacing(900, before=300) + _PLAIN),
    Style("CoverFoot", "封面落款", FANG, 16, "left", _FREE + _spacing(700) + '<w:ind w:left="1580"/>'),
    # The cover of a letter that has a contents list: title at the upper third, office and date at the foot.
    Style(
        "LetterCover", "文书封面", TITLE, 26, "center", _HEAD + _FREE + _spacing(900, before=4000) + _PLAIN
    ),
    Style("LetterCoverFoot", "文书封面落款", FANG, 16, "center", _FREE + _spacing(700, before=4600) + _PLAIN),
    Style(
        "ContentsTitle", "目录标题", TITLE, 22, "center", _HEAD + _FREE + _spacing(700, after=200) + _PLAIN
    ),
    Style("Contents1", "toc 1", FANG, 14, "left", _DOTS + _FREE + _spacing(500) + _PLAIN, quick=False),
    Style("Contents2", "toc 2", FANG, 14, "left", _DOTS + _FREE + _spacing(500) + _NESTED, quick=False),
    Style("TableCaption", "表标题", HEI, 12, "center", _HEAD + _CAPTION),
    Style("TableUnit", "表单位", SONG, 10.5, "right", _HEAD + _FREE + _spacing(280, after=20) + _PLAIN),
    Style("TableHead", "表头", HEI, 10.5, "center", _FREE + _spacing(None) + _PLAIN),
    Style("TableText", "表格文字", SONG, 10.5, "center", _FREE + _spacing(None) + _PLAIN),
    Style("TableNote", "表注", SONG, 9, "left", _LINES + _FREE + _spacing(260, before=30) + _PLAIN),
    Style("Picture", "图片", FANG, 12, "center", "<w:keepNext/>" + _FREE + _spacing(None, 120, 60) + _PLAIN),
    Style("FigureCaption", "图标题", HEI, 12, "center", _LINES + _FREE + _spacing(360, after=200) + _PLAIN),
    Style("Header", "header", HEI, 10.5, "center", _FREE + _spacing(280) + _PLAIN, quick=False),
    Style("Footer", "footer", SONG, 14, "right", _FOOT, latin=SONG, quick=False),
)


def _style(style: Style) -> str:
    custom = ' w:customStyle="1"' if not style.name.isascii() else ""
    following = f'<w:next w:val="{style.following}"/>' if style.following else ""
    quick = "<w:qFormat/>" if style.quick else ""
    half = round(style.size * 2)
    outline = f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else ""
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    closer = f'<w:spacing w:val="{CLOSER}"/>' if style.size == 16 else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="{style.based}"/>{following}{quick}'
        f'<w:pPr>{style.before}<w:jc w:val="{style.align}"/>{outline}</w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{style.latin}" w:hAnsi="{style.latin}" w:eastAsia="{style.font}"'
        f' w:cs="{style.latin}"/>{colour}{closer}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def _xml(text: str) -> str:
    """Return XML without the white space that only lays it out."""
    return re.sub(r">\s+<", "><", text.strip())


TABLE_RULES = {"top": 8, "left": 8, "bottom": 8, "right": 8, "insideH": 4, "insideV": 4}
"""Eighths of a point."""
TABLE_MARGINS = {"top": 45, "left": 100, "bottom": 45, "right": 100}
"""Twentieths of a point between a cell's text and its rules."""


def _rule(rule: tuple[str, int]) -> str:
    return f'<w:{rule[0]} w:val="single" w:sz="{rule[1]}" w:space="0" w:color="auto"/>'


def _margin(margin: tuple[str, int]) -> str:
    return f'<w:{margin[0]} w:w="{margin[1]}" w:type="dxa"/>'


def styles_xml() -> str:
    """Return styles.xml: defaults without theme fonts, then the styles above."""
    fonts = f"""<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{FANG}" w:cs="{LATIN}"/>
        <w:sz w:val="32"/><w:szCs w:val="32"/>"""
    return _xml(f"""
    <w:styles xmlns:w="{W}">
      <w:docDefaults>
        <w:rPrDefault>
          <w:rPr>{fonts}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>
        </w:rPrDefault>
        <w:pPrDefault/>
      </w:docDefaults>
      <w:style w:type="paragraph" w:default="1" w:styleId="a">
        <w:name w:val="Normal"/><w:qFormat/>
        <w:pPr><w:widowControl w:val="0"/><w:jc w:val="both"/></w:pPr>
        <w:rPr>{fonts}</w:rPr>
      </w:style>
      <w:style w:type="table" w:default="1" w:styleId="TableNormal">
        <w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>
        <w:tblPr>
          <w:tblInd w:w="0" w:type="dxa"/>
          <w:tblCellMar>
            <w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>
            <w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>
          </w:tblCellMar>
        </w:tblPr>
      </w:style>
      <w:style w:type="table" w:customStyle="1" w:styleId="OfficeTable">
        <w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>
        <w:tblPr>
          <w:tblBorders>{"".join(map(_rule, TABLE_RULES.items()))}</w:tblBorders>
          <w:tblCellMar>{"".join(map(_margin, TABLE_MARGINS.items()))}</w:tblCellMar>
        </w:tblPr>
      </w:style>
      {"".join(map(_style, STYLES))}
    </w:styles>""")


SETTINGS = _xml(f"""
    <w:settings xmlns:w="{W}">
      <w:zoom w:percent="100"/>
      <w:removePersonalInformation/>
      <w:defaultTabStop w:val="420"/>
      <w:evenAndOddHeaders/>
      <w:characterSpacingControl w:val="doNotCompress"/>
      <w:compat>
        <w:spaceForUL/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>
        <w:doNotExpandShiftReturn/><w:useFELayout/>
        <w:compatSetting w:name="compatibilityMode"
          w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
      </w:compat>
      <w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>
    </w:settings>""")

SECTION = _xml("""
    <w:sectPr>
      <w:headerReference w:type="even" r:id="rId3"/><w:headerReference w:type="default" r:id="rId4"/>
      <w:footerReference w:type="even" r:id="rId5"/><w:footerReference w:type="default" r:id="rId6"/>
      <w:pgSz w:w="11906" w:h="16838"/>
      <w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"
        w:header="851" w:footer="1406" w:gutter="0"/>
      <w:cols w:space="425"/>
      <w:docGrid w:type="lines" w:linePitch="579"/>
    </w:sectPr>""")


def _footer(align: str) -> str:
    """Return a footer “— 1 —” in 宋体 throughout."""
    fonts = " ".join(f'w:{kind}="{SONG}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    contents = (
        '<w:t xml:space="preserve">— </w:t>',
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
        '<w:t xml:space="preserve"> —</w:t>',
    )
    rpr = f'<w:rPr><w:rFonts w:hint="eastAsia" {fonts}/></w:rPr>'
    return (
        f'<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="{align}"/></w:pPr>'
        + "".join(f"<w:r>{rpr}{content}</w:r>" for content in contents)
        + "</w:p></w:ftr>"
    )


def _header() -> str:
    return (
        f'<w:hdr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>'
        "<w:r><w:t>{{ demo_mark }}</w:t></w:r></w:p></w:hdr>"
    )


_OVERRIDES = {
    "word/document.xml": f"{MAIN}document.main+xml",
    "word/styles.xml": f"{MAIN}styles+xml",
    "word/settings.xml": f"{MAIN}settings+xml",
    "word/header1.xml": f"{MAIN}header+xml",
    "word/header2.xml": f"{MAIN}header+xml",
    "word/footer1.xml": f"{MAIN}footer+xml",
    "word/footer2.xml": f"{MAIN}footer+xml",
}
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in _OVERRIDES.items())
    + "</Types>"
)


def _relations(targets: Iterable[tuple[str, str]]) -> bytes:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{rows}</Relationships>'.encode()


def _document(paragraphs: Iterable[tuple[str, str]]) -> bytes:
    body = ""
    for style, text in paragraphs:
        page = "<w:pageBreakBefore/>" if style.endswith(NEW_PAGE) else ""
        run = f"<w:r>{lines(text)}</w:r>" if text else ""
        body += f'<w:p><w:pPr><w:pStyle w:val="{style.removesuffix(NEW_PAGE)}"/>{page}</w:pPr>{run}</w:p>'
    return f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{SECTION}</w:body></w:document>'.encode()


_MAIN_RELATIONS = ("styles", "settings", "header1", "header2", "footer1", "footer2")


def write_template(name: str, title: str, paragraphs: Iterable[tuple[str, str]]) -> None:
    """Write a template of paragraphs (style id, text)."""
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _relations([(f"{R}/officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": _relations(
            (f"{R}/{part.rstrip('12')}", f"{part}.xml") for part in _MAIN_RELATIONS
        ),
        "word/document.xml": _document(paragraphs),
        "word/styles.xml": styles_xml().encode(),
        "word/settings.xml": SETTINGS.encode(),
        "word/header1.xml": _header().encode(),
        "word/header2.xml": _header().encode(),
        "word/footer1.xml": _footer("left").encode(),
        "word/footer2.xml": _footer("right").encode(),
    }
    word = docx.Document(io.BytesIO(packed(parts.items())))
    finish(word, Document(name, name, title, {}, {}))
    TEMPLATES.mkdir(exist_ok=True)
    save_word(word, TEMPLATES / f"{name}.docx")


CONTENTS = (
    ("ContentsTitle" + NEW_PAGE, "{{ contents_title }}"),
    ("Body", "{{ blocks.contents }}"),
)
COVER_AND_CONTENTS = (
    ("LetterCover", "{{ cover_title }}"),
    ("LetterCoverFoot", "{{ cover_foot }}"),
    *CONTENTS,
)
TITLE_LINES = (
    ("Title" + NEW_PAGE, "{{ title_line1 }}"),
    ("Title", "{{ title_line2 }}"),
    ("Flush", ""),
)
TITLE = (("Title", "{{ title_line1 }}"), ("Title", "{{ title_line2 }}"), ("Flush", ""))
RESULTS = (
    ("Heading2", "（一）资源配置"),
    ("Body", "{{ blocks.resource }}"),
    ("Heading2", "（二）校际均衡"),
    ("Body", "{{ blocks.disparity }}"),
    ("Heading2", "（三）政府保障程度"),
    ("Body", "{{ blocks.government }}"),
    ("Heading2", "（四）教育质量"),
    ("Body", "{{ blocks.quality }}"),
    ("Heading2", "（五）社会认可度"),
    ("Body", "{{ blocks.social }}"),
    ("Heading2", "（六）一票否决"),
    ("Body", "{{ blocks.veto }}"),
)
ANNEX_LIST = (
    ("AnnexList", "附件：1.{{ county }}义务教育优质均衡发展申报表"),
    ("AnnexNext", "2.未达标学校清单"),
    ("AnnexNext", "3.图表"),
    ("AnnexNext", "4.数据缺口与临界值"),
    ("AnnexNext", "5.口径说明"),
)
ANNEXES = (
    ("AnnexLabel", "附件1"),
    ("AnnexTitle", "{{ county }}义务教育优质均衡发展申报表"),
    ("Body", "{{ blocks.annex_tables }}"),
    ("AnnexLabel", "附件2"),
    ("AnnexTitle", "未达标学校清单"),
    ("Body", "{{ blocks.annex_schools }}"),
    ("AnnexLabel", "附件3"),
    ("AnnexTitle", "图表"),
    ("Body", "{{ blocks.annex_results }}"),
    ("Body", "{{ blocks.annex_figures }}"),
    ("AnnexLabel", "附件4"),
    ("AnnexTitle", "数据缺口与临界值"),
    ("Body", "{{ blocks.annex_gaps }}"),
    ("AnnexLabel", "附件5"),
    ("AnnexTitle", "口径说明"),
    ("Body", "{{ blocks.annex_method }}"),
    ("ContentsTitle" + NEW_PAGE, "{{ check_title }}"),
    ("Body", "{{ blocks.annex_check }}"),
)

ASSESSMENT = (
    *COVER_AND_CONTENTS,
    ("RedHead" + NEW_PAGE, "{{ office }}"),
    ("RedNumber", "{{ document_number }}"),
    ("Flush", ""),
    *TITLE,
    ("Flush", "{{ addressee }}："),
    ("Body", "{{ blocks.opening }}"),
    ("Body", "{{ blocks.inspection }}"),
    ("Body", "{{ blocks.achievements }}"),
    ("Heading1", "一、基本情况"),
    ("Body", "{{ blocks.basic }}"),
    ("Heading1", "二、总体结论"),
    ("Body", "{{ blocks.conclusion }}"),
    ("Heading1", "三、分项评估结果"),
    *RESULTS,
    ("Heading2", "（七）市定任务"),
    ("Body", "{{ blocks.tasks }}"),
    ("Heading1", "四、与上年度比较"),
    ("Body", "{{ blocks.trend }}"),
    ("Heading1", "五、存在问题"),
    ("Body", "{{ blocks.problems }}"),
    ("Heading1", "六、整改要求"),
    ("Body", "{{ blocks.rectification }}"),
    *ANNEX_LIST,
    ("Signature", "{{ office }}"),
    ("Date", "{{ report_date }}"),
    *ANNEXES,
)
SELF = (
    *COVER_AND_CONTENTS,
    *TITLE_LINES,
    ("Flush", "{{ addressee }}："),
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "一、基本情况"),
    ("Body", "{{ blocks.basic }}"),
    ("Heading1", "二、年度目标任务完成情况"),
    ("Heading2", "（一）年度任务"),
    ("Body", "{{ blocks.tasks }}"),
    ("Heading2", "（二）上年度问题整改情况"),
    ("Body", "{{ blocks.rectified }}"),
    ("Heading1", "三、指标达成情况"),
    ("Body", "{{ blocks.conclusion }}"),
    *RESULTS,
    ("Heading1", "四、与上年度比较"),
    ("Body", "{{ blocks.trend }}"),
    ("Heading1", "五、未完成项目及原因"),
    ("Heading2", "（一）未完成的市定任务"),
    ("Body", "{{ blocks.undone }}"),
    ("Heading2", "（二）未达标的项目"),
    ("Body", "{{ blocks.problems }}"),
    ("Heading1", "六、下步推进措施与时间表"),
    ("Body", "{{ blocks.measures }}"),
    ("Body", "{{ blocks.cycle }}"),
    ("Body", "特此报告。"),
    *ANNEX_LIST,
    ("Signature", "{{ government }}"),
    ("Date", "{{ self_report_date }}"),
    *ANNEXES,
)
SCHOOLS = (
    *TITLE,
    ("Body", "{{ blocks.opening }}"),
    ("Signature", "{{ government }}"),
    ("Date", "{{ report_date }}"),
    *CONTENTS,
    ("Body", "{{ blocks.schools }}"),
)
RECTIFY_PLAN = (
    *TITLE,
    ("Flush", "{{ addressee }}："),
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "一、存在的问题"),
    ("Body", "{{ blocks.problems }}"),
    ("Heading1", "二、整改任务"),
    ("Body", "{{ blocks.tasks }}"),
    ("Heading1", "三、保障措施"),
    ("Body", "{{ blocks.means }}"),
    ("AnnexList", "附件：整改任务清单"),
    ("Signature", "{{ signer }}"),
    ("Date", "{{ signed_on }}"),
    ("AnnexLabel", "附件"),
    ("AnnexTitle", "整改任务清单"),
    ("Body", "{{ blocks.annex_tasks }}"),
)
LETTER_HEAD = (
    ("RedHead", "{{ office }}"),
    ("RedNumber", "{{ document_number }}"),
    ("Flush", ""),
    *TITLE,
    ("Flush", "{{ addressee }}："),
)
INTERVIEW = (
    *LETTER_HEAD,
    ("Body", "按照{{ clause }}的规定，经研究，决定对{{ government }}进行约谈。现将有关事项通知如下。"),
    ("Heading1", "一、约谈事由"),
    ("Body", "{{ blocks.causes }}"),
    ("Heading1", "二、约谈安排"),
    ("Body", "{{ blocks.meeting }}"),
    ("Heading1", "三、有关要求"),
    ("Body", "{{ blocks.demands }}"),
    ("Signature", "{{ office }}"),
    ("Date", "{{ signed_on }}"),
)
SUPERVISION = (
    *LETTER_HEAD,
    ("Body", "按照{{ clause }}的规定，经研究，决定对{{ county }}的下列问题挂牌督办。"),
    ("Heading1", "一、督办事项"),
    ("Body", "{{ blocks.causes }}"),
    ("Heading1", "二、办理要求"),
    ("Body", "{{ blocks.demands }}"),
    ("Signature", "{{ office }}"),
    ("Date", "{{ signed_on }}"),
)
BULLETIN = (
    *LETTER_HEAD[:-1],
    ("Flush", "各县（市、区）人民政府、管委会："),
    ("Body", "按照{{ clause }}的规定，现将{{ year }}年度义务教育优质均衡发展督导评估有关情况通报如下。"),
    ("Heading1", "一、总体情况"),
    ("Body", "{{ blocks.overall }}"),
    ("Heading1", "二、通报事项"),
    ("Body", "{{ blocks.cases }}"),
    ("Heading1", "三、有关要求"),
    ("Body", "{{ blocks.demands }}"),
    ("Signature", "{{ office }}"),
    ("Date", "{{ signed_on }}"),
)
CREATION = (
    *TITLE,
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "一、现状与差距"),
    ("Body", "{{ blocks.standing }}"),
    ("Heading1", "二、工作目标"),
    ("Body", "{{ blocks.aims }}"),
    ("Heading1", "三、重点任务和措施"),
    ("Body", "{{ blocks.key_tasks }}"),
    ("Heading1", "四、时间表和路线图"),
    ("Body", "{{ blocks.schedule }}"),
    ("Heading1", "五、经费安排"),
    ("Body", "{{ blocks.funds }}"),
    ("Heading1", "六、责任分工"),
    ("Body", "{{ blocks.division }}"),
    ("Heading1", "七、需求预测"),
    ("Body", "{{ blocks.outlook }}"),
    ("Heading1", "八、保障措施"),
    ("Body", "{{ blocks.means }}"),
    ("AnnexList", "附件：1.分学校差距清单"),
    ("AnnexNext", "2.分学校措施"),
    ("AnnexNext", "3.预测假设"),
    ("Signature", "{{ signer }}"),
    ("Date", "{{ signed_on }}"),
    ("AnnexLabel", "附件1"),
    ("AnnexTitle", "分学校差距清单"),
    ("Body", "{{ blocks.annex_schools }}"),
    ("AnnexLabel", "附件2"),
    ("AnnexTitle", "分学校措施"),
    ("Body", "{{ blocks.annex_measures }}"),
    ("AnnexLabel", "附件3"),
    ("AnnexTitle", "预测假设"),
    ("Body", "{{ blocks.annex_assumptions }}"),
)
DUTIES = (
    *TITLE,
    ("Flush", "责任单位：{{ party }}"),
    ("Body", "{{ blocks.opening }}"),
    ("Body", "{{ blocks.duties }}"),
    (
        "Body",
        "责任单位应明确专人，按时限完成任务，每月报告进展，完成后提供佐证材料，经核验后销号。{{ government }}按季度调度，"
        "对未按期完成的予以通报，问题严重的依规追究责任。",
    ),
    ("SealParty", "{{ government }}（盖章）"),
    ("Seal", "负责人（签字）：　　　　　　　　　年　　月　　日"),
    ("SealParty", "{{ party }}（盖章）"),
    ("Seal", "负责人（签字）：　　　　　　　　　年　　月　　日"),
)
RECTIFY_REPORT = (
    *TITLE,
    ("Flush", "{{ addressee }}："),
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "一、整改完成情况"),
    ("Body", "{{ blocks.results }}"),
    ("Heading1", "二、下一步安排"),
    ("Body", "{{ blocks.next }}"),
    ("Body", "特此报告。"),
    ("AnnexList", "附件：整改完成情况"),
    ("Signature", "{{ signer }}"),
    ("Date", "{{ signed_on }}"),
    ("AnnexLabel", "附件"),
    ("AnnexTitle", "整改完成情况"),
    ("Body", "{{ blocks.annex_results }}"),
)
COVER = (
    *[("Flush", "")] * 5,
    ("CoverTitle", "{{ title_line1 }}"),
    ("CoverTitle", "{{ title_line2 }}"),
    ("CoverLine", "{{ city }}　{{ county }}"),
    ("CoverLine", "（{{ year }}年度）"),
    *[("Flush", "")] * 4,
    ("CoverFoot", "报送单位：{{ government }}（盖章）"),
    ("CoverFoot", "报送时间：{{ application_date }}"),
)
FORM = (*COVER, ("Body", "{{ blocks.tables }}"))
APPLICATION = (
    *TITLE,
    ("Flush", "{{ addressee }}："),
    ("Body", "{{ blocks.opening }}"),
    ("Body", "{{ blocks.state }}"),
    ("Body", "特此申请，请予组织验收。"),
    ("AnnexList", "附件：1.{{ county }}义务教育优质均衡发展申报表"),
    ("AnnexNext", "2.{{ county }}义务教育优质均衡发展自评报告"),
    ("Signature", "{{ signer }}"),
    ("Date", "{{ application_date }}"),
)
RECOMMENDATION = (
    *TITLE,
    ("Flush", "{{ addressee }}："),
    ("Heading1", "一、验收情况"),
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "二、达标情况"),
    ("Body", "{{ blocks.state }}"),
    ("Body", "{{ blocks.checked }}"),
    ("Heading1", "三、推荐意见"),
    ("Body", "{{ blocks.opinion }}"),
    ("AnnexList", "附件：1.{{ county }}义务教育优质均衡发展申报表"),
    ("AnnexNext", "2.{{ county }}义务教育优质均衡发展自评报告"),
    ("Signature", "{{ signer }}"),
    ("Date", "{{ report_date }}"),
)
CITY = (
    *COVER_AND_CONTENTS,
    *TITLE_LINES,
    ("Flush", "各县（市、区）人民政府、管委会："),
    ("Body", "{{ blocks.opening }}"),
    ("Heading1", "一、总体情况"),
    ("Body", "{{ blocks.overall }}"),
    ("Heading1", "二、资源配置与校际均衡"),
    ("Heading2", "（一）资源配置"),
    ("Body", "{{ blocks.resource }}"),
    ("Heading2", "（二）校际均衡"),
    ("Body", "{{ blocks.disparity }}"),
    ("Heading1", "三、全市排名"),
    ("Body", "{{ blocks.ranking }}"),
    ("Heading1", "四、目标任务进展"),
    ("Body", "{{ blocks.plan }}"),
    ("Heading1", "五、市定任务完成情况"),
    ("Body", "{{ blocks.tasks }}"),
    ("Heading1", "六、与上年度比较"),
    ("Body", "{{ blocks.trend }}"),
    ("Heading1", "七、共性问题"),
    ("Body", "{{ blocks.common }}"),
    ("Heading1", "八、下一步要求"),
    ("Body", "{{ blocks.next }}"),
    ("AnnexList", "附件：1.各县（市、区）指标情况"),
    ("AnnexNext", "2.图表"),
    ("AnnexNext", "3.口径说明"),
    ("Signature", "{{ office }}"),
    ("Date", "{{ report_date }}"),
    ("AnnexLabel", "附件1"),
    ("AnnexTitle", "各县（市、区）指标情况"),
    ("Body", "{{ blocks.annex_tables }}"),
    ("AnnexLabel", "附件2"),
    ("AnnexTitle", "图表"),
    ("Body", "{{ blocks.annex_figures }}"),
    ("AnnexLabel", "附件3"),
    ("AnnexTitle", "口径说明"),
    ("Body", "{{ blocks.annex_method }}"),
)
CITY_INTERNAL = (
    *TITLE,
    ("Body", "{{ blocks.scope }}"),
    ("Heading1", "一、拟列入通报的县（市、区）"),
    ("Body", "{{ blocks.notices }}"),
    ("Heading1", "二、列入的情形"),
    ("Body", "{{ blocks.rule }}"),
    ("Signature", "{{ office }}"),
    ("Date", "{{ report_date }}"),
)
TEMPLATE_TEXTS = {
    "assessment": ("县（市、区）义务教育优质均衡发展督导评估反馈意见", ASSESSMENT),
    "self": ("县（市、区）义务教育优质均衡发展自评报告", SELF),
    "city": ("义务教育优质均衡发展督导评估全市汇总报告", CITY),
    "city_internal": ("义务教育优质均衡发展督导评估内部附件", CITY_INTERNAL),
    "schools": ("县（市、区）义务教育优质均衡发展一校一策", SCHOOLS),
    "rectify_plan": ("义务教育优质均衡发展整改方案", RECTIFY_PLAN),
    "rectify_report": ("义务教育优质均衡发展整改报告", RECTIFY_REPORT),
    "creation": ("义务教育优质均衡发展创建方案", CREATION),
    "interview": ("约谈通知", INTERVIEW),
    "supervision": ("挂牌督办通知", SUPERVISION),
    "bulletin": ("督导通报", BULLETIN),
    "duties": ("义务教育优质均衡发展创建任务责任书", DUTIES),
    "form": ("全国义务教育优质均衡发展县（市、区）申报表", FORM),
    "application": ("义务教育优质均衡发展评估认定申请", APPLICATION),
    "recommendation": ("义务教育优质均衡发展验收推荐意见", RECOMMENDATION),
}

if __name__ == "__main__":
    for template in sys.argv[1:] or TEMPLATE_TEXTS:
        write_template(template, *TEMPLATE_TEXTS[template])
