"""notebooks/tutorial.ipynb run by papermill: every task in at most four lines, with the results it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import openpyxl
import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
NOTEBOOK = REPO / "notebooks" / "tutorial.ipynb"
TASKS = ("select", "describe", "chart", "merge", "counties", "pupils", "threshold", "export", "remark", "add")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, nbformat.NotebookNode], Path]:
    """The executed cells by id, and the folder that drafts went to."""
    place = tmp_path_factory.mktemp("tutorial")
    command = [Path(sys.executable).with_name("papermill"), NOTEBOOK, place / "done.ipynb"]
    told = subprocess.run(
        [*command, "--cwd", NOTEBOOK.parent, "-p", "OUT_DIR", str(place / "out")],
        cwd=REPO, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    cells = nbformat.read(place / "done.ipynb", as_version=4).cells
    return {cell.id: cell for cell in cells}, place / "out"


def shown(cell: nbformat.NotebookNode, kind: str = "text/html") -> str:
    return "".join(str(o.data.get(kind, "")) for o in cell.outputs if "data" in o)


def text(cell: nbformat.NotebookNode) -> str:
    """What a reader sees of a cell's first table."""
    plain = re.sub(r"<(script|style).*?</\1>", "", shown(cell), flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", plain.split("</table>")[0])


def test_every_task_takes_at_most_four_lines() -> None:
    cells = {cell.id: cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    assert set(TASKS) <= set(cells)
    for name in ("start", *TASKS):
        assert len(cells[name].source.strip().splitlines()) <= 4, name


def test_the_tasks_show_what_they_promise(run: tuple[dict[str, nbformat.NotebookNode], Path]) -> None:
    cells, _ = run
    assert "南阳镇运河小学" in text(cells["select"]) and "未达标" in text(cells["select"])
    assert {"城区", "镇区", "乡村", "count", "mean"} <= set(text(cells["describe"]).split())
    assert shown(cells["chart"], "image/png")
    assert {"湖东", "湖中", "湖西"} <= set(text(cells["merge"]).split())
    assert {"微山县", "曲阜市", "综合"} <= set(text(cells["counties"]).split())
    assert {"在校生数", "1740", "1100"} <= set(text(cells["pupils"]).split())
    assert "试算，不是正式评估结果" in text(cells["threshold"]) and "达标项数" in text(cells["threshold"])
    assert "扩建工程已列入2025年政府投资计划" in shown(cells["remark"])
    assert "平均值如下。" in shown(cells["add"]) and "体育场馆不足的小学" in shown(cells["add"])
    assert "南阳镇运河小学" in shown(cells["add"])


def test_nothing_is_complained_of(run: tuple[dict[str, nbformat.NotebookNode], Path]) -> None:
    """No missing glyph in an own chart, no warning of pandas."""
    cells, _ = run
    assert [o.text for name in TASKS for o in cells[name].outputs if o.output_type == "stream"] == []


def test_the_script_of_the_tables_comes_once(run: tuple[dict[str, nbformat.NotebookNode], Path]) -> None:
    cells, _ = run
    heavy = [name for name in TASKS if len(shown(cells[name])) > 500_000]
    assert heavy == ["select"]


def test_numbers_are_exported_as_numbers_and_nothing_else_is_written(
    run: tuple[dict[str, nbformat.NotebookNode], Path],
) -> None:
    _, out = run
    names = {path.name for path in out.rglob("*.*")}
    assert names == {"体育场馆不足的小学.xlsx", "issues.csv", "own_problems_1.png"}
    sheet = openpyxl.load_workbook(out / "体育场馆不足的小学.xlsx").active
    assert sheet is not None
    rows = [
        dict(zip([c.value for c in sheet[1]], [c.value for c in row], strict=True))
        for row in sheet.iter_rows(min_row=2)
    ]
    assert rows and all(isinstance(row["L5"], int | float) and row["L5"] < 7.5 for row in rows)
    assert all(isinstance(row["学校标识码"], str) for row in rows)
    assert [row["在校生数"] for row in rows] == sorted((row["在校生数"] for row in rows), reverse=True)
