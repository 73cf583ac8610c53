"""Sealed standard notebooks and a county's own: what is refused, what counts as a change, how a newer standard comes in."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from junheng.errors import DataProblem, UsageProblem
from junheng.lab import notebooks as nbs
from junheng.params.counties import find_county, load_counties

ROOT = Path(__file__).resolve().parents[2]
COUNTY = find_county(load_counties(ROOT / "params"), "邹城市")
YEAR = 2024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of notebooks alone."""
    (tmp_path / "notebooks").mkdir()
    for name in (*nbs.SEALED, nbs.SEALS):
        shutil.copy(ROOT / "notebooks" / name, tmp_path / "notebooks")
    return tmp_path


def edit(path: Path, change: Any) -> None:
    """Change a notebook as an analyst does in Lab and save it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def cell(source: str, name: str = "mine") -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def place(cells: list[dict[str, Any]], name: str) -> int:
    return next(n for n, c in enumerate(cells) if c["id"] == name)


def replace(name: str, source: str) -> Any:
    return lambda cells: cells[place(cells, name)].update(source=source)


def standard(root: Path) -> Path:
    return root / "notebooks" / nbs.STANDARD


@pytest.mark.parametrize("name", nbs.SEALED)
def test_the_committed_notebooks_are_sealed(name: str) -> None:
    nbs.require_sealed(ROOT / "notebooks" / name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda cells: cells.insert(place(cells, "read") + 1, cell("L5 = 41.4")),
            "第4个代码单元格“L5 = 41.4”",
        ),
        (replace("assess", "assessment = None"), "第4个代码单元格“assessment = None”"),
        (lambda cells: cells.append(cell("print(1)")), "第11个代码单元格“print(1)”"),
        (lambda cells: cells.pop(), "第10个代码单元格（缺少）"),
        (lambda cells: cells.insert(3, cells.pop(place(cells, "trend"))), "个代码单元格"),
        (
            lambda cells: cells[place(cells, "parameters")]["metadata"].update(tags=[]),
            "第1个代码单元格“COUNTY",
        ),
    ],
)
def test_any_change_of_code_is_refused_with_the_cell_and_three_ways_out(
    root: Path, change: Any, told: str
) -> None:
    edit(standard(root), change)
    with pytest.raises(UsageProblem) as refused:
        nbs.require_sealed(standard(root))
    text = str(refused.value)
    assert told in text and "notebooks/county_report.ipynb" in text
    assert all(way in text for way in ("make notebook ", "git checkout", "make notebooks-seal"))


def test_words_outputs_and_blank_cells_do_not_break_the_seal(root: Path) -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        cells[0]["source"] = "# 别的标题"
        cells[place(cells, "start")]["execution_count"] = 7
        cells.append(cell("  \n"))

    edit(standard(root), change)
    nbs.require_sealed(standard(root))


def test_a_new_standard_is_sealed_on_purpose(root: Path) -> None:
    edit(standard(root), replace("assess", "assessment = wb.assess(work, book)"))
    nbs.seal(root / "notebooks")
    nbs.require_sealed(standard(root))


def test_a_missing_seal_is_said(root: Path) -> None:
    (root / "notebooks" / nbs.SEALS).write_text("{", encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"seals\.json"):
        nbs.require_sealed(standard(root))


def test_a_countys_own_notebook_is_the_standard_one_with_its_parameters(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)
    assert own == root / "notebooks" / "2024" / "370883_邹城市.ipynb"
    assert nbs.parameter_values(nbs.read_notebook(own))["COUNTY"] == "370883"
    assert nbs.parameter_values(nbs.read_notebook(own))["YEAR"] == 2024
    assert nbs.own_changes(own) == () and not nbs.outdated(root, own)
    ids = [c["id"] for c in nbs.read_notebook(standard(root))["cells"]]
    assert [c["id"] for c in nbs.read_notebook(own)["cells"]][1:] == ids
    with pytest.raises(UsageProblem, match="已经存在"):
        nbs.make_own(root, YEAR, COUNTY)


def test_a_changed_standard_makes_no_own_notebook(root: Path) -> None:
    edit(standard(root), replace("assess", "assessment = None"))
    with pytest.raises(UsageProblem, match="make notebooks-seal"):
        nbs.make_own(root, YEAR, COUNTY)


def test_what_was_changed_is_listed(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)

    def change(cells: list[dict[str, Any]]) -> None:
        cells.insert(place(cells, "trend"), cell("乡镇 = 1"))
        cells[place(cells, "figures")]["source"] = "pictures = ()"
        del cells[place(cells, "disparity")]

    edit(own, change)
    assert [str(c) for c in nbs.own_changes(own)] == [
        "增加：第6个代码单元格“乡镇 = 1”",
        "改动：第8个代码单元格“pictures = ()”",
        "删除：标准笔记本第5个代码单元格“wb.show(work, assessment…”",
    ]
    assert "乡镇 = 1" in nbs.told_differences(own)


def test_a_newer_standard_is_merged_by_cell(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)
    edit(own, lambda cells: cells.insert(place(cells, "trend"), cell("乡镇 = 1")))
    edit(standard(root), replace("disparity", 'wb.show(work, assessment, "disparity", "edges")'))
    nbs.seal(root / "notebooks")
    assert nbs.outdated(root, own)
    assert nbs.update(root, own)
    merged = {c["id"]: nbs.source_of(c) for c in nbs.read_notebook(own)["cells"]}
    assert merged["mine"] == "乡镇 = 1" and '"edges"' in merged["disparity"]
    assert 'COUNTY = "370883"' in merged["parameters"]
    assert not nbs.outdated(root, own) and len(nbs.own_changes(own)) == 1
    assert not nbs.update(root, own)


def test_the_same_cell_changed_on_both_sides_stops_the_merge(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)
    edit(own, replace("disparity", "a = 1"))
    before = own.read_bytes()
    edit(standard(root), replace("disparity", "b = 2"))
    nbs.seal(root / "notebooks")
    with pytest.raises(DataProblem, match="改动了同一处") as clash:
        nbs.update(root, own)
    assert "wb.show(work, assessment" in str(clash.value)
    assert own.read_bytes() == before


def test_a_new_parameter_of_the_standard_arrives(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)
    edit(standard(root), lambda cells: cells[place(cells, "parameters")].update(
        source=nbs.source_of(cells[place(cells, "parameters")]) + "\nDRAFT = True"))  # fmt: skip
    nbs.seal(root / "notebooks")
    assert nbs.update(root, own)
    assert nbs.parameter_values(nbs.read_notebook(own)) | {"DRAFT": True, "COUNTY": "370883"} == (
        nbs.parameter_values(nbs.read_notebook(own))
    )


def test_a_notebook_of_another_county_or_year_under_this_name_is_refused(root: Path) -> None:
    own = nbs.make_own(root, YEAR, COUNTY)
    nbs.require_own(own, YEAR, COUNTY)
    source = nbs.source_of(
        nbs.read_notebook(own)["cells"][place(nbs.read_notebook(own)["cells"], "parameters")]
    )
    edit(own, replace("parameters", source.replace("370883", "370881")))
    with pytest.raises(UsageProblem, match="参数COUNTY为“370881”"):
        nbs.require_own(own, YEAR, COUNTY)
    edit(own, replace("parameters", source.replace("2024", "2023")))
    with pytest.raises(UsageProblem, match="参数YEAR为“2023”"):
        nbs.require_own(own, YEAR, COUNTY)


def test_files_under_the_countys_code_belong_to_its_notebook(root: Path) -> None:
    assert nbs.own_files(root, YEAR, COUNTY) == []
    own = nbs.make_own(root, YEAR, COUNTY)
    towns = own.with_name("370883_乡镇.csv")
    towns.write_text("乡镇\n", encoding="utf-8")
    own.with_name("370881_乡镇.csv").write_text("乡镇\n", encoding="utf-8")
    assert nbs.own_files(root, YEAR, COUNTY) == sorted([own, towns])
