"""What an analyst adds to a report: where it stands, how it is printed, what is refused."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from junheng.errors import ParamsProblem, UsageProblem
from junheng.lab.additions import EditableDocument, add_remark_files, save_figure, table_of, word
from junheng.params.city import Remark
from junheng.report.content.model import Heading, Paragraph, Picture, Table

SOURCE = "说明由本县提供"


def columns(count: int) -> pd.DataFrame:
    return pd.DataFrame({f"列{n}": [n] for n in range(count)})


@pytest.fixture
def report(tmp_path: Path) -> EditableDocument:
    blocks = {
        "problems": (Heading(2, "（一）资源配置"), Paragraph("第一中学等3所学校。"), Paragraph("第二段。")),
        "conclusion": (Paragraph("结论。"),),
    }
    return EditableDocument(
        "报告", "assessment", "督导评估报告", {}, blocks,  # type: ignore[arg-type]
        titles=(("problems", "存在问题"), ("conclusion", "总体结论")), source=SOURCE, figures_dir=tmp_path,
    )  # fmt: skip


def texts(report: EditableDocument, name: str = "problems") -> list[str]:
    return [block.text for block in report.blocks[name] if isinstance(block, Heading | Paragraph)]


def test_a_paragraph_goes_to_the_end_and_says_whose_it_is(report: EditableDocument) -> None:
    report.section("存在问题").paragraph("因校舍改造，操场暂停使用。\n预计9月恢复。")
    assert texts(report)[-2:] == [f"因校舍改造，操场暂停使用。（{SOURCE}）", f"预计9月恢复。（{SOURCE}）"]


def test_before_after_and_chains(report: EditableDocument) -> None:
    report.section("problems").after("第一中学").paragraph("甲").paragraph("乙")
    report.section("problems").before("第一中学").paragraph("丙")
    report.section("problems").before("（一）").paragraph("丁")
    assert [text[0] for text in texts(report)] == ["丁", "（", "丙", "第", "甲", "乙", "第"]


def test_replace_one_paragraph(report: EditableDocument) -> None:
    report.section("problems").replace("等3所学校", "等3所学校（其中1所已改造）").paragraph("随后。")
    assert texts(report)[1:3] == ["第一中学等3所学校（其中1所已改造）。", f"随后。（{SOURCE}）"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("第三中学", "没有“第三中学”，应恰有一处。最接近的是“第一中学等3所学校"),
        ("第", "有2处“第”"),
        ("", "没有“”"),
    ],
)
def test_a_place_must_be_one(report: EditableDocument, words: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        report.section("problems").after(words)


def test_an_unknown_section_names_those_there_are(report: EditableDocument) -> None:
    with pytest.raises(UsageProblem) as refused:
        report.section("存在的问题")
    assert "是否要写“存在问题”" in str(refused.value) and "conclusion（总体结论）" in str(refused.value)


def test_a_frame_becomes_a_table(report: EditableDocument) -> None:
    frame = pd.DataFrame(
        {
            "学校数": pd.array([3, None], dtype="Int64"),
            "生均面积": [7.005, float("nan")],
            "寄宿": [True, False],
        },
        index=pd.Index(["城关镇", "太平镇"], name="乡镇"),
    )
    report.section("problems").after("第二段").table(
        frame, caption="各乡镇学校", notes=["人数按9月1日统计。"]
    )
    table = report.blocks["problems"][-1]
    assert isinstance(table, Table) and table.caption == "各乡镇学校"
    assert [column.heading for column in table.spec.columns] == ["乡镇", "学校数", "生均面积", "寄宿"]
    shown = [[row.cells[column.key].text for column in table.spec.columns] for row in table.rows]
    assert shown == [
        ["城关镇", "3", "7.01", "是"],
        ["太平镇", "——", "——", "否"],
    ]  # 7.005 half up, as it is written
    assert table.rows[0].cells["c2"].number == Fraction("7.005")
    assert table.notes == ("人数按9月1日统计。", f"{SOURCE}。")
    assert sum(column.width for column in table.spec.columns) == pytest.approx(156, abs=0.5)


def test_grouped_and_exact_frames(report: EditableDocument) -> None:
    frame = pd.DataFrame({"a": [1, 1, 2], "b": [Fraction(1, 3), Fraction(2, 3), Fraction(1)]})
    table = table_of(frame.groupby("a").agg({"b": ["min", "max"]}), "分组", 3, "", (), wide=True)
    assert [column.heading for column in table.spec.columns] == ["a", "b min", "b max"]
    assert [cell.text for cell in table.rows[0].cells.values()] == ["1", "0.333", "0.667"]
    assert table.spec.landscape


@pytest.mark.parametrize(
    ("frame", "caption", "says"),
    [
        (pd.DataFrame({"a": [1]}), " ", "要有标题"),
        (pd.DataFrame({"a": []}), "空表", "是空的（0行、1列）"),
        (pd.DataFrame({"a": range(501)}), "长表", "有501行，报告中的表最多500行"),
    ],
)
def test_tables_that_are_refused(
    report: EditableDocument, frame: pd.DataFrame, caption: str, says: str
) -> None:
    with pytest.raises(UsageProblem, match=says):
        report.section("problems").table(frame, caption=caption)


def test_a_figure_is_stored_once_and_the_same_each_time(report: EditableDocument, tmp_path: Path) -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    report.section("problems").figure(figure, caption="变化").figure(figure, caption="再次")
    first, _, second = report.blocks["problems"][-4:-1]
    assert isinstance(first, Picture) and isinstance(second, Picture) and first.alt == "变化"
    assert first.file != second.file
    assert (tmp_path / first.file).read_bytes() == (tmp_path / second.file).read_bytes()
    plt.close(figure)


def test_a_missing_glyph_is_one_sentence(report: EditableDocument, tmp_path: Path) -> None:
    figure, axes = plt.subplots()
    axes.set_title("\U0010fffd")
    with pytest.raises(UsageProblem, match="字体中没有字符"):
        report.section("problems").figure(figure, caption="缺字")
    assert not list(tmp_path.glob("*.png"))
    plt.close(figure)


def test_reports_show_themselves_shortly(report: EditableDocument) -> None:
    assert (
        len(repr(report)) < 200
        and "接下来可写" in report._repr_html_()
        and "存在问题" in report._repr_html_()
    )


def test_remarks_bring_a_table_and_a_picture_without_code(report: EditableDocument, tmp_path: Path) -> None:
    folder = tmp_path / "2024"
    folder.mkdir()
    (folder / "370883_乡镇.csv").write_bytes("乡镇,学校数\n城关镇,3\n".encode("gb18030"))
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    save_figure(figure, folder / "370883_图.png")
    plt.close(figure)
    remark = Remark(
        table="370883_乡镇.csv",
        table_caption="各乡镇学校",
        picture="370883_图.png",
        picture_caption="校舍改造",
    )
    add_remark_files(report, {"problems": remark, "cycle": remark}, folder)
    table, picture = report.blocks["problems"][-3:-1]
    assert isinstance(table, Table) and table.rows[0].cells["c1"].text == "3"
    assert isinstance(picture, Picture) and (tmp_path / picture.file).is_file()


@pytest.mark.parametrize(
    ("remark", "says"),
    [
        ({"table": "../370883.csv", "table_caption": "表"}, "同目录"),
        ({"picture": "370883.png"}, "picture_caption"),
    ],
)
def test_remarks_that_are_refused(remark: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Remark(**remark)


def test_a_missing_file_of_a_remark_is_named(report: EditableDocument, tmp_path: Path) -> None:
    remark = Remark(table="370883_乡镇.csv", table_caption="表")
    with pytest.raises(ParamsProblem, match="370883_乡镇"):
        add_remark_files(report, {"problems": remark}, tmp_path / "2024")


def test_a_report_composed_without_pictures_says_what_to_call(report: EditableDocument) -> None:
    report.contents["annex_figures"] = ()
    with pytest.raises(UsageProblem, match=r"没有给出图.*pictures = wb\.draw\(work, assessment, trend\)"):
        word(report)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda place: place.table("不是表", caption="表"), "table的内容应为DataFrame"),
        (lambda place: place.table(pd.DataFrame({"数": [1]})), "table要有标题"),
        (
            lambda place: place.table(pd.DataFrame({"比": [1.5, math.inf]}), caption="比"),
            "表中有无穷大（inf）",
        ),
        (
            lambda place: place.table(pd.DataFrame({"比": [1.5]}), caption="比", decimals=-1),
            "应在0至6之间，现为-1",
        ),
        (
            lambda place: place.table(columns(15), caption="宽"),
            "有15列，竖页上的表最多14列；请放在横页上（wide=True），或只取",
        ),
        (
            lambda place: place.table(columns(25), caption="宽", wide=True),
            "有25列，横页上的表最多24列；请只取",
        ),
        (lambda place: place.figure("不是图", caption="图"), "figure的内容应为matplotlib的Figure"),
        (lambda place: place.figure(plt.figure().subplots(), caption="图"), r"坐标轴ax的图是ax\.figure"),
        (lambda place: place.figure(plt.figure()), "figure要有标题"),
        (lambda place: place.paragraph(3), "应为一段文字"),
    ],
)
def test_the_wrong_thing_is_one_sentence(report: EditableDocument, call: Any, says: str) -> None:
    before = report.blocks["problems"]
    with pytest.raises(UsageProblem, match=says):
        call(report.section("problems"))
    assert report.blocks["problems"] == before
    plt.close("all")


def test_a_series_is_a_table_of_one_column(report: EditableDocument) -> None:
    report.section("problems").table(pd.Series({"城区": 3, "乡村": 5}, name="学校数"), caption="学校数")
    table = report.blocks["problems"][-1]
    assert isinstance(table, Table)
    assert [column.heading for column in table.spec.columns] == ["项目", "学校数"]
    assert [[cell.text for cell in row.cells.values()] for row in table.rows] == [
        ["城区", "3"],
        ["乡村", "5"],
    ]
