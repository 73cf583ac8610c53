"""The whole demo batch as `make reports` runs it: 14 counties, real kernels, real LibreOffice."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import yaml

from junheng.params.counties import County, load_counties
from junheng.report.content.names import report_name

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
COUNTIES = load_counties(REPO / "params")
YEAR = 2024


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("outputs")
    command = [Path(sys.executable).with_name("junheng"), "run", "--year", str(YEAR), "--out", out]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(params=COUNTIES, ids=[county.code for county in COUNTIES])
def county(request: pytest.FixtureRequest) -> County:
    return request.param


def test_verdicts_are_those_the_scenarios_declare(out: Path, county: County) -> None:
    outcomes = yaml.safe_load((REPO / "params" / "demo" / "outcomes.yml").read_text(encoding="utf-8"))
    declared = outcomes[county.code][YEAR]["verdicts"]
    written = json.loads(
        (out / str(YEAR) / county.stem / "data" / "verdict.json").read_text(encoding="utf-8")
    )
    assert {name: written[name] for name in declared} == declared
    assert (written["county_code"], written["year"]) == (county.code, YEAR)


def test_every_page_says_demo_and_no_page_is_empty(out: Path, county: County) -> None:
    pdf = out / str(YEAR) / county.stem / f"{report_name('assessment', county, YEAR)}.pdf"
    document = pypdfium2.PdfDocument(pdf)
    texts = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    assert all("演示数据" in text for text in texts)
    assert all(len(text) > 30 for text in texts), [n for n, text in enumerate(texts, 1) if len(text) <= 30]


def units_of(out: Path, county: County) -> list[dict[str, str]]:
    with (out / str(YEAR) / county.stem / "data" / "units.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_other_county_is_named_in_the_data(out: Path, county: County) -> None:
    """One county's run must not dirty another's."""
    others = {other.name for other in COUNTIES} - {county.name}
    rows = units_of(out, county)
    codes = {row["school_code"] for row in rows}
    assert codes
    assert not [
        other.name
        for other in COUNTIES
        if other != county and codes & {row["school_code"] for row in units_of(out, other)}
    ]
    assert not [row["school_name"] for row in rows if any(name in row["school_name"] for name in others)]
