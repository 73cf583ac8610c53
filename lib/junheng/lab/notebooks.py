"""Which notebook makes a county's report: the sealed standard one, or a county's own that an analyst made from it.

The standard notebooks are sealed: notebooks/seals.json holds a digest of every code cell, so that a trial cell left
in one of them by accident never enters an official report. A county that is special has a notebook of its own,
notebooks/<YEAR>/<code>_<name>.ipynb, which carries the standard one it was made from in its metadata: from that
follows what was changed, and how a newer standard is merged into it.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from junheng.errors import DataProblem, UsageProblem, did_you_mean
from junheng.files import sha256, write_whole
from junheng.params.counties import County

FOLDER: Final = "notebooks"
DRAFTS: Final = "草稿"
STANDARD: Final = "county_report.ipynb"
CITY: Final = "city_report.ipynb"
SEALED: Final = (STANDARD, CITY)
SEALS: Final = "seals.json"
PARAMETERS: Final = "parameters"
"""The tag by which papermill finds the cell with the parameters; also that cell's id."""
KERNEL: Final = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""What a notebook's metadata say of its kernel."""
_OWN: Final = "junheng"
"""The key of a county's notebook's metadata under which its standard stands."""
_NOTE: Final = "own-note"
_SHOWN: Final = 24
_ASSIGNED: Final = re.compile(r"(?m)^([A-Z_]+) *=.*$")

Notebook = dict[str, Any]
Cell = Mapping[str, Any]


@dataclass(frozen=True)
class CellChange:
    """A code cell of a county's own notebook that is not as in the standard one.

    `number` counts the code cells of the notebook it stands in from 1 (a removed one: in the standard); `kind` is
    增加, 改动 or 删除; `first_line` is the beginning of its first line.
    """

    kind: str
    number: int
    first_line: str

    def __str__(self) -> str:
        where = "标准笔记本第" if self.kind == "删除" else "第"
        return f"{self.kind}：{where}{self.number}个代码单元格“{self.first_line}”"


# Reading


def read_notebook(path: Path) -> Notebook:
    """Return a notebook's content; raises UsageProblem when it is not there or no notebook."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(cell["cell_type"], str) for cell in notebook["cells"]):
            raise TypeError
    except FileNotFoundError as error:
        raise UsageProblem(f"缺少笔记本“{_called(path)}”。") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(f"“{_called(path)}”不是完整的笔记本，请恢复后重试。") from error
    return dict(notebook)


def source_of(cell: Cell) -> str:
    """Return a cell's text, which the format allows as one string or as lines."""
    return "".join(cell["source"])


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells of a notebook that are not blank, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and source_of(cell).strip()]


def _called(path: Path) -> str:
    """A notebook as the analyst knows it: from notebooks/ on."""
    parts = path.parts
    return "/".join(parts[parts.index(FOLDER) :] if FOLDER in parts else parts[-2:])


def _tags(cell: Cell) -> list[str]:
    return sorted(cell.get("metadata", {}).get("tags", []))


def _first_line(cell: Cell) -> str:
    line = source_of(cell).strip().split("\n", 1)[0]
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


# Seals


def seal(folder: Path) -> Path:
    """Write notebooks/seals.json over the standard notebooks that stand in `folder`; return the file."""
    seals = {
        name: [_digest(cell) for cell in code_cells(read_notebook(folder / name))]
        for name in SEALED
        if (folder / name).is_file()
    }
    target = folder / SEALS
    write_whole(target, (json.dumps(seals, indent=1) + "\n").encode())
    return target


def require_sealed(notebook: Path) -> None:
    """Make sure that a standard notebook's code is the sealed one; raises UsageProblem naming the cell.

    Markdown, outputs and blank cells do not count.
    """
    cells = code_cells(read_notebook(notebook))
    found = [_digest(cell) for cell in cells]
    sealed = _seals(notebook)
    if found == sealed:
        return
    same = next((n for n, pair in enumerate(zip(found, sealed, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(found), len(sealed)) if same is None else same
    cell = f"第{place + 1}个代码单元格" + (
        f"“{_first_line(cells[place])}”" if place < len(cells) else "（缺少）"
    )
    raise UsageProblem(
        f"“{_called(notebook)}”的{cell}与正式版本不同，不能用来生成正式报告：只对某县有效的改动，"
        "请用make notebook COUNTY=县名 YEAR=年度建立该县自己的笔记本；不需要的改动，"
        f"请用git checkout {_called(notebook)}恢复；要作为今后的标准，请用make notebooks-seal重新确认。"
    )


def _seals(notebook: Path) -> list[str]:
    path = notebook.with_name(SEALS)
    try:
        return [str(digest) for digest in json.loads(path.read_text(encoding="utf-8"))[notebook.name]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"“{_called(path)}”缺失或不完整，无法确认“{notebook.name}”是正式版本，请用git checkout {_called(path)}恢复。"
        ) from error


def _digest(cell: Cell) -> str:
    content = json.dumps([source_of(cell).rstrip(), _tags(cell)], ensure_ascii=False)
    return sha256(content.encode())


# A county's own notebook


def own_notebook(root: Path, year: int, county: County) -> Path:
    """Return where a county's own notebook of a year stands, whether or not it is there."""
    return root / FOLDER / str(year) / f"{county.stem}.ipynb"


def own_files(root: Path, year: int, county: County) -> list[Path]:
    """Return the county's own notebook and what lies beside it under the county's code (CSV files, pictures), sorted.

    Empty without a notebook. All of them are inputs of the report.
    """
    notebook = own_notebook(root, year, county)
    if not notebook.is_file():
        return []
    return sorted(
        path
        for path in notebook.parent.rglob("*")
        if path.is_file()
        and path.relative_to(notebook.parent).parts[0].startswith(county.code)
        and ".ipynb_checkpoints" not in path.parts
    )


def make_own(root: Path, year: int, county: County) -> Path:
    """Make a county's own notebook from the standard one, parameters filled in; raises UsageProblem when it exists."""
    target = own_notebook(root, year, county)
    if target.exists():
        raise UsageProblem(f"“{_called(target)}”已经存在，请直接打开修改；要重新开始的，请先移走它。")
    standard = root / FOLDER / STANDARD
    require_sealed(standard)
    notebook = read_notebook(standard)
    base = copy.deepcopy(notebook)
    values = {"COUNTY": f'"{county.code}"', "YEAR": str(year)}
    for cell in _tagged(notebook):
        cell["source"] = with_values(source_of(cell), values)
    notebook["cells"].insert(0, _note(year, county))
    notebook["metadata"][_OWN] = {"standard": base}
    _save(target, notebook)
    return target


def _note(year: int, county: County) -> dict[str, Any]:
    text = (
        f"**{county.name}{year}年度的笔记本。** 由标准笔记本复制而来，只用于{county.name}{year}年度：批量生成时运行本笔记本。"
        "增加、改动的单元格列入报告附件“口径说明”。"
    )
    return {"cell_type": "markdown", "id": _NOTE, "metadata": {}, "source": text}


def with_values(source: str, values: Mapping[str, str]) -> str:
    """Return the text of a parameters cell with these values, as they are written."""
    return _ASSIGNED.sub(
        lambda line: f"{line[1]} = {values[line[1]]}" if line[1] in values else line[0], source
    )


def _save(path: Path, notebook: Notebook) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode())


def standard_within(notebook: Notebook, name: str) -> Notebook:
    """Return the standard notebook that a county's own was made from or last merged with; raises UsageProblem."""
    try:
        base = notebook["metadata"][_OWN]["standard"]
        code_cells(base)
    except (KeyError, TypeError) as error:
        raise UsageProblem(
            f"“{name}”没有记下它所依据的标准笔记本，无法比较。请把它移走，"
            "用make notebook COUNTY=县名 YEAR=年度重新建立后，再把改动抄入。"
        ) from error
    return dict(base)


def own_changes(path: Path) -> tuple[CellChange, ...]:
    """Return what a county's own notebook changes in the code of its standard; the values of parameters do not count.

    Raises UsageProblem.
    """
    notebook = read_notebook(path)
    return tuple(_changes(code_cells(standard_within(notebook, _called(path))), code_cells(notebook)))


def _changes(standard: list[Cell], own: list[Cell]) -> Iterator[CellChange]:
    # JupyterLab keeps a cell's id when it is edited or moved; what has no known one is new.
    known = {cell.get("id"): cell for cell in standard}
    for number, cell in enumerate(own, 1):
        before = known.pop(cell.get("id"), None)
        if before is None:
            yield CellChange("增加", number, _first_line(cell))
        elif _essence(before) != _essence(cell):
            yield CellChange("改动", number, _first_line(cell))
    for number, cell in enumerate(standard, 1):
        if cell.get("id") in known:
            yield CellChange("删除", number, _first_line(cell))


def _essence(cell: Cell) -> str:
    """A cell's text; of the parameters cell only the names it sets."""
    text = source_of(cell).strip()
    return _ASSIGNED.sub(r"\1", text) if PARAMETERS in _tags(cell) else text


def outdated(root: Path, path: Path) -> bool:
    """Whether the standard notebook's code has changed since a county's own was made or last updated."""
    base = code_cells(standard_within(read_notebook(path), _called(path)))
    return [_digest(c) for c in base] != [
        _digest(c) for c in code_cells(read_notebook(root / FOLDER / STANDARD))
    ]


def require_own(path: Path, year: int, county: County) -> None:
    """Make sure that a county's own notebook is for this county and year; raises UsageProblem."""
    own_changes(path)
    for name, value in parameter_values(read_notebook(path)).items():
        right = {"COUNTY": {county.code, county.name, county.title}, "YEAR": {str(year)}}.get(name)
        if right and str(value) not in right:
            raise UsageProblem(
                f"“{_called(path)}”的参数{name}为“{value}”，与文件名不符：它应是{county.name}{year}年度的笔记本，请改正参数或文件名。"
            )


def parameter_values(notebook: Notebook) -> dict[str, Any]:
    """Return the plain values that the parameters cell of a notebook sets."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and PARAMETERS in _tags(cell):
            return dict(assigned(source_of(cell)))
    return {}


def assigned(source: str) -> Iterator[tuple[str, Any]]:
    """Yield the names that a cell sets to plain values, with the values; raises UsageProblem for a syntax error."""
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise UsageProblem(f"笔记本的参数单元格第{error.lineno}行写法有误。") from error
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                yield node.targets[0].id, ast.literal_eval(node.value)
            except ValueError:
                yield node.targets[0].id, None


# Comparing and merging, by nbdime


def told_differences(path: Path) -> str:
    """Return the differences of a county's own notebook from its standard, cell by cell and line by line."""
    from nbdime.diffing.notebooks import diff_notebooks
    from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

    notebook = read_notebook(path)
    base = standard_within(notebook, _called(path))
    changes = own_changes(path)
    if not changes:
        return "代码与标准笔记本相同。"
    out = io.StringIO()
    one, other = _for_nbdime(base), _for_nbdime(notebook)
    show = PrettyPrintConfig(out=out, use_color=False)
    pretty_print_notebook_diff("标准笔记本", _called(path), one, diff_notebooks(one, other), show)
    return "\n".join([*map(str, changes), "", out.getvalue().strip()])


def update(root: Path, path: Path) -> bool:
    """Merge the standard notebook as it is now into a county's own; return whether there was anything to merge.

    Three-way, by cell: what only one side changed is taken. Raises DataProblem and changes nothing when both sides
    changed the same cell.
    """
    from nbdime.merging.notebooks import merge_notebooks

    standard = root / FOLDER / STANDARD
    require_sealed(standard)
    if not outdated(root, path):
        return False
    own, new = read_notebook(path), read_notebook(standard)
    base = standard_within(own, _called(path))
    merged, decisions = merge_notebooks(
        *(_for_nbdime(one) for one in (_same_parameters(base, own), own, _same_parameters(new, own)))
    )
    clashes = [decision for decision in decisions if decision.conflict]
    if clashes:
        raise DataProblem(
            f"“{_called(path)}”与新的标准笔记本改动了同一处，未作合并：{'；'.join(dict.fromkeys(_clash(base, d) for d in clashes))}。"
            "请对照标准笔记本改好该单元格（make notebook-diff COUNTY=县名 YEAR=年度可列出差别），使其与标准一致后再合并。"
        )
    merged["metadata"] = {**own["metadata"], _OWN: {"standard": new}}
    _save(path, json.loads(json.dumps(merged)))
    return True


def _clash(base: Notebook, decision: Any) -> str:
    place = decision.common_path
    if len(place) > 1 and place[0] == "cells" and isinstance(place[1], int) and place[1] < len(base["cells"]):
        return f"单元格“{_first_line(base['cells'][place[1]])}”"
    return "单元格的增减"


def _same_parameters(notebook: Notebook, own: Notebook) -> Notebook:
    """A standard notebook with the county's values in its parameters, which are no difference to merge."""
    own_lines = {line[1]: line[0] for cell in _tagged(own) for line in _ASSIGNED.finditer(source_of(cell))}
    result = copy.deepcopy(notebook)
    for cell in _tagged(result):
        cell["source"] = _ASSIGNED.sub(lambda line: own_lines.get(line[1], line[0]), source_of(cell))
    return result


def _tagged(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if PARAMETERS in _tags(cell)]


def _for_nbdime(notebook: Notebook) -> Any:
    """A notebook as nbdime takes it: cells without outputs, and nothing of ours in the metadata."""
    import nbformat

    plain = copy.deepcopy(notebook)
    plain["metadata"] = {key: value for key, value in plain["metadata"].items() if key in ("kernelspec",)}
    for cell in plain["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        cell["source"] = source_of(cell)
        cell["metadata"] = {key: value for key, value in cell.get("metadata", {}).items() if key == "tags"}
    return nbformat.from_dict(plain)


def find_own(root: Path, year: int, county: County) -> Path:
    """Return the county's own notebook; raises UsageProblem naming those that there are."""
    path = own_notebook(root, year, county)
    if path.is_file():
        return path
    there = sorted(p.stem for p in path.parent.glob("*.ipynb")) if path.parent.is_dir() else []
    known = f"{year}年度现有：{'、'.join(there)}。{did_you_mean(path.stem, there)}" if there else ""
    raise UsageProblem(
        f"{county.name}没有{year}年度自己的笔记本。{known}建立：make notebook COUNTY={county.name} YEAR={year}。"
    )
