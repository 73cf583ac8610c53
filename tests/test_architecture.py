"""docs/architecture.md stays true: every function on the way of a figure is there, and the figure's calls pass it."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import FrameType

import pytest

from junheng.lab import county as county_lab
from junheng.workbook.frames import place_of

REPO = Path(__file__).resolve().parents[1]
COUNTY, YEAR = "370883", 2024
SCHOOL, HEADER = "大束镇南季坊小学", "运动场地面积"


def way() -> str:
    """The section on a figure's way."""
    page = (REPO / "docs/architecture.md").read_text(encoding="utf-8")
    return page.partition("## A figure's way\n")[2].partition("\n## ")[0]


LISTED = re.findall(r"^- `([\w.]+)`", way(), re.MULTILINE)
PRINTED = re.findall(r"`(report\.[\w.]+)`", way().partition("Printed, by the batch")[2])


def test_each_module_named_on_the_page_is_there() -> None:
    page = (REPO / "docs/architecture.md").read_text(encoding="utf-8")
    files = [f"/{path.relative_to(REPO).as_posix()}" for path in REPO.glob("lib/**/*.py")]
    files += [f"/{path.relative_to(REPO).as_posix()}" for path in REPO.glob("lab/*.py")]
    named = set(re.findall(r"`([\w/]+\.py)`", page))
    tests = {name for name in named if (REPO / name).is_file()}
    absent = [name for name in named - tests if not any(file.endswith(f"/{name}") for file in files)]
    assert len(named) > 20 and absent == []


def resolved(name: str) -> tuple[str, str]:
    """Module and qualified name of a function; AssertionError when there is none of that name."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = f"junheng.{'.'.join(parts[:length])}"
        try:
            found: object = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            assert hasattr(found, part), f"{module} has no {'.'.join(parts[length:])}"
            found = getattr(found, part)
        assert callable(found)
        return module, ".".join(parts[length:])
    raise AssertionError(f"no module has {name}")


@pytest.mark.parametrize("name", [*LISTED, *PRINTED])
def test_each_function_on_the_way_exists(name: str) -> None:
    resolved(name)


def test_the_count_of_functions_and_modules_is_the_listed_one() -> None:
    assert len(PRINTED) == 5 and len(LISTED) == len(set(LISTED))
    modules = {resolved(name)[0] for name in LISTED}
    assert f"{len(LISTED)} in {len(modules)} modules" in way()


@pytest.mark.whole
def test_the_figure_passes_each_of_them(tmp_path: Path) -> None:
    passed: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            name = frame.f_code.co_qualname.partition(".<locals>")[
                0
            ]  # closures count as the function that made them
            passed.add((frame.f_globals.get("__name__", ""), name))

    work = county_lab.open_workspace(COUNTY, YEAR, "data", "params", str(tmp_path), "assessment", False)
    sys.setprofile(note)
    try:
        book = county_lab.read(work)
        assessment = county_lab.assess(work, book)
        trend = county_lab.compare(work, assessment)
        pictures = county_lab.draw(work, assessment, trend)
        reports = county_lab.compose(work, assessment, trend, pictures)
        county_lab.write(work, assessment, reports)
    finally:
        sys.setprofile(None)
    assert [name for name in LISTED if resolved(name) not in passed] == []
    assert f"〔学校〕{place_of(book, HEADER, SCHOOL).cell})" in way()
    (unit,) = (unit for unit in assessment.units if unit.school_name == SCHOOL)
    assert f"{unit.cells['L5'].value}" in way() and str(unit.cells["L5"].verdict) in way()
