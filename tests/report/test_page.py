"""What stands on the page beside the report's tables: tiles, map, each county's own page, kept libraries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from junheng.assess.city import AssessedCounty, CityAssessment, LeftOut
from junheng.assess.trend import compare
from junheng.errors import ParamsProblem
from junheng.params.counties import load_counties
from junheng.report.content.city_report import compose
from junheng.report.content.context import CityContext, load_wording
from junheng.report.content.names import REPORTS
from junheng.report.figures.county import FIGURES
from junheng.report.page.city import PREFIX, inspect_page, write_page
from junheng.report.page.city_data import PICTURE, map_tiles, own_data, page_data
from junheng.report.page.files import DATA, INDEX, LIBRARY, LICENCES, PAGE_FILES
from junheng.report.page.history import Snapshot, present
from junheng.report.page.tiles import Tile, tiles
from tests.assess.cities import OPEN, POOR, city, county, member
from tests.assess.make import PARAMS, school

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "page"
WORDING = load_wording(PARAMS, 2024)


def context(made: CityAssessment, **more: Any) -> CityContext:
    return CityContext(made, WORDING, (), (("输入", "0" * 64),), **more)


def named(place: int, *schools: dict[str, Any], **more: Any) -> AssessedCounty:
    """A county whose schools are called after it."""
    own = [
        {**one, "school_code": f"21{place:02d}{number:06d}", "school_name": f"县{place}学校{number}"}
        for number, one in enumerate(schools, 1)
    ]
    return member(place, *own, **more)


def data_of(folder: Path) -> dict[str, Any]:
    text = (folder / DATA).read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text.removeprefix(PREFIX).rstrip().removesuffix(";"))
    return data


# ---- Each county's own page ----------------------------------------------------------------------------------


def three() -> CityAssessment:
    absent = LeftOut(county(9), "absent")
    return city(named(1, school()), named(2, school(**POOR), school(**OPEN)), left_out=(absent,))


def test_a_county_gets_its_own_figures_alone(tmp_path: Path) -> None:
    """Neither name nor code, school, verdict or earlier state of another county is in any file of a county's page."""
    made = three()
    now = present(made).counties
    first = {code: {**state, "met": 0} if "met" in state else state for code, state in now.items()}
    second = {**first, "379909": {"verdict": "达标", "met": 3, "units": 3, "mean_cv": ""}}
    runs = (Snapshot(date(2025, 3, 1), first), Snapshot(date(2025, 4, 1), second))
    told = context(made, history=runs)
    files = write_page(told, compose(told), TEMPLATES, tmp_path / "网页", tmp_path / "各县网页")
    assert {path.parent.name for path in files} - {"网页"} == {"379901_第1县", "379902_第2县"}
    for own, other in (("1", "2"), ("2", "1")):
        folder = tmp_path / "各县网页" / f"37990{own}_第{own}县"
        inspect_page(folder)
        told = "".join((folder / name).read_text(encoding="utf-8") for name in (INDEX, DATA))
        assert f"第{own}县" in told and f"县{own}学校1" in told
        for word in (
            f"第{other}县",
            f"37990{other}",
            f"县{other}学校",
            f"21{int(other):02d}",
            "第9县",
            "379909",
        ):
            assert word not in told, word
        data = data_of(folder)
        assert data["own"] and data["counties"][0]["place"] is None and data["absent"] == []
        assert [list(run["counties"]) for run in data["history"]] == [[f"37990{own}"]] * 2
        assert [run["day"] for run in data["history"]] == ["2025-03-01", ""]  # in April another one changed


def test_a_countys_own_page_says_what_the_citys_page_says_of_it() -> None:
    made = context(three())
    for mine in made.city.members:
        (own,) = own_data(made, mine, page_data(made))["counties"]
        (shown,) = (c for c in page_data(made)["counties"] if c["code"] == mine.county.code)
        apart = {key for key in own if own[key] != shown[key]}
        assert apart <= {"place", "folders"}


# ---- Data that is drawn --------------------------------------------------------------------------------------


def test_levels_count_units_and_never_draw_a_miss_on_the_threshold() -> None:
    """L2 of a poor school is a fifth of its threshold; a value just below it is still drawn below."""
    made = context(city(member(1, school(1, **POOR), school(2, **OPEN), school(3))))
    (own,) = page_data(made)["counties"]
    levels = {(stage, one): rest for stage, one, *rest in own["levels"]}
    mean, least, most, unmet, unknown, units = levels["primary", "L2"]
    assert mean is None and least < 1 < most and (unmet, unknown, units) == (1, 1, 3)
    assert levels["primary", "L4"][3:] == [0, 0, 3]
    near = city(member(1, school(students_primary=100001, backbone_primary=1000)))
    (own,) = page_data(context(near))["counties"]
    ratio = next(row[3] for row in own["levels"] if row[:2] == ["primary", "L2"])
    assert ratio == 0.999 and own["units"][0][8][1] == 0.999


def test_every_county_says_its_plan_its_next_step_and_its_papers() -> None:
    for one in page_data(context(city(member(1, target=2026), member(2, target=2023))))["counties"]:
        assert (one["target"], one["left"]) in {(2026, 2), (2023, -1)}
        assert [name for name, _, _ in one["cycle"]["steps"]] == [step.name for step in WORDING.cycle.steps]
        assert one["cycle"]["next"][1] in [day for _, day, _ in one["cycle"]["steps"]]
        labels, files = zip(*one["files"], strict=True)
        assert (
            labels[0] == "督导评估报告（2024年度） Word"
            and files[-1] == f"{one['short']}整改台账（2024年度）.xlsx"
        )
        assert one["folders"] == [f"../../{one['code']}_{one['short']}/"]


def test_the_picture_that_proves_a_folder_is_one_that_is_drawn() -> None:
    assert f"evidence/figures/{next(iter(FIGURES))}.png" == PICTURE
    assert all(name in REPORTS for name in WORDING.city_year.reports)


# ---- Tiles ---------------------------------------------------------------------------------------------------


def tile(made: CityAssessment, label: str) -> Tile:
    return next(one for one in tiles(context(made)) if one.label == label)


def after(now: AssessedCounty, before: AssessedCounty) -> AssessedCounty:
    return replace(now, trend=compare(now.assessment, before.assessment))


def test_tiles_say_how_it_stood_last_year_and_whether_that_is_better() -> None:
    good, bad = member(1), member(1, school(**POOR))
    rose = city(after(good, bad), after(member(2), member(2)))
    assert (tile(rose, "达标").told, tile(rose, "达标").turn) == ("▲ 比上年度增加1个", "better")
    assert (tile(rose, "未达标").told, tile(rose, "未达标").turn) == ("▼ 比上年度减少1个", "better")
    assert tile(rose, "无法判定").told == "与上年度持平" and tile(rose, "达标").verdict == "达标"
    assert tile(rose, "达标单元").told == "▲ 占100.0%，上年度75.0%"
    fell = city(after(bad, good))
    assert tile(fell, "未达标").turn == "worse" and tile(fell, "达标单元").turn == "worse"


def test_tiles_compare_nothing_when_a_county_lacks_last_year() -> None:
    """The counts of fourteen counties beside those of thirteen would say something untrue."""
    some = city(after(member(1), member(1, school(**POOR))), member(2))
    assert tile(some, "达标").told == "上年度不可比" and tile(some, "达标单元").told == "占100.0%"
    open_now = city(member(1, school(**OPEN)))
    assert tile(open_now, "达标单元").told == "有无法判定的单元"


def test_every_tile_leads_to_a_part_of_the_page(tmp_path: Path) -> None:
    made = context(three())
    write_page(made, compose(made), TEMPLATES, tmp_path / "网页")
    root = html.document_fromstring((tmp_path / "网页" / INDEX).read_text(encoding="utf-8"))
    targets = root.xpath("//ul[@class='tiles']//a/@href") + root.xpath("//nav[@id='contents']//a/@href")
    assert len(targets) > 15
    assert [target for target in targets if not root.xpath(f"//*[@id='{target[1:]}']")] == []


# ---- Map -----------------------------------------------------------------------------------------------------


def test_counties_without_places_make_a_plain_grid() -> None:
    grid = map_tiles([county(code) for code in (5, 3, 1, 4, 2)])
    assert grid == {
        "379901": (0, 0), "379902": (1, 0), "379903": (2, 0), "379904": (0, 1), "379905": (1, 1),
    }  # fmt: skip


def test_places_are_taken_from_the_params_when_every_county_has_one() -> None:
    placed = [county(1).model_copy(update={"tile": (3, 2)}), county(2).model_copy(update={"tile": (2, 5)})]
    assert map_tiles(placed) == {"379901": (1, 0), "379902": (0, 3)}
    assert map_tiles([*placed, county(3)])["379901"] == (0, 0)
    tiles_known = {county.tile for county in load_counties(PARAMS)}
    assert None not in tiles_known and len(tiles_known) == len(load_counties(PARAMS))


def test_two_counties_on_one_tile_are_refused(tmp_path: Path) -> None:
    line = "- {{code: '37990{0}', name: 第{0}县, government: 第{0}县人民政府, target_year: 2025, tile: [1, 1]}}\n"
    (tmp_path / "counties.yml").write_text(f"counties:\n{line.format(1)}{line.format(2)}", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"tile 1, 1.*重复（第2、3行）"):
        load_counties(tmp_path)


# ---- Kept libraries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [TEMPLATES / "vendor", ROOT / "tests" / "vendor"], ids=("page", "tests"))
def test_kept_libraries_are_as_they_were_published(folder: Path) -> None:
    """Nobody edits a kept library: its digest, version and licence stand beside it."""
    kept = yaml.safe_load((folder / "vendor.yml").read_text(encoding="utf-8"))
    assert kept
    for one in kept:
        content = (folder / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"], one["file"]
        assert str(one["version"]).encode() in content
        assert any(path.name.endswith("LICENSE.txt") for path in folder.iterdir())
    known = {one["file"] for one in kept} | {"vendor.yml"}
    assert all(p.name in known or p.name.endswith(("LICENSE.txt", "NOTICE.txt")) for p in folder.iterdir())


def test_the_page_is_small_and_carries_the_licence(tmp_path: Path) -> None:
    """Two megabytes are the most; the library is most of it."""
    made = context(three())
    files = write_page(made, compose(made), TEMPLATES, tmp_path / "网页")
    assert sorted(path.name for path in files) == sorted(PAGE_FILES)
    assert {LIBRARY, *LICENCES} <= {path.name for path in (tmp_path / "网页").iterdir()}
    assert (
        sum(path.stat().st_size for path in files) < 1_000_000
    )  # three counties; fourteen add half a megabyte


def test_shares_that_print_alike_have_no_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """75.004% after 75.0% reads 占75.0%，上年度75.0%: an arrow beside it would look like a fault."""
    shares = iter((Fraction(75, 100), Fraction(75004, 100000)))  # last year's, then this year's
    monkeypatch.setattr("junheng.report.page.tiles.met_share", lambda units: next(shares))
    shown = tile(city(after(member(1), member(1))), "达标单元")
    assert (shown.told, shown.turn) == ("占75.0%，上年度75.0%", "")
