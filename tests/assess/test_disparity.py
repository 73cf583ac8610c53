"""校际差异系数 (RULES §3): published example, limits, properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.assess.disparity import COMPOSITE, weighted_cv_squared
from junheng.assess.engine import evaluate
from junheng.assess.model import Verdict
from junheng.exact import fixed, square_root
from tests.assess.make import DICTIONARY, NATIONAL, book, school

PUPILS = st.integers(1, 3000)
AMOUNT = st.fractions(min_value=0, max_value=10**6, max_denominator=100)
SCHOOLS = st.lists(st.tuples(AMOUNT, PUPILS), min_size=1, max_size=12).filter(
    lambda rows: any(x for x, _ in rows)
)


def squared(rows):
    return weighted_cv_squared([Fraction(x) for x, _ in rows], [Fraction(p) for _, p in rows])[2]


def test_published_example():
    """Five schools of the 2012 example: printed 0.52; the unweighted form would give 0.489 and flip the verdict."""
    rows = [(279, 45), (137, 37), (935, 89), (160, 76), (402, 55)]
    assert fixed(square_root(squared(rows)), 6) == "0.515257"
    assert squared(rows) > Fraction("0.5") ** 2


@given(SCHOOLS, st.fractions(min_value="0.001", max_value=1000, max_denominator=1000))
def test_scale_free(rows, factor):
    assert squared([(x * factor, p) for x, p in rows]) == squared(rows)


@given(SCHOOLS, st.randoms(use_true_random=False))
def test_permutation_free(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert squared(shuffled) == squared(rows)


@given(
    st.lists(PUPILS, min_size=1, max_size=12),
    st.fractions(min_value="0.01", max_value=100, max_denominator=100),
)
def test_equal_schools_have_none(pupils, value):
    assert squared([(value * p, p) for p in pupils]) == 0


@pytest.mark.slow
@given(SCHOOLS)
def test_splitting_a_school_evenly_changes_nothing(rows):
    halves = [(x / 2, Fraction(p, 2)) for x, p in rows for _ in range(2)]
    assert squared(halves) == squared(rows)


def result_of(*schools):
    return evaluate(book(list(schools)), DICTIONARY, NATIONAL)


def test_one_unit_has_cv_zero():
    row = result_of(school(1)).disparity("primary", "L4")
    assert (row.cv, row.verdict) == (0, Verdict.MET)


def test_mean_zero_is_neither_met_nor_missing_and_the_units_decide():
    result = result_of(school(1, pe_primary=0), school(2, pe_primary=0))
    row = result.disparity("primary", "L3")
    assert (row.mean, row.cv, row.verdict, row.undefined) == (0, None, None, True)
    composite = result.disparity("primary", COMPOSITE)
    assert (composite.cv, composite.undefined) == (None, True)
    assert result.resource is Verdict.UNMET


def test_a_missing_value_beside_zeros_is_missing():
    result = result_of(school(1, pe_primary=0), school(2, pe_primary=None))
    row = result.disparity("primary", "L3")
    assert (row.cv, row.verdict, row.undefined) == (None, Verdict.UNKNOWN, False)


def test_an_open_unit_leaves_cv_and_composite_open():
    result = result_of(school(1, teaching_area=None), school(2))
    assert result.disparity("primary", "L4").verdict is Verdict.UNKNOWN
    assert result.disparity("primary", COMPOSITE).cv is None
    assert result.disparity("primary", "L6").verdict is Verdict.MET


@pytest.mark.parametrize(("spread", "verdict"), [(1500, Verdict.MET), (1501, Verdict.UNMET)])
def test_limit_is_inclusive_and_exact(spread, verdict):
    """Two schools of equal size at mean ± s have CV s/mean: 1500/3000 is exactly the limit 0.50."""
    row = result_of(
        school(1, sports_ground_area=3000 + spread), school(2, sports_ground_area=3000 - spread)
    ).disparity("primary", "L5")
    assert row.verdict is verdict


def test_stages_are_never_mixed():
    junior = school(
        2,
        school_type="初级中学",
        students_primary=0,
        students_junior=500,
        sports_ground_area=50000,
        bachelor_junior=40,
    )
    assert result_of(school(1), junior).disparity("primary", "L5").cv == 0


def test_composite_is_the_plain_mean():
    result = result_of(school(1), school(2, sports_ground_area=9000, multimedia_rooms=30))
    cvs = [row.cv for row in result.disparities if row.stage == "primary" and row.indicator != COMPOSITE]
    assert result.disparity("primary", COMPOSITE).cv == sum(cvs) / len(cvs)
