"""Small counts: nobody outside the city can read them, or work them out from what is left."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.delivery.settings import Sum, load_delivery
from junheng.delivery.small_counts import external_files, hidden_counts, shown
from tests.delivery.make import ITEMS, OWN, OWN_SCHOOLS, PARAMS, published_files

RULES = load_delivery(PARAMS).small_counts
GROUPS = {group.item: group for group in RULES.groups}
LIMIT = RULES.limit


def counts(**values: int | None) -> dict[str, Fraction | None]:
    return {key: None if value is None else Fraction(value) for key, value in values.items()}


def hidden(item: str, **values: int | None) -> frozenset[str]:
    return hidden_counts(counts(**values), GROUPS[item].sums, LIMIT)


def test_nothing_small_nothing_hidden() -> None:
    assert hidden("Q2", total=600, enrolled=560, special=158) == frozenset()


def test_a_small_count_takes_another_with_it() -> None:
    assert {"special", "elsewhere"} <= hidden("Q2", total=600, enrolled=500, special=4)


def test_a_small_remainder_hides_what_would_give_it() -> None:
    found = hidden("Q2", total=600, enrolled=591, special=158)  # nine are not enrolled
    assert "not_enrolled" in found and found & {"total", "enrolled"}


def test_zero_is_told_and_hides_nothing() -> None:
    assert hidden("Q2", total=600, enrolled=600, special=0) == frozenset()


def test_missing_counts_stay_missing() -> None:
    text, hides = shown(GROUPS["Q2"], {"disabled_total": None, "disabled_enrolled": Fraction(5)}, RULES)
    assert hides and "（未填报）人，已入学*人" in text


def _solutions(
    known: Mapping[str, int], secret: Sequence[str], sums: Sequence[Sum], top: int
) -> list[dict[str, int]]:
    """All whole numbers for the hidden cells that fit what is shown."""
    found = []
    for values in itertools.product(range(top + 1), repeat=len(secret)):
        whole = {**known, **dict(zip(secret, values, strict=True))}
        if all(whole[s.whole] == sum(whole[key] for key in s.of) + whole[s.rest] for s in sums):
            found.append(whole)
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
@pytest.mark.parametrize("item", ["Q2", "G15"])
def test_no_hidden_small_count_can_be_worked_out(item: str, one: int, other: int, third: int) -> None:
    """With a limit of 3, and everything else known, each small count has at least two possible values."""
    sums = GROUPS[item].sums
    if item == "Q2":
        cells = {"special": one, "elsewhere": other, "enrolled": one + other, "not_enrolled": third,
                 "total": one + other + third}  # fmt: skip
        given_cells = ("total", "enrolled", "special")
    else:
        cells = {"public": one, "purchased": other, "elsewhere": third, "eligible": one + other + third}
        given_cells = ("eligible", "public", "purchased")
    closed = hidden_counts(counts(**{key: cells[key] for key in given_cells}), sums, 3)
    known = {key: value for key, value in cells.items() if key in given_cells and key not in closed}
    secret = [key for key in cells if key not in known]
    fitting = _solutions(known, secret, sums, 26 if len(secret) < 4 else 18)
    small = [key for key, value in cells.items() if 0 < value < 3]
    assert all(key in closed for key in small)
    others = [value for key, value in cells.items() if value > 0 and key not in small]
    if others or len(small) > 1:
        assert all(len({whole[key] for whole in fitting}) > 1 for key in small)


def test_data_for_outside_are_written_anew() -> None:
    files = published_files(OWN, OWN_SCHOOLS)
    own = counts(disabled_total=600, disabled_enrolled=591, disabled_special=158)
    kept = external_files(files, RULES, own)
    assert set(kept) == {
        f"data/{name}"
        for name in ("units.csv", "indicators.csv", "disparity.csv", "items.csv", "verdict.json")
    }
    (row,) = csv.DictReader(io.StringIO(kept["data/items.csv"].decode()))
    assert row["value"] == "*" and "591" not in row["statement"] and "98.5" not in row["statement"]
    assert "适龄残疾儿童少年600人" in row["statement"] and row["national_verdict"] == "达标"
    assert kept["data/items.csv"].startswith(ITEMS.encode())


def test_the_switch_and_the_printed_rule() -> None:
    off = RULES.model_copy(update={"on": False})
    files = published_files(OWN, OWN_SCHOOLS)
    assert external_files(files, off, {})["data/items.csv"] == files["data/items.csv"]
    assert RULES.on and "小于10人的单元格不显示（以“*”代替）" in RULES.printed
