"""Formulas written for people: brackets only where the arithmetic needs them, words for conditions."""

from __future__ import annotations

import pytest

from junheng.params.formula import parse_formula
from junheng.params.formula_text import expanded_names, written

NAMES = {"a": "甲", "b": "乙", "c": "丙"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b", "甲－乙"),
        ("a - (b - c)", "甲－（乙－丙）"),
        ("a - b - c", "甲－乙－丙"),
        ("a / (b * c)", "甲÷（乙×丙）"),
        ("100 * (a + b) / c", "100×（甲＋乙）÷丙"),
        ("ceil(a / 12)", "向上取整（甲÷12）"),
        ("a in ('城区', '镇区') and not b", "甲属于“城区”、“镇区”，且非乙"),
        ("a == 1 and (b > 2 or c <= 3)", "甲＝1，且（乙＞2，或丙≤3）"),
        ("-a + 0.5", "－甲＋0.5"),
        ("not blank(a, b)", "非均为空（甲，乙）"),
    ],
)
def test_written(text: str, expected: str) -> None:
    assert written(parse_formula(text), NAMES.__getitem__) == expected


def test_derived_names_are_replaced_by_what_they_are_made_of() -> None:
    derived = {"all": "a + b", "more": "all + c"}
    assert expanded_names(("more", "a", "d"), derived) == ("a", "b", "c", "d")
