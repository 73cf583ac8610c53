"""Check that the committed notebooks are thin and carry nothing of the machine they were edited on.

Prints one line a fault and exits 1 when there is any. Part of `make lint`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

MAX_CODE_CELLS: Final = 10
MORE_CODE_CELLS: Final = {"tutorial.ipynb": 12}
"""The tutorial has a cell for each of the ten things it shows."""
NOTEBOOK_KEYS: Final = frozenset({"kernelspec", "language_info", "title"})
LANGUAGE_KEYS: Final = frozenset({"name"})
CELL_KEYS: Final = frozenset({"tags", "jupyter"})
FUNCTION: Final = re.compile(r"^\s*(async\s+)?def\s", re.MULTILINE)

Cell = dict[str, Any]


def source(cell: Cell) -> str:
    """Return a cell's text, which the format allows as one string or as lines."""
    return "".join(cell["source"])


def metadata_faults(metadata: dict[str, Any]) -> Iterator[str]:
    """Yield faults of the notebook's own metadata."""
    if extra := sorted(metadata.keys() - NOTEBOOK_KEYS):
        yield f"metadata not allowed: {', '.join(extra)}"
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "kernelspec is not python3"
    if extra := sorted(metadata.get("language_info", {}).keys() - LANGUAGE_KEYS):
        yield f"language_info not allowed: {', '.join(extra)}"


def code_cell_faults(number: int, cell: Cell) -> Iterator[str]:
    """Yield faults of one code cell."""
    if cell.get("outputs"):
        yield f"cell {number} has outputs"
    if cell.get("execution_count") is not None:
        yield f"cell {number} has an execution count"
    if FUNCTION.search(source(cell)):
        yield f"cell {number} defines a function; it belongs in lib/junheng"


def faults(notebook: dict[str, Any], most: int = MAX_CODE_CELLS) -> Iterator[str]:
    """Yield every fault of a notebook, `most` code cells allowed."""
    yield from metadata_faults(notebook["metadata"])
    cells: list[Cell] = notebook["cells"]
    for number, cell in enumerate(cells, start=1):
        if extra := sorted(cell["metadata"].keys() - CELL_KEYS):
            yield f"cell {number} has metadata not allowed: {', '.join(extra)}"
        if cell["cell_type"] == "code":
            yield from code_cell_faults(number, cell)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    if len(code) > most:
        yield f"{len(code)} code cells, more than {most}"
    tagged = sum("parameters" in cell["metadata"].get("tags", []) for cell in code)
    if tagged != 1:
        yield f"{tagged} code cells tagged `parameters` instead of one"


def main(folder: str = "notebooks") -> int:
    """Check every notebook in the folder and return the exit code."""
    paths = sorted(Path(folder).glob("*.ipynb"))
    if not paths:
        print(f"{folder}: no notebook found")
        return 1
    found = [
        f"{path}: {fault}"
        for path in paths
        for fault in faults(
            json.loads(path.read_text(encoding="utf-8")), MORE_CODE_CELLS.get(path.name, MAX_CODE_CELLS)
        )
    ]
    print("\n".join(found) or f"{len(paths)} notebooks clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
