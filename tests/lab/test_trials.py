"""The analyst's calls on the demo set: trials beside the official figures, nothing written unless asked."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab import trials
from junheng.report.content.text import blocks_text
from tests.assess.make import ROOT


@pytest.fixture
def work(tmp_path: Path) -> wb.Workspace:
    return wb.open_workspace(
        "370826", 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment"
    )


def test_a_trial_is_shown_beside_the_official_figures_and_written_nowhere(
    work: wb.Workspace, tmp_path: Path
) -> None:
    official = trials.official(work)
    weak, strong = trials.examples(official, "小学")
    changed = trials.trial(work, official).move_teachers(strong, weak, "小学", 1).limit("初中", 0.2)
    tried = trials.try_out(work, official, changed)
    text = blocks_text(tried.blocks)
    assert text.count("【试算，不是正式评估结果】") == 4
    assert "≤0.45→≤0.2" in text and "单元结论" in text
    (veto,) = [line for line in text.splitlines() if line.startswith("一票否决")]
    assert veto.split() == ["一票否决", *["未发现"] * 4]
    assert official == trials.official(work)
    html = tried._repr_html_()
    assert "试算前后的校际差异系数" in html and "<table" in html
    assert "没有写明保存名称" in str(trials.save_trial(tried, "").data)
    assert list(tmp_path.iterdir()) == []


def test_a_trial_without_changes_says_so(work: wb.Workspace) -> None:
    official = trials.official(work)
    tried = trials.try_out(work, official, trials.trial(work, official))
    assert "尚未作任何改动" in blocks_text(tried.blocks)
    with pytest.raises(UsageProblem, match="没有可保存的试算"):
        trials.save_trial(tried, "空")


def test_new_faults_of_the_changed_figures_are_named(work: wb.Workspace) -> None:
    official = trials.official(work)
    weak, _ = trials.examples(official, "小学")
    tried = trials.try_out(work, official, trials.trial(work, official).put(weak, "室内体育用房面积", 99999))
    assert tried.issues and "请核对改动是否合理" in tried._repr_html_()


def test_saving_on_request(work: wb.Workspace, tmp_path: Path) -> None:
    official = trials.official(work)
    weak, _ = trials.examples(official, "小学")
    tried = trials.try_out(work, official, trials.trial(work, official).add(weak, "网络多媒体教室数", 2))
    assert "试算/方案一.xlsx、试算/方案一.json" in str(trials.save_trial(tried, "方案一").data)
    saved = json.loads((tmp_path / "试算" / "方案一.json").read_text(encoding="utf-8"))
    assert saved["kind"] == "试算" and saved["changes"][0]["what"] == "网络多媒体教室数"
    sheets = openpyxl.load_workbook(tmp_path / "试算" / "方案一.xlsx")
    assert "【试算，不是正式评估结果】" in sheets.worksheets[0]["A1"].value
    with pytest.raises(UsageProblem, match="不能作文件名"):
        trials.save_trial(tried, "../外面")


def test_a_file_that_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageProblem, match="不是可用的计划文件"):
        trials.plan_actions(tmp_path / "plan.json")


def test_what_leaves_the_city_is_not_tried_out(work: wb.Workspace, tmp_path: Path) -> None:
    outside = wb.open_workspace(
        "370826", 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment", external=True
    )
    with pytest.raises(UsageProblem, match="EXTERNAL=True时不能试算"):
        trials.official(outside)
