"""What is missing never hides a certain failure, and never makes one (RULES §2, §3)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.assess.engine import assess, evaluate
from junheng.assess.model import Cell, Verdict, combined
from junheng.assess.units import unit_verdict
from tests.assess.make import COUNTY_FIGURES, DICTIONARY, LOCAL, NATIONAL, book, school

MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
RATIOS = (Fraction(0), Fraction(84, 100), Fraction(85, 100), Fraction(1), Fraction(3, 2))


def cell(indicator: str, ratio: Fraction | None) -> Cell:
    verdict = UNKNOWN if ratio is None else MET if ratio >= 1 else UNMET
    return Cell(indicator, ratio, ratio, Fraction(1), ratio, verdict)


def verdict(ratios: tuple[Fraction | None, ...]) -> Verdict:
    return unit_verdict([cell(f"L{n}", ratio) for n, ratio in enumerate(ratios, 1)], NATIONAL)


def test_every_unit_of_three_indicators_with_every_filling():
    """Exhaustive: 无法判定 exactly where fillings differ, 未达标 exactly where none is 达标, never 达标 beside a blank."""
    for ratios in product((None, *RATIOS), repeat=3):
        blanks = [n for n, ratio in enumerate(ratios) if ratio is None]
        fillings = set()
        for values in product(RATIOS, repeat=len(blanks)):
            filled = list(ratios)
            for position, value in zip(blanks, values, strict=True):
                filled[position] = value
            fillings.add(verdict(tuple(filled)))
        expected = next(iter(fillings)) if len(fillings) == 1 else UNKNOWN
        assert UNKNOWN not in fillings
        assert verdict(ratios) is expected, ratios


def test_seven_indicators_with_one_or_two_blanks():
    for lowest, second in product(RATIOS, repeat=2):
        known = (lowest, second, *[Fraction(1)] * 5)
        for blanks in (*combinations(range(7), 1), *combinations(range(7), 2)):
            ratios = tuple(None if n in blanks else ratio for n, ratio in enumerate(known))
            left = [r for r in ratios if r is not None and r < 1]
            certain = len(left) > 1 or any(r < Fraction(85, 100) for r in left)
            assert verdict(ratios) is (UNMET if certain else UNKNOWN)


@given(st.lists(st.sampled_from(list(Verdict)), max_size=8))
def test_a_total_of_verdicts_is_open_only_where_fillings_differ(verdicts: list[Verdict]):
    blanks = [n for n, one in enumerate(verdicts) if one is UNKNOWN]
    fillings = set()
    for values in product((MET, UNMET), repeat=len(blanks)):
        filled = list(verdicts)
        for position, value in zip(blanks, values, strict=True):
            filled[position] = value
        fillings.add(combined(filled))
    assert combined(verdicts) is (next(iter(fillings)) if len(fillings) == 1 else UNKNOWN)


SCHOOL_KEYS = (
    "bachelor_primary",
    "backbone_primary",
    "pe_primary",
    "teaching_area",
    "indoor_sports_area",
    "sports_ground_area",
    "equipment_value",
    "multimedia_rooms",
    "students_junior",
    "students_senior",
    "classes_primary",
    "oversize_primary",
    "music_rooms_96",
    "fineart_rooms_90",
    "public_funds_allotted",
    "public_funds_budget",
    "training_budget",
    "teachers_primary",
    "certified_teachers",
    "trained_teachers",
    "catchment_primary",
    "cohort_graduates",
    "cohort_entrants",
    "boarding",
    "location",
)
VALUES = {"boarding": [True, False], "location": ["城区", "乡村"]}
BLANKS = st.sets(
    st.tuples(st.integers(0, 2), st.sampled_from(SCHOOL_KEYS))
    | st.tuples(st.just(-1), st.sampled_from(sorted(COUNTY_FIGURES))),
    min_size=1,
    max_size=4,
)


def value_of(data: st.DataObject, key: str, label: str) -> Any:
    if key in VALUES:
        return data.draw(st.sampled_from(VALUES[key]), label)
    return data.draw(st.sampled_from([0, 1, 5, 40, 97, 500, 2600, 10**5]), label)


def is_asked(row: dict[str, Any], key: str) -> bool:
    """A blank is missing only where the school's type has the column's stage; elsewhere it means none."""
    stage = DICTIONARY.sheet("schools").by_key[key].stage
    return stage is None or stage in DICTIONARY.stages_of(row["school_type"])


def no_more_than_the_whole(full: dict[str, Any], own: dict[str, Any]) -> None:
    """A filled part is at most its whole: certified teachers are teachers, pupils within the area are pupils."""
    for field in DICTIONARY.sheet("schools").fields:
        if field.within and field.key in own and own[field.key] is None:
            full[field.key] = min(full[field.key] or 0, sum(full.get(key) or 0 for key in field.within))


def verdicts(schools: list[dict[str, Any]], county: dict[str, Any]) -> dict[Any, Verdict | None]:
    """Every verdict of a county under both standards, by what it is about."""
    assessment = assess(book(schools, county), DICTIONARY, (NATIONAL, LOCAL))
    found: dict[Any, Verdict | None] = {}
    for name, result in (("national", assessment.national), ("local", assessment.local)):
        found |= {(name, unit.key): unit.verdict for unit in result.units}
        found |= {(name, row.stage, row.indicator): row.verdict for row in result.disparities}
        found |= {(name, item.item.id): item.verdict for item in result.items}
        found |= {
            (name, item.item.id, part.part.id): part.verdict for item in result.items for part in item.parts
        }
        for aspect in ("resource", "government", "quality", "social", "veto", "overall"):
            found[name, aspect] = getattr(result, aspect)
    return found


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.data(), BLANKS)
def test_no_filling_turns_a_failure_into_anything_else(data: st.DataObject, blanks: set[tuple[int, str]]):
    """Whatever is missing, whatever it turns out to be: what was 未达标 stays so."""
    kinds = [
        {
            "school_type": "九年一贯制学校",
            "students_junior": 300,
            "bachelor_junior": 30,
            "backbone_junior": 4,
        },
        {"school_type": "小学", "students_primary": data.draw(st.sampled_from([60, 500, 2600]), "pupils")},
        {"school_type": "完全中学", "students_junior": 300, "students_senior": 200},
    ]
    schools = []
    for number, kind in enumerate(kinds, 1):
        scarce = data.draw(st.sets(st.sampled_from(SCHOOL_KEYS[:8]), max_size=3), "scarce")
        own = {key: data.draw(st.sampled_from([0, 3, 60, 1500]), key) for key in sorted(scarce)}
        schools.append(school(number, **{**kind, **own}))
    county: dict[str, Any] = {}
    full_schools, full_county = [dict(one) for one in schools], dict(county)
    for place, key in sorted(blanks):
        if place >= 0 and not is_asked(schools[place], key):
            continue
        (county if place < 0 else schools[place])[key] = None
        (full_county if place < 0 else full_schools[place])[key] = value_of(data, key, f"{place} {key}")
    for one, own in zip(full_schools, schools, strict=True):
        no_more_than_the_whole(one, own)
    before, after = verdicts(schools, county), verdicts(full_schools, full_county)
    turned = {
        key: (value, after.get(key))
        for key, value in before.items()
        if value is UNMET and key in after and after[key] is not UNMET
    }
    assert turned == {}


@pytest.mark.parametrize(
    ("item", "key", "short", "verdict"),
    [
        ("G9", "trained_teachers", 35, UNMET),
        ("G9", "trained_teachers", 36, UNKNOWN),
        ("G12", "certified_teachers", 35, UNMET),
        ("G12", "certified_teachers", 36, UNKNOWN),
        ("G13", "catchment_primary", 499, UNMET),
        ("G13", "catchment_primary", 500, UNKNOWN),
    ],
)
def test_one_school_short_of_all_is_not_made_up_by_another(item: str, key: str, short: int, verdict: Verdict):
    """100% cannot be reached once a school is short: what another lacks is at most its own teachers or pupils."""
    made = assess(book([school(1, **{key: short}), school(2, **{key: None})]), DICTIONARY, (NATIONAL, LOCAL))
    assert made.national.item(item).verdict is verdict
    both = {key: None, "teachers_primary": None, "students_primary": None}
    open_whole = book([school(1, **{key: short}), school(2, **both)])
    assert evaluate(open_whole, DICTIONARY, NATIONAL).item(item).verdict is UNKNOWN


@pytest.mark.parametrize(("satisfied", "verdict"), [(699, UNMET), (700, UNKNOWN)])
@pytest.mark.parametrize(("whole", "part"), [("valid", "satisfied"), ("visited", "visited_satisfied")])
def test_a_group_that_reports_nothing_is_at_best_satisfied_to_the_last(
    whole: str, part: str, satisfied: int, verdict: Verdict
):
    """Of 1000 asked 150 are the silent group: with 699 others content even all of them leave the rate below 85%."""
    rows = [
        {
            "group": "家长",
            "sent": 900,
            "valid": 850,
            "satisfied": 850,
            "visited": 850,
            "visited_satisfied": 850,
        },
        {
            "group": "学生",
            "sent": 200,
            "valid": 150,
            "satisfied": 150,
            "visited": 150,
            "visited_satisfied": 150,
        },
    ]
    rows[0][part], rows[1][part] = satisfied, None
    assert sum(int(row[whole]) for row in rows) == 1000
    assert evaluate(book([school(1)], survey=rows), DICTIONARY, NATIONAL).item("S1").verdict is verdict


@pytest.mark.parametrize("known", [True, False])
def test_a_county_whose_schools_all_fail_reads_so(known: bool):
    schools = [school(n, pe_primary=0, teaching_area=3000 if known or n > 1 else None) for n in range(1, 5)]
    result = evaluate(book(schools, {"teacher_pay": None}), DICTIONARY, NATIONAL)
    assert {unit.verdict for unit in result.units} == {UNMET}
    assert (result.resource, result.overall) == (UNMET, UNMET)
    assert result.government is UNKNOWN
