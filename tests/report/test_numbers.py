"""Printed differences: a reader who subtracts the printed figures gets what is printed (RULES §10)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.exact import fixed, in_full
from junheng.report.content.model import TableCell
from junheng.report.content.numbers import BLANK, beside_limit, difference, printed_share, requirement
from junheng.report.content.tables.building import compared, share_cell

VALUES = st.fractions(min_value=0, max_value=3, max_denominator=10**6)
LIMIT = Fraction("0.45")


def figure(text: str) -> Fraction:
    return Fraction(text.removesuffix("※"))


@given(VALUES, VALUES, st.integers(0, 4))
def test_a_difference_is_that_of_the_printed_figures(now: Fraction, before: Fraction, places: int) -> None:
    mine, theirs = fixed(now, places), fixed(before, places)
    change = difference(mine, theirs)
    assert change is not None
    step = figure(mine) - figure(theirs)
    assert abs(step) == figure(change.amount)
    word = "上升" if step > 0 else "下降" if step < 0 else "持平"
    assert change.worded("个百分点") == (f"{word}{change.amount}个百分点" if step else word)
    assert change.signed == (f"{'+' if step > 0 else '−'}{change.amount}" if step else word)


@given(VALUES, VALUES)
def test_an_edge_value_counts_with_all_its_places(now: Fraction, before: Fraction) -> None:
    mine, theirs = (beside_limit(value, LIMIT, "<=", 3) for value in (now, before))
    change = difference(mine, theirs)
    assert change is not None and figure(change.amount) == abs(figure(mine) - figure(theirs))


def test_an_edge_value_beside_a_usual_one() -> None:
    change = difference("0.45002※", "0.447")
    assert change is not None and change.worded() == "上升0.00302"


@pytest.mark.parametrize("pair", [(BLANK, "1.0"), ("1.0", BLANK), ("无法判定", "1.0"), ("12/14", "1.0")])
def test_without_two_figures_there_is_no_difference(pair: tuple[str, str]) -> None:
    assert difference(*pair) is None
    assert compared(TableCell(pair[1]), TableCell(pair[0]))["change"].text == BLANK


@given(st.fractions(0, 1, max_denominator=2000), st.fractions(0, 1, max_denominator=2000))
def test_a_sentence_on_a_share_goes_by_what_is_printed(now: Fraction, before: Fraction) -> None:
    mine, theirs = printed_share(now), printed_share(before)
    assert mine is not None and theirs is not None
    change = compared(share_cell(before), share_cell(now))["change"].number
    assert change is not None
    assert (mine > theirs, mine < theirs) == (change > 0, change < 0)
    assert fixed(mine * 100, 1) == share_cell(now).text


@pytest.mark.parametrize(("limit", "text"), [("0.5", "0.50"), ("0.45", "0.45"), ("0.475", "0.475")])
def test_a_limit_is_never_rounded(limit: str, text: str) -> None:
    assert in_full(Fraction(limit), 2) == text


def test_what_cannot_be_exceeded_is_reached() -> None:
    asked = [(">=", "100%"), (">=", "95%"), ("<=", "100%"), (">", "100%")]
    assert [requirement(*each) for each in asked] == ["达到", "不低于", "不超过", "高于"]
