"""What `make lab` saves: the delivered notebooks as they are committed, other notebooks as they are."""

from __future__ import annotations

import copy
import json

import nbformat

from junheng.lab.server import DELIVERED, before_saving
from tests.assess.make import ROOT

FOLDER = ROOT / "notebooks"


def used(notebook: dict) -> dict:
    """The notebook as JupyterLab hands it over after a run."""
    found = copy.deepcopy(notebook)
    found["metadata"]["language_info"] |= {"version": "3.11.2", "codemirror_mode": {"name": "ipython"}}
    found["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    for number, cell in enumerate(c for c in found["cells"] if c["cell_type"] == "code"):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
        cell["metadata"]["execution"] = {"iopub.status.busy": "2024-01-01"}
        cell["metadata"]["trusted"] = True
    return found


def test_the_delivered_notebooks_are_those_of_the_folder() -> None:
    assert {path.name for path in FOLDER.glob("*.ipynb")} == DELIVERED


def test_a_delivered_notebook_is_saved_byte_for_byte_as_committed() -> None:
    for name in DELIVERED:
        text = (FOLDER / name).read_text(encoding="utf-8")
        content = nbformat.from_dict(used(json.loads(text)))
        before_saving({"type": "notebook", "content": content}, path=name)
        assert nbformat.writes(content).rstrip("\n") + "\n" == text.rstrip("\n") + "\n", name


def test_a_copy_keeps_its_outputs() -> None:
    notebook = used(json.loads((FOLDER / "whatif.ipynb").read_text(encoding="utf-8")))
    kept = copy.deepcopy(notebook)
    before_saving({"type": "notebook", "content": notebook}, path="曲阜市试算.ipynb")
    before_saving({"type": "file", "content": "x"}, path="whatif.ipynb")
    assert notebook == kept
