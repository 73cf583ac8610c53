"""JupyterLab's side of the project: the delivered notebooks are saved as they are committed, without outputs.

Set as the server's pre-save hook by lab/jupyter_server_config.py. A copy under another name keeps its outputs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

DELIVERED = frozenset({"city_report.ipynb", "county_report.ipynb", "plan.ipynb", "whatif.ipynb"})
CELL_KEYS = frozenset({"tags", "jupyter"})
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def before_saving(model: dict[str, Any], path: str, **_: Any) -> None:
    """Take outputs, counters and the editor's own notes out of a delivered notebook that is about to be saved."""
    if model["type"] == "notebook" and PurePosixPath(path).name in DELIVERED:
        make_bare(model["content"])


def make_bare(notebook: dict[str, Any]) -> None:
    """Reduce a notebook (format 4, changed in place) to what is committed: cells, tags, kernel."""
    notebook["metadata"] = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in CELL_KEYS}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
