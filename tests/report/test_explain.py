"""Where a number comes from, in words: cells, original text, repairs, exact arithmetic, clause, both verdicts."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import openpyxl
import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.cli.main import guarded
from junheng.errors import UsageProblem
from junheng.params.city import CountyYear, ExceptionUse
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.explain import explain
from junheng.report.content.tables import FORMS
from junheng.report.content.text import blocks_text
from junheng.report.excel.ledger import write_ledger
from junheng.report.page.html import table_html
from junheng.workbook.model import CountyBook, Row, Value
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, ROOT, book, school

WORDING = load_wording(PARAMS, 2024)
NINE = school(
    1,
    school_type="九年一贯制学校",
    students_primary=300,
    students_junior=200,
    classes_junior=4,
    teachers_junior=20,
    teaching_area=1200,
    indoor_sports_area=200,
)


def assessed(made: CountyBook, *exceptions: str) -> Assessment:
    uses = tuple(ExceptionUse(id=e, basis="会议纪要") for e in exceptions)
    return assess(made, DICTIONARY, (NATIONAL, LOCAL), CountyYear(exceptions=uses))


def said(made: CountyBook, *asked: str, **options: object) -> str:
    context = CountyContext(assessed(made), None, WORDING)
    return blocks_text(explain(context, *asked, **options))  # type: ignore[arg-type]


def test_a_split_value_shows_cells_arithmetic_and_both_verdicts() -> None:
    text = said(book([NINE]), "L4", "2137830001", stage="primary")
    assert (
        "邹城市（370883）2024年度　L4 生均教学及辅助用房面积　第1小学（小学部）（2137830001，小学）" in text
    )
    assert "教学及辅助用房面积  1200㎡" in text and "测试.xlsx〔学校〕teaching_area2" in text
    assert "第1小学：教学及辅助用房面积－室内体育用房面积＝1200－200＝1000㎡" in text
    assert "1×300÷（1×300＋1.1×200）＝15/26≈0.576923076923；1000×15/26＝7500/13≈576.923076923㎡" in text
    assert "指标值：7500/13÷300＝25/13≈1.92307692308㎡，印刷为1.92㎡" in text
    assert (
        "国家标准：25/13≈1.92307692308㎡不满足≥标准值4.5㎡，未达标；为标准值的42.74%，低于标准值的85%。"
        in text
    )
    assert "济宁市标准：25/13" in text
    assert "依据：教督〔2017〕6号（资源配置第4项）；国教督办函〔2019〕30号" in text


def test_original_text_and_repair_are_shown() -> None:
    made = book([school(1)])
    row = made.rows("schools")[0]
    mended = Value(
        row.values["teaching_area"].content, row.source("teaching_area"), "３，０００", "全角数字改为半角"
    )
    rows = (Row({**row.values, "teaching_area": mended}, row.number),)
    text = said(replace(made, sheets={**made.sheets, "schools": rows}), "L4", "第1小学")
    assert "３，０００" in text and "全角数字改为半角" in text


def test_a_blank_that_counts_as_zero_says_so() -> None:
    context = CountyContext(
        assessed(book([school(1, dense_urban=True, other_ground_area=None)]), "E2"), None, WORDING
    )
    text = blocks_text(explain(context, "L5", "2137830001"))
    assert "可不填，空白按0计" in text and "启用例外情形E2（人口密集中心城区学校体育场馆），另计" in text


def test_a_missing_input_is_named_with_its_place() -> None:
    text = said(book([school(1, equipment_value=None)]), "L6", "2137830001")
    assert "缺少的数据：第1小学“教学仪器设备资产值”测试.xlsx〔学校〕equipment_value2。" in text
    assert "指标值：无法判定" in text and "缺少数据，不按0处理" in text
    assert "有指标因数据缺失无法判定，单元无法判定" in text


def test_campuses_are_listed_and_added() -> None:
    campus = school(2, counted=False, parent_code="2137830001", students_primary=100)
    text = said(book([school(1), campus]), "L7", "2137830002")
    assert "本校包括主校和不计校数的校区：第1小学（2137830001）、第2小学（2137830002）" in text
    assert "小学在校生数：500＋100＝600人" in text
    assert "合计：14＋14＝28间" in text


@pytest.mark.parametrize("asked", [("CV-L4", "primary"), ("L4", "小学"), ("cv-l4", "小学部")])
def test_a_coefficient_of_variation(asked: tuple[str, str]) -> None:
    text = said(book([school(1), school(2, teaching_area=6000)]), *asked)
    assert "生均教学及辅助用房面积　校际差异系数（小学）" in text
    assert "Σx＝9000，ΣP＝1000，X̄＝9㎡" in text
    assert "CV²＝S²÷X̄²＝1/9≈0.111111111111" in text
    assert "限值的平方＝0.5²＝0.25，达标" in text
    assert said(book([school(1), school(2, teaching_area=6000)]), "L4", stage="primary", cv=True) == text


def test_items_under_two_thresholds() -> None:
    made = book([school(1), school(2, training_budget=2)])
    text = said(made, "Q4")
    assert "上年度教师培训经费预算2万元〔学校〕training_budget3" in text
    assert "国家标准：适用的记录全部满足要求，达标。" in text
    assert "要求：全县教师培训经费占公用经费总额比例" in text
    assert "济宁市标准：0.075（7.5%）不满足≥0.08（8%），未达标。" in text
    assert "国家标准：0.075" not in text
    assert "国家标准：Q4的要求为达标，结论为达标。" in text
    assert "济宁市标准：Q4的要求为达标、未达标，结论为未达标。" in text
    only = said(made, "Q4", "第1小学")
    assert "training_budget2" in only and "training_budget3" not in only


def test_an_item_of_the_county_sheet_and_one_without_rows() -> None:
    made = book([school(1, location="乡村")], {"rotation_actual": 9})
    text = said(made, "G11")
    assert "＝9÷100＝0.09（9%）" in text and "0.09（9%）不满足≥0.1（10%），未达标" in text
    none = said(made, "G13")
    assert "适用范围内没有记录，按口径设置“适用范围内没有学校的要求”判为达标" in none


def test_totals_name_what_they_rest_on() -> None:
    text = said(book([school(1, teaching_area=100)]))
    assert "资源配置未达标" in text and "未达标或无法判定的评估单元：第1小学（未达标）" in text
    assert said(book([school(1)]), "资源配置") == said(book([school(1)]), "resource")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("L9",), "没有名为“L9”的指标或项目"),
        (("L4", "第2小学"), "没有名称或标识码为“第2小学”的学校。是否要写“第1小学”"),
        (("L4", "第3教学点"), "“第3教学点”不是评估单元：小学教学点在校生不足50人"),
        (("CV-L8",), "没有名为“L8”的指标"),
        (("L4", "第1小学", "高中"), "没有名为“高中”的学段"),
    ],
)
def test_what_is_not_there_is_said(asked: tuple[str, ...], says: str) -> None:
    point = school(3, school_name="第3教学点", school_type="小学教学点", students_primary=20)
    with pytest.raises(UsageProblem, match=says):
        said(book([school(1), point]), *asked)


@pytest.mark.slow
def test_the_command_writes_nothing_and_names_the_cell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = ["--data", str(ROOT / "data"), "--params", str(PARAMS)]
    assert guarded(["explain", "370883", "2024", "L4", "2137830001", *folders]) == 0
    out, err = capsys.readouterr()
    assert err == "" and "370883_邹城市.xlsx〔学校〕" in out and "判定" in out
    assert list(tmp_path.iterdir()) == []
    assert guarded(["explain", "370883"]) == 2
    assert "缺少年度" in capsys.readouterr().err


def test_html_and_ledger_carry_the_cells(tmp_path: Path) -> None:
    assessment = assessed(book([school(1, teaching_area=100)]))
    html = table_html(FORMS["II-2"](CountyContext(assessment, None, WORDING)))
    cell = "测试.xlsx〔学校〕teaching_area2、indoor_sports_area2、students_primary2"
    told = f"来源：{cell}。说明：.venv/bin/junheng explain 370883 2024 L4 2137830001"
    call = '说明：wb.explain(work, assessment, "L4", "2137830001")'
    assert f'tabindex="0" title="来源：{cell}。{escape(call)}"' in html and "junheng" not in html
    target = tmp_path / "ledger.xlsx"
    write_ledger(assessment, WORDING, target)
    comments = [c.comment.text for row in openpyxl.load_workbook(target).active for c in row if c.comment]
    assert told in comments
    again = tmp_path / "again.xlsx"
    write_ledger(assessment, WORDING, again)
    assert again.read_bytes() == target.read_bytes()


def test_every_figure_of_the_standard_form_says_what_explains_it() -> None:
    """Whatever command a cell names is one that answers."""
    made = book(
        [school(1, teaching_area=100), {**NINE, "school_code": "2137830002", "school_name": "第2学校"}]
    )
    assessment = assessed(made)
    context = CountyContext(assessment, None, WORDING)
    tables = [form(context) for form in FORMS.values()]
    origins = [c.origin for t in tables for row in t.rows for c in row.cells.values() if c.origin]
    asked = {origin.in_terminal.split(".venv/bin/junheng explain 370883 2024 ")[1] for origin in origins}
    assert {
        "L1 2137830001",
        "L1 2137830002 --stage junior",
        "CV-L4 --stage primary",
        "CV-综合 --stage junior",
        "G6",
        "Q1",
        "S1",
    } <= asked
    for words in asked:
        said, _, stage = words.partition(" --stage ")
        assert explain(context, *said.split(), stage=stage)
    calls = {origin.in_notebook.removeprefix("说明：wb.") for origin in origins}
    assert 'explain(work, assessment, "CV-L4", stage="primary")' in calls
    namespace = {
        "explain": lambda work, *asked, **more: explain(*asked, **more),
        "work": None,
        "assessment": context,
    }
    assert all(eval(call, namespace) for call in calls)


def test_the_ledger_says_it_of_coefficients_and_items_too(tmp_path: Path) -> None:
    made = book([school(1), school(2, teaching_area=30000)], {"rotation_actual": 9})
    target = tmp_path / "ledger.xlsx"
    write_ledger(assessed(made), WORDING, target)
    comments = {c.comment.text for row in openpyxl.load_workbook(target).active for c in row if c.comment}
    asked = "说明：.venv/bin/junheng explain 370883 2024 "
    assert {f"{asked}CV-L4 --stage primary", f"{asked}G11"} <= comments
