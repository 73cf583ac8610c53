"""The sheet 整改台账: last year's failing units with what the county says it has done."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil

from .chance import dice
from .figures import FLOOR_RATIO, PUPILS, SHARED_INDICATORS, Row
from .roster import COMPULSORY

STAGE_NAMES = {"primary": "小学", "junior": "初中"}
GAP_UNITS = {"L1": "人", "L2": "人", "L3": "人", "L4": "㎡", "L5": "㎡", "L6": "万元", "L7": "间"}
NOT_ASSESSED = ("特殊教育学校",)
UNKNOWN = (Fraction(0), Fraction(1), Fraction(0))
SCHOOL_GONE = (Fraction(1), Fraction(1), Fraction(0))
Values = dict[tuple[str, str], tuple[Fraction, Fraction, Fraction]]


def exact(number: object) -> Fraction:
    """Return the exact decimal value of a cell."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def unit_values(row: Row, shape: dict) -> Values:
    """Return {(stage, indicator): (value, threshold, gap)} of a row; a blank leaves its indicator out."""
    values: Values = {}
    weights = {stage: Fraction(weight) for stage, weight in shape["stage_weight"].items()}
    weighted = sum(
        weight * (row.get(PUPILS.get(stage, f"students_{stage}")) or 0) for stage, weight in weights.items()
    )
    for stage in COMPULSORY:
        pupils = row.get(f"students_{stage}")
        if not pupils:
            continue
        for indicator, amount in _numerators(row, stage).items():
            if amount is None:
                continue
            rule = shape["thresholds"][indicator]
            own = amount * weights[stage] * pupils / weighted if indicator in SHARED_INDICATORS else amount
            threshold = Fraction(rule[stage])
            value = own * rule["per"] / pupils
            values[stage, indicator] = (value, threshold, (threshold - value) * pupils / rule["per"])
    return values


def _numerators(row: Row, stage: str) -> dict[str, Fraction | None]:
    degrees = (
        ("college", "bachelor", "master", "doctor")
        if stage == "primary"
        else ("bachelor", "master", "doctor")
    )
    parts = {
        "L1": [f"{degree}_{stage}" for degree in degrees],
        "L2": [f"backbone_{stage}"],
        "L3": [f"{subject}_{stage}" for subject in ("pe", "music", "fineart", "arts")],
        "L4": ["teaching_area"],
        "L5": ["sports_ground_area", "indoor_sports_area"],
        "L6": ["equipment_value"],
        "L7": ["multimedia_rooms"],
    }
    sums = {
        name: None if any(row[key] is None for key in keys) else sum(exact(row[key]) for key in keys)
        for name, keys in parts.items()
    }
    if sums["L4"] is not None:
        sums["L4"] -= exact(row["indoor_sports_area"])
    return sums


def failures(row: Row, shape: dict) -> Iterator[tuple[str, str, tuple[Fraction, Fraction, Fraction]]]:
    """Yield what keeps a row's units from the standard."""
    if (
        row["school_type"] in NOT_ASSESSED
        or (row["school_type"] == "小学教学点" and row["students_primary"] < 50)
        or row["parent_code"]
    ):
        return
    values = unit_values(row, shape)
    for stage in COMPULSORY:
        unmet = {
            name: value for (where, name), value in values.items() if where == stage and value[0] < value[1]
        }
        if len(unmet) > 1 or any(value / threshold < FLOOR_RATIO for value, threshold, _ in unmet.values()):
            for indicator, value in unmet.items():
                yield stage, indicator, value


class Ledger:
    """Makes the ledger of one county and year."""

    def __init__(self, shape: dict, texts: dict, names: dict[str, str], government: str, year: int) -> None:
        """Keep what the rows depend on; `names` holds the indicators' names."""
        self.shape, self.text, self.names, self.year = shape, texts["ledger"], names, year
        self.department = self.text["department"].format(government=government)

    def rows(self, before: list[Row], now: dict[str, Row]) -> list[list[object]]:
        """Return the rows: what failed last year, with what the county says of it."""
        found = [(row, *failure) for row in before for failure in failures(row, self.shape)]
        return [
            [
                *(number, row["school_code"], row["school_name"], STAGE_NAMES[stage], self.names[indicator]),
                *self._figures(indicator, *value),
                *self._progress(row, stage, indicator, now.get(row["school_code"])),
            ]
            for number, (row, stage, indicator, value) in enumerate(found, 1)
        ]

    def _figures(self, indicator: str, value: Fraction, threshold: Fraction, gap: Fraction) -> list[object]:
        needed = ceil(gap) if GAP_UNITS[indicator] in ("人", "间") else gap
        return [printed(threshold), printed(value), f"{printed(Fraction(needed))}{GAP_UNITS[indicator]}"]

    def _progress(self, row: Row, stage: str, indicator: str, now: Row | None) -> list[object]:
        state, closed = self._state(row, stage, indicator, now)
        kind = int(indicator in SHARED_INDICATORS)
        return [
            *(self.department, self.text["person"], self.text["measure"][indicator], f"{self.year}年9月30日"),
            *(self.text["progress"][state][kind], state, closed, self.text["proof"][state][kind]),
        ]

    def _state(self, row: Row, stage: str, indicator: str, now: Row | None) -> tuple[str, str | None]:
        """Say how far the county is; some items that now meet the standard still wait to be closed."""
        source = dice(self.shape["seed"], row["school_code"], stage, indicator, "ledger")
        value, threshold, _ = (
            unit_values(now, self.shape).get((stage, indicator), UNKNOWN) if now else SCHOOL_GONE
        )
        if value >= threshold and source.random() < 0.6:
            return "已销号", f"{self.year}-{source.randrange(6, 10):02d}-{source.randrange(1, 29):02d}"
        return ("整改中" if source.random() < 0.75 else "未整改"), None


def printed(number: Fraction) -> str:
    """Write a figure with two decimals, rounded half up, without trailing zeros."""
    text = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{text:f}".rstrip("0").rstrip(".")
