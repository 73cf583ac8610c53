"""Properties that must hold for any county."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.assess.engine import evaluate
from junheng.assess.gaps import shortfall
from junheng.assess.model import Verdict
from tests.assess.make import DICTIONARY, NATIONAL, book, school

RESOURCES = ("teaching_area", "sports_ground_area", "equipment_value", "multimedia_rooms", "bachelor_primary")
RANK = {Verdict.UNMET: 0, Verdict.MET: 1}


def combined_school(draw_pupils, area):
    primary, junior, senior = draw_pupils
    return school(
        1,
        school_type="十二年一贯制学校",
        students_primary=primary,
        students_junior=junior,
        students_senior=senior,
        teaching_area=area,
    )


@given(st.tuples(*[st.integers(1, 3000)] * 3), st.integers(0, 100000))
def test_splitting_conserves_resources(pupils, area):
    """The shares of primary, junior and senior add up to the whole."""
    result = evaluate(book([combined_school(pupils, area)]), DICTIONARY, NATIONAL)
    primary, junior, senior = pupils
    shares = sum(unit.cells["L4"].numerator for unit in result.units)
    weight = primary + Fraction("1.1") * junior + Fraction("1.32") * senior
    assert shares == Fraction(area) * (1 - Fraction("1.32") * senior / weight)


@settings(max_examples=60)
@given(st.sampled_from(RESOURCES), st.integers(0, 4000), st.integers(1, 4000), st.integers(50, 2000))
def test_more_of_a_resource_never_worsens_a_unit(key, amount, more, pupils):
    def verdict(value):
        unit = evaluate(
            book([school(1, students_primary=pupils, **{key: value})]), DICTIONARY, NATIONAL
        ).units[0]
        return RANK[unit.verdict], unit.met_count

    assert verdict(amount + more) >= verdict(amount)


@settings(max_examples=60)
@given(st.sampled_from(["L1", "L2", "L4", "L5", "L6", "L7"]), st.integers(50, 3000), st.integers(0, 20))
def test_the_printed_gap_closes_the_gap(indicator_id, pupils, held):
    """Adding the shortfall meets the threshold; a unit less does not (whole people and rooms)."""
    key = {
        "L1": "bachelor_primary",
        "L2": "backbone_primary",
        "L4": "teaching_area",
        "L5": "sports_ground_area",
        "L6": "equipment_value",
        "L7": "multimedia_rooms",
    }[indicator_id]
    indicator = NATIONAL.indicator(indicator_id)

    def unit(value):
        return evaluate(
            book([school(1, students_primary=pupils, **{key: value})]), DICTIONARY, NATIONAL
        ).units[0]

    gap = shortfall(unit(held), indicator)
    enough = unit(held + gap / indicator.gap_scale)
    assert enough.cells[indicator_id].verdict is Verdict.MET
    if gap >= 1:
        less = unit(held + (gap - 1) / indicator.gap_scale)
        assert less.cells[indicator_id].verdict is Verdict.UNMET
