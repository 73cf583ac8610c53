"""Every report of two demo counties, word for word. A wanted change of wording: `make golden`, then review it."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from junheng.report.content.names import REPORTS
from tests.golden.documents import COUNTIES, golden_file, written

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
    old, new = path.read_text(encoding="utf-8").splitlines(), documents[report].splitlines()
    changes = list(difflib.unified_diff(old, new, f"{Path(path).name}（原）", "现在", lineterm="", n=0))
    assert not changes, "\n".join([*changes[:40], "若为有意修改，请运行 make golden 并在评审中核对差异。"])
