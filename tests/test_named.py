"""A name looked up: what it stands for, or one sentence with the names that may be meant."""

from __future__ import annotations

import pytest

from junheng.errors import MOST_LISTED, ParamsProblem, UsageProblem, named

TABLES = {"units": 1, "gaps": 2}


def test_a_known_name_gives_what_it_stands_for() -> None:
    assert named(TABLES, "gaps", "表") == 2


def test_an_unknown_name_is_told_with_the_nearest_and_all() -> None:
    with pytest.raises(UsageProblem) as told:
        named(TABLES, "unit", "表", "工作簿")
    assert str(told.value) == "工作簿没有名为“unit”的表。是否要写“units”？可选units、gaps。"


def test_of_many_names_only_the_nearest_are_told() -> None:
    many = {f"column_{number}": number for number in range(MOST_LISTED + 1)}
    with pytest.raises(ParamsProblem) as told:
        named({**many, "students": 0}, "studnts", "列", problem=ParamsProblem)
    assert str(told.value) == "没有名为“studnts”的列。是否要写“students”？"
