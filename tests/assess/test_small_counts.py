"""Small counts: nobody outside the city can read them, or work them out from what is left."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest

from junheng.assess.small_counts import must_hide
from junheng.params.small_counts import CountGroup, load_small_counts
from tests.assess.make import PARAMS

RULES = load_small_counts(PARAMS)
GROUPS = {group.id: group for group in RULES.groups}
LIMIT = RULES.limit


def hides(group: str, *values: int | None, more: tuple[int, ...] = (), **others: int) -> bool:
    counts = dict(zip(GROUPS[group].counts, values, strict=True)) | others
    exact = {key: None if value is None else Fraction(value) for key, value in counts.items()}
    return must_hide(exact, GROUPS[group], LIMIT, map(Fraction, more))


@pytest.mark.parametrize("count", [1, LIMIT - 1, LIMIT])
def test_the_limit_is_the_first_count_that_is_shown(count: int) -> None:
    small = count < LIMIT
    assert hides("disabled", 600, 500, count) is small
    assert hides("disabled", 600, 600 - count, 200) is small  # not enrolled
    assert hides("disabled", 600, 500, 500 - count) is small  # in other schools
    assert hides("migrants", 4685, 4236, count) is small
    assert hides("migrants", 4685, 4236, 449 - count) is small  # neither
    assert hides("disabled", 600, 500, 200, special_students=count) is small
    assert hides("disabled", 600, 500, 200, more=(94, count)) is small  # one special school


@pytest.mark.parametrize("count", [1, LIMIT - 1, LIMIT])
def test_the_same_pupils_counted_twice_differ_by_no_small_number(count: int) -> None:
    """特殊教育学生数 stands beside 特殊教育学校就读数 and beside the pupils of each special school: whoever subtracts learns the rest."""
    small = count < LIMIT
    assert hides("disabled", 600, 500, 200, special_students=200 + count) is small
    assert hides("disabled", 600, 500, 200, special_students=200 - count) is small
    assert hides("disabled", 600, 500, 200, more=(94, 106 - count), special_students=200) is small
    assert not hides("disabled", 600, 500, 200, more=(94, 106), special_students=200)


def test_nothing_small_and_zeros_hide_nothing() -> None:
    assert not hides("disabled", 600, 600, 0)
    assert not hides("migrants", 100, 100, 0, more=(0,))
    assert not hides("disabled", None, None, None)


def test_with_a_missing_count_any_difference_counts() -> None:
    assert hides("disabled", 600, None, 595)
    assert hides("migrants", None, 90, 95)
    assert not hides("disabled", 600, None, 500)


def _worlds(group: str, top: int) -> Iterator[tuple[dict[str, int], tuple[int, ...], bool]]:
    """Counties of a small universe: the counts in print, all pieces they are made of, and the verdict."""
    for pieces in itertools.product(range(top + 1), repeat=3):
        one, two, _ = pieces
        if group == "disabled":
            values, met = (sum(pieces), one + two, one), 10 * (one + two) >= 6 * sum(pieces)
        else:
            values, met = (sum(pieces), one, two), 10 * (one + two) >= 6 * sum(pieces)
        yield dict(zip(GROUPS[group].counts, values, strict=True)), (*pieces, *values), met


def _alike(group: str, limit: int, top: int) -> Mapping[object, list[tuple[int, ...]]]:
    """The counties by what they print: counts or marks, their percentages, and the verdict."""
    looks: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts, cells, met in _worlds(group, top):
        closed = must_hide({k: Fraction(v) for k, v in counts.items()}, GROUPS[group], limit)
        total = next(iter(counts.values()))
        rates = tuple(round(1000 * value / total) for value in counts.values()) if total else ()
        looks["*" if closed else (tuple(counts.values()), rates), met].append(cells)
    return looks


@pytest.mark.parametrize("group", list(GROUPS))
def test_an_attacker_who_knows_all_but_the_data_learns_no_small_count(group: str) -> None:
    """The attacker has what is printed, the sums, percentages and verdicts, the limit, and this very code.

    Whatever is small somewhere could be any small number, under either verdict that allows a small number at all.
    """
    limit, tried = 4, 0
    for look, alike in _alike(group, limit, top=8).items():
        for place in range(len(alike[0])):
            small = {cells[place] for cells in alike if 0 < cells[place] < limit}
            if small:
                tried += 1
                assert small == set(range(1, limit)), (look, place)
    assert tried >= 12


def test_single_cells_hidden_would_not_be_enough() -> None:
    """Why a whole group goes: 20 children in print, 达标 (95%), the number enrolled hidden: it can only be 19."""
    fitting = [
        n for n in range(21) if 100 * n >= 95 * 20 and 0 < 20 - n < LIMIT
    ]  # a 0 would have been printed
    assert fitting == [19]
    assert hides("disabled", 20, 19, 0)


def test_a_group_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="相加关系用到counts中没有的人数"):
        CountGroup.model_validate(
            {"id": "x", "words": ["x"], "counts": ["a"], "sums": [{"whole": "a", "of": ["b"]}]}
        )


def test_the_rule_as_printed_names_its_limit() -> None:
    assert RULES.on and f"1至{LIMIT - 1}人" in RULES.printed and "{" not in RULES.printed
