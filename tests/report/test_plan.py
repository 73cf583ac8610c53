"""The plan in words, in the report's 整改要求, in the ledger's 措施 and as an Excel file."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng.assess.sensitivity import sensitivity
from junheng.assess.shortfall import unit_lacks
from junheng.lab import county as wb
from junheng.params.prices import PlanChoices
from junheng.report.content.firmness import flips_table, influences_table, lacks_table
from junheng.report.content.ledger import ledger_table
from junheng.report.content.model import Paragraph, Table
from junheng.report.content.plan import plan_blocks, plan_sentences, plan_tables
from junheng.report.excel.ledger import write_ledger
from junheng.report.excel.sheets import workbook_bytes
from tests.assess.make import DICTIONARY, PARAMS, ROOT, school
from tests.golden import PHRASES, SPECS
from tests.planning.make import assessed, planned, prices
from tests.report.test_ledger import WORDING

SCHOOLS = [school(1, multimedia_rooms=2, pe_primary=2), school(2, pe_primary=9)]
BUDGET = {2025: Fraction(30), 2026: Fraction(40)}


def found(**choices):
    return planned(SCHOOLS, prices("multimedia", "move_arts_primary"), PlanChoices(**choices))


def test_the_sentences_say_cost_gap_saving_and_the_recheck():
    told = plan_sentences(found(), assessed(SCHOOLS), PHRASES)
    assert told[0].startswith("邹城市2024年度资源配置达标的最少投入为52.50万元（已证明为最优）")
    assert told[0].endswith("资源配置结论为达标。")


def test_no_plan_says_why():
    plan = planned(SCHOOLS, prices("sports_ground"))
    told = plan_sentences(plan, assessed(SCHOOLS), PHRASES)
    assert told[0].endswith("原因如下：") and len(told) == 1 + len(plan.reasons) > 1
    (block,) = plan_blocks(plan, PHRASES, SPECS)
    assert isinstance(block, Paragraph) and plan.reasons[0] in block.text


def test_the_report_gets_one_sentence_and_the_sums_by_measure():
    sentence, table = plan_blocks(found(), PHRASES, SPECS)
    assert isinstance(sentence, Paragraph) and "52.50万元" in sentence.text
    assert isinstance(table, Table)
    rows = [[cell.text for cell in row.cells.values()] for row in table.rows]
    assert rows == [
        ["1", "建设网络多媒体教室", "1", "8间", "48.00"],
        ["2", "县域内调配小学体育专任教师（本科学历）", "1", "3人", "4.50"],
        ["合计", "52.50"],
    ]


def test_the_ledger_names_the_measures_of_each_unit_and_indicator():
    table = ledger_table(assessed(SCHOOLS), WORDING, found())
    measures = {
        (row.cells["school_code"].text[-1], row.cells["indicator"].text[:2]): row.cells["measure"].text
        for row in table.rows
        if row.cells["school_code"].text
    }
    assert measures[("1", "L7")] == "建设网络多媒体教室8间"
    assert measures[("1", "L3")] == "县域内调配小学体育专任教师（本科学历）3人"


def test_the_ledger_has_the_plan_school_by_school_and_year_by_year(tmp_path: Path):
    """Carried items keep the county's own measure, so the plan's own sheets say where, what and when."""
    target, plan = tmp_path / "台账.xlsx", found(budget=BUDGET)
    write_ledger(assessed(SCHOOLS), WORDING, target, plan, budget=BUDGET)
    sheets = load_workbook(target)
    assert sheets.sheetnames == ["整改台账", "分校措施", "分年度投入"]
    rows = [
        [c.value for c in row]
        for row in sheets["分校措施"].iter_rows(min_row=3)
        if isinstance(row[0].value, int)
    ]
    assert [row[1][-1] for row in rows] == ["1", "1", "1", "2"]
    assert sum(row[8] for row in rows) == 52.5 and rows[-1][5] == -3
    write_ledger(assessed(SCHOOLS), WORDING, target)
    assert load_workbook(target).sheetnames == ["整改台账"]


def test_the_workbook_has_sums_schools_years_and_changes(tmp_path: Path):
    target = tmp_path / "方案.xlsx"
    plan = found(budget=BUDGET)
    tables = plan_tables(plan, assessed(SCHOOLS), BUDGET, WORDING)
    target.write_bytes(workbook_bytes(tables, "方案"))
    sheets = load_workbook(target)
    years = [[c.value for c in row] for row in sheets["分年度投入"].iter_rows(min_row=3, max_row=5)]
    assert years == [
        [2025, 28.5, 30, 1, 0],
        [2026, 24, 40, 0, 0],
        ["合计", 52.5, None, None, None],
    ]
    changes = {
        (row[1].value, row[3].value): (row[4].value, row[5].value, row[6].value)
        for row in sheets["工作簿变动"].iter_rows(min_row=3)
        if isinstance(row[0].value, int)
    }
    assert changes[("2137830001", "网络多媒体教室数")] == (2, 8, 10)
    assert changes[("2137830002", "小学体育专任教师数")] == (9, -3, 6)
    assert len(changes) == len(plan.actions)


def test_a_county_that_meets_the_standard_has_a_workbook_without_measures(tmp_path: Path):
    schools = [school(1), school(2)]
    target = tmp_path / "方案.xlsx"
    tables = plan_tables(planned(schools), assessed(schools), {}, WORDING)
    target.write_bytes(workbook_bytes(tables, "方案"))
    written = load_workbook(target)
    assert written.sheetnames == ["方案汇总", "分校措施", "分年度投入", "工作簿变动"]
    texts = [
        str(cell.value) for row in written["方案汇总"].iter_rows() for cell in row if cell.value is not None
    ]
    assert any("无需补短板投入" in text for text in texts), texts


@pytest.mark.slow
def test_the_county_file_puts_the_plan_into_the_report(tmp_path: Path):
    """params/2024/370829.yml with plan: in_report; without it the report is as before."""
    params = tmp_path / "params"
    shutil.copytree(PARAMS, params)

    def text() -> str:
        work = wb.open_workspace(
            "370829", 2024, str(ROOT / "data"), str(params), str(tmp_path / "out"), "assessment"
        )
        assessment = wb.assess(work, wb.open_book(work))
        blocks = wb.compose(work, assessment, None)["assessment"].blocks["rectification"]
        return "".join(block.text for block in blocks if isinstance(block, Paragraph))

    assert "最少投入" not in text()
    (params / "2024" / "370829.yml").write_text(
        "plan:\n  in_report: true\n  prices: {move_arts_primary: 3}\n", encoding="utf-8"
    )
    assert "使资源配置全部达标至少需投入" in text()


def test_lacks_flips_and_drivers_as_tables():
    """2 rooms of 11.5 and 2 PE teachers of 4.5; a school with 9 rooms (0.783) is one room from 达标."""
    schools = [*SCHOOLS, school(3, multimedia_rooms=9), school(4, equipment_value=1500)]
    assessment = assessed(schools)
    lacks = unit_lacks(
        assessment, DICTIONARY, {("primary", "L7"): Fraction(6), ("primary", "L3"): Fraction(25)}
    )
    rows = [
        tuple(row.cells[key].text for key in ("school", "indicator", "gap", "floor_gap", "unit", "leave"))
        for row in lacks_table(lacks, assessment, SPECS).rows
    ]
    assert rows == [
        ("第1小学", "L3 体育艺术专任教师", "3", "2", "人", "可留"),
        ("第1小学", "L7 网络多媒体教室", "10", "8", "间", ""),
        ("第3小学", "L7 网络多媒体教室", "3", "1", "间", "可留"),
    ]
    flips = flips_table(sensitivity(assessment, DICTIONARY), assessment, DICTIONARY, SPECS)
    assert ("第3小学", "网络多媒体教室数增加1间", "未达标", "达标") in {
        tuple(row.cells[key].text for key in ("school", "change", "before", "after")) for row in flips.rows
    }
    drivers = [
        (row.cells["indicator"].text[:2], row.cells["school"].text, row.cells["without"].text)
        for row in influences_table(assessment, SPECS).rows
    ]
    assert drivers[0] == ("L6", "第4小学", "0.000")
