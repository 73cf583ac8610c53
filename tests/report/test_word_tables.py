"""Tables: stated grid and widths, heading levels, repeated heads, marks that print in grey, whole numbers."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml import etree

from junheng.errors import OutputProblem
from junheng.params.tables import TableColumn, TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.word.blocks import CONTINUED
from junheng.report.word.captions import Captions
from junheng.report.word.render import render_word
from junheng.report.word.styles import TableLook
from junheng.report.word.tables import MOST_ROWS, TABLE_STYLE, TableStyles, build_tables, note_lines
from junheng.report.word.text import element, paragraph_text
from junheng.report.word.widths import coded_lines, heading_lines, layout, text_width
from tests.report.test_word_sample import (
    basics_table,
    column,
    disparity_table,
    gaps_table,
    make_template,
    p,
    part,
    schools_table,
    tiny,
)

PORTRAIT, LANDSCAPE = 8844, 12756


def build(table: Table, width: int = PORTRAIT, notes: tuple[str, ...] = ()) -> etree._Element:
    styles = TableStyles(TableLook(), "TableHead", "TableText", "黑体", "宋体")
    ((made,),), _ = build_tables(table, width, styles, notes)
    return element(made)


def rows(table: etree._Element, head: bool = False) -> list[etree._Element]:
    return [
        row
        for row in table.findall(qn("w:tr"))
        if (row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None) is head
    ]


def cells(row: etree._Element) -> list[tuple[str, int, str]]:
    """Return text, span and vertical merge of the cells of a row."""
    found = []
    for cell in row.findall(qn("w:tc")):
        span, merge = (
            cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"),
            cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}"),
        )
        text = "".join(paragraph_text(paragraph) for paragraph in cell.iter(qn("w:p")))
        merged = "" if merge is None else merge.get(qn("w:val"), "")
        found.append((text, 1 if span is None else int(span.get(qn("w:val"), "1")), merged))
    return found


def look(row: etree._Element) -> list[tuple[str, bool, str]]:
    """Return shade, weight and Chinese font of the cells of a row."""
    found = []
    for cell in row.findall(qn("w:tc")):
        shade, fonts = cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}"), cell.find(f".//{qn('w:rFonts')}")
        bold = cell.find(f".//{qn('w:b')}") is not None
        found.append(
            ("" if shade is None else shade.get(qn("w:fill"), ""), bold,
             "" if fonts is None else fonts.get(qn("w:eastAsia"), ""))
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("table", "width"),
    [
        (schools_table(5), LANDSCAPE),
        (basics_table(), LANDSCAPE),
        (disparity_table(), PORTRAIT),
        (gaps_table(), PORTRAIT),
    ],
)
def test_grid_and_cell_widths_are_stated_and_add_up(table: Table, width: int) -> None:
    made = build(table, width)
    grid = [int(item.get(qn("w:w"), "0")) for item in made.iter(qn("w:gridCol"))]
    assert len(grid) == len(table.spec.columns) and sum(grid) == width
    layout_type = made.find(f"{qn('w:tblPr')}/{qn('w:tblLayout')}")
    assert layout_type is not None and layout_type.get(qn("w:type")) == "fixed"
    for row in made.iter(qn("w:tr")):
        position = 0
        for cell, (_, span, _) in zip(row.findall(qn("w:tc")), cells(row), strict=True):
            stated = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
            assert stated is not None
            assert int(stated.get(qn("w:w"), "0")) == sum(grid[position : position + span])
            position += span
        assert position == len(grid)


def test_headings_of_several_levels_share_cells() -> None:
    made = build(basics_table(), LANDSCAPE)
    first, second, third = (cells(row) for row in rows(made, head=True))
    assert first[:3] == [("自然情况", 4, ""), ("经济情况（元）", 4, ""), ("普通中小学校数", 5, "")]
    assert first[3] == ("特殊教育学校", 1, "restart") and second[13] == third[13] == ("", 1, "continue")
    assert first[-1] == ("教职工数", 4, "") and second[-2:] == [("小学", 2, ""), ("初中", 2, "")]
    assert third[-4:] == [("合计", 1, ""), ("其中专任教师", 1, "")] * 2
    assert second[0] == ("人口总数（万人）", 1, "restart") and third[0] == ("", 1, "continue")


def test_equal_headings_of_different_groups_do_not_share() -> None:
    columns = (
        column("a", "x", 10, "甲", "同"),
        column("b", "y", 10, "乙", "同"),
        column("c", "z", 10, "乙", "同"),
    )
    made = build(Table(TableSpec(id="t", title="", columns=columns), ()))
    top, middle, _ = (cells(row) for row in rows(made, head=True))
    assert top == [("甲", 1, ""), ("乙", 2, "")] and middle == [("同", 1, ""), ("同", 2, "")]


def test_head_rows_repeat_and_no_row_is_split() -> None:
    made = build(schools_table(30), LANDSCAPE)
    assert len(rows(made, head=True)) == 2 and len(rows(made)) == 32
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in made.iter(qn("w:tr")))


def test_the_page_grid_and_its_line_height_stay_out_of_tables() -> None:
    for paragraph in build(gaps_table()).iter(qn("w:p")):
        snap, spacing = paragraph.find(f".//{qn('w:snapToGrid')}"), paragraph.find(f".//{qn('w:spacing')}")
        assert snap is not None and snap.get(qn("w:val")) == "0"
        assert spacing is not None and int(spacing.get(qn("w:line"), "0")) < 400


def test_marks_show_in_grey_print() -> None:
    columns = tuple(column(key, key, 20) for key in "abcde")
    marks = {"a": "", "b": "unmet", "c": "unknown", "d": "label", "e": "edge"}
    row = TableRow({key: TableCell("值", mark=mark) for key, mark in marks.items()})  # type: ignore[arg-type]
    made = rows(build(Table(TableSpec(id="t", title="", columns=columns), (row,))))[0]
    assert look(made) == [
        ("", False, ""),
        ("D0D0D0", True, "黑体"),
        ("EFEFEF", False, "楷体_GB2312"),
        ("", False, "黑体"),
        ("", False, ""),
    ]
    assert [cell.find(f".//{qn('w:u')}") is not None for cell in made.findall(qn("w:tc"))] == [False] * 4 + [
        True
    ]


def test_group_and_total_rows() -> None:
    table = schools_table(4)
    assert cells(rows(build(table, LANDSCAPE))[0]) == [("小学", 13, "")]
    total = rows(build(gaps_table()))[-1]
    assert all(bold for _, bold, _ in look(total))


def test_a_cell_over_several_rows() -> None:
    made = rows(build(disparity_table()))
    covered = ("", 1, "continue")
    stages = [("小学", 1, "restart"), covered, ("初中", 1, "restart"), covered]
    assert [cells(row)[0] for row in made] == stages


def test_a_blank_stays_blank() -> None:
    columns = (column("a", "甲", 10), column("b", "乙", 10))
    made = rows(
        build(
            Table(
                TableSpec(id="t", title="", columns=columns),
                (TableRow({"b": TableCell("1")}), TableRow({"a": TableCell("2")})),
            )
        )
    )
    assert cells(made[0]) == [("", 1, ""), ("1", 1, "")]
    assert made[0].find(qn("w:tc")).find(qn("w:p")) is not None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "numbers", [["1"] * 24, ["123456"] * 24, ["12345.67", "1"] * 12, ["1234567890.12"] + ["1"] * 23]
)
def test_no_number_breaks(numbers: list[str]) -> None:
    columns = tuple(column(f"c{number}", "数", 9) for number in range(24))
    row = TableRow({item.key: TableCell(text) for item, text in zip(columns, numbers, strict=True)})
    plan = layout(Table(TableSpec(id="t", title="", columns=columns), (row,)), LANDSCAPE)
    for width, text in zip(plan.widths, numbers, strict=True):
        assert text_width(text) * plan.size * 20 <= width - 2 * plan.margin
    assert plan.size >= 7.5 and sum(plan.widths) == LANDSCAPE


def test_names_stay_on_one_line_when_there_is_room() -> None:
    table = schools_table(30)
    plan = layout(table, LANDSCAPE)
    assert plan.widths[1] > LANDSCAPE * 46 / sum(
        item.width for item in table.spec.columns
    )  # more than asked for
    assert sum(plan.lines) <= len(table.rows) + 1


@pytest.mark.parametrize(
    ("text", "room", "printed"),
    [
        ("L2、L3、L5、L6未达标", 6, "L2、L3、\nL5、L6未达标"),
        ("L2、L3、L5、L6未达标", 20, "L2、L3、L5、L6未达标"),
        ("AV4、AV5、AV6等3处", 5, "AV4、\nAV5、AV6等3处"),
        ("任城区、邹城市、泗水县", 4, "任城区、邹城市、泗水县"),
    ],
)
def test_a_list_of_codes_is_parted_before_a_code(text: str, room: float, printed: str) -> None:
    assert coded_lines(text, room) == printed


def test_a_heading_stays_on_one_line_where_its_column_asks() -> None:
    columns = (
        TableColumn(key="a", heading="济宁市标准", width=5, one_line=5),
        *(column(f"c{number}", "资源配置与校际均衡", 20) for number in range(6)),
    )
    body = TableRow({key: TableCell("达标") for key in ("a", *(f"c{number}" for number in range(6)))})
    plan = layout(Table(TableSpec(id="t", title="", columns=columns), (body,) * 9), PORTRAIT)
    assert text_width("济宁市标准") * plan.size * 20 <= plan.widths[0] - 2 * plan.margin


def test_names_too_long_for_a_line_take_four() -> None:
    """Among many columns whose heads would like the room."""
    columns = (
        TableColumn(key="n", heading="学校名称", width=20, align="left", one_line=14),
        *(column(f"c{number}", "每百名学生拥有教师数", 14) for number in range(9)),
    )
    cells = {"n": TableCell("微山县南四湖库区移民安置与生态保护示范区漷河堌城镇第一号义务学校（峄山校区）")}
    body = TableRow({**cells, **{f"c{number}": TableCell("1.00") for number in range(9)}})
    plan = layout(Table(TableSpec(id="t", title="", columns=columns, size=9), (body,) * 60), LANDSCAPE)
    assert max(plan.lines[1:]) <= 4


def test_a_repeated_column_must_be_expanded() -> None:
    spec = TableSpec(
        id="t", title="甲", columns=(TableColumn(key="{id}", heading="{name}", width=9, repeat="indicators"),)
    )
    with pytest.raises(OutputProblem, match="“甲”的重复列没有展开"):
        build(Table(spec, ()))


def test_captions_are_numbered_unless_they_bring_a_number() -> None:
    captions = Captions()
    titles = ("缺口", "表Ⅱ-1　资源配置", "图书配置", "表彰情况", "", "表3 旧")
    assert [captions.numbered("表", title).text for title in titles] == [
        "表1　缺口", "表Ⅱ-1　资源配置", "表2　图书配置", "表3　表彰情况", "", "表3 旧"
    ]  # fmt: skip
    assert captions.numbered("图", "分布").text == "图1　分布"


def test_notes_under_a_table() -> None:
    assert note_lines(schools_table(1)) == [
        "注：1. 小学计92个单位，其中一贯制学校小学部11个。",
        "2. 举办者类型代码：1.地方教育部门；2.民办。",
        "3. ※为临界值：按规定位数修约会与结论相矛盾，故增加小数位数，结论以精确值为准。",
        "数据来源：2024年教育事业统计数据",
    ]
    assert note_lines(basics_table()) == ["注：人口按常住人口统计，保留2位小数。"]
    assert note_lines(gaps_table()) == []


NOTE = "<w:p><w:r><w:t>注</w:t></w:r></w:p>"


def keeps(table: Table, *notes: str) -> list[bool]:
    """Tell of each row of the body whether it stays with what follows."""
    made = rows(build(table, notes=notes))
    return [row.find(f".//{qn('w:keepNext')}") is not None for row in made]


def test_a_low_table_is_kept_whole_and_a_long_one_by_its_ends() -> None:
    assert keeps(gaps_table()) == [True, True, False]
    spec = TableSpec(id="t", title="", columns=(column("a", "甲", 10),))
    long = Table(spec, tuple(TableRow({"a": TableCell(str(number))}) for number in range(40)))
    assert keeps(long, NOTE) == [True] * 3 + [False] * 35 + [True] * 2 + [False]


def test_the_notes_of_a_table_that_may_be_parted_are_its_last_row() -> None:
    columns = (column("a", "甲", 10), column("b", "乙", 10))
    styles = TableStyles(TableLook(), "TableHead", "TableText", "黑体", "宋体")
    for count, inside in ((3, False), (40, True)):
        table = Table(
            TableSpec(id="t", title="", columns=columns),
            (TableRow({"a": TableCell("1"), "b": TableCell("2")}),) * count,
        )
        ((made,),), left = build_tables(table, PORTRAIT, styles, (NOTE, NOTE))
        last = rows(element(made))[-1]
        assert (cells(last) == [("注注", 2, "")]) is inside and bool(left) is not inside


def test_numbers_whose_points_stand_below_one_another_do_not_break() -> None:
    """The longest before the point and the longest behind it are of two numbers."""
    columns = (column("a", "现状值", 6), column("b", "学校名称", 40))
    body = tuple(
        TableRow({"a": TableCell(text), "b": TableCell("某某镇某某中心小学" * 3)})
        for text in ("12345.67", "4.49888※")
    )
    plan = layout(Table(TableSpec(id="t", title="", columns=columns), body), PORTRAIT // 3)
    room = plan.widths[0] - 2 * plan.margin
    assert (text_width("12345") + text_width(".49888※")) * plan.size * 20 <= room


@pytest.mark.parametrize(
    ("text", "room", "printed"),
    [
        ("投入（万元）", 5, "投入\n（万元）"),
        ("投入（万元）", 6, "投入（万元）"),
        ("投入（万元）", 3, "投入（万元）"),
        ("县（市、区）", 5, "县（市、区）"),
        ("学校数\n（所）", 2, "学校数\n（所）"),
    ],
)
def test_a_heading_is_parted_before_its_unit(text: str, room: float, printed: str) -> None:
    assert heading_lines(text, room) == printed


def test_rows_of_a_merged_cell_stay_together() -> None:
    columns = (column("a", "甲", 10), column("b", "乙", 10))
    body = [
        TableRow({"a": TableCell("类", rows=4), "b": TableCell("1")}),
        *[TableRow({"b": TableCell("1")})] * 3,
    ]
    found = keeps(Table(TableSpec(id="t", title="", columns=columns), tuple(body * 5)))
    assert found == [True, True, True, False] * 5


def test_dates_and_numbers_with_units_stay_whole() -> None:
    texts = ("2025年12月31日", "3702㎡", "4.498※", "一段很长的说明文字" * 6)
    columns = tuple(column(f"c{number}", "项", 10) for number in range(4))
    row = TableRow({item.key: TableCell(text) for item, text in zip(columns, texts, strict=True)})
    plan = layout(Table(TableSpec(id="t", title="", columns=columns), (row,) * 9), PORTRAIT)
    for width, text in zip(plan.widths[:3], texts[:3], strict=True):
        assert text_width(text) * plan.size * 20 <= width - 2 * plan.margin
    assert plan.widths[3] > PORTRAIT / 2


def test_a_very_long_table_goes_on_in_another_one_between_merged_cells_and_groups() -> None:
    columns = (column("a", "甲", 10), column("b", "乙", 10))
    merged = [
        TableRow({"a": TableCell("类", rows=3), "b": TableCell("1")}),
        *[TableRow({"b": TableCell("1")})] * 2,
    ]
    group = [TableRow(kind="group", text="组")]
    body = (*merged * 133, *group, *merged * 134, *group)  # the 400th row is a group's, the 401st begins it
    styles = TableStyles(TableLook(), "TableHead", "TableText", "黑体", "宋体")
    table = Table(TableSpec(id="t", title="", columns=columns), body)
    (band,), _ = build_tables(table, PORTRAIT, styles)
    parts = [element(text) for text in band]
    assert [len(rows(part)) for part in parts] == [403, 400]
    written = [cell for part in parts for row in rows(part) for cell in cells(row)]
    assert written == [cell for row in body for cell in expected_cells(row)]
    assert all(len(rows(part, head=True)) == 1 for part in parts)
    assert rows(parts[0])[-1].find(f".//{qn('w:keepNext')}") is None


def test_each_band_of_a_very_wide_table_says_again_whose_row_it_is() -> None:
    columns = (column("who", "县", 10), column("a", "甲", 10), column("b", "乙", 10))
    spec = TableSpec(id="t", title="", columns=columns, bands=("b",), band_heads=("who",))
    body = (TableRow({"who": TableCell("某县"), "a": TableCell("1"), "b": TableCell("2")}),)
    styles = TableStyles(TableLook(), "TableHead", "TableText", "黑体", "宋体")
    first, second = (element(made) for (made,) in build_tables(Table(spec, body), PORTRAIT, styles)[0])
    written = [[text for row in rows(band) for text, _, _ in cells(row)] for band in (first, second)]
    assert written == [["某县", "1"], ["某县", "2"]]
    with pytest.raises(ValueError, match="band_heads"):
        TableSpec(id="t", title="", columns=columns, band_heads=("nobody",))


def expected_cells(row: TableRow) -> list[tuple[str, int, str]]:
    if row.kind == "group":
        return [(row.text, 2, "")]
    first = row.cells.get("a")
    return [("类", 1, "restart") if first else ("", 1, "continue"), ("1", 1, "")]


def test_what_goes_on_begins_a_page_and_says_so(tmp_path: Path) -> None:
    spec = TableSpec(id="t", title="学校", columns=(column("a", "甲", 10),), notes=("注",))
    table = Table(spec, tuple(TableRow({"a": TableCell(str(number))}) for number in range(MOST_ROWS + 1)))
    render_word(tiny(a=[table]), make_template(tmp_path, p("{{ blocks.a }}")), tmp_path / "o.docx", tmp_path)
    found = [
        ("表", False)
        if child.tag == qn("w:tbl")
        else (paragraph_text(child), child.find(f".//{qn('w:pageBreakBefore')}") is not None)
        for child in part(tmp_path / "o.docx").find(qn("w:body"))
        if child.tag != qn("w:sectPr")
    ]
    assert found == [("表1　学校", False), ("表", False), (CONTINUED, True), ("表", False)]


def with_table_style(folder: Path, old: str, new: str) -> etree._Element:
    """Return the properties of a table made with a template whose table style is changed in one place."""
    template = make_template(folder, p("{{ blocks.a }}"))
    word = docx.Document(str(template))
    styles = word.styles.element
    (style,) = [each for each in styles.style_lst if each.name_val == TABLE_STYLE]
    changed = etree.tostring(style, encoding="unicode").replace(old, new)
    style.getparent().replace(style, parse_xml(changed))
    word.save(str(template))
    spec = TableSpec(id="t", title="学校", columns=(column("a", "甲", 10),))
    render_word(
        tiny(a=[Table(spec, (TableRow({"a": TableCell("1")}),))]), template, folder / "o.docx", folder
    )
    (made,) = part(folder / "o.docx").iter(qn("w:tblPr"))
    return made


def test_the_rules_of_the_template_s_table_style_are_written_into_the_tables(tmp_path: Path) -> None:
    made = with_table_style(tmp_path, '<w:insideV w:val="single"', '<w:insideV w:val="dotted"')
    assert made.find(qn("w:tblStyle")) is None
    assert made.find(f"{qn('w:tblBorders')}/{qn('w:insideV')}").get(qn("w:val")) == "dotted"
    assert made.find(f"{qn('w:tblCellMar')}/{qn('w:left')}").get(qn("w:w")) == "100"


def test_a_table_style_that_says_more_than_rules_and_margins_is_named(tmp_path: Path) -> None:
    row = '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>'
    assert with_table_style(tmp_path, "</w:style>", row).find(qn("w:tblStyle")) is not None
