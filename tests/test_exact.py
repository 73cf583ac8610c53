"""Rounding half up, once, on exact values (RULES §10)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.exact import (
    exact,
    fixed,
    honest_decimals,
    plain,
    printed_contradicts,
    round_half_up,
    square_root,
)

NUMBERS = st.fractions(max_denominator=10**6)


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("2.675", 2, "2.68"),
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("-0.001", 2, "0.00"),
        ("1234.5", 0, "1235"),
    ],
)
def test_half_up(text, decimals, expected):
    assert fixed(Fraction(text), decimals) == expected


def test_a_float_counts_as_written():
    assert exact(17644.38) == Fraction("17644.38")
    assert exact("4.50") == Fraction(9, 2)


@given(NUMBERS, st.integers(0, 8))
def test_print_is_within_half_a_unit(value, decimals):
    assert abs(round_half_up(value, decimals) - value) <= Fraction(1, 2 * 10**decimals)
    assert Fraction(fixed(value, decimals)) == round_half_up(value, decimals)


@given(NUMBERS, NUMBERS, st.sampled_from([">=", "<="]), st.integers(0, 3))
def test_honest_decimals_never_contradict(value, threshold, comparator, decimals):
    places = honest_decimals(value, threshold, comparator, decimals)
    assert places == 12 or not printed_contradicts(value, threshold, comparator, places)


@given(st.fractions(min_value=0, max_denominator=1000))
def test_square_root(value):
    assert abs(square_root(value) ** 2 - value) <= value * Fraction(1, 10**25)


@pytest.mark.parametrize(
    ("value", "text"), [(Fraction(1, 3), "0.33333333333333333"), (Fraction(12), "12"), (Fraction(0), "0")]
)
def test_plain_has_no_exponent(value, text):
    assert plain(value) == text
    assert "E" not in plain(Fraction(1, 10**12)).upper()
