"""Progress bars: in JupyterLab a bar that moves and goes away, elsewhere nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ipywidgets
import pytest

from junheng.lab import progress
from junheng.params.prices import PlanChoices
from junheng.planning.optimise import unwatched
from junheng.planning.plan import make_plan
from tests.assess.make import school
from tests.planning.make import CHECKS, DICTIONARY, assessed, prices


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Bars shown, as in JupyterLab."""
    shown: list[Any] = []
    monkeypatch.setattr(progress, "in_lab", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


def test_counted_things_move_a_bar_to_its_end(bars: list[Any]) -> None:
    seen = []
    for thing in progress.counted("甲乙丙", "读取"):
        seen.append((thing, bars[0].children[0].value))
    assert seen == [("甲", 0), ("乙", 1), ("丙", 2)]
    assert bars[0].children[0].value == bars[0].children[0].max == 3
    assert bars[0].children[1].value == "读取：3／3" and bars[0].comm is None


def test_a_search_tells_how_far_it_is(bars: list[Any]) -> None:
    told = []
    with progress.timed("测算", 60) as watch:

        def look(seconds: float, cost: Fraction | None, bound: float) -> None:
            watch(seconds, cost, bound)
            told.append(bars[0].children[1].value)

        plan = make_plan(
            assessed([school(1, multimedia_rooms=8), school(2, multimedia_rooms=2)]),
            DICTIONARY, prices("multimedia"), PlanChoices(), CHECKS, look,
        )  # fmt: skip
        watch(3.2, Fraction(1336), 1200.5)
        assert bars[0].children[1].value == "测算：已用3秒，至多60秒；目前最省1336.00万元，下限1200.50万元"
    assert plan.cost and told and all("至多60秒" in text for text in told)
    assert isinstance(bars[0], ipywidgets.HBox) and bars[0].comm is None


def test_a_bar_goes_away_when_the_work_fails(bars: list[Any]) -> None:
    with pytest.raises(ValueError, match="坏"), progress.timed("测算", 60):
        raise ValueError("坏")
    assert bars[0].comm is None


def test_outside_jupyterlab_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.display.display", lambda *_: pytest.fail("shown"))
    assert list(progress.counted("甲乙", "读取")) == ["甲", "乙"]
    with progress.timed("测算", 60) as watch:
        assert watch is unwatched
