"""Prices and limits as data: unfolded by stage, strict, a county's own on top."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from junheng.errors import ParamsProblem
from junheng.params.city import load_county_year
from junheng.params.formula import parse_formula
from junheng.params.prices import PlanChoices, load_prices
from tests.assess.make import DICTIONARY, PARAMS, school
from tests.planning.make import planned


def test_levers_are_unfolded_by_stage():
    levers = {lever.id: lever for lever in load_prices(PARAMS).levers}
    assert levers["recruit_junior"].adds["bachelor_junior"] == 1
    assert (
        "初中" in levers["recruit_junior"].name
        and levers["upgrade_primary"].most == "ceil(0.1 * teachers_primary)"
    )
    assert not any("{" in lever.id for lever in levers.values())


def test_every_lever_adds_to_columns_that_are_there():
    fields = DICTIONARY.sheet("schools").by_key
    for lever in load_prices(PARAMS).levers:
        assert lever.adds.keys() <= fields.keys()
        assert (
            lever.whole == all(fields[key].type == "int" for key in lever.adds)
            or lever.id == "move_equipment"
        )


def changed(tmp_path: Path, old: str, new: str) -> Path:
    shutil.copytree(PARAMS, tmp_path / "params")
    file = tmp_path / "params" / "prices.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path / "params"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("price: 24", "price: -1", "price”（第.*行）有误：应不小于0，现为“-1”"),
        ("  price: 24", "  prise: 24", "price"),
        ("step: 0.01", "step: 0", "step”（第.*行）有误：应大于0，现为“0”"),
        ("where: not dense_urban", "where: __import__('os')", "不允许的写法"),
        ("  kind: add", "  kind: give", "kind"),
    ],
)
def test_a_wrong_record_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(ParamsProblem, match=says):
        load_prices(changed(tmp_path, old, new))


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    prices = load_prices(changed(tmp_path, "adds: {multimedia_rooms: 1}", "adds: {multimedia_room: 1}"))
    with pytest.raises(ParamsProblem, match="multimedia_room"):
        planned([school(1)], prices)


def test_a_county_has_its_own_prices_limits_and_budget(tmp_path: Path) -> None:
    shutil.copytree(PARAMS, tmp_path / "params")
    (tmp_path / "params" / "2024" / "370883.yml").write_text(
        "plan:\n"
        "  prices: {multimedia: 8.5}\n"
        "  closed: [move_equipment]\n"
        '  limits:\n  - {school_code: "2137830001", lever: sports_ground, most: 0, why: 无空地}\n'
        "  budget: {2025: 6000, 2026: 8000}\n",
        encoding="utf-8",
    )
    plan = load_county_year(tmp_path / "params", 2024, "370883").plan
    assert plan.budget == {2025: 6000, 2026: 8000} and plan.limits[0].why == "无空地"
    levers = {lever.id: lever.price for lever in load_prices(PARAMS).chosen(plan).levers}
    assert levers["multimedia"] == Fraction("8.5") and "move_equipment" not in levers
    assert PlanChoices().in_report is False


def test_what_a_comparison_needs_to_hold():
    assert parse_formula("a + b <= c").difference()({"a": 1, "b": 2, "c": 5}.get) == 2
    assert parse_formula("a >= 3 * b").difference()({"a": 5, "b": 2}.get) == -1
    assert parse_formula("a == b").difference() is None
