"""The form for trials, pressed as in the browser: what it does is what its code does, and an error changes nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ipywidgets as w
import pytest

from junheng.assess.model import Assessment
from junheng.lab import forms, trials
from junheng.lab.county import Workspace, open_workspace
from junheng.lab.forms import TrialForm
from tests.assess.make import ROOT


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drafts")


@pytest.fixture(scope="module")
def county(out: Path) -> tuple[Workspace, Assessment]:
    folders = (str(ROOT / "data"), str(ROOT / "params"), str(out))
    work = open_workspace("370826", 2024, *folders, "assessment")
    return work, trials.official(work)


@pytest.fixture
def form(county: tuple[Workspace, Assessment]) -> TrialForm:
    return forms.form(*county)


def repeated(form: TrialForm) -> object:
    names = {"trials": trials, "work": form._work, "official": form._official}
    exec(form.code, names)
    return names["changed"]


def pick(form: TrialForm, position: int) -> str:
    return form.figures.school.options[position][1]


def test_figures_overwritten_are_tried_and_shown_beside_the_official_ones(form: TrialForm) -> None:
    school = form.figures.school.options[0]
    assert school == ("微山县实验小学（未达标）", "2137260003")
    assert form.figures.figures["students_primary"].value == "1740"
    assert "尚未作任何改动" in form.result.value and form.undo.disabled
    # 18÷1740×100 = 1.034 of 1; (10+3+3)÷1740×100 = 0.920 of 0.9; 295.8万元÷1740 = 1700元, exactly 85% of 2000元.
    for key, value in {"backbone_primary": "18", "pe_primary": "10", "equipment_value": "295.8"}.items():
        form.figures.figures[key].value = value
    form.figures.button.click()
    assert [(c.what, c.before, c.after) for c in form.trial.changes] == [
        ("小学县级及以上骨干教师数", 15, 18),
        ("小学体育专任教师数", 8, 10),
        ("教学仪器设备资产值", Fraction("260.33"), Fraction("295.8")),
    ]
    assert "有变化的评估单元1个；由未达标变为达标1个，由达标变为未达标0个" in form.result.value
    assert form.figures.school.options[0] == ("微山县实验小学（达标）", "2137260003")
    assert form.trial == repeated(form)


def test_people_mergers_and_new_schools(form: TrialForm, out: Path) -> None:
    form.people.giver.value, form.people.taker.value = pick(form, 3), pick(form, 5)
    form.people.count.value, form.people.subject.value = 2, "体育"
    form.people.button.click()
    form.people.kind.value = "学生"
    form.people.button.click()
    form.opening.name.value, form.opening.like.value = "新城小学", pick(form, 4)
    form.opening.button.click()
    form.figures.school.value = next(code for name, code in form.figures.school.options if "新城小学" in name)
    form.figures.figures["students_primary"].value = "300"
    form.figures.button.click()
    form.merger.closing.value, form.merger.into.value = pick(form, 7), pick(form, 8)
    form.merger.button.click()
    done = [change.action for change in form.trial.changes]
    assert {"调动", "新建", "改为", "合并"} == set(done)
    assert ".move_teachers('微山县夏镇小学', " in form.code and "subject='体育'" in form.code
    assert ".put('新城小学', '小学在校生数', '300')" in form.code
    assert form.trial == repeated(form)
    form.undo.click()
    assert "合并" not in [change.action for change in form.trial.changes]
    form.clear.click()
    assert form.trial.changes == () and "尚未作任何改动" in form.result.value
    assert list(out.iterdir()) == []


def test_a_threshold_and_a_limit(form: TrialForm) -> None:
    names = [name for name, _ in form.limits.what.options]
    assert names[3] == "小学 L4 教学及辅助用房（现为4.5㎡）" and names[7] == "小学 差异系数限值（现为0.5）"
    for place, value in ((3, "6"), (7, "0.2")):
        form.limits.what.index = place
        form.limits.value.value = value
        form.limits.button.click()
    assert ".threshold('L4', '小学', '6')" in form.code and ".limit('小学', '0.2')" in form.code
    assert form.trial == repeated(form)
    assert "≥4.5㎡→≥6㎡" in form.result.value and "≤0.5→≤0.2" in form.result.value
    form.limits.value.value = ""
    form.limits.button.click()
    assert "请写标准的试算值" in form.told.value


def test_a_blank_is_missing_and_not_zero(form: TrialForm) -> None:
    form.figures.figures["equipment_value"].value = ""
    form.figures.button.click()
    assert form.trial.changes[0].after is None
    assert "无法判定" in form.result.value


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda f: f.figures.figures["teaching_area"].__setattr__("value", "很多"),
            "“教学及辅助用房面积”应为不小于0的数值",
        ),
        (lambda f: f.figures.figures["multimedia_rooms"].__setattr__("value", "1.5"), "应为不小于0的整数"),
        (lambda f: f.people.button.click(), "请先选择调出校"),
        (lambda f: f.opening.button.click(), "请写新建学校的名称"),
    ],
)
def test_an_error_is_one_sentence_and_changes_nothing(form: TrialForm, wrong: object, says: str) -> None:
    form.figures.figures["backbone_primary"].value = "16"
    form.figures.button.click()
    before = form.trial
    wrong(form)  # type: ignore[operator]
    if "选择" not in says and "名称" not in says:
        form.figures.button.click()
    assert "【无法继续】" in form.told.value and says in form.told.value
    assert form.trial == before


def test_the_school_s_indicators_stand_beside_their_thresholds(form: TrialForm) -> None:
    form.figures.school.value = pick(form, 0)
    shown = form.figures.indicators.value
    assert "微山县实验小学：小学，未达标" in shown and "≥7.5" in shown and shown.count("<th>") == 8
    assert 'class="unmet num"' in shown
    drives = [label.value for label in form.figures.grid.children if isinstance(label, w.Label)]
    assert "各项指标" in drives and "L4、L5" in drives and "L6" in drives
    form.figures.figures["backbone_primary"].value = "40"
    form.figures.button.click()
    assert "微山县实验小学：小学" in form.figures.indicators.value
    assert form.figures.indicators.value != shown


def test_schools_are_found_by_name_code_or_verdict(form: TrialForm) -> None:
    every = len(form.figures.school.options)
    form.figures.search.value = "夏镇 小学"
    names = [name for name, _ in form.figures.school.options]
    assert 1 < len(names) < every
    assert all("夏镇" in name for name in names[1:]), "the one already chosen stays first"
    form.figures.search.value = "未达标"
    assert all("未达标" in name for name, _ in form.figures.school.options)
    form.people.search.value = form.figures.school.options[-1][1]
    assert [code for _, code in form.people.giver.options] == [form.people.search.value]
    form.figures.search.value = ""
    assert len(form.figures.school.options) == every


@pytest.mark.parametrize(
    ("typed", "value"), [("1,100", 1100), ("１１００", 1100), ("1100人", 1100), (" 1 100 ", 1100)]
)
def test_numbers_may_be_written_as_in_a_workbook(typed: str, value: int, form: TrialForm) -> None:
    form.figures.figures["students_primary"].value = typed
    form.figures.button.click()
    assert form.trial.changes[-1].after == value
    assert form.trial == repeated(form)


@pytest.mark.parametrize(
    ("key", "typed", "warned"),
    [
        ("equipment_value", "2603300", True),
        ("students_primary", "17400", True),
        ("students_primary", "1700", False),
        ("backbone_primary", "0", False),
    ],
)
def test_a_figure_beyond_the_county_s_own_range_is_questioned(
    key: str, typed: str, warned: bool, form: TrialForm
) -> None:
    form.figures.figures[key].value = typed
    form.figures.button.click()
    assert ("请核对是否多写、少写了位数或用错了单位" in form.result.value) is warned
