"""Running a notebook. The batch knows only `NotebookRunner`; how a kernel comes to be is its own affair."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from junheng.batch.job import MEMORY
from junheng.batch.log import JobLog
from junheng.batch.nursery import CellTimeout, Hatchery, KernelDied, KernelNotStarted, TooMuchOutput, nursery
from junheng.batch.reasons import NotebookError, failed_cell, left_early
from junheng.errors import UsageProblem, did_you_mean
from junheng.lab.notebooks import PARAMETERS, assigned, read_notebook, source_of


@dataclass(frozen=True)
class NotebookTask:
    """A notebook to run: `scratch` is an empty private folder, the kernel's working directory.

    `cell_seconds` is the time limit of a cell, `memory` that of the kernel's address space in megabytes.
    `hear` is given what the cells print, as they print it.
    """

    notebook: Path
    parameters: Mapping[str, str | int]
    scratch: Path
    cell_seconds: int
    memory: int = MEMORY
    hear: Callable[[str], object] = lambda text: None


class NotebookRunner(Protocol):
    """Runs a notebook with parameters. An instance is sent to worker processes, so it must pickle."""

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        """Return the executed notebook (nbformat node); raises JunhengError with a reason for the analyst."""


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
    """Runs a notebook with papermill on a kernel from this process's nursery, a fresh one for each notebook.

    `params` and `year` name what all notebooks of the run read.
    """

    params: Path | None = None
    year: int = 0

    @contextmanager
    def shared(self, messages: IO[bytes]) -> Iterator[Callable[[], socket.socket]]:
        """Yield what makes the end of a nursery for each worker: their kernels come from one hatchery."""
        with Hatchery(self.params, self.year, messages) as hatchery:
            yield hatchery.hatch

    def prepare(self) -> None:
        """Let the nursery begin its imports, and do our own meanwhile."""
        nursery()
        from junheng.batch import preload  # noqa: F401

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        self.prepare()
        import papermill

        from junheng.batch import engine

        check_parameters(task.notebook, task.parameters)
        logging.getLogger("papermill").setLevel(logging.ERROR)
        with _explained(), nursery().kernel(task.scratch, log, task.memory, task.hear) as kernel:
            notebook = papermill.execute_notebook(
                str(task.notebook),
                None,  # nothing half-done is ever written
                parameters=dict(task.parameters),
                engine_name=engine.NAME,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                kernel=kernel,
                cell_seconds=task.cell_seconds,
            )
        _require_complete(notebook)
        return notebook


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what papermill and the kernel raise into one sentence for the analyst."""
    from papermill.exceptions import PapermillException, PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        raise failed_cell(error.ename, error.evalue, error.exec_count, "\n".join(error.traceback)) from error
    except CellTimeout as error:
        raise NotebookError("笔记本有单元格超过时限未算完，已停止。", str(error)) from error
    except TooMuchOutput as error:
        raise NotebookError("笔记本的输出过多，已停止；请检查单元格是否反复打印。") from error
    except KernelNotStarted as error:
        raise NotebookError("笔记本无法启动计算进程，详见日志。", repr(error.__cause__)) from error
    except KernelDied as error:
        raise NotebookError(
            "计算进程中途退出（可能内存不足或被结束），请重新运行该县。", str(error)
        ) from error
    except PapermillException as error:
        raise NotebookError("笔记本无法启动计算进程，详见日志。", repr(error)) from error


def _require_complete(notebook: Any) -> None:
    """papermill takes SystemExit(0) for success; we do not. Every code cell must have run."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            raise left_early(cell.execution_count)
        if cell.source.strip() and cell.execution_count is None:
            raise NotebookError("笔记本没有运行到最后，报告不完整。")
