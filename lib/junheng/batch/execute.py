"""Running a county's notebook with papermill, in a process forked for it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from junheng.batch.county_process import NotebookTask, run_notebook
from junheng.batch.log import JobLog
from junheng.errors import JunhengError, UsageProblem, did_you_mean
from junheng.lab.notebooks import PARAMETERS, assigned, read_notebook, source_of

PRELOADED = (
    "junheng.lab.tables", "junheng.report.figures.county", "junheng.batch.cells", "junheng.batch.evidence", "junheng.report.pdf.convert",
    "junheng.report.pdf.inspect", "junheng.report.word.contents", "papermill", "nbconvert.exporters.html",
    "matplotlib.backends.backend_agg", "matplotlib.font_manager", "openpyxl.packaging.extended",
    "pandas.io.formats.csvs", "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin", "PIL.PpmImagePlugin",
)  # fmt: skip
"""What a worker and its county processes need, also what libraries import only when used: importing takes far longer than forking."""
_UNUSED = ("rfc3987_syntax", "boto3")
"""What libraries import if it is installed, and nobody here asks for: jsonschema's check of web addresses builds a grammar on
import, for 0.7 s; papermill reads notebooks from S3 by boto3, which takes a fifth of all imports (fsspec reads ours)."""


def check_parameters(notebook: Path, names: Iterable[str]) -> None:
    """Make sure the notebook's parameters cell sets every name; raises UsageProblem with a did-you-mean."""
    tagged = [
        cell
        for cell in read_notebook(notebook)["cells"]
        if PARAMETERS in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) != 1:
        raise UsageProblem(f"笔记本{notebook.name}中标为parameters的单元格应有一个，现有{len(tagged)}个。")
    known = [name for name, _ in assigned(source_of(tagged[0]))]
    for name in names:
        if name not in known:
            raise UsageProblem(f"笔记本{notebook.name}没有名为“{name}”的参数。{did_you_mean(name, known)}")


@dataclass(frozen=True)
class PapermillRunner:
    """Runs notebooks with papermill, each in a county process of its own (county_process.py).

    `params` and `year` name what all notebooks of the run read: it is read once, before the first is forked.
    """

    params: Path | None = None
    year: int = 0

    def prepare(self) -> None:
        """Import and read what every notebook needs."""
        absent = [name for name in _UNUSED if name not in sys.modules]
        sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
        for name in PRELOADED:
            importlib.import_module(name)
        for name in absent:  # a notebook may import it
            del sys.modules[name]
        if self.params is not None:
            from junheng.lab.workspace import warm_up

            with suppress(JunhengError):  # the notebook will say it better
                warm_up(self.params, self.year)

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        """Return the executed notebook; raises UsageProblem and NotebookError."""
        check_parameters(task.notebook, task.parameters)
        return run_notebook(task, log)
