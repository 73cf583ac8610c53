"""Verdicts within one teacher, one room or 2% of the pupils; what each unit adds to a coefficient of variation."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from junheng.assess.engine import assess, evaluate
from junheng.assess.model import Verdict
from junheng.assess.sensitivity import Probe, influences, sensitivity
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school


def assessed(schools):
    return assess(book(schools), DICTIONARY, (NATIONAL, LOCAL))


def flips(schools):
    found = sensitivity(assessed(schools), DICTIONARY)
    return {(f.probe.school_code[-1], f.probe.what, f.probe.change, f.after.verdict) for f in found.units}


def test_one_room_less_and_one_room_more():
    """500 pupils, 11.5 rooms asked: 10 are above 85%, 9 below."""
    schools = [
        school(1, multimedia_rooms=10, pe_primary=7),
        school(2, multimedia_rooms=9),
        school(3),
    ]
    assert flips(schools) == {("1", "L7", Fraction(-1), Verdict.UNMET), ("2", "L7", Fraction(1), Verdict.MET)}


def test_one_teacher_makes_the_second_unmet_indicator():
    schools = [school(1, multimedia_rooms=10, pe_primary=5)]  # L7 already stays at 0.87; L3 5 of 4.5
    assert ("1", "L3", Fraction(-1), Verdict.UNMET) in flips(schools)


def test_two_per_cent_of_the_pupils():
    """515 pupils have 5 backbone teachers of 5.15 (at 85% or more); 11 pupils more, and 12 rooms are too few."""
    schools = [school(1, students_primary=515, multimedia_rooms=12, backbone_primary=5)]
    found = [f for f in sensitivity(assessed(schools), DICTIONARY).units if f.probe.what == "pupils"]
    assert [(f.probe.what, f.probe.change) for f in found] == [("pupils", 11)]
    changed = evaluate(
        book([school(1, students_primary=526, multimedia_rooms=12, backbone_primary=5)]), DICTIONARY, NATIONAL
    )
    assert found[0].after.verdict is changed.units[0].verdict is Verdict.UNMET


def test_a_coefficient_of_variation_one_room_from_its_limit():
    """Whatever is reported is what the engine says of the changed county, and nothing else flips."""
    schools = [school(n, multimedia_rooms=v) for n, v in enumerate((12, 12, 12, 12, 35), 1)]
    before = assessed(schools).national.disparity("primary", "L7").verdict
    reported = {
        (f.probe.school_code, f.probe.change)
        for f in sensitivity(assessed(schools), DICTIONARY).spreads
        if f.indicator == "L7" and f.probe.what == "L7"
    }
    true = set()
    for place, change in ((n, c) for n in range(5) for c in (1, -1)):
        rooms = [12, 12, 12, 12, 35]
        rooms[place] += change
        result = evaluate(
            book([school(n, multimedia_rooms=v) for n, v in enumerate(rooms, 1)]), DICTIONARY, NATIONAL
        )
        if result.disparity("primary", "L7").verdict is not before:
            true.add((f"213783{place + 1:04d}", Fraction(change)))
    assert reported == true


@pytest.mark.parametrize("rooms", [(12, 12, 12, 12, 40), (12, 14, 20, 33)])
def test_leaving_a_unit_out_is_the_county_without_it(rooms):
    schools = [school(n, multimedia_rooms=v) for n, v in enumerate(rooms, 1)]
    assessment = assessed(schools)
    row = assessment.national.disparity("primary", "L7")
    found = influences(assessment, row)
    assert [i.change for i in found] == sorted((i.change for i in found), reverse=True)
    assert sum(i.share for i in found) == 1
    for influence in found:
        others = [s for s in schools if s["school_code"] != influence.unit.school_code]
        without = evaluate(book(others), DICTIONARY, NATIONAL).disparity("primary", "L7")
        assert influence.without == without.cv
        assert influence.change == row.cv - without.cv
    assert found[0].unit.school_code.endswith(str(len(rooms)))


def test_units_without_data_are_no_news():
    found = sensitivity(assessed([school(1, multimedia_rooms=None), school(2)]), DICTIONARY)
    assert all(f.probe.school_code != "2137830001" for f in found.units)
    assert not [f for f in found.spreads if f.indicator == "L7"]


def random_county(seed: int) -> list[dict]:
    """Five schools near their thresholds: three primary, one of nine years, one campus of it."""
    draw = random.Random(seed)
    plain = [
        school(
            n,
            students_primary=draw.randint(300, 700),
            backbone_primary=draw.randint(3, 8),
            pe_primary=draw.randint(2, 6),
            multimedia_rooms=draw.randint(7, 20),
            bachelor_primary=draw.randint(15, 40),
            teaching_area=draw.randint(1500, 6000),
        )
        for n in (1, 2, 3)
    ]
    nine = {
        "school_type": "九年一贯制学校",
        "students_junior": draw.randint(200, 500),
        "backbone_junior": draw.randint(2, 8),
        "pe_junior": draw.randint(2, 6),
        "bachelor_junior": draw.randint(15, 30),
        "multimedia_rooms": draw.randint(10, 30),
        "sports_ground_area": 12000,
        "teaching_area": 6000,
        "equipment_value": 300,
    }
    return [*plain, school(4, **nine), school(5, counted=False, parent_code="2137830004", multimedia_rooms=3)]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_reported_is_what_assessing_each_changed_county_says(seed):
    """By force: every probe is carried out on the workbook and the whole county assessed again."""
    schools = random_county(seed)
    before = evaluate(book(schools), DICTIONARY, NATIONAL)
    found = sensitivity(assessed(schools), DICTIONARY)
    units = {(f.probe, f.after.key, f.after.verdict) for f in found.units}
    spreads = {(f.probe, f.stage, f.indicator, f.verdict) for f in found.spreads}
    forced_units, forced_spreads, probes = set(), set(), set()
    for place, values in enumerate(schools[:4]):
        for probe in probes_of(values):
            probes.add(probe)
            changed = [*schools]
            changed[place] = {**values, probe.field: values[probe.field] + probe.change}
            after = evaluate(book(changed), DICTIONARY, NATIONAL)
            for old, new in zip(before.units, after.units, strict=True):
                if old.verdict is not new.verdict:
                    forced_units.add((probe, new.key, new.verdict))
            for old, new in zip(before.disparities, after.disparities, strict=True):
                if old.verdict is not new.verdict:
                    forced_spreads.add((probe, new.stage, new.indicator, new.verdict))
    assert units == forced_units and spreads == forced_spreads
    assert {f.probe for f in (*found.units, *found.spreads)} <= probes


def probes_of(values: dict) -> list[Probe]:
    """One teacher of each kind, one room, 2% of the pupils (at least one), both ways: written out anew."""
    made = []
    for stage in ("primary", "junior"):
        pupils = values[f"students_{stage}"]
        if not pupils:
            continue
        kinds = {
            "L1": [f"{degree}_{stage}" for degree in degrees(stage)],
            "L2": [f"backbone_{stage}"],
            "L3": [f"{subject}_{stage}" for subject in ("pe", "music", "fineart", "arts")],
            "L7": ["multimedia_rooms"],
        }
        for change in (1, -1):
            step = -(-pupils * 2 // 100)
            made.append(
                Probe(values["school_code"], stage, "pupils", f"students_{stage}", Fraction(change * step))
            )
            for what, fields in kinds.items():
                most = max(fields, key=lambda name: values[name])
                if what == "L7" and stage == "junior" and values["students_primary"]:
                    continue  # the same room of the same school, tried for its first stage
                if values[most] + change >= 0:
                    made.append(Probe(values["school_code"], stage, what, most, Fraction(change)))
    return made


def degrees(stage: str) -> tuple[str, ...]:
    """高于规定学历: from 专科 up in primary, from 本科 up in junior schools."""
    return (*(("college",) if stage == "primary" else ()), "bachelor", "master", "doctor")
