"""Numbers written as text."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.workbook.read.grid import address, column_letters, column_number, shown_number
from junheng.workbook.read.numbers import parse_number
from junheng.workbook.read.text import Units, fold_key, is_missing_mark
from tests.messy.builder import DICTIONARY

UNITS = Units.of(DICTIONARY)
FULL = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False)


def value_of(text: str) -> Fraction | None:
    parsed = parse_number(text, UNITS)
    return parsed.value if parsed else None


@given(numbers)
def test_plain_grouped_and_full_width_agree(number: Decimal) -> None:
    exact = Fraction(number)
    for text in (f"{number:f}", f"{number:,f}", f"{number:,f}".translate(FULL), f"\u3000{number:f}\u00a0"):
        assert value_of(text) == exact, text


@given(numbers, st.sampled_from(["人", "万元", "㎡", "平方米", "间"]))
def test_unit_after_the_number(number: Decimal, unit: str) -> None:
    parsed = parse_number(f"{number:f} {unit}", UNITS)
    assert parsed and parsed.value == Fraction(number) and parsed.unit == UNITS.find(unit)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_nothing(text: str) -> None:
    parsed = parse_number(text, UNITS)
    assert parsed is None or parsed.repairs


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["-", "~", "至", "/", " ", "、", ";"]))
def test_two_numbers_are_no_number(first: int, second: int, between: str) -> None:
    grouped = between == " " and len(str(first)) <= 3 and len(str(second)) == 3
    assert grouped or value_of(f"{first}{between}{second}") is None


@pytest.mark.parametrize(
    "text",
    [
        "约50",
        "?",
        "12-15",
        "1.2.3",
        "1,23",
        "十二",
        "1/2",
        "50上下",
        "1 2",
        "9" * 40,
        "--5",
        "+-5",
        "５０人左右",
    ],
)
def test_refused(text: str) -> None:
    assert value_of(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-6, max_value=1e12))
def test_a_stored_number_is_what_excel_shows(number: float) -> None:
    shown = shown_number(repr(number))
    assert shown is not None
    assert Decimal(shown) == Decimal(format(number, ".15g"))


@given(st.decimals(min_value=0, max_value=10**8, places=4))
def test_a_typed_decimal_survives_binary_storage(number: Decimal) -> None:
    assert Decimal(str(shown_number(format(float(number), ".17g")))) == number


@pytest.mark.parametrize("stored", ["nan", "inf", "-inf", "1e999", "abc", ""])
def test_not_a_stored_number(stored: str) -> None:
    assert shown_number(stored) is None


@given(st.integers(1, 16384))
def test_column_letters(column: int) -> None:
    assert column_number(column_letters(column)) == column
    assert address(7, column) == f"{column_letters(column)}7"


@pytest.mark.parametrize(
    "mark", ["", "—", "－", "/", "／", "*", "＊", "…", "……", "——", "无", " 无 ", "\u3000"]
)
def test_missing_marks(mark: str) -> None:
    assert is_missing_mark(mark)


@pytest.mark.parametrize("text", ["0", "无无", "没有", "-5", "/*", "N/A"])
def test_no_missing_marks(text: str) -> None:
    assert not is_missing_mark(text)


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("教学仪器设备资产值（万元）", "教学仪器设备资产值", "万元"),
        ("运动场地面积 (m²)", "运动场地面积", "㎡"),
        ("运动场地面积（单位：平方米）", "运动场地面积", "㎡"),
        ("学校名称（全称）", "学校名称(全称)", None),
        ("*学校名称", "学校名称", None),
    ],
)
def test_header_units(header: str, name: str, unit: str | None) -> None:
    assert UNITS.split_header(header) == (fold_key(name), unit)
