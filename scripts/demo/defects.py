"""What goes wrong in a school besides the seven indicators: each defect changes a finished row."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from .chance import between, whole
from .figures import Row
from .roster import School

BANDS = {"music": ("music_rooms_96", "music_rooms_73"), "fineart": ("fineart_rooms_90", "fineart_rooms_67")}


def oversize(row: Row, record: dict, key: tuple) -> None:
    """Some classes of the stage are over the limit (G5); pupils stay, so the others are smaller."""
    stage = record["stage"]
    limit = {"primary": 45, "junior": 50}[stage]
    row[f"oversize_{stage}"] = min(whole(record["classes"], *key), row[f"classes_{stage}"] // 2)
    row["largest_class"] = max(row["largest_class"], limit + whole([1, 5], *key, "largest"))


def small_rooms(row: Row, record: dict, key: tuple) -> None:
    """One qualified music or art room too few: it is of the band below (G3)."""
    full, below = BANDS[record["room"]]
    row[full] -= 1
    row[below] += 1
    classes = (row.get("classes_primary") or 0) + (row.get("classes_junior") or 0)
    surplus = row[full] - (ceil(classes / 12) - 1)
    row[full] -= surplus
    row[below] += surplus


def underfunded(row: Row, record: dict, key: tuple) -> None:
    """A small school is funded by its real pupils only (G6)."""
    pupils = sum(row.get(f"students_{stage}") or 0 for stage in ("primary", "junior", "senior"))
    row["public_funds_allotted"] = round(row["public_funds_budget"] * pupils / 105, 2)


def untrained(row: Row, record: dict, key: tuple) -> None:
    """Some teachers have not finished their 360 hours (G9)."""
    row["trained_teachers"] -= whole(record["teachers"], *key)


def uncertified(row: Row, record: dict, key: tuple) -> None:
    """Some teachers hold no certificate (G12)."""
    row["certified_teachers"] -= whole(record["teachers"], *key)


def outside_catchment(row: Row, record: dict, key: tuple) -> None:
    """Pupils come from outside the catchment (G13)."""
    stage = record["stage"]
    row[f"catchment_{stage}"] = floor(row[f"students_{stage}"] * between(record["share"], *key))


def low_training(row: Row, record: dict, key: tuple) -> None:
    """The training budget is a small share of the public funds (Q4)."""
    row["training_budget"] = floor(row["public_funds_budget"] * between(record["share"], *key) * 100) / 100


def rebuilt_ground(row: Row, record: dict, key: tuple) -> None:
    """The sports ground is a building site this year."""
    row["sports_ground_area"] = round(row["sports_ground_area"] * record["factor"], 2)


def no_smart_campus(row: Row, record: dict, key: tuple) -> None:
    """The school does not use the three classrooms yet."""
    row["three_classrooms"] = "否"


def blank(row: Row, record: dict, key: tuple) -> None:
    """A required cell is left empty."""
    row[record["field"]] = None


DEFECTS: dict[str, Callable[[Row, dict, tuple], None]] = {
    function.__name__: function
    for function in (
        oversize,
        small_rooms,
        underfunded,
        untrained,
        uncertified,
        outside_catchment,
        low_training,
        rebuilt_ground,
        no_smart_campus,
        blank,
    )
}


def apply_defects(rows: dict[str, Row], defects: list[tuple[dict, School]], year: int) -> None:
    """Apply a year's defects to the rows, by school code."""
    for record, school in defects:
        DEFECTS[record["defect"]](rows[school.code], record, (school.lot, record["defect"], year))
