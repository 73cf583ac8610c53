"""Packages for outside the city: made from files of their own, and looked through for anything that should be hidden."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.assess.engine import assess
from junheng.assess.suppress_texts import Suppression
from junheng.batch.job import Places
from junheng.delivery import package
from junheng.delivery.archive import unpack
from junheng.delivery.own_only import Finding
from junheng.delivery.own_only import look as look_through
from junheng.delivery.package import PackageOrder, PackageOutcome, make_packages
from junheng.delivery.record import read_record
from junheng.delivery.settings import load_delivery
from junheng.delivery.small_counts import HiddenFigures, figures_hidden_in
from junheng.params.checks import load_checks
from junheng.params.small_counts import load_small_counts
from junheng.params.tasks import load_tasks
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school
from tests.delivery.make import (
    OWN,
    OWN_SCHOOLS,
    PARAMS,
    YEAR,
    notebook,
    office,
    pdf,
    publish,
    published_files,
    sheet,
    word,
)

HOW = Suppression(load_small_counts(PARAMS), load_checks(PARAMS), load_tasks(PARAMS))
COUNTS = {"disabled_total": 603, "disabled_enrolled": 596, "disabled_special": 158, "special_students": 158,
          "migrant_eligible": 4000, "migrant_public": 3000, "migrant_purchased": 700}  # fmt: skip


def hidden() -> HiddenFigures:
    """Seven of 603 are not enrolled; nothing is small among the 随迁子女."""
    return figures_hidden_in([assess(book([school()], COUNTS), DICTIONARY, (NATIONAL, LOCAL))], HOW)


def look(files: dict[str, bytes]) -> tuple[Finding, ...]:
    return look_through(files, hidden())


def test_what_is_hidden_is_known_in_every_form_of_print() -> None:
    found = hidden()
    ((words, forms), (others, none)) = found.near
    assert words == ("残疾", "特殊教育") and {"603人", "596人", "158人", "98.8%", "26.2%"} <= forms
    assert others == ("随迁",) and not {"4000人", "3000人", "700人"} & none
    assert "0.98839137645107794" in found.anywhere


def test_what_this_year_shows_by_right_is_no_finding() -> None:
    """Last year 351 of 360 were enrolled and all was hidden; this year 350 are, and 360 and 158 are in print."""
    counts = {**COUNTS, "disabled_total": 360, "disabled_enrolled": 350}
    now, before = (
        assess(book([school()], {**counts, "disabled_enrolled": enrolled}), DICTIONARY, (NATIONAL, LOCAL))
        for enrolled in (350, 351)
    )
    ((_, forms), _) = figures_hidden_in([now, before], HOW).near
    assert {"351人", "97.5%"} <= forms and not {"360人", "158人", "350人", "97.2%"} & forms
    ((_, forms), _) = figures_hidden_in([before, now], HOW).near
    assert {"351人", "360人", "158人"} <= forms and "350人" not in forms


STATEMENT = "适龄残疾儿童少年{}人，已入学*人，入学率{}。在特殊教育学校就读158人次以外"
PLANTED: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "docx": lambda text: ("a.docx", word("甲", text)),
    "pdf": lambda text: ("a.pdf", pdf(text[:18], text[18:])),
    "xlsx": lambda text: ("a.xlsx", sheet([["项目"], [text]])),
    "html": lambda text: ("a.html", f"<p>{text[:12]}<b>{text[12:]}</b></p>".encode()),
    "notebook": lambda text: ("a.ipynb", notebook({"text/html": f"<td>{text}</td>"})),
    "csv": lambda text: ("data/items.csv", f"item,statement\nQ2,{text}\n".encode()),
    "json": lambda text: ("a.json", json.dumps({"a": text}, ensure_ascii=False).encode()),
    "txt": lambda text: ("a.txt", text.encode()),
}


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize(("count", "rate", "left"), [("603", "*%", "603人"), ("*", "98.8%", "98.8%")])
def test_a_hidden_figure_is_found_in_every_format(kind: str, count: str, rate: str, left: str) -> None:
    name, data = PLANTED[kind](STATEMENT.format(count, rate))
    found = look({name: data})
    assert left in {finding.found for finding in found} and all(f.kind == "应隐藏的小数" for f in found)


def test_an_exact_ratio_is_found_under_any_heading() -> None:
    data = b"item,value\nQ2,0.98839137645107794\n"
    assert [f.found for f in look({"data/items.csv": data})] == ["0.98839137645107794"]
    assert look({"a.xlsx": sheet([["数值"], ["0.98839137645107794"]])})


def test_what_may_be_shown_passes() -> None:
    files = {
        "a.docx": word(
            "适龄残疾儿童少年*人，入学率*%（应不低于95%）。", "在校生603人。", "随迁子女4000人，占92.5%。"
        ),
        "data/units.csv": b"school_code,students\n2137830001,603\n",
    }
    assert look(files) == ()
    assert look_through({"a.txt": b"603"}, HiddenFigures()) == ()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return office(tmp_path / "office")


@pytest.fixture
def leaving(places: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An office that has made what leaves the city; its workbooks are not at hand, so the hidden figures are given."""
    publish(places.leaving, OWN, published_files(OWN, OWN_SCHOOLS, statement="适龄残疾儿童少年*人。"))
    monkeypatch.setattr(package, "hidden_figures", lambda *asked: hidden())
    return places


def test_a_package_for_outside_holds_the_files_made_for_outside(leaving: Places) -> None:
    (packed,) = make_packages(PackageOrder(YEAR, leaving, (OWN.code,), external=True))
    assert packed.outcome is PackageOutcome.MADE, packed.reason
    assert packed.path is not None and packed.path.name == f"{OWN.stem}_{YEAR}_对外.zip"
    files = unpack(packed.path, load_delivery(PARAMS).limits)
    names = {name.partition("/")[2] for name in files}
    assert set(published_files(OWN, OWN_SCHOOLS)) < names
    guide = next(data for name, data in files.items() if name.endswith("说明.txt")).decode("utf-8-sig")
    assert HOW.rules.printed in guide
    (sent,) = read_record(leaving.year_dir(YEAR) / "发送", YEAR).packages
    assert sent.external
    (own,) = make_packages(PackageOrder(YEAR, leaving, (OWN.code,)))
    assert own.version == 1 and own.path is not None and own.path != packed.path


def test_a_package_with_a_hidden_count_in_it_is_not_written(leaving: Places) -> None:
    files = published_files(OWN, OWN_SCHOOLS, statement="适龄残疾儿童少年603人。")
    publish(leaving.leaving, OWN, files)
    (packed,) = make_packages(PackageOrder(YEAR, leaving, (OWN.code,), external=True))
    assert packed.outcome is PackageOutcome.FAILED and packed.path is None
    assert "“data/items.csv”第2行“statement”：应隐藏的小数“603人”" in packed.reason
    assert not list((leaving.year_dir(YEAR) / "发送").glob("*.zip"))
    (own,) = make_packages(PackageOrder(YEAR, leaving, (OWN.code,)))
    assert own.outcome is PackageOutcome.MADE


def test_without_files_made_for_outside_there_is_no_package(places: Places) -> None:
    (packed,) = make_packages(PackageOrder(YEAR, places, (OWN.code,), external=True))
    assert packed.outcome is PackageOutcome.WAITING and "EXTERNAL=1" in packed.reason


def test_settings_choose_what_leaves(leaving: Places) -> None:
    path = leaving.params / "delivery.yml"
    text = path.read_text(encoding="utf-8").replace(
        'external: {include: ["*"], exclude: ["*约谈通知*", "*挂牌督办通知*", "*任务责任书*"]}',
        'external: {include: ["*"], exclude: ["evidence/*"]}',
    )
    path.write_text(text, encoding="utf-8")
    (packed,) = make_packages(PackageOrder(YEAR, leaving, (OWN.code,), external=True))
    assert packed.path is not None
    assert not any("evidence/" in name for name in unpack(packed.path, load_delivery(PARAMS).limits))


def test_the_figures_to_look_for_come_from_the_workbooks(tmp_path: Path) -> None:
    """Both years count: 济宁经开区 had four of 160 not enrolled in 2023 and one of 140 in 2024."""
    from junheng.delivery.small_counts import hidden_figures
    from junheng.params.counties import find_county, load_counties
    from tests.delivery.make import REPO

    county = find_county(load_counties(PARAMS), "370873")
    shutil.copytree(PARAMS, tmp_path / "params")
    places = Places(REPO, REPO / "data", tmp_path / "params", tmp_path / "out")
    ((_, forms), _) = hidden_figures(places, YEAR, county).near
    assert {"140人", "139人", "160人", "156人", "48人", "46人", "99.3%"} <= forms
    path = tmp_path / "params" / "small_counts.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("on: true", "on: false"), encoding="utf-8")
    assert hidden_figures(places, YEAR, county) == HiddenFigures()
