"""docs/policy.md against the parameters: every sentence leads somewhere, everything asked comes from a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from junheng.exact import plain
from junheng.params.city_rules import load_city_rules
from junheng.params.counties import County
from junheng.params.dictionary import load_city_dictionary, load_dictionary
from junheng.params.standard import load_standards
from junheng.params.tasks import load_cycle, load_tasks
from junheng.report.content.names import REPORTS

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
PLAN = load_tasks(PARAMS)
ROW = re.compile(r"^\| (.+) \| ([^|]+) \|$", re.MULTILINE)
WORDS = {"三": 3, "五": 5, "六": 6, "百": 100, "一": 1}


def sentences() -> list[tuple[str, list[str]]]:
    """The sentences with the places they lead to."""
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    body = text[text.index("## 一、") :]
    rows = [(said, re.findall(r"`([^`]+)`", places)) for said, places in ROW.findall(body) if said != "原文"]
    assert len(rows) > 90
    return rows


def known_places() -> set[str]:
    standard = load_standards(PARAMS, 2024)[1]
    sheets = (*load_dictionary(PARAMS).sheets, *load_city_dictionary(PARAMS).sheets)
    return {
        *(indicator.id for indicator in standard.indicators),
        *(item.id for item in standard.items),
        *(f"{task.id}.{one.id}" for task in PLAN.tasks for one in (*task.checks, *task.city_goals)),
        *(f"cycle.{step.id}" for step in load_cycle(PARAMS).steps),
        *(f"sheet.{sheet.id}" for sheet in sheets),
        *(f"rules.{ground.id}" for ground in load_city_rules(PARAMS).grounds),
        *(f"report.{name}" for name in REPORTS),
        *(f"counties.{name}" for name in County.model_fields),
    }


def test_every_place_named_is_there() -> None:
    named = {place for _, places in sentences() for place in places}
    assert named - known_places() == set()


def test_everything_asked_comes_from_a_sentence() -> None:
    named = {place for _, places in sentences() for place in places}
    asked = {f"{task.id}.{one.id}" for task in PLAN.tasks for one in (*task.checks, *task.city_goals)}
    asked |= {f"cycle.{step.id}" for step in load_cycle(PARAMS).steps}
    asked |= {f"rules.{ground.id}" for ground in load_city_rules(PARAMS).grounds}
    assert asked - named == set()


def test_the_numbers_of_a_goal_stand_in_its_sentence() -> None:
    said = {place: text for text, places in sentences() for place in places}
    spelled = {"ethics_monthly": "每月一个主题", "art_show": "每年举办一次", "labour_show": "每年举办一次",
               "culture_projects": "六项工程", "training_places": "1万人次"}  # fmt: skip
    for task in PLAN.tasks:
        for goal in task.city_goals:
            sentence = said[f"{task.id}.{goal.id}"]
            if goal.target is not None:
                number = spelled.get(goal.id) or plain(goal.target)
                assert number in sentence, goal.id
            if goal.by == 2026:
                assert "2026年" in sentence
            if goal.by == 2025:
                assert "三年" in sentence, goal.id


def test_every_task_asks_something_of_the_whole_city() -> None:
    assert len(PLAN.tasks) == 18
    assert all(task.city_goals for task in PLAN.tasks)
