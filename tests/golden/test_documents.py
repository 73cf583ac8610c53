"""Every report of two demo counties, word for word. A wanted change of wording: `make golden`, then review it."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from junheng.report.content.names import REPORTS
from tests.golden.documents import CITY, CITY_PAPERS, COUNTIES, golden_file, written, written_city

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=COUNTIES)
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, str]]:
    return request.param, written(request.param, tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("report", REPORTS)
def test_the_report_reads_as_it_did(county: tuple[str, dict[str, str]], report: str) -> None:
    code, documents = county
    path = golden_file(code, report)
    assert path.exists() == (report in documents), f"{code}的{report}应有而没有，或不应有而有"
    if report not in documents:
        return
    compared(path, documents[report])


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return written_city(tmp_path_factory.mktemp("city"))


@pytest.mark.parametrize("paper", CITY_PAPERS)
def test_the_citys_paper_reads_as_it_did(papers: dict[str, str], paper: str) -> None:
    compared(golden_file(CITY, paper), papers[paper])


def compared(path: Path, text: str) -> None:
    old, new = path.read_text(encoding="utf-8").splitlines(), text.splitlines()
    changes = list(difflib.unified_diff(old, new, f"{path.name}（原）", "现在", lineterm="", n=0))
    assert not changes, "\n".join([*changes[:40], "若为有意修改，请运行 make golden 并在评审中核对差异。"])
