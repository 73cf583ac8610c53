"""The form for trials, pressed as in the browser: what it does is what its code does, and an error changes nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

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
            "“教学及辅助用房面积”所填的“很多”不是数值",
        ),
        (lambda f: f.figures.figures["multimedia_rooms"].__setattr__("value", "1.5"), "应为整数"),
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
