"""The county's papers on rectification: what came of last year's items, what is to be done, who does it in the county's own names."""

from __future__ import annotations

from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.params.tasks import load_tasks
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Document, Paragraph, Table
from junheng.report.content.reports import COMPOSERS, WANTED
from tests.assess.make import COUNTY, DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

WORDING = load_wording(PARAMS, 2024)


def line(indicator: str, state: str = "整改中", number: int = 1, **more: Any) -> dict[str, Any]:
    own = {"school_code": f"213783{number:04d}", "school_name": f"第{number}小学", "stage": "小学"}
    return {**own, "indicator": indicator, "state": state, **more}


def context(*ledger: dict[str, Any], **values: Any) -> CountyContext:
    made = book([school(1, **values), school(2)], ledger=list(ledger))
    return CountyContext(assess(made, DICTIONARY, (NATIONAL, LOCAL)), None, WORDING)


def said(document: Document) -> str:
    return "\n".join(
        b.text for blocks in document.blocks.values() for b in blocks if isinstance(b, Paragraph)
    )


def rows(document: Document, spec: str) -> list[dict[str, str]]:
    tables = [
        b for blocks in document.blocks.values() for b in blocks if isinstance(b, Table) and b.spec.id == spec
    ]
    return [{key: cell.text for key, cell in row.cells.items()} for table in tables for row in table.rows]


OLD = (
    line("L1", "已销号", deadline="2024-09-30"),
    line("L2", "已销号"),
    line("L3"),
    line("L4"),
    line("L5", number=9),
)


def test_every_item_of_last_year_says_what_came_of_it() -> None:
    made = context(*OLD, backbone_primary=0, teaching_area=100)
    report = COMPOSERS["rectify_report"](made)
    assert [row["result"] for row in rows(report, "rectify_results")] == [
        "已销号",
        "销号后又未达到",
        "已达到，申请销号",
        "仍未达到",
        "暂无法判定",  # the school is there no more
    ]
    assert rows(report, "rectify_results")[0]["deadline"] == "2024年9月30日"  # as offices print it
    told = said(report)
    assert (
        "2023年度整改台账共5项，已销号1项，销号后本年度又未达到1项，本年度已达到、申请销号1项，仍未达到1项，暂无法判定1项。"
        in told
    )
    assert "对未达到的2项，将纳入2024年度整改台账，于2025年12月31日前完成整改" in told


def test_the_self_report_tells_last_years_rectification_and_ends_as_one_upward_does() -> None:
    report = COMPOSERS["self"](context(*OLD, backbone_primary=0, teaching_area=100))
    assert [row["indicator"][:2] for row in rows(report, "rectify_left")] == ["L2", "L4"]
    quiet = COMPOSERS["self"](context())
    (only,) = quiet.blocks["rectified"]
    assert isinstance(only, Paragraph) and only.text == "2023年度没有需要整改销号的事项。"


def test_the_plan_lists_what_is_left_of_last_year_and_what_is_new() -> None:
    made = context(line("L4", measure="扩建教学楼"), teaching_area=100, multimedia_rooms=0)
    plan = COMPOSERS["rectify_plan"](made)
    lines = [row for row in rows(plan, "rectify_tasks") if row["school"] == "第1小学"]
    found = {row["indicator"][:2]: row for row in lines}
    assert found.keys() >= {"L4", "L7"}
    assert found["L4"]["measure"] == "扩建教学楼" and found["L4"]["deadline"] == "2025年12月31日"
    assert f"须整改{len(rows(plan, 'rectify_tasks'))}项" in said(plan)


def test_only_a_county_with_something_to_put_right_has_a_plan_and_with_a_ledger_a_report() -> None:
    assert not WANTED["rectify_plan"](context()) and not WANTED["rectify_report"](context())
    assert WANTED["rectify_plan"](context(pe_primary=0)) and WANTED["rectify_report"](context(line("L1")))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("市委编办、市教育局，各县市区政府、管委会", "邹城市机构编制委员会办公室、教育和体育局"),
        ("市教育局", "邹城市教育和体育局"),
        ("各县市区政府、管委会", "邹城市人民政府"),
        ("邹城市委组织部、市教育局", "邹城市委组织部、市教育局"),  # the county's own words
    ],
)
def test_a_county_names_its_own_departments(named: str, expected: str) -> None:
    assert load_tasks(PARAMS).responsible(named, COUNTY) == expected


def test_every_department_of_the_tasks_has_its_county_department() -> None:
    plan = load_tasks(PARAMS)
    for task in plan.tasks:
        assert plan.responsible(task.departments, COUNTY).startswith("邹城市"), task.departments
