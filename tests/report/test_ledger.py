"""整改台账: what is carried over, what is proposed, what is new, and the workbook it stands in."""

from __future__ import annotations

import re
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.exact import exact
from junheng.params.city import CityYear
from junheng.params.tables import SheetForm, TableColumn, TableSpec
from junheng.report.content.context import load_wording
from junheng.report.content.dates import as_date
from junheng.report.content.ledger import ledger_table
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.excel.ledger import write_ledger
from junheng.report.excel.sheets import write_workbook
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.golden import sample

YEAR = CityYear(report_date="2025年4月25日", rectification_deadline="2025年12月31日", data_source="测试数据")
WORDING = replace(load_wording(PARAMS, 2024), city_year=YEAR)
HEADINGS = (
    "序号 学校标识码 学校 学段 指标 标准值 现状值 缺口 责任单位 责任人 措施 完成时限 进展 状态 销号日期 佐证"
)
CODE = "2137830001"


def old(indicator: str = "L2", state: str = "整改中", **more: Any) -> dict[str, Any]:
    values = {
        "school_code": CODE,
        "school_name": "第1小学",
        "stage": "小学",
        "standard_value": "1",
        "gap": "2",
    }
    return {**values, "indicator": indicator, "state": state, **more}


def county(*schools: dict[str, Any], **sheets: Any) -> Assessment:
    figures = sheets.pop("figures", None)
    sheets.setdefault("monitoring", [{"subject": "语文", "level": 3, "variation": 0.1}])
    return assess(book(list(schools) or [school()], figures, **sheets), DICTIONARY, (NATIONAL, LOCAL))


def lines(assessment: Assessment) -> list[dict[str, str]]:
    table = ledger_table(assessment, WORDING)
    return [{key: cell.text for key, cell in row.cells.items()} for row in table.rows]


def test_a_county_in_order_has_an_empty_ledger():
    assert lines(county()) == []


def test_new_failures_are_appended_with_gap_department_measure_and_deadline():
    found = lines(county(school(1, backbone_primary=0, multimedia_rooms=11), school(2)))
    assert [line["indicator"] for line in found] == [
        "L2 每百名学生拥有县级以上骨干教师数",
        "L7 每百名学生拥有网络多媒体教室数",
        "L2 每百名学生拥有县级以上骨干教师数差异系数",
    ]
    first, last = found[0], found[2]
    assert (first["school_code"], first["school_name"], first["stage"]) == (CODE, "第1小学", "小学")
    assert (first["standard_value"], first["current_value"], first["gap"]) == ("1人", "0.00人", "5人")
    assert first["department"] == "邹城市教育和体育局" and first["measure"].startswith("加强骨干教师培养")
    assert (first["deadline"], first["state"], first["number"]) == ("2025年12月31日", "未整改", "1")
    assert (last["school_code"], last["school_name"], last["standard_value"]) == ("", "全县", "0.50")
    assert (last["current_value"], last["gap"]) == ("1.000", "0.500")


def test_an_item_follows_its_school_to_a_new_code():
    """A school that changed its type got a new code; its line of last year is judged, not listed beside a new one."""
    renewed = school(1, school_code="3137830001", backbone_primary=0)
    county_level = old("G14 分配比例", school_code="", school_name="全县", stage="")
    found = lines(county(renewed, ledger=[old(), county_level]))
    of_schools = [line for line in found if line["school_name"] == "第1小学"]
    assert [(line["school_code"], line["progress"] != "") for line in of_schools] == [("3137830001", True)]
    assert [line["school_code"] for line in found if line["indicator"] == "G14 分配比例"] == [""]


def test_items_stand_school_by_school_or_once_for_the_county():
    found = lines(
        county(
            school(1, students_primary=2001, bachelor_primary=90, backbone_primary=30,
                   pe_primary=40, teaching_area=20000, sports_ground_area=30000, equipment_value=600,
                   multimedia_rooms=60, catchment_primary=2001),
            figures={"rotation_actual": 9},
            vetoes=[{"item": "V1", "present": True}],
            qualitative=[{"item": "Q8", "conclusion": "未达标"}],
            monitoring=[{"subject": "语文", "level": 2, "variation": 0.2}],
        )
    )  # fmt: skip
    by_label = {line["indicator"]: line for line in found}
    size = by_label["G4 小学、初中规模"]
    assert (size["school_code"], size["standard_value"], size["current_value"], size["gap"]) == (
        CODE, "2000人", "2001人", "1人",
    )  # fmt: skip
    rotated = by_label["G11 交流轮岗教师比例"]
    assert (rotated["school_name"], rotated["current_value"], rotated["gap"]) == (
        "全县",
        "9.0%",
        "1.0个百分点",
    )
    assert by_label["Q8 课业负担"]["current_value"] == "未达标"
    assert (by_label["V1 以考试方式招生"]["standard_value"], by_label["V1 以考试方式招生"]["current_value"]) == (
        "否", "是",
    )  # fmt: skip
    assert {"Q9 学业水平等级（语文）", "Q9 校际差异率（语文）"} <= set(by_label)


def test_what_fails_the_local_standard_alone_says_so():
    found = lines(county(school(1, training_budget=2.4), figures={"quota_allotted": 55}))
    by_label = {line["indicator"]: line for line in found}
    training = by_label["Q4 全县教师培训经费占公用经费总额比例"]
    assert (training["school_name"], training["standard_value"], training["current_value"]) == (
        "全县", "8%（济宁市标准）", "6.0%",
    )  # fmt: skip
    assert by_label["G14 优质高中招生名额分配比例"]["standard_value"] == "60%（济宁市标准）"


def test_an_item_that_now_meets_the_standard_is_proposed_for_closing():
    row = old(progress="正在培养", evidence="名单", person="王某", deadline="2024年9月30日")
    (line,) = lines(county(ledger=[row]))
    assert line["progress"] == "建议销号：现状值1.20人，已达标准值1人。上年度填报：正在培养。"
    assert line["evidence"] == "2024年度数据：1.20人（标准值1人）。名单"
    assert (line["state"], line["person"], line["deadline"], line["gap"]) == (
        "整改中",
        "王某",
        "2024年9月30日",
        "——",
    )


def test_an_open_item_stays_open_with_new_figures_and_is_not_listed_twice():
    found = lines(county(school(1, backbone_primary=0), ledger=[old(state="", deadline="2024年9月30日")]))
    assert [line["indicator"][:2] for line in found] == ["L2"]
    assert found[0]["progress"] == "2024年度现状值0.00人，仍未达标准值1人。"
    assert (found[0]["state"], found[0]["gap"], found[0]["deadline"]) == ("未整改", "5人", "2025年12月31日")


def test_a_closed_item_that_fails_again_is_reopened():
    row = old(state="已销号", closed_on="2024年6月1日", evidence="名单")
    (line,) = lines(county(school(1, backbone_primary=0), ledger=[row]))
    assert (line["state"], line["closed_on"], line["evidence"]) == ("未整改", "", "")
    assert "再次低于标准，重新列入整改" in line["progress"]


def test_a_closed_item_that_still_meets_stays_closed():
    (line,) = lines(county(ledger=[old(state="已销号", closed_on="2024年6月1日")]))
    assert (line["state"], line["closed_on"]) == ("已销号", "2024年6月1日")
    assert line["progress"] == "已销号，本年度复核仍达标准值。"


def test_a_miss_that_the_unit_rule_allows_is_not_called_met():
    (line,) = lines(county(school(1, backbone_primary=4.5), ledger=[old()]))
    assert "未达标准值1人，但该校综合评估已达标" in line["progress"] and line["state"] == "整改中"


def test_an_item_without_data_stays_open():
    (line,) = lines(county(school(1, backbone_primary=None), ledger=[old()]))
    assert line["progress"] == "2024年度因数据缺失无法判定。" and line["current_value"] == "——"


def test_an_item_of_a_school_that_is_gone_keeps_last_years_figures():
    (line,) = lines(
        county(ledger=[old(school_code="2137830099", school_name="第99小学", current_value="0.5")])
    )
    assert line["progress"].startswith("2024年度已无该评估单元或该项目")
    assert (line["current_value"], line["gap"]) == ("0.5", "2")


@pytest.mark.parametrize("word", ["L2", "L2 每百名学生拥有县级以上骨干教师数", "县级以上骨干教师"])
def test_an_indicator_is_known_by_number_or_name(word: str):
    (line,) = lines(county(school(1, backbone_primary=0), ledger=[old(word)]))
    assert line["indicator"] == "L2 每百名学生拥有县级以上骨干教师数" and "仍未达" in line["progress"]


def test_a_schools_item_that_no_longer_fails_is_proposed_for_closing():
    (line,) = lines(county(ledger=[old("G5 超过规定班额的班级数", stage="小学")]))
    assert (
        line["progress"] == "建议销号：本年度已达到要求。" and line["evidence"] == "2024年度数据已达到要求。"
    )
    row = old("Q9 校际差异率（语文）", school_code="", stage="")
    assert lines(county(ledger=[row]))[0]["progress"] == "建议销号：本年度已达到要求。"


def test_the_countys_own_item_is_judged_anew():
    row = old("G11 交流轮岗教师比例", school_code="", stage="", school_name="全县")
    assert lines(county(ledger=[row]))[0]["progress"] == "建议销号：现状值10.0%，已达标准值10%。"
    (line,) = lines(county(figures={"rotation_actual": 9}, ledger=[row]))
    assert line["progress"] == "2024年度现状值9.0%，仍未达标准值10%。"


def test_a_row_written_twice_or_without_an_indicator_is_left_out():
    assert len(lines(county(school(1, backbone_primary=0), ledger=[old(), old(), old("")]))) == 1


def test_the_workbook(tmp_path: Path):
    assessment = county(
        school(1, school_name="=1+1小学", backbone_primary=0),
        ledger=[old(state="已销号", closed_on="2024-06-01", person="@王某")],
    )
    target = tmp_path / "台账.xlsx"
    write_ledger(assessment, WORDING, target)
    sheet = load_workbook(target)["整改台账"]
    assert [cell.value for cell in sheet[1]] == HEADINGS.split()
    name, standard, deadline = sheet["C2"], sheet["F2"], sheet["L2"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == (CODE, "s")
    assert (name.value, name.data_type, sheet["J2"].data_type) == ("第1小学", "s", "s")
    assert (standard.value, standard.number_format) == (1, '0"人"')
    assert deadline.value == datetime(2025, 12, 31) and "yyyy" in deadline.number_format
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["N2"].formula1 == '"未整改,整改中,已销号"'
    assert [(rules[cell].type, rules[cell].errorStyle) for cell in ("L2", "O2")] == [("date", "warning")] * 2
    assert (sheet["O2"].value, "yyyy" in sheet["O2"].number_format) == (
        None,
        True,
    )  # a blank waits for a date
    assert sheet.protection.sheet and not sheet.protection.password
    assert sheet["H2"].protection.locked and not sheet["M2"].protection.locked
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", "A1:P2")
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"
    assert "邹城市" in sheet.oddHeader.center.text
    with zipfile.ZipFile(target) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    heights = [float(height) for height in re.findall(r'<row [^>]*ht="([\d.]+)"', xml)]
    assert heights[1] > 40 and "customHeight" not in xml  # wrapped text is seen, rows still grow


def test_a_name_that_looks_like_a_formula_stays_a_text(tmp_path: Path):
    target = tmp_path / "t.xlsx"
    write_ledger(county(school(1, school_name="=1+1\x0b小学", backbone_primary=0)), WORDING, target)
    cell = load_workbook(target)["整改台账"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1小学", "s", True)
    with zipfile.ZipFile(target) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


@pytest.mark.slow
def test_the_same_ledger_has_the_same_bytes_and_names_nobody(tmp_path: Path):
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    write_ledger(sample(), WORDING, paths[0])
    time.sleep(1.1)
    write_ledger(sample(), WORDING, paths[1])
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as package:
        core = package.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "openpyxl" not in core and core.count("2000-01-01T00:00:00Z") == 2


def test_any_table_becomes_a_sheet_with_merged_headers_and_spans(tmp_path: Path):
    spec = TableSpec(
        id="t",
        title="试表",
        columns=(
            TableColumn(key="a", heading="项目", width=20, align="left"),
            TableColumn(key="b", heading="甲", group=("合计",), width=20),
            TableColumn(key="c", heading="乙", group=("合计",), width=20),
        ),
        notes=("说明",),
    )
    rows = (
        TableRow(kind="group", text="小学"),
        TableRow(
            {
                "a": TableCell("某校", rows=2),
                "b": TableCell("1.50", number=exact("1.5")),
                "c": TableCell("——"),
            }
        ),
        TableRow({"b": TableCell("0.999※", number=exact("0.9987"), mark="unmet"), "c": TableCell("+1")}),
    )
    target = tmp_path / "t.xlsx"
    write_workbook([Table(spec, rows)], target)
    sheet = load_workbook(target)["试表"]
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:C1", "A2:A3", "B2:C2", "A4:C4", "A5:A6"}
    assert (sheet["B5"].value, sheet["B5"].number_format, sheet["B6"].number_format) == (
        1.5,
        "0.00",
        '0.000"※"',
    )
    assert sheet["B6"].font.bold and sheet["B6"].fill.fgColor.rgb.endswith("D0D0D0")
    assert (sheet["C6"].data_type, sheet["A7"].value, sheet.print_title_rows) == ("s", "注：说明。", "$2:$3")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025年12月31日", (2025, 12, 31)),
        ("2025-1-2", (2025, 1, 2)),
        ("2025/01/02", (2025, 1, 2)),
        ("2024-06-01 00:00:00", (2024, 6, 1)),
        ("2025年2月30日", None),
        ("年底前", None),
        ("", None),
    ],
)
def test_dates(text: str, found: tuple[int, int, int] | None):
    result = as_date(text)
    assert (result and (result.year, result.month, result.day)) == found


def test_a_tables_record_says_how_it_stands_in_a_workbook(tmp_path: Path):
    columns = tuple(TableColumn(key=key, heading=key, width=20) for key in ("a", "on", "b"))
    form = SheetForm(
        name="甲表",
        titled=False,
        frozen=1,
        filtered=True,
        dates=frozenset({"on"}),
        choices={"b": ("是", "否")},
        free=frozenset({"b"}),
        heading="另题",
    )
    rows = (
        TableRow({key: TableCell(text) for key, text in (("a", "x"), ("on", "2025年1月2日"), ("b", ""))}),
    )
    tables = [
        Table(TableSpec(id="t", title="试表 一", columns=columns, sheet=form), rows),
        Table(TableSpec(id="u", title="试表 二", columns=columns[:1]), rows),
    ]
    target = tmp_path / "t.xlsx"
    write_workbook(tables, target, heading="总题")
    first, second = load_workbook(target).worksheets
    assert (first.title, second.title) == ("甲表", "试表")
    assert (first.freeze_panes, first.auto_filter.ref, second.auto_filter.ref) == ("B2", "A1:C2", None)
    assert first["B2"].value == datetime(2025, 1, 2) and second["A1"].value == "试表 二"
    assert {rule.type for rule in first.data_validations.dataValidation} == {"date", "list"}
    assert first.protection.sheet and first["A2"].protection.locked and not first["C2"].protection.locked
    assert (first.oddHeader.center.text, second.oddHeader.center.text) == ("另题", "总题")
