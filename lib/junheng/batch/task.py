"""A notebook to run, and who may run it: the batch knows no more of it than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from junheng.batch.job import MEMORY
from junheng.batch.log import JobLog


@dataclass(frozen=True)
class NotebookTask:
    """A notebook to run: `scratch` is an empty private folder in which its process works.

    `cell_seconds` is the time limit of a cell, `memory` that of the process's address space in megabytes.
    `hear` is given what the cells print, as they print it.
    """

    notebook: Path
    parameters: Mapping[str, str | int]
    scratch: Path
    cell_seconds: int
    memory: int = MEMORY
    hear: Callable[[str], object] | None = None


class NotebookRunner(Protocol):
    """Runs a notebook with parameters. An instance is sent to worker processes, so it must pickle."""

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        """Return the executed notebook (nbformat node); raises JunhengError with a reason for the analyst."""
