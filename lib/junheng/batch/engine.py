"""papermill's engine `junheng`: cells run one after the other on a kernel from the nursery."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, papermill_engines

from junheng.batch.nursery import Kernel

NAME = "junheng"


class PreparedEngine(Engine):  # type: ignore[misc]
    """Runs a notebook's code cells on the kernel it is given; stops at the first error, as nbclient does."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, kernel: Kernel, cell_seconds: float, **more: Any
    ) -> None:
        """Raises KernelDied and CellTimeout; a cell's own error stays in its outputs, where papermill finds it."""
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            failed = _run(cell, kernel, cell_seconds)
            if failed:
                nb_man.cell_exception(cell, index)
            nb_man.cell_complete(cell, index)
            if failed:
                return


def _run(cell: Any, kernel: Kernel, seconds: float) -> bool:
    """Run one cell and put its outputs into it; return whether it raised."""
    failed = False
    for kind, content in kernel.execute(cell.source, seconds):
        if kind == "done":
            cell.execution_count = content["execution_count"]
        elif kind == "clear_output":
            cell.outputs = []
        elif kind == "stream" and _continues(cell.outputs, content["name"]):
            cell.outputs[-1].text += content["text"]
        else:
            failed = failed or kind == "error"
            cell.outputs.append(from_dict({"output_type": kind, **content}))
    return failed


def _continues(outputs: list[NotebookNode], name: str) -> bool:
    return bool(outputs) and outputs[-1].output_type == "stream" and outputs[-1].name == name


papermill_engines.register(NAME, PreparedEngine)
