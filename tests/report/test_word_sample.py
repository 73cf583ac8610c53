"""A made-up report of some twenty pages for the tests of the Word renderer."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Literal

from docx.oxml.ns import qn
from lxml import etree

from junheng.params.tables import TableColumn, TableSpec
from junheng.report.content.model import (
    Block,
    ContentsList,
    Document,
    Heading,
    Mark,
    Paragraph,
    Picture,
    Table,
    TableCell,
    TableRow,
)
from junheng.report.word.text import paragraph_text

COUNTY = "泗滨县"
NAMES = (
    *("凤凰山路", "实验", "滨河", "城关镇中心", "西关街"),
    *("尼山镇鲁源", "泉林镇中心", "金庄镇常路口", "嶧阳", "漷河"),
)
KINDS = ("小学", "学校（小学部）", "初级中学", "希望小学", "学校（初中部）")
FULL_LINE = "全县各级各类学校要把资源配置短板补齐作为优质均衡发展的首要任务"


def png(width: int, height: int, shade: int = 200) -> bytes:
    """Return a grey PNG with a dark frame."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    edge = bytes([0]) + bytes([60] * width)
    row = bytes([0]) + bytes([60] * 6 + [shade] * (width - 12) + [60] * 6)
    data = edge * 6 + row * (height - 12) + edge * 6
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def school_name(number: int) -> str:
    return f"{COUNTY}{NAMES[number % len(NAMES)]}{KINDS[number // 3 % len(KINDS)]}"


INDICATORS = (
    "每百名学生拥有高于规定学历教师数",
    "每百名学生拥有县级以上骨干教师数",
    "每百名学生拥有体育、艺术（美术、音乐）专任教师数",
    "生均教学及辅助用房面积（㎡）",
    "生均体育运动场馆面积（㎡）",
    "生均教学仪器设备值（元）",
    "每百名学生拥有网络多媒体教室数（间）",
)


def column(
    key: str,
    heading: str,
    width: float,
    *group: str,
    align: Literal["left", "right"] | None = None,
    one_line: int = 0,
) -> TableColumn:
    return TableColumn(
        key=key, heading=heading, width=width, group=group, align=align or "center", one_line=one_line
    )


def schools_table(count: int = 120) -> Table:
    """Table Ⅱ-2: thirteen columns, two levels of headings, landscape."""
    columns = (
        column("no", "序号", 9),
        column("name", "学校名称", 46, align="left", one_line=14),
        column("type", "举办者类型", 12),
        column("students", "在校生数", 13),
        column("classes", "班级数", 11),
        *(column(f"L{number}", text, 17, "七项指标") for number, text in enumerate(INDICATORS, start=1)),
        column("note", "综合评估是否达标", 19),
    )
    spec = TableSpec(
        id="II-2",
        title="表Ⅱ-2　资源配置基本情况（分学校）",
        columns=columns,
        landscape=True,
        size=9,
        notes=("小学计92个单位，其中一贯制学校小学部11个。", "举办者类型代码：1.地方教育部门；2.民办。"),
        source="2024年教育事业统计数据",
    )
    return Table(spec, tuple(row for number in range(count) for row in _school_rows(number, count)))


def _school_rows(number: int, count: int) -> list[TableRow]:
    rows = []
    if number in (0, count * 3 // 4):
        rows.append(TableRow(kind="group", text="小学" if number == 0 else "初中"))
    cells = {
        "no": TableCell(str(number + 1)),
        "name": TableCell(school_name(number), mark="label"),
        "type": TableCell("1"),
        "students": TableCell(f"{340 + number * 37 % 2100}"),
        "classes": TableCell(f"{6 + number % 40}"),
    }
    for item in range(1, 8):
        mark: Mark = MARKS[(number + item) % 6]
        text = f"{item * (1000.5 if item == 6 else 1.31):.2f}"
        text = {"unknown": "无法判定", "edge": f"{text}※"}.get(mark, text)
        cells[f"L{item}"] = TableCell(text, mark=mark)
    cells["note"] = TableCell("未达标", mark="unmet") if number % 6 == 0 else TableCell("达标")
    return [*rows, TableRow(cells)]


MARKS: tuple[Mark, ...] = ("", "unmet", "", "edge", "", "unknown")
BASICS = """自然情况|人口总数（万人）|62.38
自然情况|农业人口数（万人）|38.04
自然情况|乡镇数|13
自然情况|行政村数|587
经济情况（元）|年人均国内生产总值|58234
经济情况（元）|年人均地方财政收入|4312
经济情况（元）|农民年人均纯收入|21876
经济情况（元）|城镇居民年人均可支配收入|39105
普通中小学校数|小学|73
普通中小学校数|九年一贯制|11
普通中小学校数|初中|16
普通中小学校数|完全中学|2
普通中小学校数|十二年一贯制|1
特殊教育学校|1
小学教学点数|计|15
小学教学点数|其中50人及以上|7
教学班数|小学|1204
教学班数|初中|502
在校学生数|小学|48210
在校学生数|初中|23177
教职工数|小学|合计|2811
教职工数|小学|其中专任教师|2690
教职工数|初中|合计|1980
教职工数|初中|其中专任教师|1876"""


def basics_table() -> Table:
    """Table Ⅰ: twenty-four columns, up to three levels of headings, one row."""
    plan = [line.split("|") for line in BASICS.splitlines()]
    columns = tuple(
        column(f"L{number}", heading, 9.4, *group)
        for number, (*group, heading, _) in enumerate(plan, start=1)
    )
    cells = {f"L{number}": TableCell(value) for number, (*_, value) in enumerate(plan, start=1)}
    spec = TableSpec(
        id="I",
        title="表Ⅰ　基本情况",
        columns=columns,
        landscape=True,
        notes=("人口按常住人口统计，保留2位小数。",),
    )
    return Table(spec, (TableRow(cells),))


def disparity_table() -> Table:
    """Table Ⅲ: stage labels spanning two rows."""
    columns = (
        column("stage", "学段", 14),
        column("kind", "项目", 24),
        *(column(f"L{number}", f"指标{number}", 14, "七项指标") for number in range(1, 8)),
        column("all", "综合", 14),
    )
    rows = []
    for stage in ("小学", "初中"):
        mean = {f"L{n}": TableCell(f"{n * 2.35:.2f}") for n in range(1, 8)}
        spread = {f"L{n}": TableCell(f"0.{300 + n * 41}", mark="unmet" if n > 5 else "") for n in range(1, 8)}
        first = {"stage": TableCell(stage, rows=2, mark="label"), "kind": TableCell("全县平均值")}
        rows.append(TableRow({**first, **mean, "all": TableCell("——")}))
        rows.append(TableRow({"kind": TableCell("差异系数"), **spread, "all": TableCell("0.412")}))
    return Table(TableSpec(id="III", title="表Ⅲ　校际均衡情况", columns=columns), tuple(rows))


def government_table() -> Table:
    """Table Ⅳ: long sentences in the middle column."""
    columns = (
        column("name", "名称", 45, align="left"),
        column("text", "指标值或简要结论", 86, align="left"),
        column("verdict", "是否达标", 25),
    )
    sentence = (
        "全县现有2000人以上的小学、初中{}所，2500人以上的一贯制学校0所；“十四五”以来新建、改扩建学校{}所，"
        "新增学位{}个。"
    )
    rows = [
        TableRow(
            {
                "name": TableCell(f"{n}.县域内义务教育学校规划布局合理，符合国家规定要求", mark="label"),
                "text": TableCell(sentence.format(n, n + 3, n * 1350)),
                "verdict": TableCell("未达标", mark="unmet") if n % 5 == 0 else TableCell("达标"),
            }
        )
        for n in range(1, 16)
    ]
    return Table(TableSpec(id="IV", title="表Ⅳ　政府保障程度", columns=columns, size=12), tuple(rows))


def gaps_table() -> Table:
    """A table numbered by the renderer, with a unit and a total row."""
    columns = (
        column("item", "指标", 60, align="left"),
        column("people", "缺口（人）", 30, align="right"),
        column("area", "缺口（㎡）", 30, align="right"),
        column("money", "缺口（万元）", 36, align="right"),
    )
    plan = (
        ("骨干教师", "37", "—", "—"),
        ("体育运动场馆", "—", "12408.5", "—"),
        ("合计", "37", "12408.5", "1186.20"),
    )
    rows = tuple(
        TableRow(
            {item.key: TableCell(text) for item, text in zip(columns, texts, strict=True)},
            kind="total" if texts[0] == "合计" else "data",
        )
        for texts in plan
    )
    return Table(
        TableSpec(id="gaps", title="资源缺口汇总", columns=columns, unit="人、㎡、万元", size=12), rows
    )


def text(sentences: int) -> str:
    pool = (
        "依据《县域义务教育优质均衡发展督导评估办法》，对该县2024年度义务教育优质均衡发展情况进行了评估。",
        "小学综合达标率为86.5%，比上年提高3.2个百分点；初中综合达标率为78.6%，与上年持平。",
        "“每百名学生拥有县级以上骨干教师数”一项差异系数为0.512，高于0.45的标准——需要在校际交流中重点解决……",
        "生均体育运动场馆面积不足的学校有17所，缺口合计12408.5㎡。",
        "公众满意度为91.3%，其中家长92.0%、学生94.1%、教师88.7%。",
    )
    return "".join(pool[number % len(pool)] for number in range(sentences))


def full_page() -> Paragraph:
    return Paragraph(FULL_LINE * 40)


def figures() -> tuple[Block, ...]:
    return tuple(
        block
        for number in range(3)
        for block in (
            Heading(3, f"{number + 1}. 指标分布"),
            Paragraph(text(1)),
            Picture(
                "spread.png", f"各学校第{number + 1}项指标分布", f"散点图：{NAMES[number]}等学校的指标值"
            ),
        )
    )


def problems() -> tuple[Block, ...]:
    return tuple(
        block
        for number in range(1, 6)
        for block in (Heading(3, f"{number}. {school_name(number)}运动场馆面积不足"), Paragraph(text(2)))
    )


def content(schools: int) -> dict[str, tuple[Block, ...]]:
    return {
        "contents": (ContentsList(2),),
        "opening": (Paragraph(text(4)), Paragraph(text(3))),
        "inspection": (Paragraph(text(2)),),
        "achievements": (Paragraph(text(2)),),
        "basic": (Paragraph(text(3)), Picture("small.png", "学校规模分布", "柱形图：按规模分的学校数", 0.8)),
        "conclusion": (Paragraph(text(5)),),
        "resource": (Paragraph(text(6)), gaps_table(), Paragraph(text(2))),
        "disparity": (Paragraph(text(5)),),
        "government": (Paragraph(text(4)),),
        "quality": (Paragraph(text(4)),),
        "social": (Paragraph(text(3)),),
        "veto": (Paragraph("未发现一票否决情形。"),),
        "tasks": (Paragraph(text(3)),),
        "trend": (Paragraph(text(6)),),
        "problems": problems(),
        "rectification": (Paragraph(text(7)), Paragraph(text(4))),
        "annex_tables": (basics_table(), schools_table(schools), disparity_table(), government_table()),
        "annex_schools": (Paragraph("未达标学校名单见下表。", "plain"), gaps_table()),
        "annex_results": (),
        "annex_figures": figures(),
        "annex_gaps": (Paragraph(text(3)), Paragraph("临界值指与标准相差不足1%的数值，以※标示。", "note")),
        "annex_method": (
            *(Heading(2, "（一）数据来源"), Paragraph(text(3))),
            *(Heading(2, "（二）计算方法"), Paragraph(text(4))),
        ),
        "annex_check": (),
    }


def sample(schools: int = 120, demo: str = "演示数据", **blocks: tuple[Block, ...]) -> Document:
    """Return the whole sample; blocks given by name replace those of the sample."""
    return Document(
        name=f"{COUNTY}义务教育优质均衡发展督导评估报告（2024年度）",
        template="assessment",
        title=f"{COUNTY}义务教育优质均衡发展督导评估报告",
        fields={
            "cover_title": f"{COUNTY}义务教育优质均衡发展\n督导评估报告（2024年度）",
            "cover_foot": "市政府教育督导委员会办公室\n2025年4月15日",
            "contents_title": "目　录",
            "check_title": "",
            "document_number": "",
            "title_line1": f"{COUNTY}义务教育优质均衡发展",
            "title_line2": "督导评估报告（2024年度）",
            "addressee": f"{COUNTY}人民政府",
            "county": COUNTY,
            "year": "2024",
            "office": "市政府教育督导委员会办公室",
            "report_date": "2025年4月15日",
            "demo_mark": demo,
        },
        blocks=content(schools) | blocks,
        subject="督导评估",
        keywords="义务教育；优质均衡",
        author="市政府教育督导委员会办公室",
        date=date(2025, 4, 15),
    )


def write_figures(folder: Path) -> Path:
    """Put the pictures of the sample into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spread.png").write_bytes(png(1240, 760))
    (folder / "small.png").write_bytes(png(900, 420, 230))
    return folder


def test_the_sample_is_as_large_as_a_report() -> None:
    document = sample()
    tables = [block for blocks in document.blocks.values() for block in blocks if isinstance(block, Table)]
    assert max(len(table.spec.columns) for table in tables) == 24
    assert max(len(table.rows) for table in tables) == 122


TEMPLATE = Path(__file__).parents[2] / "templates" / "assessment.docx"


def make_template(folder: Path, body: str, header: str = "") -> Path:
    """Return a template with the styles and page of the real one, and `body` as its text (as XML)."""
    target = folder / "clerk.docx"
    with zipfile.ZipFile(TEMPLATE) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            xml = source.read(name).decode()
            if name == "word/document.xml":
                xml = re.sub(
                    r"<w:body>.*(<w:sectPr>.*)</w:body>", rf"<w:body>{body}\1</w:body>", xml, flags=re.S
                )
            if name.startswith("word/header"):
                xml = xml.replace("{{ demo_mark }}", header)
            copy.writestr(name, xml)
    return target


def edit(file: Path, name: str, old: str, new: str) -> None:
    """Replace a piece of XML in a part of a document."""
    with zipfile.ZipFile(file) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    assert old in parts[name].decode()
    parts[name] = parts[name].decode().replace(old, new).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for each, data in parts.items():
            archive.writestr(each, data)


def p(*runs: str, style: str = "Body", more: str = "") -> str:
    """Return the XML of a paragraph of runs."""
    texts = "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{texts}</w:p>'


def tiny(fields: dict[str, str] | None = None, **blocks: tuple[Block, ...]) -> Document:
    """Return a document of a few fields and blocks."""
    return Document(
        "试", "clerk", "试", {"county": COUNTY, "year": "2024", "none": ""} | (fields or {}), blocks
    )


def part(path: Path, name: str = "word/document.xml") -> etree._Element:
    """Return the root of a part of a written document."""
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(name))


def texts(path: Path, name: str = "word/document.xml") -> list[str]:
    """Return the texts of the paragraphs of a part."""
    return [paragraph_text(paragraph) for paragraph in part(path, name).iter(qn("w:p"))]
