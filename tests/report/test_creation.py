"""创建方案: gaps that add up, yearly steps that end 达标, money by year, who does what, a forecast from the county's own years."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.forecast import NO_TRENDS, forecast
from junheng.assess.model import Assessment, Verdict
from junheng.params.checks import load_checks
from junheng.params.forecast import load_assumptions
from junheng.params.prices import PlanChoices, load_prices
from junheng.planning.plan import make_plan
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.creation import Creation
from junheng.report.content.ledger_topics import current_topics
from junheng.report.content.model import Document, Paragraph
from junheng.report.content.numbers import amount_said
from junheng.report.content.reports import COMPOSERS, WANTED
from junheng.report.content.sections.creation import _ranges, roadmap
from junheng.report.figures.roadmap import roadmap_figure
from tests.assess.make import COUNTY, DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.report.test_rectified import rows, said

WORDING = load_wording(PARAMS, 2024)


def context(target: int = 2026, budget: dict[int, Fraction] | None = None, **values: Any) -> CountyContext:
    """Four schools, one of them short of `values`, in a county with this target year."""
    made = book([school(1, **values), *(school(number) for number in (2, 3, 4))])
    made = replace(made, county_record=COUNTY.model_copy(update={"target_year": target}))
    now = assess(made, DICTIONARY, (NATIONAL, LOCAL))
    return CountyContext(now, None, WORDING, creation=creation(now, target, budget))


def creation(now: Assessment, target: int, budget: dict[int, Fraction] | None = None) -> Creation:
    """What the 创建方案 of an assessment rests on, without last year's workbook."""
    choices = PlanChoices(budget=budget or {})
    prices, checks = load_prices(PARAMS), load_checks(PARAMS)
    plan = make_plan(now, DICTIONARY, prices, choices, checks, last_year=target)
    last = max(target, now.year + 1)
    foretold = forecast(now, None, load_assumptions(PARAMS), DICTIONARY, last, NO_TRENDS)
    return Creation(plan, foretold, choices.budget)


def composed(made: CountyContext) -> Document:
    return COMPOSERS["creation"](made)


SHORT = {"teaching_area": 100, "multimedia_rooms": 0}


def test_the_steps_lead_to_the_standard_and_their_money_adds_up() -> None:
    made = context(**SHORT)
    assert made.creation is not None
    steps = rows(composed(made), "creation_years")
    assert [step["year"] for step in steps] == ["2025年", "2026年"]
    assert "资源配置、校际均衡达标" in steps[-1]["aim"] and "申请评估认定" in steps[-1]["aim"]
    assert made.creation.standing(2026).resource is Verdict.MET
    total = sum(Fraction(step["cost"]) for step in steps)
    assert made.creation.plan.cost is not None and abs(total - made.creation.plan.cost) <= Fraction(1, 100)
    assert all(Fraction(step["cost"]) > 0 for step in steps)  # evenly, where the county has no budget


def test_a_budget_of_the_county_goes_before_even_years() -> None:
    made = context(budget={2025: Fraction(100000)}, **SHORT)
    steps = rows(composed(made), "creation_years")
    assert Fraction(steps[0]["cost"]) > 0 and Fraction(steps[1]["cost"]) == 0
    assert "各年措施按县级预算安排" in said(composed(made))
    assert "县级已安排的预算为2025年100000.00万元" in said(composed(made))


def test_a_county_past_its_target_year_has_one_step() -> None:
    steps = rows(composed(context(target=2024, **SHORT)), "creation_years")
    assert [step["year"] for step in steps] == ["2025年"]
    assert "应于2024年达到" in said(composed(context(target=2024, **SHORT)))


def test_gaps_by_item_are_the_sum_of_those_by_school() -> None:
    document = composed(context(**SHORT))
    by_item = {(row["indicator"], row["stage"]): row for row in rows(document, "creation_gaps")}
    by_school = rows(document, "creation_shortfalls")
    assert by_school and by_item
    for (indicator, stage), row in by_item.items():
        own = [one for one in by_school if (one["indicator"], one["stage"]) == (indicator, stage)]
        assert row["schools"] in (str(len(own)), "——")
        if len(own) == 1:
            assert row["gap"] == own[0]["gap"]


def test_missing_data_are_the_first_step_and_no_money_is_invented() -> None:
    document = composed(context(teaching_area=None, pe_primary=0))
    steps = rows(document, "creation_years")
    assert "补报缺少的数据" in steps[0]["measures"] and {step["cost"] for step in steps} == {"——"}
    assert "所需投入待补报数据后测算" in said(document)
    assert not rows(document, "plan_summary")


def test_departments_have_the_numbers_of_their_tasks() -> None:
    document = composed(context(**SHORT))
    tasks, division = rows(document, "creation_tasks"), rows(document, "creation_division")
    assert division[0]["department"] == "邹城市教育和体育局"
    assert all("教育和体育局" in tasks[int(n) - 1]["department"] for n in division[0]["tasks"].split("至"))
    assert _ranges([1, 2, 3, 5, 7, 8]) == "1至3、5、7至8"


def test_the_forecast_says_that_there_is_no_last_year() -> None:
    document = composed(context(**SHORT))
    assert "没有可用的上年度采集工作簿" in said(document)
    assert any("没有可用的上年度采集工作簿" in row["basis"] for row in rows(document, "forecast_assumptions"))


def test_only_a_county_with_a_plan_gets_one() -> None:
    made = context(**SHORT)
    assert WANTED["creation"](made) and not WANTED["creation"](replace(made, creation=None))


@pytest.mark.parametrize("values", [SHORT, {"teaching_area": None}])
def test_the_road_map_shows_what_the_table_says(values: dict[str, Any]) -> None:
    made = context(**values)
    road = roadmap(made)
    figure = roadmap_figure(road, made.assessment)
    drawn = [text.get_text() for axes in figure.axes for text in axes.texts]
    for by_year in (*road.states.values(), *road.lanes.values()):
        assert set(by_year.values()) <= set(drawn)
        assert set(by_year) <= {road.start, *road.years}
    assert road.title in figure.alt and all(isinstance(b, Paragraph) or b for b in (figure.caption,))


def test_gaps_of_money_add_up_whatever_unit_each_is_printed_in() -> None:
    """One school lacks less than 10,000 yuan, the other more: printed in 元 and in 万元, and still one sum."""
    made = book(
        [school(1, equipment_value=Fraction("99.5"), **SHORT), school(2, equipment_value=20), school(3)]
    )
    now = assess(replace(made, county_record=COUNTY), DICTIONARY, (NATIONAL, LOCAL))
    topics = [topic for topic in current_topics(now, WORDING.phrases).values() if topic.key.label[:2] == "L6"]
    found = [topic for topic in topics if topic.failing and topic.key.school_code]
    assert {topic.gap.text.lstrip("0123456789.") for topic in found} == {"元", "万元"}
    gaps = rows(
        composed(CountyContext(now, None, WORDING, creation=creation(now, 2026, None))), "creation_gaps"
    )
    total = sum((topic.lacking[0] for topic in found if topic.lacking), Fraction(0))
    assert [
        row["gap"] for row in gaps if row["indicator"].startswith("L6") and "差异" not in row["indicator"]
    ] == [amount_said(total, "元")]
