"""申报表 word for word as the national form has it, the application of a county that meets the standard, and the city's word."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from junheng.assess.city_records import CityRecords
from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.batch.contract import county_contents
from junheng.errors import UsageProblem
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Document, Paragraph, Table
from junheng.report.content.names import REPORTS, check_reports, report_name
from junheng.report.content.reports import COMPOSERS, WANTED
from junheng.report.content.tables import FORMS
from junheng.report.excel.documents import write_tables
from junheng.workbook.model import CountyBook, Row, Source, Value
from tests.assess.make import COUNTY, DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.golden import SPECS, sample

WORDING = load_wording(PARAMS, 2024)


def county(*schools: dict[str, Any], **figures: Any) -> Assessment:
    return assess(book(list(schools) or [school(1)], figures or None), DICTIONARY, (NATIONAL, LOCAL))


def said(document: Document) -> str:
    return "\n".join(
        b.text for blocks in document.blocks.values() for b in blocks if isinstance(b, Paragraph)
    )


def statements(assessment: Assessment) -> dict[str, str]:
    tables = [FORMS[form](CountyContext(assessment, None, WORDING)) for form in ("IV", "V")]
    rows = [(table.spec.id, row) for table in tables for row in table.rows]
    return {
        f"{form}{row.cells['name'].text.split('.')[0]}": row.cells["statement"].text for form, row in rows
    }


OFFICIAL = {
    "IV4": "超过2000人的小学{}所，初中{}所，超过2500人的一贯制学校{}所",
    "IV5": "超过45人的小学班级{}个，超过50人的初中班级{}个",
    "IV6": "不足100人的规模较小学校学生数{}人，公用经费{}元",
    "IV7": "特殊教育学校公用经费为{}万元，特殊教育学生数为{}人，生均{}元",
    "IV8": "全县义务教育学校教师年平均工资收入为{}元，当地公务员年平均工资收入{}元",
    "IV9": "完成360学时培训的教师{}人，全县教师{}人，教师培训完成率{}%",
    "IV11": "全县符合交流轮岗条件教师总数{}名，上一年度交流轮岗教师{}名",
    "IV12": "全县在岗专任教师{}人，其中持有教师资格证的专任教师{}人，占比{}%",
    "IV14": "其中分配农村学校的名额{}人，占分配名额总数的{}%",
    "IV15": "全县符合条件的随迁子女数{}人",
    "V1": "全县初中毕业班学生数为{}人，三年前该年级入学学生数为{}人，毕业年级三年转入{}人，死亡{}人，转出{}人，巩固率{}%",
    "V2": "全县残疾儿童少年为{}人，入学{}人，入学率{}%。其中，在特殊教育学校就读{}人，占比{}%",
}
"""The blanks of the national form, as far as they are known in full."""


@pytest.mark.parametrize("row", OFFICIAL)
def test_a_blank_stands_in_the_forms_own_words(row: str) -> None:
    pattern = r"\d+(\.\d+)?".join(map(re.escape, OFFICIAL[row].split("{}")))
    assert re.search(pattern, statements(sample())[row])


def test_funds_of_small_schools_are_in_yuan() -> None:
    small = county(school(1, students_primary=60, public_funds_allotted=Fraction("9.5")))
    assert statements(small)["IV6"] == "不足100人的规模较小学校学生数60人，公用经费95000元。"


def test_a_figure_that_is_missing_leaves_the_blank_open_and_the_list_of_gaps_says_why() -> None:
    gapped = county(school(1, certified_teachers=None))
    assert "其中持有教师资格证的专任教师____人，占比____%。" in statements(gapped)["IV12"]
    assert any(entry.key == "certified_teachers" for entry in gapped.national.item("G12").parts[0].missing)


def test_the_form_knows_no_local_verdict_where_the_annex_says_both() -> None:
    assessment = county(quota_total=1000, quota_allotted=550, quota_rural=300)
    context = CountyContext(assessment, None, WORDING)
    (form,) = [
        t for t in COMPOSERS["form"](context).blocks["tables"] if isinstance(t, Table) and t.spec.id == "IV"
    ]
    annex = FORMS["IV"](context)
    assert form.rows[13].cells["verdict"].text == "达标"
    assert annex.rows[13].cells["verdict"].text == "达标（国家）\n未达标（济宁市）"


def test_the_form_is_a_workbook_too_with_a_sheet_a_table(tmp_path: Path) -> None:
    document = COMPOSERS["form"](CountyContext(county(), None, WORDING))
    write_tables(document, SPECS, tmp_path / "form.xlsx")
    workbook = load_workbook(tmp_path / "form.xlsx")
    assert workbook.sheetnames == ["封面", "表Ⅰ", "表Ⅱ-1", "表Ⅱ-2", "表Ⅲ", "表Ⅳ", "表Ⅴ", "表Ⅵ"]
    cover = {row[0]: row[1] for row in workbook["封面"].iter_rows(values_only=True)}
    assert cover["报送单位（盖章）"] == COUNTY.government and cover["报送时间"] == "2025年3月20日"
    assert document.workbook and not COMPOSERS["self"](CountyContext(county(), None, WORDING)).workbook
    noted = [cell.coordinate for page in workbook for row in page.iter_rows() for cell in row if cell.comment]
    assert not noted  # where figures come from is told in the reports: a form that is sent has no notes


def test_only_a_county_that_meets_the_standard_applies() -> None:
    passing, failing = (CountyContext(a, None, WORDING) for a in (county(), county(school(1, pe_primary=0))))
    assert WANTED["application"](passing) and not WANTED["application"](failing)
    told = said(COMPOSERS["application"](passing))
    assert "经自评，各项指标达到国家标准，现按规定申请评估认定" in told
    assert "参加评估的小学1个单元全部达标" in told and "认定" in told


def test_what_a_county_does_not_get_is_said_and_the_rest_is_published(tmp_path: Path) -> None:
    contents = county_contents(COUNTY, 2024, ("assessment", "form", "application"))
    name = report_name("application", COUNTY, 2024)
    assert f"{name}.docx" not in contents.written
    assert f"{report_name('form', COUNTY, 2024)}.xlsx" in contents.written
    (note,) = contents.left_out(tmp_path)
    assert note == "未生成评估认定申请（各项指标达到国家标准后出具）"
    (tmp_path / f"{name}.docx").touch()
    settled = contents.settled(tmp_path)
    assert f"{name}.pdf" in settled.all and not settled.optional and not contents.left_out(tmp_path)


def test_annexes_in_files_of_their_own_belong_to_the_contract_when_they_are_there(tmp_path: Path) -> None:
    contents = county_contents(COUNTY, 2024, ("assessment",))
    annex = f"{report_name('assessment', COUNTY, 2024)}附件1"
    assert f"{annex}.pdf" in contents.possible and f"{annex}.pdf" not in contents.all
    assert contents.settled(tmp_path).all == contents.all
    (tmp_path / f"{annex}.docx").touch()
    assert {f"{annex}.docx", f"{annex}.pdf"} <= {*contents.settled(tmp_path).all}
    assert f"{report_name('form', COUNTY, 2024)}附件1.docx" not in contents.possible


def test_all_means_every_report() -> None:
    assert check_reports(["all"]) == tuple(REPORTS)
    with pytest.raises(UsageProblem, match="没有名为“al”的报告"):
        check_reports(["al"])


def city_book(**sheets: list[dict[str, Any]]) -> CountyBook:
    source = Source("370800.xlsx", "督导组", "A2")
    rows = {
        name: tuple(Row({key: Value(value, source) for key, value in row.items()}, 2) for row in found)
        for name, found in sheets.items()
    }
    return replace(book([school(1)]), sheets=rows)


def test_what_the_city_did_not_enter_stays_a_visible_blank() -> None:
    told = said(COMPOSERS["recommendation"](CountyContext(county(), None, WORDING)))
    assert f"{COUNTY.government}于____年__月__日提出" in told
    assert "组长____，成员____" in told and "走访学校____所，召开座谈会____次，回收问卷____份" in told
    assert "受委托的第三方____采用____的方式开展评估" in told


def test_what_the_city_entered_is_printed_for_its_own_county_alone() -> None:
    visit = {
        "county": COUNTY.name,
        "leader": "甲",
        "members": "乙、丙",
        "begun": "2025-04-08",
        "ended": "2025-04-08",
    }
    visit |= {"schools": Fraction(1), "school_names": "第1小学", "meetings": Fraction(2)}
    other = {"county": "曲阜市", "leader": "丁"}
    parties = [
        {"party": "某院", "scope": "全市", "method": "抽样问卷", "findings": "总体满意。"},
        {"party": "某所", "scope": "曲阜市", "method": "访谈"},
    ]
    entered = city_book(
        visits=[other, visit],
        third_parties=parties,
        received=[{"county": COUNTY.name, "application": "2025-03-18"}],
    )
    told = said(
        COMPOSERS["recommendation"](CountyContext(county(), None, WORDING, records=CityRecords(entered)))
    )
    assert "于2025年3月18日提出" in told
    assert "2025年4月8日，督导组（组长甲，成员乙、丙）" in told
    assert "走访学校1所（小学1所），召开座谈会2次，回收问卷____份" in told
    assert "受委托的第三方某院采用抽样问卷的方式开展评估" in told and "主要结论为：总体满意。" in told
    assert "丁" not in told and "某所" not in told
