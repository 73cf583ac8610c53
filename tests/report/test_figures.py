"""The figures: what is drawn equals the data, nothing overlaps, the words agree, and the bytes depend on the data alone."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text
from PIL import Image

from junheng.assess.engine import assess
from junheng.assess.model import Assessment, Verdict
from junheng.assess.trend import Trend, compare
from junheng.errors import JunhengError, UsageProblem
from junheng.params.standard import Standard
from junheng.report.content.model import Picture
from junheng.report.figures.county import FIGURES, draw_figures, make_figure
from junheng.report.figures.distribution import distribution
from junheng.report.figures.frames import (
    disparity_frame,
    items_frame,
    location_frame,
    ratios_frame,
    shares_frame,
)
from junheng.report.figures.png import DPI, LARGEST, png, save_png
from junheng.report.figures.sheet import WIDTH, ReportFigure, wrapped
from junheng.report.figures.style import FAIL, STAGE_LOOKS, VERDICT_MARKS, VERDICT_PATCHES, report_style
from tests.assess.cities import OPEN, POOR, city, member
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, ROOT, book, school

TALLEST = 205.0
"""Millimetres that a figure may be high, so that it stands on a page with its caption."""
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
PLACES = ("城区", "镇区", "乡村")


def county(
    schools: list[dict[str, Any]], standards: tuple[Standard, Standard] = (NATIONAL, LOCAL)
) -> Assessment:
    return assess(book(schools), DICTIONARY, standards)


def usual(count: int = 12) -> list[dict[str, Any]]:
    """A county with some schools below a threshold and two juniors, one of them short of rooms."""
    schools = [school(n, location=PLACES[n % 3], teaching_area=1500 + 200 * (n % 9)) for n in range(1, count)]
    return [*schools, school(8001, **JUNIOR), school(8002, **{**JUNIOR, "multimedia_rooms": 12})]


def failing() -> list[dict[str, Any]]:
    """90 schools of which every one fails, in all four locations, and 40 juniors."""
    places = (*PLACES, None)
    return [
        *(
            school(
                n, location=places[n % 4], teaching_area=300 + 20 * n, equipment_value=1 if n % 3 else 40,
                sports_ground_area=900, multimedia_rooms=n % 9, bachelor_primary=n % 20,
            )
            for n in range(1, 91)
        ),
        *(school(8000 + n, **{**JUNIOR, "teaching_area": 1000 + 40 * n}) for n in range(40)),
    ]  # fmt: skip


def open_county() -> list[dict[str, Any]]:
    """Schools of which some lack data, and juniors whose pupils are not known."""
    return [
        *(school(n, backbone_primary=None if n % 2 else 9, teaching_area=900 + 90 * n) for n in range(1, 30)),
        school(8001, **{**JUNIOR, "students_junior": None}),
        school(8002, **JUNIOR),
    ]


EXTREMES: dict[str, list[dict[str, Any]]] = {
    "usual": usual(),
    "two schools": [school(1), school(8001, **JUNIOR)],
    "one": [school(1)],
    "90 failing": failing(),
    "130 equal": [school(n) for n in range(1, 131)],
    "some open": open_county(),
    "all open": [school(1, students_primary=None), school(2, location=None, backbone_primary=None)],
    "outlier and zero": [school(1, equipment_value=10**9), school(2, teaching_area=0, equipment_value=0)],
    "no unit at all": [school(1, students_primary=0)],
}


def with_last_year(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> tuple[Assessment, Trend]:
    assessment = county(now)
    return assessment, compare(assessment, replace(county(before), year=2023))


def sheets(assessment: Assessment, trend: Trend | None = None) -> dict[str, ReportFigure]:
    made = {name: make_figure(name, assessment, trend) for name in FIGURES}
    return {name: sheet for name, sheet in made.items() if sheet is not None}


def figure(name: str, assessment: Assessment, trend: Trend | None = None) -> ReportFigure:
    return sheets(assessment, trend)[name]


def drawn(assessment: Assessment, folder: Path, trend: Trend | None = None) -> dict[str, Picture]:
    return {picture.name: picture for picture in draw_figures(assessment, trend, folder)}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.png"))}


# ---- What is drawn is the data -----------------------------------------------------------------------------------


def marks(axes: Axes) -> Iterator[tuple[str, float, float]]:
    """The marks of a scatter: what they look like (marker and filling colour), and where they stand."""
    for found in axes.findobj(PathCollection):
        shape, filled = (
            found.get_paths()[0],
            tuple(found.get_facecolor()[0]) if len(found.get_facecolor()) else (),
        )
        name = next(m for m in "osD^vX" if _same(shape, m))
        for x, y in np.asarray(found.get_offsets()):
            yield (
                f"{name}{'' if filled != to_rgba(FAIL) else ' failed'}{' open' if filled == (1, 1, 1, 1) else ''}",
                x,
                y,
            )


def _same(path: Any, marker: str) -> bool:
    style = MarkerStyle(marker)
    other = style.get_path().transformed(style.get_transform())
    return path.vertices.shape == other.vertices.shape and np.allclose(path.vertices, other.vertices)


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@pytest.mark.slow
def test_every_unit_is_one_dot_in_its_bin_and_class() -> None:
    for schools in (usual(), failing(), open_county()):
        assessment = county(schools)
        frame = ratios_frame(assessment)
        for stage, axes in zip(NATIONAL.stages, figure("distribution", assessment).axes, strict=True):
            own = frame[(frame["stage"] == stage.id) & (frame["kind"] != "unknown")]
            found = list(marks(axes))
            assert len(found) == len(own)
            assert sum(look == "v failed" for look, _, _ in found) == (own["kind"] == "low").sum()
            assert sum(look == "D open" for look, _, _ in found) == (own["kind"] == "near").sum()
            inside = sorted(x for _, x, _ in found if 0.5 < x < 2.0)
            bins = sorted(own.loc[own["bin"].between(10, 39), "bin"])
            assert [int(x * 20 + 1e-9) for x in inside] == bins
            assert sum(x < 0.5 for _, x, _ in found) == (own["ratio"] < 0.5).sum()


def test_dots_have_one_pitch_in_all_rows_and_stages_and_never_touch() -> None:
    for schools in (usual(), failing(), EXTREMES["130 equal"]):
        sheet = distribution(county(schools))
        assert sheet is not None
        sizes = {float(c.get_sizes()[0]) for axes in sheet.axes for c in axes.findobj(PathCollection)
                 if len(c.get_offsets()) and not _same(c.get_paths()[0], "D")}  # fmt: skip
        assert len(sizes) == 1
        diameter = sizes.pop() ** 0.5 / 72 * 25.4
        for axes in sheet.axes:
            scale = axes.get_position().width * WIDTH / np.diff(axes.get_xlim())[0]
            at = np.array([(x * scale, y) for _, x, y in marks(axes)]).reshape(-1, 2)
            apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + np.eye(len(at)) * 99
            assert not len(at) or apart.min() > diameter


def test_classes_of_the_distribution_are_the_exact_verdicts() -> None:
    frame = ratios_frame(county(usual()))
    cells = [(u.school_code, c.indicator, c) for u in county(usual()).units for c in u.cells.values()]
    for code, key, cell in cells:
        (kind,) = frame.loc[(frame["school_code"] == code) & (frame["key"] == key), "kind"]
        assert (kind == "met") == (cell.verdict is Verdict.MET)
        assert (kind == "low") == (cell.ratio is not None and cell.ratio < NATIONAL.unit_rule.floor)


def test_coefficients_stand_at_their_values_with_last_year_and_the_way() -> None:
    assessment, trend = with_last_year(failing(), usual())
    frame = disparity_frame(assessment, trend)
    for stage, axes, look in zip(
        NATIONAL.stages, figure("disparity", assessment, trend).axes, STAGE_LOOKS, strict=False
    ):
        own = frame[frame["stage"] == stage.id].reset_index(drop=True)
        now = {round(y): (x, look) for look, x, y in marks(axes) if look != "o open"}
        before = {round(y): x for found, x, y in marks(axes) if found == "o open"}
        for row in own.itertuples():
            x, shown = now[row.Index]
            assert x == pytest.approx(min(row.cv, 1.5))
            assert shown == ("^ failed" if row.over else look.marker)
            assert before[row.Index] == pytest.approx(row.before)
            assert row.text in texts(axes) and row.change in texts(axes)
        limit = float(NATIONAL.disparity.limits[stage.id])
        assert any(line.get_xdata()[0] == limit for line in axes.lines)


@pytest.mark.slow
def test_only_what_changed_is_shown_and_the_rest_is_named_in_words() -> None:
    assessment, trend = with_last_year(usual(), [school(1), school(8001, **JUNIOR)])
    frame = shares_frame(assessment, trend)
    moved = frame[frame["change"].str.match("[+−]")]
    sheet = figure("change", assessment, trend)
    labels = [text.get_text().replace("\n", "") for text in sheet.axes[0].get_yticklabels()]
    assert labels == list(dict.fromkeys(frame.loc[frame["key"].isin(moved["key"]), "label"]))
    assert 0 < len(labels) < len(NATIONAL.indicators) + 1
    own = frame[(frame["stage"] == "primary") & frame["key"].isin(moved["key"])].reset_index(drop=True)
    now = {round(y): x for look, x, y in marks(sheet.axes[0]) if look != "o open"}
    assert now == {row.Index: pytest.approx(row.share) for row in own.itertuples()}
    assert "未列出的指标与上年度持平" in "".join(t.get_text() for t in sheet.texts)
    assert "change" not in sheets(assessment) and "change" not in sheets(*with_last_year(usual(), usual()))


def test_bars_of_the_overview_are_the_shares() -> None:
    for schools in (usual(), open_county()):
        assessment = county(schools)
        frame = shares_frame(assessment, None)
        _, *panels = figure("overview", assessment).axes
        for stage, axes in zip(NATIONAL.stages, panels, strict=True):
            own = frame[frame["stage"] == stage.id]
            met, *unknown = axes.containers
            assert [bar.get_width() for bar in met] == pytest.approx(list(own["met"] / own["units"] * 100))
            some = own[own["unknown"] > 0]
            widths = [bar.get_width() for bars in unknown for bar in bars]
            assert widths == pytest.approx(list(some["unknown"] / some["units"] * 100))


def test_every_item_is_listed_with_name_and_mark() -> None:
    assessment = county(usual())
    axes = figure("overview", assessment).axes[0]
    items = items_frame(assessment)
    written = texts(axes)
    for row in items.itertuples():
        assert any(text.startswith(f"{row.key} {row.label}") for text in written)
    found = [look for look, _, _ in marks(axes)]
    for verdict, look in VERDICT_MARKS.items():
        name = f"{look['marker']}{' failed' if verdict is Verdict.UNMET else ''}"
        name += " open" if verdict is Verdict.UNKNOWN else ""
        assert found.count(name) == (items["verdict"] == verdict).sum()


def test_means_by_location_stand_at_their_values() -> None:
    assessment = county(usual())
    frame = location_frame(assessment)
    for stage, axes in zip(NATIONAL.stages, figure("location", assessment).axes, strict=True):
        own = frame[frame["stage"] == stage.id]
        assert sorted(x for _, x, _ in marks(axes)) == pytest.approx(sorted(own["ratio"].clip(upper=3)))
        assert set(own["text"]) <= set(texts(axes))


def test_a_mean_by_location_is_the_ratio_of_totals() -> None:
    assessment = county([school(1, teaching_area=9000), school(2, students_primary=100, teaching_area=450)])
    frame = location_frame(assessment).set_index("key")
    units = assessment.units
    mean = sum(u.cells["L4"].numerator or 0 for u in units) / sum(u.students or 0 for u in units)
    assert frame.loc["L4", "ratio"] == pytest.approx(
        float(mean / NATIONAL.indicator("L4").thresholds["primary"])
    )


def test_city_figures_show_every_county() -> None:
    from junheng.report.figures.city import disparity_figure, units_figure

    made = city(
        member(1, school(1), school(2)), member(2, school(1, **POOR), school(2)), member(3, school(**OPEN))
    )
    with report_style():
        units, coefficients = units_figure(made), disparity_figure(made)
    members = [rank.member for rank in made.ranking] + list(made.unranked)
    (axes,) = units.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == [m.county.name for m in members]
    met = axes.containers[0]
    shares = [100 * m.met_units / max(len(m.assessment.units), 1) for m in members]
    assert [bar.get_width() for bar in met] == pytest.approx(shares)
    assert "不列名次：" in units.alt
    frame = disparity_frame(made.members[1].assessment, None)
    known = frame.loc[frame["stage"] == "primary", "cv"].dropna()
    at = [x for _, x, y in marks(coefficients.axes[0]) if y == 1]
    assert sorted(at) == pytest.approx(sorted(known.clip(upper=1.5)))
    assert not overlaps(units) and not overlaps(coefficients)


# ---- Readable: nothing overlaps, nothing is told by colour alone ---------------------------------------------------


def overlaps(figure: Figure) -> list[tuple[str, ...]]:
    """Texts of a figure that stand over each other or beyond its edge."""
    with report_style():
        figure.canvas.draw()
        boxes = [
            (text.get_text(), text.get_window_extent())
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]
    wide, high = figure.bbox.width, figure.bbox.height
    found: list[tuple[str, ...]] = [
        (text,)
        for text, box in boxes
        if min(box.x0, box.y0) < -0.5 or box.x1 > wide + 0.5 or box.y1 > high + 0.5
    ]
    for (text, one), (other, two) in combinations(boxes, 2):
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 1:
            found.append((text, other))
    return found


def test_overlapping_texts_are_found() -> None:
    sheet = ReportFigure(20, "x", "", "")
    sheet.write(10, 10, "国国国")
    sheet.write(14, 10, "家家家")
    sheet.write(150, 10, "出边的文字")
    assert overlaps(sheet) == [("出边的文字",), ("国国国", "家家家")]


@pytest.mark.slow
@pytest.mark.parametrize("name", EXTREMES)
def test_no_text_overlaps_another_and_all_fit_the_page(name: str) -> None:
    for assessment, trend in (with_last_year(EXTREMES[name], usual(40)), (county(EXTREMES[name]), None)):
        for sheet in sheets(assessment, trend).values():
            assert not overlaps(sheet), sheet.name
            assert sheet.get_figheight() * 25.4 <= TALLEST
            assert sheet.get_figwidth() * 25.4 == pytest.approx(WIDTH)


def test_names_of_40_characters_have_room() -> None:
    name = "图书管理与心理健康专职教师及其他专业技术人员配备情况和岗位设置情况以及其他各项要求达"
    eighth = NATIONAL.indicators[0].model_copy(update={"id": "L8", "short": name[:40]})
    items = [item.model_copy(update={"short": name[:40]}) for item in NATIONAL.items]
    longer = tuple(
        s.model_copy(update={"indicators": (*s.indicators, eighth), "items": tuple(items)})
        for s in (NATIONAL, LOCAL)
    )
    made = sheets(county(usual(), (longer[0], longer[1])))
    for sheet in made.values():
        assert not overlaps(sheet), sheet.name
        assert sheet.name == "overview" or name[:40] in sheet.alt


def test_verdicts_and_stages_differ_without_colour() -> None:
    def grey(colour: str) -> float:
        return float(np.dot(to_rgba(colour)[:3], (0.299, 0.587, 0.114)))

    assert len({look["marker"] for look in VERDICT_MARKS.values()}) == len(Verdict)
    assert len({look.marker for look in STAGE_LOOKS}) == len(STAGE_LOOKS)
    met, unmet = (VERDICT_PATCHES[v]["facecolor"] for v in (Verdict.MET, Verdict.UNMET))
    assert grey(met) - grey(unmet) > 0.4 and VERDICT_PATCHES[Verdict.UNKNOWN]["hatch"]


# ---- Words ---------------------------------------------------------------------------------------------------------


def test_words_carry_the_county_the_year_and_the_numbers(tmp_path: Path) -> None:
    pictures = drawn(county(usual()), tmp_path)
    for picture in pictures.values():
        assert "邹城市2024年" in picture.caption
        assert picture.caption in picture.alt
        assert re.search(r"\d", picture.alt)
    assert "小学11个评估单元中达标" in pictures["overview"].alt
    assert "教学及辅助用房达标5个（45.5%）" in pictures["distribution"].alt
    assert "小学（限值0.50，0项超过）" in pictures["disparity"].alt
    assert "小学乡村（4个）" in pictures["location"].alt


def test_invented_numbers_are_marked_in_picture_and_words() -> None:
    assessment = county(usual())
    for name, sheet in sheets(replace(assessment, book=replace(assessment.book, demo=True))).items():
        assert sheet.alt.endswith("（演示数据）"), name
        assert "演示数据" in [text.get_text() for text in sheet.texts]
    assert "演示数据" not in figure("overview", assessment).alt


@pytest.mark.slow
def test_last_year_changes_caption_and_words(tmp_path: Path) -> None:
    now, trend = with_last_year(usual(), [school(1), school(8001, **JUNIOR)])
    pictures = drawn(now, tmp_path, trend)
    assert pictures["disparity"].caption.endswith("（与上年度比较）")
    assert "网络多媒体教室50.0%（上年100.0%）" in pictures["change"].alt
    assert "上年0.000" in pictures["disparity"].alt
    assert "上年" not in drawn(now, tmp_path)["disparity"].alt


def test_a_stage_without_units_is_said_to_have_none() -> None:
    for sheet in sheets(county([school(1), school(2)])).values():
        assert "本年度无初中评估单元" in sheet.alt
        assert "本年度无初中评估单元" in [t.get_text() for t in sheet.findobj(Text)]


@pytest.mark.slow
def test_what_is_open_is_said_to_be_open(tmp_path: Path) -> None:
    pictures = drawn(county([school(1), school(2, backbone_primary=None)]), tmp_path)
    assert "县级以上骨干教师达标1个、" in pictures["distribution"].alt
    assert "无法判定1个" in pictures["distribution"].alt
    assert "县级以上骨干教师无法判定" in pictures["disparity"].alt


def test_the_minus_is_a_minus() -> None:
    now, trend = with_last_year(usual(), [school(1), school(8001, **JUNIOR)])
    written = [t.get_text() for sheet in sheets(now, trend).values() for t in sheet.findobj(Text)]
    assert any(re.fullmatch(r"−\d+\.\d", text) for text in written)
    assert not any(re.search(r"-\d", text) for text in written)


def test_names_break_into_lines_of_about_the_same_length() -> None:
    assert wrapped("图书管理与心理健康专职教师") == "图书管理与心理\n健康专职教师"
    assert wrapped("高于规定学历教师") == "高于规定学历教师"


# ---- Files ---------------------------------------------------------------------------------------------------------


def test_pictures_are_sharp_small_and_without_anything_but_pixels(tmp_path: Path) -> None:
    now, trend = with_last_year(usual(), usual(9))
    pictures = drawn(now, tmp_path, trend)
    assert list(pictures) == list(FIGURES)
    for picture in pictures.values():
        with Image.open(tmp_path / picture.file) as image:
            assert image.mode == "P" and set(image.info) == {"dpi"}
            assert round(image.info["dpi"][0]) == DPI == 300
            of_page = [pixels / 300 * 25.4 / most for pixels, most in zip(image.size, LARGEST, strict=True)]
            assert 0.999 < max(of_page) <= 1
            assert image.convert("RGB").getpixel((0, image.height - 1)) == (255, 255, 255)


@pytest.mark.slow
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
        "hatch.linewidth: 5\ntext.antialiased: False\nlines.dashed_pattern: 1, 9\nfont.family: serif\n"
    )
    code = (
        "import sys; from pathlib import Path; from tests.report.test_figures import *;"
        "matplotlib.rcParams['axes.facecolor'] = 'red'; matplotlib.rcParams['font.size'] = 20;"
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
    with report_style():
        good, bad = ReportFigure(10, "rare", "", ""), ReportFigure(10, "bad", "", "")
        good.write(1, 5, "洸鄹嶧堃鄌漷喆𬭚−㎡≥Ⅲ", weight="bold")
        bad.write(1, 5, "某县\U0010fffd")
    save_png(good, tmp_path / "rare.png")
    with pytest.raises(JunhengError, match=r"bad\.png.*U\+10FFFD"):
        save_png(bad, tmp_path / "bad.png")
    assert not (tmp_path / "bad.png").exists()


# ---- Changed by an analyst -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_changed_figure_is_printed_in_place_of_the_report_s(tmp_path: Path) -> None:
    assessment = county(usual())
    plain = digests_of(drawn(assessment, tmp_path), tmp_path)
    changed = figure("disparity", assessment)
    changed.axes[0].axvline(0.4)
    changed.caption = "自定图题"
    made = {p.name: p for p in draw_figures(assessment, None, tmp_path, {"disparity": changed})}
    assert made["disparity"].caption == "自定图题"
    now = digests_of(made, tmp_path)
    assert now.pop("disparity") != plain.pop("disparity") and now == plain


def digests_of(pictures: dict[str, Picture], folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / p.file).read_bytes()).hexdigest() for name, p in pictures.items()}


@pytest.mark.slow
def test_a_figure_of_one_s_own_keeps_the_words_of_the_one_it_replaces(tmp_path: Path) -> None:
    assessment = county(usual())
    own = Figure()
    own.subplots().plot([1, 2])
    made = {p.name: p for p in draw_figures(assessment, None, tmp_path, {"location": own})}
    assert made["location"] == drawn(assessment, tmp_path)["location"]


def test_unknown_names_of_figures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="disparity"):
        make_figure("disparty", county(usual()))
    with pytest.raises(UsageProblem, match="没有名为“mine”的图"):
        draw_figures(county(usual()), None, tmp_path, {"mine": Figure()})


@pytest.mark.slow
def test_a_figure_shows_itself_in_a_notebook() -> None:
    assert figure("location", county(usual()))._repr_png_().startswith(b"\x89PNG")
    assert png(figure("location", county(usual())), 50)[:4] == b"\x89PNG"


def test_differences_are_those_of_the_printed_numbers() -> None:
    now, trend = with_last_year(usual(), usual(9))
    for row in disparity_frame(now, trend).itertuples():
        change = row.change.replace("−", "-")
        assert Fraction(row.text) - Fraction(row.before_text) == (0 if change == "持平" else Fraction(change))
