"""JupyterLab in a real browser: run all, change the county in its cell, run again, read an error, try something out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.e2e.lab import REPO, Notebook, chromium, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the notebooks, their drafts sent elsewhere: the tests change and save what they open."""
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    for path in (REPO / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert text.count(r"OUT_DIR = \"\"") == 1
        (home / "notebooks" / path.name).write_text(
            text.replace(r"OUT_DIR = \"\"", rf"OUT_DIR = \"{home}/out\""), "utf-8"
        )
    return home


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with running_lab(folder / "notebooks", folder / "home") as address:
        yield address


@pytest.fixture
def driver() -> Iterator[Chrome]:
    """A browser of its own for each test: Lab would ask about unsaved changes before it leaves a page."""
    with chromium() as driver:
        yield driver


def test_run_all_then_another_county_then_an_error(address: str, folder: Path, driver: Chrome) -> None:
    page = Notebook(driver)
    page.open(address.format("county_report.ipynb"))
    given = (folder / "notebooks" / "county_report.ipynb").read_bytes()

    page.run_all()
    page.wait_for_end()
    assert page.errors() == []
    outputs = page.outputs()
    assert "邹城市（370883）2024年度" in outputs[1]
    assert "邹城市义务教育优质均衡发展督导评估报告" in outputs[-1]
    assert len(page.find(".jp-OutputArea table.jh")) >= 8
    assert len(page.find(".jp-OutputArea table.jh td[title*='〔学校〕']")) > 500
    page.save()
    assert (
        folder / "notebooks" / "county_report.ipynb"
    ).read_bytes() == given  # no outputs, no notes of the editor

    page.edit("COUNTY =", 'COUNTY = "370883"', 'COUNTY = "曲阜市"')
    page.restart_and_run_all()
    page.wait_for_end()
    assert page.errors() == []
    outputs = page.outputs()
    assert "曲阜市（370881）2024年度" in outputs[1]
    assert "曲阜市义务教育优质均衡发展督导评估报告" in outputs[-1] and "邹城市" not in outputs[-1]
    assert (folder / "out" / "data" / "units.csv").is_file()

    page.edit("COUNTY =", 'COUNTY = "曲阜市"', 'COUNTY = "曲埠市"')
    page.restart_and_run_all()
    page.wait_for_end()
    (told,) = page.errors()
    assert told.startswith("【无法继续】没有名为“曲埠市”的县（市、区）。是否要写“曲阜市")
    assert "Traceback" not in told and len(told.splitlines()) == 1
