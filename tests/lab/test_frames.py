"""Frames: types, exact values, verdicts of the engine, and what they refuse. The schema itself is docs/frames.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from junheng.assess.city import AssessedCounty, CityAssessment, LeftOut
from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.assess.trend import compare
from junheng.errors import UsageProblem
from junheng.lab.frames import frame, stacked_frame
from junheng.lab.frames.assessment import ASSESSMENT_FRAMES
from junheng.lab.frames.city import CITY_FRAMES
from junheng.lab.frames.trend import TREND_FRAMES
from junheng.params.city_rules import load_city_rules
from junheng.params.counties import County
from junheng.workbook.model import CountyBook, Hidden, Issue, Severity, Source, Value
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

OTHER = County(code="370881", name="曲阜市", government="曲阜市人民政府", target_year=2025)


def judged(found: CountyBook) -> Assessment:
    return assess(found, DICTIONARY, (NATIONAL, LOCAL))


@pytest.fixture(scope="module")
def county() -> CountyBook:
    """Three units; the second school lacks a third of its teachers' degrees, the third has no figure for rooms."""
    weak = school(2, bachelor_primary=21, students_primary=700, location="乡村")
    return book([school(1), weak, school(3, multimedia_rooms=None, equipment_value=Fraction("150.55"))])


@pytest.fixture(scope="module")
def assessment(county: CountyBook) -> Assessment:
    return judged(county)


def test_the_schools_of_a_book_are_typed_and_stand_under_their_codes(county: CountyBook) -> None:
    schools = county.schools
    assert schools.index.name == "school_code" and list(schools.index) == [
        "2137830001", "2137830002", "2137830003",
    ]  # fmt: skip
    types = {name: str(kind) for name, kind in schools.dtypes.items()}
    assert {types[n] for n in ("students_primary", "built_year")} == {"Int64"}
    assert (types["equipment_value"], types["boarding"], types["school_name"]) == (
        "Float64", "boolean", "string",
    )  # fmt: skip
    assert isinstance(schools["location"].dtype, pd.CategoricalDtype)
    assert schools["multimedia_rooms"].isna().tolist() == [False, False, True]
    assert schools.loc["2137830003", "equipment_value"] == 150.55
    assert schools["students_primary"].sum() == 1700


def test_chinese_headings_and_words_unless_keys_are_asked_for(county: CountyBook) -> None:
    chinese, keys = frame(county, "schools"), frame(county, "schools", keys=True)
    assert list(chinese.columns) == [field.header for field in DICTIONARY.sheet("schools").fields]
    assert list(keys.columns) == [field.key for field in DICTIONARY.sheet("schools").fields]
    assert set(chinese["举办者类型"]) == {"县级教育部门"} and set(keys["sponsor"]) == {"7"}


def test_the_county_s_figures_issues_and_repairs(county: CountyBook) -> None:
    issue = Issue(
        Severity.WARNING, "jump", "a.xlsx", "学校", "K3", "700", "490—910", "请核对。", accepted="某人"
    )
    first, *others = county.rows("schools")
    mended = Value(Fraction(500), Source("测试.xlsx", "学校", "K2"), "５００", "全角字符改为半角")
    rows = (replace(first, values={**first.values, "students_primary": mended}), *others)
    found = replace(county, issue_records=(issue,), sheets={**county.sheets, "schools": rows})
    assert found.county.loc["base_funds_primary", "value"] == 770
    assert found.issues.loc[0, "severity"] == "warning" and "已认可：某人" in found.issues.loc[0, "message"]
    assert found.issues["severity"].cat.ordered and (found.issues["severity"] > "note").all()
    assert found.repairs.loc[0, ["cell", "header", "text"]].tolist() == ["K2", "小学在校生数", "５００"]


def test_where_a_figure_stands(county: CountyBook) -> None:
    place = Source("测试.xlsx", "学校", "students_primary3")
    assert county.where("students_primary", "2137830002") == place
    assert county.where("小学在校生数", "第2小学") == place
    assert county.where("base_funds_primary").sheet == "县级数据"
    with pytest.raises(UsageProblem, match="没有名为“小学在校数”的数据项。是否要写“小学在校生数”"):
        county.where("小学在校数", "2137830002")
    with pytest.raises(UsageProblem, match="没有名称或标识码为“第9小学”的学校"):
        county.where("小学在校生数", "第9小学")
    with pytest.raises(UsageProblem, match="名称含“第”的有3所，请写全称或标识码"):
        county.where("小学在校生数", "第")


def test_what_is_hidden_stays_hidden(county: CountyBook) -> None:
    row = county.rows("county")[0]
    values = {**row.values, "special_students": Value(Hidden("＜5", Fraction(3)))}
    shown = replace(county, sheets={**county.sheets, "county": (replace(row, values=values),)})
    assert pd.isna(shown.county.loc["special_students", "value"])
    exact = frame(shown, "county", exact=True)
    assert exact.loc[exact["键"] == "special_students", "数值"].tolist() == [None]


def test_units_carry_the_engine_s_values_and_verdicts(assessment: Assessment) -> None:
    units = frame(assessment, "units")
    assert {"学段", "城乡类型", "学校类型", "在校生数", "L1", "L7", "达标项数", "最低比值", "结论"} <= set(
        units
    )
    assert units["学段"].tolist() == ["小学"] * 3 and units["结论"].tolist() == [
        "达标", "未达标", "无法判定",
    ]  # fmt: skip
    assert units["结论"].cat.ordered and (units["结论"] < "达标").tolist() == [False, True, True]
    for shown, unit in zip(units["L1"], assessment.units, strict=True):
        value = unit.cells["L1"].value
        assert value is not None and Fraction(shown) == Fraction(float(value))
    assert units["无法判定指标"].tolist() == ["", "", "L7"]
    assert pd.isna(units.loc[2, "L7"]) and units["L7"].dtype == "Float64"


def test_exact_values_are_fractions(assessment: Assessment) -> None:
    exact = frame(assessment, "indicators", keys=True, exact=True)
    cells = [cell for unit in assessment.units for cell in unit.cells.values()]
    assert exact["value"].tolist() == [cell.value for cell in cells]
    assert exact["ratio"].tolist() == [cell.ratio for cell in cells]
    assert exact["verdict"].astype(str).tolist() == [str(cell.verdict) for cell in cells]


def test_a_value_beyond_a_float_s_reach_keeps_the_engine_s_verdict() -> None:
    """A numerator below the threshold by less than a float can tell: the frame shows 4.5 and 未达标."""
    area = Fraction(2250) - Fraction(1, 10**15)
    shown = frame(judged(book([school(1, teaching_area=area)])), "indicators")
    row = shown[shown["指标"] == "L4"].iloc[0]
    assert (row["指标值"], row["标准值"], row["结论"]) == (4.5, 4.5, "未达标")


@pytest.mark.parametrize("name", ASSESSMENT_FRAMES)
def test_no_frame_holds_fractions_or_numbers_as_text(name: str, assessment: Assessment) -> None:
    made = frame(assessment, name)
    kinds = {column.heading: column for column in ASSESSMENT_FRAMES[name].columns(_terms(assessment))}
    assert list(made.columns) == list(kinds)
    for heading, column in kinds.items():
        assert str(made[heading].dtype) == column.dtype, heading
        assert not any(isinstance(value, Fraction) for value in made[heading])


def _terms(assessment: Assessment) -> Any:
    from junheng.lab.frames.model import terms_of

    return terms_of(assessment)


def test_two_years_side_by_side(assessment: Assessment) -> None:
    before = judged(book([school(1, bachelor_primary=15), school(4)]))
    trend = compare(assessment, before)
    units = frame(trend, "units").set_index("学校名称")
    assert units["变化"].to_dict() == {
        "第1小学": "变为达标", "第2小学": "新增", "第3小学": "新增", "第4小学": "减少",
    }  # fmt: skip
    spread = frame(trend, "disparity", keys=True)
    assert (spread["change"] - (spread["cv"] - spread["cv_before"])).abs().max() < 1e-12
    for name in TREND_FRAMES:
        assert len(frame(trend, name)) > 0


@pytest.fixture(scope="module")
def city(assessment: Assessment) -> CityAssessment:
    second = judged(replace(book([school(7), school(8)]), county_record=OTHER))
    gone = County(code="370811", name="任城区", government="任城区人民政府", target_year=2025)
    return CityAssessment(
        2024,
        (AssessedCounty(assessment), AssessedCounty(second)),
        (LeftOut(gone, "absent", "没有采集工作簿"),),
        load_city_rules(PARAMS),
    )


def test_the_city_stacks_its_counties(city: CityAssessment) -> None:
    counties = frame(city, "counties")
    assert counties["县（市、区）"].tolist() == ["邹城市", "曲阜市"] and counties["评估单元数"].tolist() == [
        3,
        2,
    ]
    units = frame(city, "units")
    assert units.groupby("县（市、区）", sort=False).size().to_dict() == {"邹城市": 3, "曲阜市": 2}
    assert frame(city, "left_out")["原因"].tolist() == ["未按时报送采集数据"]
    same = stacked_frame([member.assessment for member in city.members], "units")
    pd.testing.assert_frame_equal(units, same)
    for name in CITY_FRAMES:
        frame(city, name, keys=True, exact=True)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda a: frame(a, "unit"), "没有名为“unit”的表。是否要写“units”"),
        (lambda a: frame(a.book, "school"), "没有名为“school”的表。是否要写“schools”"),
        (lambda a: frame(None), "没有上年度可用的采集工作簿"),
        (lambda a: frame("units", a), "第一个参数应为采集工作簿、评估"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    wrong: Callable[[Assessment], object], says: str, assessment: Assessment
) -> None:
    with pytest.raises(UsageProblem, match=says):
        wrong(assessment)


def test_an_excel_file_of_a_frame_holds_numbers(assessment: Assessment, tmp_path: Path) -> None:
    import openpyxl

    frame(assessment, "units").to_excel(tmp_path / "单元.xlsx", index=False)
    sheet = openpyxl.load_workbook(tmp_path / "单元.xlsx").active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert sheet.cell(3, head.index("L1") + 1).value == 3
    assert sheet.cell(3, head.index("L2") + 1).value == pytest.approx(600 / 700)
    assert sheet.cell(3, head.index("在校生数") + 1).value == 700
    assert sheet.cell(2, head.index("学校标识码") + 1).value == "2137830001"
