"""The county notebook outside the batch: plain papermill, JupyterLab's way of running it, a misspelt parameter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.waiting import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
NOTEBOOK = REPO / "notebooks" / "county_report.ipynb"


def papermill(*words: str, cwd: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("papermill"), NOTEBOOK, target, *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def plain_papermill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run by the papermill command line, which turns the code into a number."""
    out = tmp_path_factory.mktemp("papermill")
    done = papermill(
        "-p", "COUNTY", "370872", "-p", "OUT_DIR", str(out), cwd=REPO, target=out / "executed.ipynb"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return out


def test_plain_papermill_writes_the_same_files(plain_papermill: Path) -> None:
    names = {path.relative_to(plain_papermill).as_posix() for path in plain_papermill.rglob("*.*")}
    assert "太白湖新区义务教育优质均衡发展督导评估报告（2024年度）.docx" in names
    assert "太白湖新区整改台账（2024年度）.xlsx" in names
    assert {"data/units.csv", "data/indicators.csv", "data/verdict.json"} <= names
    assert "evidence/figures/overview.png" in names


def test_a_misspelt_parameter_stops_the_notebook(tmp_path: Path) -> None:
    """papermill itself only warns, and the default county would be used."""
    done = papermill("-p", "COUNTRY", "370872", cwd=REPO, target=tmp_path / "executed.ipynb")
    assert done.returncode != 0
    assert "没有名为“COUNTRY”的参数" in done.stderr
    assert "是否要写“COUNTY”" in done.stderr


def run_in_lab(tmp_path: Path, change: dict[str, str]) -> nbformat.NotebookNode:
    """Run as JupyterLab does: the kernel starts in notebooks/, the parameters cell is edited by hand."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    cell.source = cell.source.replace('OUT_DIR = ""', f'OUT_DIR = "{tmp_path}"')
    for old, new in change.items():
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
    client = NotebookClient(
        notebook, timeout=PATIENCE, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    return client.execute()


def test_runs_in_jupyterlab_with_another_county(tmp_path: Path) -> None:
    notebook = run_in_lab(tmp_path, {'COUNTY = "370883"': 'COUNTY = "曲阜市"'})
    text = str([cell.get("outputs") for cell in notebook.cells])
    assert "曲阜市（370881）2024年度" in text
    assert (tmp_path / "曲阜市义务教育优质均衡发展督导评估报告（2024年度）.docx").is_file()


def test_an_error_is_one_readable_sentence(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError) as caught:
        run_in_lab(tmp_path, {'COUNTY = "370883"': 'COUNTY = "曲埠市"'})
    assert "【无法继续】没有名为“曲埠市”的县（市、区）。是否要写“曲阜市" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def tree() -> dict[str, tuple[int, int]]:
    """Every file a trial must leave alone, with size and time of its last change."""
    places = [
        path for name in ("data", "params", "notebooks", "outputs") for path in (REPO / name).rglob("*")
    ]
    return {
        path.relative_to(REPO).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in places
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["whatif", "plan"])
def test_trials_and_plans_run_on_their_defaults_and_write_nothing(name: str) -> None:
    before = tree()
    notebook = nbformat.read(REPO / "notebooks" / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(REPO / "notebooks")}}
    done = NotebookClient(notebook, timeout=PATIENCE, resources=resources).execute()
    text = str([cell.get("outputs") for cell in done.cells])
    assert "【试算，不是正式评估结果】试算前后的结论" in text and "没有写明保存名称，未保存任何文件" in text
    figures = ("试算前后对照",) if name == "whatif" else ("各项措施的投入", "试算前后对照", "在校生数预测")
    assert all(f"{caption}</figcaption>" in text for caption in figures)
    if name == "plan":
        assert "最少投入" in text and "各评估单元缺口" in text and "【预测，不是评估结果】" in text
    else:
        assert "填报数据" in text and "试算值" in text
    assert tree() == before
