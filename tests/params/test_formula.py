"""Formulas: exact, closed to anything but arithmetic, and honest about missing inputs."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from junheng.errors import ParamsProblem
from junheng.params.formula import Missing, Undefined, parse_formula

VALUES = {
    "a": Fraction(9),
    "b": Fraction(1000),
    "zero": Fraction(0),
    "word": "城区",
    "yes": True,
    "gone": None,
}


def value(text):
    return parse_formula(text)(VALUES.get)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b * 100 >= 0.9", True),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("ceil(a / 2)", 5),
        ("word in ('城区', '镇区') and not yes == False", True),
        ("-a + max(a, b)", 991),
        ("blank(gone, gone)", True),
        ("blank(gone, a)", False),
        ("yes or gone > 1", True),
    ],
)
def test_values(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "[x for x in a]",
        "a ** b",
        "f(a)",
        "a if b else 1",
        "a < b < 1",
    ],
)
def test_nothing_but_arithmetic_is_allowed(text):
    with pytest.raises(ParamsProblem, match="不允许"):
        parse_formula(text)


def test_a_broken_formula_names_the_place():
    with pytest.raises(ParamsProblem, match="写法有误"):
        parse_formula("a + ")


def test_missing_names_all_inputs_and_never_becomes_zero():
    with pytest.raises(Missing) as caught:
        value("gone + a * other")
    assert caught.value.names == ("gone", "other")


def test_division_by_zero_has_no_value():
    with pytest.raises(Undefined, match="分母为0"):
        value("a / zero")


@pytest.mark.parametrize("whole", [int, Fraction])
@pytest.mark.parametrize(
    "text",
    [
        "a / b",
        "(a + b) * 2 - a / 3",
        "min(a, b) / max(a, b)",
        "a / b <= 0.009 or b < a",
        "not (a > b and a >= 9)",
    ],
)
def test_whole_numbers_are_exact_however_they_come(text, whole):
    numbers = {name: whole(value) for name, value in VALUES.items() if isinstance(value, Fraction)}
    told = parse_formula(text)(numbers.__getitem__)
    exact = {name: Fraction(value) for name, value in numbers.items()}
    assert told == eval(text.replace("0.009", "Fraction('0.009')"), {"Fraction": Fraction, **exact})
    assert isinstance(told, bool | Fraction)


def test_a_formula_can_be_sent_to_another_process():
    formula = parse_formula("a / 4")
    assert formula(VALUES.get) == Fraction(9, 4)
    assert pickle.loads(pickle.dumps(formula)) is formula


def test_an_undefined_side_is_told_before_a_missing_one():
    with pytest.raises(Undefined):
        value("gone + a / zero")


@pytest.mark.parametrize(
    "text",
    [
        "1e999999999",
        "a + 1e400",
        "a > -1e31",
        "9" * 40,
        "(" * 300 + "a" + ")" * 300,
        "9" * 5000,
        "a * 0.1e-400",
    ],
)
def test_slips_of_the_keyboard_end_in_one_sentence(text):
    with pytest.raises(ParamsProblem, match=r"^公式“.*。$"):
        parse_formula(text)
