"""One county of the demo data through the command line: real kernel, real LibreOffice, every output."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from junheng.batch.contract import county_contents
from junheng.files import sha256_file
from junheng.params.counties import find_county, load_counties
from junheng.report.content.names import REPORTS, report_name
from tests.batch.fakes import REPO
from tests.report.test_contents import entries, pages

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
JUNHENG = Path(sys.executable).with_name("junheng")
COUNTY = find_county(load_counties(REPO / "params"), "370871")


def junheng(*words: str | Path, params: Path = REPO / "params") -> subprocess.CompletedProcess[str]:
    """Run the command line as on a console that knows no Chinese, away from the project's folder."""
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C"}
    command = [JUNHENG, *words, "--params", params]
    return subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This county's workbooks alone, so that the test may change them."""
    data = tmp_path_factory.mktemp("data")
    for year in ("2023", "2024"):
        (data / year).mkdir()
        shutil.copy(REPO / "data" / year / f"{COUNTY.stem}.xlsx", data / year)
    return data


@pytest.fixture(scope="module")
def out(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    done = run(data, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def run(data: Path, out: Path) -> subprocess.CompletedProcess[str]:
    words = ("run", "--year", "2024", "--county", COUNTY.code, "--reports", ",".join(REPORTS))
    return junheng(*words, "--data", data, "--out", out)


def test_every_output_is_there_and_as_the_manifest_says(out: Path) -> None:
    folder = out / "2024" / COUNTY.stem
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(county_contents(COUNTY, 2024, REPORTS).all) <= set(manifest["outputs"])
    assert {name: sha256_file(folder / name) for name in manifest["outputs"]} == manifest["outputs"]
    assert {f"data/2023/{COUNTY.stem}.xlsx", f"data/2024/{COUNTY.stem}.xlsx"} <= set(manifest["inputs"])


def wished(setting: str, data: Path, folder: Path) -> Path:
    """Make both letters with a setting of the year on; return the published folder."""
    shutil.copytree(REPO / "params", folder / "params")
    city = folder / "params" / "2024" / "city.yml"
    text = city.read_text(encoding="utf-8")
    assert f"{setting}: false" in text
    city.write_text(text.replace(f"{setting}: false", f"{setting}: true"), encoding="utf-8")
    words = ("run", "--year", "2024", "--county", COUNTY.code, "--reports", "assessment,self", "--data", data)
    done = junheng(*words, "--out", folder / "out", params=folder / "params")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out" / "2024" / COUNTY.stem


def test_contents_lists_name_the_pages_of_the_pdf(data: Path, tmp_path: Path) -> None:
    folder = wished("contents_list", data, tmp_path)
    for report in ("assessment", "self"):
        word = folder / f"{report_name(report, COUNTY, 2024)}.docx"
        told, found = pages(word.with_suffix(".pdf")), entries(word)
        assert len(told) > 15 and len(found) > 15
        assert all("".join(title.split()) in told[number - 1] for title, number in found.items())


def test_annexes_may_be_files_of_their_own(data: Path, tmp_path: Path) -> None:
    folder = wished("separate_annexes", data, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for report in ("assessment", "self"):
        name = report_name(report, COUNTY, 2024)
        annexes = {f"{name}附件{number}{end}" for number in range(1, 6) for end in (".docx", ".pdf")}
        assert annexes <= set(manifest["outputs"])
        assert len(pages(folder / f"{name}.pdf")) < 15  # the letter alone


def test_no_place_of_this_machine_is_delivered(out: Path) -> None:
    for path in (out / "2024" / COUNTY.stem).rglob("*"):
        if path.suffix in (".csv", ".json", ".ipynb", ".html"):
            text = path.read_text(encoding="utf-8")
            assert str(REPO) not in text and str(out) not in text and "Traceback" not in text


def test_the_second_run_has_nothing_to_do(data: Path, out: Path) -> None:
    again = run(data, out)
    assert again.returncode == 0 and "已是最新1个" in again.stdout


def test_an_error_in_a_cell_names_it_and_keeps_the_report(data: Path, out: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "data"
    shutil.copytree(data, faulty)
    path = faulty / "2024" / f"{COUNTY.stem}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["学校"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "学校名称" for cell in row))
    column = next(cell.column for cell in header if cell.value == "小学在校生数")
    cell = sheet.cell(header[0].row + 1, column, "约50")
    book.save(path)
    failed = run(faulty, out)
    assert failed.returncode == 1
    assert f"{path.name}〔学校〕{cell.coordinate}" in failed.stdout and "约50" in failed.stdout
    listed = out / "2024" / "问题" / f"{COUNTY.stem}_issues.csv"
    assert listed.name in failed.stdout and "约50" in listed.read_text(encoding="utf-8-sig")
    assert (out / "2024" / COUNTY.stem / "manifest.json").is_file()
    checked = junheng("check", "--year", "2024", "--county", COUNTY.code, "--data", faulty, "--out", out)
    assert checked.returncode == 1 and cell.coordinate in checked.stdout
