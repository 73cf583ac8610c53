"""Trends of other counties: the weight of the foretold change, the drift by location, the band of a single school."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.assess.back_test import back_test, seen
from junheng.assess.forecast import NO_TRENDS, own_band, project
from junheng.assess.trends import POOLED, Seen, Trends, estimate
from tests.assess.make import book, school
from tests.assess.test_forecast import GIVEN, LEVEL, A, B, assumed

F = Fraction


def county(stage: str, location: str, count: int, foretold: str, now: str) -> tuple[Seen, ...]:
    """Schools of 1000 pupils; `foretold` and `now` as shares of them."""
    return (Seen(stage, location, F(1000), 1000 * F(foretold), 1000 * F(now)),) * count


def test_without_counties_the_foretold_change_counts_whole() -> None:
    assert estimate([]) == NO_TRENDS == Trends()
    assert NO_TRENDS.step("primary", "城区", F(600), F(590)) == 590
    assert NO_TRENDS.own("primary", "high", 3) == 0


def test_a_location_drifts_and_counts_with_its_number_of_schools() -> None:
    found = estimate([county("primary", "城区", 30, "1", "1.02"), county("primary", "乡村", 10, "1", "0.96")])
    every = (30 * F("0.02") - 10 * F("0.04")) / 40
    town = (30 * F("0.02") + POOLED * every) / (30 + POOLED)
    village = (10 * F("-0.04") + POOLED * every) / (10 + POOLED)
    assert found.counties == 2
    assert found.drift["primary", "城区"] == F(round(town * 10000), 10000) == F("0.014")
    assert found.drift["primary", "乡村"] == F("-0.01") == round(village * 10000) / F(10000)


@pytest.mark.parametrize("share", ["0", "0.3", "1"])
def test_the_weight_is_the_part_of_the_foretold_change_that_came_about(share: str) -> None:
    """Half the schools are foretold to grow by a tenth, half to shrink: only the weight can tell them apart."""
    up, down = F(share) / 10, -F(share) / 10
    groups = [
        county("junior", "镇区", 25, "1.1", str(1 + up)),
        county("junior", "镇区", 25, "0.9", str(1 + down)),
    ]
    found = estimate(groups)
    assert found.weight == {"junior": F(share)} and found.drift == {("junior", "镇区"): 0}
    assert found.step("junior", "镇区", F(1000), F(1100)) == 1000 + 100 * F(share)
    assert found.step("primary", "镇区", F(1000), F(1100)) == 1100  # nothing is known of that stage


def test_the_band_is_the_tenth_and_ninetieth_percentile_and_grows_with_the_root_of_years() -> None:
    """21 schools from −10 % to +10 %: two on either side lie beyond the band."""
    spread = [Seen("primary", "镇区", F(1000), F(1000), F(1000 + 10 * n)) for n in range(-10, 11)]
    found = estimate([spread])
    assert found.scatter["primary"] == (F("-0.08"), F("0.08"))
    assert [found.own("primary", case, 4) for case in ("low", "middle", "high")] == [F("-0.16"), 0, F("0.16")]
    pupils = {(A, "primary"): F(500)}
    assert own_band(pupils, found, "high", 1) == {(A, "primary"): 540}


def test_a_school_moves_with_its_location() -> None:
    made = book(
        [school(1, students_primary=600, location="城区"), school(2, students_primary=300, location="乡村")]
    )
    trends = Trends(1, {"primary": F(1)}, {("primary", "城区"): F("0.02"), ("primary", "乡村"): F("-0.04")})
    years = project(made, None, assumed(**LEVEL), "middle", 2, trends)
    assert [year[A, "primary"] for year in years] == [
        600,
        612,
        624,
    ]  # a grade leaves, a grade enters, 2 % come
    assert [year[B, "primary"] for year in years] == [300, 288, 276]


def test_what_is_seen_of_a_county_is_last_year_foretold_and_this_year() -> None:
    before = book([school(1, students_primary=600), school(2, students_primary=300)])
    now = book([school(1, students_primary=630), school(3, students_primary=90)])
    (one,) = seen(before, now, assumed(**LEVEL))
    assert one == Seen("primary", "镇区", F(600), F(600), F(630))


def test_the_back_test_uses_only_what_it_is_given() -> None:
    """The county's own year must not leak: another county's trend of 5 % gives 630 whatever this year says."""
    before = book([school(1, students_primary=600)])
    other = Trends(1, {"primary": F(1)}, {("primary", "镇区"): F("0.05")})
    for actual in (600, 660):
        now = book([school(1, students_primary=actual)])
        (found,) = back_test(before, now, assumed(**LEVEL), other)
        assert found.middle == 630 and found.error == F(abs(630 - actual), actual)


def test_nothing_is_assumed_of_a_schools_own_trend() -> None:
    """Two years cannot show whether a school's own change goes on: the shipped value is none."""
    assert GIVEN.own_trend == 0 and "假设值" in GIVEN.own_trend_basis
