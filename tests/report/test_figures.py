"""The figures: which are drawn, what their words say, and that their bytes depend on nothing but the data."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from PIL import Image

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.assess.trend import Trend, compare
from junheng.errors import JunhengError
from junheng.params.standard import Standard
from junheng.report.content.model import Picture
from junheng.report.figures.canvas import WIDTH, Canvas, drawing_settings
from junheng.report.figures.county import draw_figures
from junheng.report.figures.panels import Scale, side_by_side, wrapped
from junheng.report.figures.text import DPI
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, ROOT, book, school

ALL = [
    "01_overview.png",
    "02_distribution_primary.png",
    "03_distribution_junior.png",
    "04_disparity.png",
    "05_change.png",
    "06_location.png",
]
JUNIOR = {
    "school_type": "初级中学",
    "location": "城区",
    "students_primary": 0,
    "students_junior": 600,
    "classes_junior": 13,
    "bachelor_junior": 40,
    "backbone_junior": 7,
    "pe_junior": 6,
    "sports_ground_area": 7000,
    "teaching_area": 3600,
    "multimedia_rooms": 15,
}


def county(
    schools: list[dict[str, Any]], standards: tuple[Standard, Standard] = (NATIONAL, LOCAL)
) -> Assessment:
    return assess(book(schools), DICTIONARY, standards)


def usual(count: int = 12) -> list[dict[str, Any]]:
    """A county with some schools below a threshold and two juniors, one of them short of rooms."""
    places = ("城区", "镇区", "乡村")
    schools = [school(n, location=places[n % 3], teaching_area=1500 + 200 * (n % 9)) for n in range(1, count)]
    return [*schools, school(8001, **JUNIOR), school(8002, **{**JUNIOR, "multimedia_rooms": 12})]


def with_last_year(schools: list[dict[str, Any]], before: list[dict[str, Any]]) -> tuple[Assessment, Trend]:
    now, then = county(schools), county(before)
    return now, compare(now, replace(then, year=2023))


def drawn(assessment: Assessment, folder: Path, trend: Trend | None = None) -> dict[str, Picture]:
    return {picture.file: picture for picture in draw_figures(assessment, trend, folder, demo=True)}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.png"))}


def test_six_figures_of_the_page_s_width_with_few_colours_and_no_transparency(tmp_path: Path) -> None:
    now, trend = with_last_year(usual(), usual(9))
    pictures = drawn(now, tmp_path, trend)
    assert list(pictures) == ALL
    for file in ALL:
        with Image.open(tmp_path / file) as image:
            dots = round(image.info["dpi"][0])
            assert image.mode == "P"
            assert image.width == pytest.approx(WIDTH / 25.4 * dots, abs=1)
            assert image.height / dots * 25.4 <= 205
            assert set(image.info) == {"dpi"}


def test_words_carry_the_county_the_year_and_the_numbers(tmp_path: Path) -> None:
    pictures = drawn(county(usual()), tmp_path)
    for picture in pictures.values():
        assert "邹城市2024年" in picture.caption
        assert picture.caption in picture.alt
        assert "演示数据" in picture.alt
        assert re.search(r"\d", picture.alt)
    assert "小学11个评估单元中达标" in pictures["01_overview.png"].alt
    assert "教学及辅助用房达标5个（45.5%）" in pictures["02_distribution_primary.png"].alt
    assert "小学（限值0.50，0项超过）" in pictures["04_disparity.png"].alt
    assert "网络多媒体教室50.0%" in pictures["05_change.png"].alt
    assert "小学乡村（4个）" in pictures["06_location.png"].alt


def test_last_year_changes_caption_and_words(tmp_path: Path) -> None:
    now, trend = with_last_year(usual(), [school(1), school(8001, **JUNIOR)])
    pictures = drawn(now, tmp_path, trend)
    assert pictures["05_change.png"].caption.endswith("（与上年度比较）")
    assert "上年100.0%" in pictures["05_change.png"].alt
    assert "上年0.000" in pictures["04_disparity.png"].alt
    assert "上年" not in drawn(now, tmp_path)["05_change.png"].alt


def test_a_stage_without_units_has_no_figure_and_the_others_say_so(tmp_path: Path) -> None:
    pictures = drawn(county([school(1), school(2)]), tmp_path)
    assert list(pictures) == [file for file in ALL if "junior" not in file]
    for file in ("01_overview.png", "04_disparity.png", "05_change.png", "06_location.png"):
        assert "本年度无初中评估单元" in pictures[file].alt


@pytest.mark.parametrize(
    "schools",
    [
        [school(1)],
        [school(n) for n in range(1, 131)],
        [school(n, backbone_primary=None) for n in range(1, 4)],
        [school(1, students_primary=None), school(2, location=None)],
        [school(1, equipment_value=10**9), school(2, teaching_area=0, equipment_value=0)],
        [school(1, students_primary=0)],
    ],
    ids=["one", "all equal", "indicator open", "units open", "outlier and zero", "no unit at all"],
)
def test_unusual_counties_are_drawn(schools: list[dict[str, Any]], tmp_path: Path) -> None:
    pictures = drawn(county(schools), tmp_path)
    assert all((tmp_path / file).stat().st_size > 5000 for file in pictures)


def test_what_is_open_is_said_to_be_open(tmp_path: Path) -> None:
    pictures = drawn(county([school(1), school(2, backbone_primary=None)]), tmp_path)
    assert "县级以上骨干教师达标1个、" in pictures["02_distribution_primary.png"].alt
    assert "无法判定1个" in pictures["02_distribution_primary.png"].alt
    assert "县级以上骨干教师无法判定" in pictures["04_disparity.png"].alt
    assert "县级以上骨干教师无法判定（达标1个，缺少数据1个）" in pictures["05_change.png"].alt


def test_an_eighth_indicator_grows_the_figures(tmp_path: Path) -> None:
    name = "图书管理与心理健康专职教师"
    eighth = NATIONAL.indicators[0].model_copy(update={"id": "L8", "short": name})
    longer = tuple(s.model_copy(update={"indicators": (*s.indicators, eighth)}) for s in (NATIONAL, LOCAL))
    seven, eight = tmp_path / "7", tmp_path / "8"
    seven.mkdir()
    eight.mkdir()
    drawn(county(usual()), seven)
    pictures = drawn(county(usual(), (longer[0], longer[1])), eight)
    for file in ALL[1:]:
        assert name in pictures[file].alt
        assert Image.open(eight / file).height > Image.open(seven / file).height


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    now, trend = with_last_year(usual(), usual(9))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        drawn(now, tmp_path / name, trend)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


@pytest.mark.slow
def test_the_same_bytes_in_another_environment(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    drawn(county(usual()), here)
    (tmp_path / "matplotlibrc").write_text(
        "hatch.linewidth: 5\ntext.antialiased: False\nlines.dashed_pattern: 1, 9\n"
    )
    code = (
        "import sys; from pathlib import Path; from tests.report.test_figures import *;"
        "drawn(county(usual()), Path(sys.argv[1]));"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    changed = {"TZ": "America/Lima", "LC_ALL": "C", "PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path)}
    changed["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'lib'}"
    subprocess.run(
        [sys.executable, "-c", code, str(there)], env={**os.environ, **changed}, cwd=ROOT, check=True
    )
    assert digests(here) == digests(there)


def test_settings_of_matplotlib_are_left_as_they_were(tmp_path: Path) -> None:
    before = matplotlib.rcParams.copy()
    drawn(county([school(1)]), tmp_path)
    assert matplotlib.rcParams.copy() == before


def test_rare_characters_have_glyphs_and_unknown_ones_are_an_error(tmp_path: Path) -> None:
    with drawing_settings():
        canvas = Canvas(10)
        canvas.text(1, 5, "洸鄹嶧堃鄌漷喆𬭚−㎡≥Ⅲ", bold=True)
        canvas.save(tmp_path / "rare.png")
        canvas = Canvas(10)
        canvas.text(1, 5, "某县\U0010fffd")
        with pytest.raises(JunhengError, match=r"bad\.png.*U\+10FFFD"):
            canvas.save(tmp_path / "bad.png")
    assert not (tmp_path / "bad.png").exists()


def test_the_ground_is_white_and_rare_characters_stand_among_the_others(tmp_path: Path) -> None:
    with drawing_settings():
        for name, text in (("a", "中𬭚中"), ("b", "中"), ("c", "𬭚")):
            canvas = Canvas(10)
            canvas.text(1, 5, text, size=20)
            canvas.save(tmp_path / f"{name}.png")
    spans = {}
    for name in "abc":
        image = Image.open(tmp_path / f"{name}.png").convert("L")
        assert image.getpixel((0, 0)) == 255
        left, _, right, _ = image.point(lambda grey: 255 * (grey < 128)).getbbox()  # type: ignore[misc]
        spans[name] = right - left
    em = 20 / 72 * DPI
    assert abs(spans["a"] - (2 * em + spans["b"])) < 4 and 0.8 * em < spans["c"] < em


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("center", 0.5), ("right", 1.0)])
def test_text_is_aligned_at_its_point_and_centred_on_its_line(
    align: Any, share: float, tmp_path: Path
) -> None:
    with drawing_settings():
        canvas = Canvas(30)
        canvas.text(80, 15, "国国国", size=20, align=align)
        canvas.save(tmp_path / "a.png")
    image = Image.open(tmp_path / "a.png").convert("L")
    left, top, right, bottom = image.point(lambda grey: 255 * (grey < 128)).getbbox()  # type: ignore[misc]
    scale = DPI / 25.4
    assert abs(left + share * (right - left) - 80 * scale) < 6
    assert abs((top + bottom) / 2 - 15 * scale) < 4


def test_names_break_between_words() -> None:
    assert wrapped("网络多媒体教室", 6.5) == "网络多媒体\n教室"
    assert wrapped("教学及辅助用房", 6.5) == "教学及\n辅助用房"
    assert wrapped("体育运动场馆", 6.5) == "体育运动场馆"


def test_scales_keep_outliers_inside_and_tick_at_round_values() -> None:
    scale = Scale(10, 60, 1.5, 0.5)
    assert (scale(0), scale(1), scale(99)) == (10, 35, 60)
    assert scale.ticks() == [0.5, 0.75, 1.0, 1.25, 1.5]


def test_panels_of_three_stages_do_not_overlap() -> None:
    panels = side_by_side([*NATIONAL.stages, NATIONAL.stages[0]], 1.0, (12.0,))
    assert all(left.right < right.left for left, right in pairwise(panels))
    assert panels[-1].right == pytest.approx(WIDTH)
