"""An edited frame becomes a book of trial values, exactly; what it changed is listed; it never becomes a report."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.assess.whatif import TRIAL
from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab import trials
from junheng.lab.frames import before_after, frame, with_schools
from junheng.workbook.frames import school_row
from junheng.workbook.model import CountyBook
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, ROOT, book, school

FIRST, SECOND = "2137830001", "2137830002"


@pytest.fixture
def county() -> CountyBook:
    odd = {"equipment_value": Fraction("150.55"), "sports_ground_area": Fraction("5000.123456789012345678")}
    return book([school(1, **odd), school(2, multimedia_rooms=None), school(3)])


def judged(found: CountyBook) -> Assessment:
    return assess(found, DICTIONARY, (NATIONAL, LOCAL))


@pytest.mark.parametrize("name", ["keys", "headings"])
def test_an_unedited_frame_gives_the_book_itself(name: str, county: CountyBook) -> None:
    """Also where a figure has more digits than a float holds, and where a value is missing."""
    schools = county.schools if name == "keys" else frame(county, "schools")
    assert with_schools(county, schools) is county


def test_changed_values_are_exact_and_say_that_they_are_trials(county: CountyBook) -> None:
    schools = county.schools
    schools.loc[FIRST, "equipment_value"] = 152.3
    schools.loc[SECOND, "multimedia_rooms"] = 12
    schools.loc[SECOND, "students_primary"] = pd.NA
    schools.loc[SECOND, "school_type"] = "小学教学点"
    changed = with_schools(county, schools)
    first, second = (school_row(changed, code) for code in (FIRST, SECOND))
    assert first.get("equipment_value") == Fraction("152.3") and second.get("multimedia_rooms") == 12
    assert second.get("students_primary") is None and second.get("school_type") == "小学教学点"
    marked = {
        (row.text("school_code"), key)
        for row in changed.rows("schools") for key, value in row.values.items() if value.repair == TRIAL
    }  # fmt: skip
    assert marked == {
        (FIRST, "equipment_value"), (SECOND, "multimedia_rooms"),
        (SECOND, "students_primary"), (SECOND, "school_type"),
    }  # fmt: skip
    assert first.source("equipment_value") == school_row(county, FIRST).source("equipment_value")
    assert changed.trial and not county.trial
    assert first.get("sports_ground_area") == Fraction("5000.123456789012345678")


def test_rows_added_and_dropped_and_columns_left_out(county: CountyBook) -> None:
    table = frame(county, "schools")[["学校标识码", "学校名称", "办学类型", "举办者类型", "小学在校生数"]]
    new = {
        "学校标识码": "2137839001",
        "学校名称": "新建小学",
        "办学类型": "小学",
        "举办者类型": "民办",
        "小学在校生数": 90.0,
    }
    table = pd.concat([table[table["学校名称"] != "第2小学"], pd.DataFrame([new])], ignore_index=True)
    changed = with_schools(county, table)
    assert [row.text("school_name") for row in changed.rows("schools")] == ["第1小学", "第3小学", "新建小学"]
    added = school_row(changed, "新建小学")
    assert added.get("students_primary") == 90 and added.text("sponsor") == "10"
    assert added.get("teaching_area") is None
    assert changed.rows("schools")[0] == county.rows("schools")[0]
    assert judged(changed).trial


def test_a_row_of_ones_own_may_take_the_index_its_name(county: CountyBook) -> None:
    own = county.schools.head(1).assign(school_name="新建小学")
    own.index = ["2137839999"]
    frame = pd.concat([county.schools, own])
    assert frame.index.name is None
    assert "新建小学" in set(with_schools(county, frame).schools.school_name)


def test_only_dropping_a_school_is_a_trial_too(county: CountyBook) -> None:
    assert with_schools(county, county.schools.drop(index=FIRST)).trial


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda s: s.assign(乡镇="城关"), "“乡镇”不是采集工作簿〔学校〕的数据项"),
        (lambda s: s.assign(students_primary=-3), "“第1小学”：“小学在校生数”应为0至20000之间的整数（人），现为“-3”"),
        (lambda s: s.assign(school_type=None), "“第1小学”没有办学类型，请补上"),
        (lambda s: s.assign(students_primary=500.5), "“第1小学”：“小学在校生数”应为0至20000之间的整数（人），现为“500.5”"),
        (lambda s: s.assign(school_type="高中"), "“第1小学”：“办学类型”应为.*之一，现为“高中”"),
        (lambda s: pd.concat([s, s.head(1)]), f"学校标识码“{FIRST}”在表中出现两次"),
        (lambda s: s.reset_index(drop=True), "表中没有学校标识码"),
        (lambda s: s.reset_index().assign(school_code=pd.NA), "有一行没有学校标识码"),
        (lambda s: s.assign(equipment_value=float("inf")), "不是数值"),
        (lambda s: s.assign(小学在校生数=1), "“students_primary”在表中有两列"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_one_sentence(
    edit: Callable[[pd.DataFrame], pd.DataFrame], says: str, county: CountyBook
) -> None:
    with pytest.raises(UsageProblem, match=says):
        with_schools(county, edit(county.schools))


def test_before_and_after_lists_only_what_changed() -> None:
    county = book([school(1), school(2)])
    schools = county.schools
    schools.loc[FIRST, "students_primary"] = 1100
    official = judged(county)
    found = before_after(official, judged(with_schools(county, schools)))
    units = found[found["类别"] == "评估单元"].set_index("内容")
    assert units.loc["在校生数", ["对象", "试算前", "试算后"]].tolist() == ["第1小学", 500, 1100]
    assert units.loc["达标项数", ["试算前结论", "试算后结论"]].tolist() == ["达标", "未达标"]
    cell = found[(found["类别"] == "指标") & (found["内容"] == "L1")].iloc[0]
    assert (cell["试算前"], cell["试算后"]) == (6.0, float(Fraction(30, 11)))
    assert set(found["对象"]) <= {"第1小学", "全县"}
    verdicts = found[found["类别"] == "结论"]
    assert verdicts["内容"].str.contains("资源配置").any() and (verdicts["试算后结论"] == "未达标").all()
    assert len(before_after(official, official)) == 0
    with pytest.raises(UsageProblem, match="两个评估"):
        before_after(official, county)


@pytest.fixture
def work(tmp_path: Path) -> wb.Workspace:
    folders = (str(ROOT / "data"), str(ROOT / "params"), str(tmp_path))
    return wb.open_workspace("370826", 2024, *folders, "assessment")


TRIED: dict[str, Callable[[wb.Workspace, Assessment], Assessment]] = {
    "edited frame": lambda work, official: wb.assess(
        work, with_schools(official.book, official.book.schools.iloc[1:])
    ),
    "changed figure": lambda work, official: wb.assess(
        work, trials.trial(work, official).put(official.units[0].school_code, "小学在校生数", 9).book
    ),
    "changed threshold": lambda work, official: (
        trials.try_out(work, official, trials.trial(work, official).threshold("L5", "小学", 7)).assessment
    ),
}


@pytest.mark.parametrize("how", TRIED)
def test_a_trial_never_becomes_a_report(how: str, work: wb.Workspace, tmp_path: Path) -> None:
    official = wb.assess(work, wb.open_book(work))
    reports = wb.compose(work, official, None)
    tried = TRIED[how](work, official)
    for refused in (
        lambda: wb.compose(work, tried, None),
        lambda: wb.write(work, tried, reports),
        lambda: wb.draw(work, tried, None),
    ):
        with pytest.raises(UsageProblem, match="含有试算值，不能绘图存档、成文或保存为报告"):
            refused()
    assert list(tmp_path.iterdir()) == []
