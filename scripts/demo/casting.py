"""Which school plays which part of a county's scenario."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from .chance import between, dice, shuffled
from .roster import COUNTY_SPONSOR, School

SINGLE_STAGE = {"primary": ["小学"], "junior": ["初级中学"]}


@dataclass
class Cast:
    """The parts of a county's schools, by school code."""

    # code → year → (stage, indicator) → ratio of the threshold
    ratios: dict[str, dict[int, dict[tuple[str, str], Fraction]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    # code → (stage, indicator) → multiple of the usual value
    surpluses: dict[str, dict[tuple[str, str], float]] = field(default_factory=lambda: defaultdict(dict))
    # year → [(defect record, school)]
    defects: dict[int, list[tuple[dict, School]]] = field(default_factory=lambda: defaultdict(list))
    taken: set[str] = field(default_factory=set)


def cast_schools(code: str, schools: list[School], scenario: dict, years: list[int]) -> Cast:
    """Give the scenario's parts to schools; sizes are changed in place."""
    cast = Cast()
    cast.taken = {s.code for s in schools if s.parent} | {s.parent for s in schools if s.parent}
    for number, record in enumerate(scenario.get("sizes", [])):
        for school in _choose(record, schools, cast.taken, code, "sizes", number):
            _resize(school, record, years, (code, "sizes", number))
    for number, record in enumerate(scenario.get("shortfalls", [])):
        for school in _choose(record, schools, cast.taken, code, "shortfalls", number):
            _fall_short(school, record, years, cast, (code, number))
    for number, record in enumerate(scenario.get("surpluses", [])):
        for school in _choose(record, schools, cast.taken, code, "surpluses", number):
            for indicator in record["indicators"]:
                cast.surpluses[school.code][record["stage"], indicator] = record["factor"]
    for number, record in enumerate(scenario.get("defects", [])):
        free = {s.code for s in schools if s.parent} | {s.parent for s in schools if s.parent}
        for school in _choose(record, schools, free, code, "defects", number):
            for year in record.get("years", years):
                cast.defects[year].append((record, school))
    return cast


def _choose(record: dict, schools: list[School], taken: set[str], *key: object) -> list[School]:
    fitting = [school for school in schools if school.code not in taken and _fits(school, record)]
    chosen = shuffled(fitting, *key)[: record["schools"]]
    if len(chosen) < record["schools"]:
        raise ValueError(f"{key}: only {len(chosen)} of {record['schools']} schools fit {record}")
    taken |= {school.code for school in chosen}
    return chosen


def _fits(school: School, record: dict) -> bool:
    stage = record.get("stage", "primary")
    kinds = record.get("kinds") or SINGLE_STAGE[stage]
    if (
        school.kind not in kinds
        or len(school.pupils) < 2
        or (school.sponsor != COUNTY_SPONSOR and "sponsor" not in record)
    ):
        return False
    if school.location not in record.get("location", [school.location]) or school.boarding != record.get(
        "boarding", school.boarding
    ):
        return False
    pupils = [year.get(stage, 0) for year in school.pupils.values()]
    return min(pupils) >= record.get("min_pupils", 0) and max(pupils) <= record.get("max_pupils", 99999)


def _resize(school: School, record: dict, years: list[int], key: tuple) -> None:
    stage = record["stage"]
    before, now = school.pupils[years[0]], school.pupils[years[1]]
    if "growth" in record:
        now[stage] = round(before[stage] * (1 + record["growth"]))
        return
    now[stage] = round(between(record["pupils"], *key, school.lot))
    before[stage] = (
        round(now[stage] * between([0.985, 1.01], *key, school.lot, "before"))
        if "before" not in record
        else record["before"]
    )


def _fall_short(school: School, record: dict, years: list[int], cast: Cast, key: tuple) -> None:
    if "pupils" in record:
        _resize(school, record, years, key)
    for indicator in record["indicators"]:
        share = dice(*key, school.lot, indicator).random()
        for year in record.get("years", years):
            cast.ratios[school.code][year][record["stage"], indicator] = _ratio(record["ratio"], share)


def _ratio(ratio: object, share: float) -> Fraction:
    """Return the ratio aimed at: an exact one from text, else a place within a range."""
    if isinstance(ratio, str):
        return Fraction(ratio)
    low, high = ratio
    return Fraction(round((low + share * (high - low)) * 10_000), 10_000)
