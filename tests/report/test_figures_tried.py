"""The figures of trials, plans and forecasts say what their exact numbers say, and are never printed in a report."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from junheng.assess.forecast import forecast
from junheng.errors import UsageProblem
from junheng.params.forecast import load_assumptions
from junheng.report.figures.sheet import ReportFigure
from junheng.report.figures.trials import costs_figure, costs_frame, forecast_figure, tried_figure
from tests.assess.make import DICTIONARY, PARAMS, book, school
from tests.planning.make import assessed, planned, prices


def written(sheet: ReportFigure) -> set[str]:
    return {text.get_text() for axes in sheet.axes for text in axes.texts} | {
        t.get_text() for t in sheet.texts
    }


def test_a_trial_stands_beside_the_official_coefficients() -> None:
    official = assessed([school(1), school(2)])
    tried = assessed([school(1), school(2, multimedia_rooms=40)])
    sheet = tried_figure(official, tried)
    assert sheet.trial and {"试算前", "试算后"} <= written(sheet)
    after = tried.national.disparity("primary", "L7")
    assert after.cv and after.cv > 0
    primary, *_ = sheet.axes
    places = [marks.get_offsets() for marks in primary.collections if len(marks.get_offsets()) == 7]
    before = np.ma.filled(places[0][:, 0], np.nan)
    row = [i.id for i in tried.national.standard.indicators].index("L7")
    assert before[row] == pytest.approx(float(official.national.disparity("primary", "L7").cv or 0))
    drawn = [float(x) for marks in primary.collections for x, y in marks.get_offsets() if y == row]
    assert any(x == pytest.approx(float(after.cv)) for x in drawn)


def test_cost_by_measure_adds_up_to_the_plan() -> None:
    plan = planned(
        [school(1, multimedia_rooms=8, backbone_primary=2), school(2, multimedia_rooms=2)],
        prices("multimedia", "backbone_primary"),
    )
    frame = costs_frame(plan)
    assert plan.cost and sum(Fraction(text) for text in frame["text"]) == plan.cost
    assert list(frame["cost"]) == sorted(frame["cost"], reverse=True)
    sheet = costs_figure(plan, assessed([school(1)]))
    widths = [bar.get_width() for bar in sheet.axes[0].patches]
    assert widths == list(frame["cost"]) and set(frame["text"]) <= written(sheet)
    assert all(name in sheet.alt for name in frame["name"])


def test_a_plan_that_costs_nothing_has_no_figure() -> None:
    with pytest.raises(UsageProblem, match="没有要花钱的措施"):
        costs_figure(planned([school(1), school(2)]), assessed([school(1)]))


def test_the_forecast_is_a_band_from_the_low_to_the_high_case() -> None:
    base = assessed([school(1, students_primary=600), school(2)])
    made = forecast(base, None, load_assumptions(PARAMS), DICTIONARY, base.year + 2)
    sheet = forecast_figure(made)
    primary = sheet.axes[0]
    low, high = (float(made.totals[base.year + 2, "primary", case]) for case in ("low", "high"))
    assert low < high
    band = primary.collections[0].get_paths()[0].vertices
    assert {low, high} <= {y for x, y in band if x == base.year + 2}
    middle = made.totals[made.target, "primary", "middle"]
    assert f"{made.target}年{middle}人（{low:.0f}—{high:.0f}人）" in sheet.alt
    assert any("预测，不是评估结果" in text for text in written(sheet)) and sheet.trial


def test_the_book_of_a_forecast_may_lack_a_stage() -> None:
    base = assessed([school(1)])
    assert not any(unit.stage == "junior" for unit in base.units) and book([school(1)])
    made = forecast(base, None, load_assumptions(PARAMS), DICTIONARY, base.year + 1)
    assert len(forecast_figure(made).axes) == 2
