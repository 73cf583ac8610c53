"""The calls of plan.ipynb: what is missing, the plan, the plan tried out; with a plan written by the command line too."""

from __future__ import annotations

import copy
import gc
import json
import weakref
from pathlib import Path

import pytest

from junheng.assess.model import Assessment, Verdict
from junheng.cli.main import guarded
from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab import least_cost, trials
from junheng.lab import plan as lab_plan
from junheng.lab.county import Workspace
from junheng.lab.plan import Planned
from tests.assess.make import PARAMS, ROOT


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drafts")


@pytest.fixture(scope="module")
def county(out: Path) -> tuple[Workspace, Assessment]:
    work = wb.open_workspace("370826", 2024, str(ROOT / "data"), str(PARAMS), str(out), "assessment")
    return work, trials.official(work)


@pytest.fixture(scope="module")
def planned(county: tuple[Workspace, Assessment]) -> Planned:
    return lab_plan.make_plan(*county)


def test_a_plan_is_made_once_and_goes_with_its_assessment(county: tuple[Workspace, Assessment]) -> None:
    work, official = county
    mine = copy.copy(official)
    gone = weakref.ref(mine)
    assert least_cost.plan(work, mine) is least_cost.plan(work, mine)
    kept = len(least_cost._plans)
    del mine
    gc.collect()
    assert gone() is None and len(least_cost._plans) == kept - 1


def test_the_plan_shows_itself_and_writes_nothing(planned: Planned, out: Path) -> None:
    shown = planned._repr_html_()
    assert "资源配置达标的最少投入为" in shown and "分校补短板措施" in shown and "分年度投入" in shown
    assert "合计" in shown
    assert "未保存任何文件" in str(lab_plan.save_plan(planned, "").data)
    assert list(out.iterdir()) == []


def test_the_plan_tried_out_is_met(county: tuple[Workspace, Assessment], planned: Planned) -> None:
    work, official = county
    assert official.national.resource is Verdict.UNMET
    tried = trials.try_out(work, official, trials.trial(work, official).plan(planned.actions))
    assert tried.assessment.national.resource is Verdict.MET
    failing = sum(unit.verdict is Verdict.UNMET for unit in official.units)
    assert f"由未达标变为达标{failing}个，由达标变为未达标0个" in tried._repr_html_()


def test_a_plan_of_the_command_line_can_be_tried_out(
    county: tuple[Workspace, Assessment], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plan.json"
    folders = ["--data", str(ROOT / "data"), "--params", str(PARAMS)]
    assert guarded(["plan", "370826", "2024", "--out", str(target), *folders]) == 0
    capsys.readouterr()
    work, official = county
    start = trials.trial(work, official)
    tried = trials.try_out(work, official, start.plan(trials.plan_actions(target)))
    assert tried.assessment.national.resource is Verdict.MET
    actions = json.loads(target.read_text(encoding="utf-8"))["actions"]
    assert len(tried.trial.changes) == len(actions)
    with pytest.raises(UsageProblem, match="没有名称或标识码为“2137810001”的学校"):
        start.plan([{"school_code": "2137810001", "field": "teaching_area", "add": 1}])


def test_what_is_missing_and_what_is_near(county: tuple[Workspace, Assessment]) -> None:
    lacks = str(lab_plan.show_shortfall(*county).data)
    # 微山县实验小学: 1740 pupils need 17.4, so 18 骨干 for 1 per hundred (has 15), 14.79 so 15 for 85%.
    assert "L2 县级以上骨干教师" in lacks
    row = lacks[lacks.index("微山县实验小学") :].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('">')[3:8]] == ["0.86", "1", "3", "0", "3"]
    assert "临近变化的结论" in str(lab_plan.show_near(*county).data)
    assert "没有差异系数超过限值" in str(lab_plan.show_drivers(*county).data)


def test_a_failing_coefficient_names_its_drivers(out: Path) -> None:
    work = wb.open_workspace("370881", 2024, str(ROOT / "data"), str(PARAMS), str(out), "assessment")
    shown = str(lab_plan.show_drivers(work, trials.official(work)).data)
    assert "去掉该校后" in shown and shown.count("<tr") >= 11


def test_saving_on_request(planned: Planned, out: Path) -> None:
    assert "试算/方案2.0.xlsx、试算/方案2.0.json" in str(lab_plan.save_plan(planned, "方案2.0").data)
    saved = json.loads((out / "试算" / "方案2.0.json").read_text(encoding="utf-8"))
    assert saved["status"] == "optimal" and saved["actions"] == planned.actions
    assert (out / "试算" / "方案2.0.xlsx").stat().st_size > 5000
