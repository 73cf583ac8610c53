"""JupyterLab's side of the project: analysts work on drafts, and the standard notebooks are saved as they are committed.

`make lab` copies every standard notebook that has no draft yet to notebooks/草稿/ and opens the draft. Should a standard
notebook itself be opened, it is saved without outputs (the server's pre-save hook, lab/jupyter_server_config.py).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from junheng.lab.notebooks import DRAFTS, FOLDER, KERNEL, code_cells, read_notebook, source_of

CELL_KEYS = frozenset({"tags", "jupyter"})


def before_saving(model: dict[str, Any], path: str, **_: Any) -> None:
    """Take outputs, counters and the editor's own notes out of a standard notebook that is about to be saved."""
    if model["type"] == "notebook" and PurePosixPath(path.strip("/")).parent == PurePosixPath(FOLDER):
        make_bare(model["content"])


def make_bare(notebook: dict[str, Any]) -> None:
    """Reduce a notebook (format 4, changed in place) to what is committed: cells, tags, kernel."""
    notebook["metadata"] = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in CELL_KEYS}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def prepare_drafts(root: Path) -> list[str]:
    """Copy each standard notebook without a draft to notebooks/草稿/; return what is to be said of the drafts kept.

    `root`: the folder Lab is opened in; one without notebooks/ is left as it is.
    """
    if not (root / FOLDER).is_dir():
        return []
    drafts = root / FOLDER / DRAFTS
    drafts.mkdir(exist_ok=True)
    told = []
    for standard in sorted((root / FOLDER).glob("*.ipynb")):
        draft = drafts / standard.name
        if not draft.exists():
            shutil.copyfile(standard, draft)
        elif _code(draft) != _code(standard):
            told.append(
                f"{FOLDER}/{DRAFTS}/{draft.name}与标准笔记本不同，予以保留；要重新开始的，请删除它后再运行make lab。"
            )
    return told


def _code(path: Path) -> list[str]:
    return [source_of(cell) for cell in code_cells(read_notebook(path))]


if __name__ == "__main__":
    print("\n".join(prepare_drafts(Path(sys.argv[1]))), end="")
