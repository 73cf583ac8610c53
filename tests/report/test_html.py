"""Tables as HTML: spans and blanks keep columns in place, figures align, sources open on a click, long tables scroll."""

from __future__ import annotations

from fractions import Fraction

from lxml import html

from junheng.params.tables import TableColumn, TableSpec
from junheng.report.content.model import FigureOrigin, Table, TableCell, TableRow
from junheng.report.page.html import LONG, boxed_table_html, table_html

SPEC = TableSpec(
    id="t",
    title="表",
    columns=(
        TableColumn(key="a", heading="甲", width=10),
        TableColumn(key="b", heading="乙", width=10, align="left"),
        TableColumn(key="c", heading="丙", width=10),
    ),
)

BLANK_ROW = {column.key: TableCell("") for column in SPEC.columns}


def cells(*rows: TableRow) -> list[list[str]]:
    root = html.fragment_fromstring(table_html(Table(SPEC, rows)), create_parent=True)
    return [[td.text or "" for td in tr.findall("td")] for tr in root.findall(".//tbody/tr")]


def test_a_cell_left_out_is_blank_unless_one_above_spans_it() -> None:
    spanning = TableRow({"a": TableCell("一", rows=2), "b": TableCell("二"), "c": TableCell("三")})
    below = TableRow({"b": TableCell("四")})
    total = TableRow({"b": TableCell("合计"), "c": TableCell("五")}, kind="total")
    assert cells(spanning, below, total) == [["一", "二", "三"], ["四", ""], ["", "合计", "五"]]


def test_figures_are_aligned_and_words_keep_their_column() -> None:
    row = TableRow(
        {
            "a": TableCell("1.50", Fraction(3, 2), "unmet"),
            "b": TableCell("2", Fraction(2)),
            "c": TableCell(""),
        }
    )
    found = table_html(Table(SPEC, (row,)))
    assert '<td class="unmet num">1.50</td>' in found
    assert '<td class="left">2</td>' in found


def test_text_is_escaped_and_a_source_can_be_reached_by_key_and_click() -> None:
    row = TableRow({**BLANK_ROW, "a": TableCell("<b>", origin=FigureOrigin('来源："x"', "", ""))})
    found = table_html(Table(SPEC, (row,)))
    assert '<td class="" tabindex="0" title="来源：&quot;x&quot;">&lt;b&gt;</td>' in found


def test_a_long_table_gets_a_box() -> None:
    row = TableRow({**BLANK_ROW, "a": TableCell("一")})
    assert 'class="jh-box"' not in boxed_table_html(Table(SPEC, (row,) * LONG))
    assert boxed_table_html(Table(SPEC, (row,) * (LONG + 1))).startswith('<div class="jh-box" tabindex="0">')
