"""A process for one county's notebook, forked from a worker that has imported everything; ended with all it started.

It is a fresh copy each time, so nothing of one county is there in the next. It tells the worker of each cell that
begins, and at the end hands over the executed notebook or the reason why there is none; the worker keeps the time.
"""

from __future__ import annotations

import faulthandler
import logging
import multiprocessing
import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from junheng.batch.job import MEMORY
from junheng.batch.log import JobLog
from junheng.batch.reasons import NotebookError, explain, failed_cell
from junheng.params.brief import Shown
from junheng.processes import children, die_with_parent, end_children

START_SECONDS = 120.0
END_SECONDS = 5.0
_FIRST_TO_GO = "500"
"""How much sooner than others the system ends this process when memory is short (-1000 to 1000)."""
LATE = "笔记本有单元格超过时限未算完，已停止。"
DIED = "计算进程中途退出（可能内存不足或被结束），请重新运行该县。"
TOO_MUCH = "笔记本的输出过多，已停止；请检查单元格是否反复打印。"

Tell = Callable[[tuple[str, Any]], None]


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


def run_notebook(task: NotebookTask, log: JobLog) -> Any:
    """Run a notebook in a county process and return it executed (an nbformat node).

    Raises NotebookError: a cell failed, took too long, printed too much, or the process ended. Whatever the cells
    started is killed before this returns.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    others = frozenset(children())
    process = context.Process(target=_live, args=(theirs, task, log.fileno(), os.getpid()))
    with ours:
        with theirs:
            process.start()
        try:
            return _heard(ours, process, task)
        finally:
            _end(process, others)


def _heard(pipe: Connection, process: BaseProcess, task: NotebookTask) -> Any:
    """Return the executed notebook once the process hands it over; raises NotebookError.

    The process itself is watched beside the pipe, which stays open while something that a cell started holds it.
    """
    deadline = time.monotonic() + START_SECONDS
    watched = os.pidfd_open(process.pid or 0)
    try:
        while select.select([pipe.fileno(), watched], [], [], max(0.0, deadline - time.monotonic()))[0]:
            try:
                # The process may have ended with its last words still in the pipe: they count, an empty pipe does not.
                if not pipe.poll(0):
                    raise EOFError
                kind, content = pipe.recv()
            except (EOFError, OSError) as error:
                raise NotebookError(DIED) from error
            if kind == "done":
                return content
            if kind == "failed":
                raise NotebookError(*content)
            if kind == "cell":
                deadline = time.monotonic() + task.cell_seconds
            elif task.hear is not None:
                task.hear(content)  # who prints has no more time for it
            if time.monotonic() > deadline:
                break
    finally:
        os.close(watched)
    raise NotebookError(LATE)


def _end(process: BaseProcess, others: frozenset[int]) -> None:
    """Kill a county process, its group, and what left the group: orphans become children of the worker."""
    # The process too: killed before its setsid it has no group yet.
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):
            kill(process.pid or 0, signal.SIGKILL)
    process.join()
    process.close()
    # setsid takes a process out of the group, not out of the family: as subreaper the worker inherits it and finds it here.
    end_children(END_SECONDS, spare=others)


# Inside the county process


def _live(pipe: Connection, task: NotebookTask, messages: int, worker: int) -> None:
    """The process's life. It ends here: nothing of the worker's may run on in it."""
    tell = _only_here(pipe.send)
    try:
        os.setsid()  # a group of its own: whatever a cell starts is ended with it
        die_with_parent(worker)
        _attach(pipe, messages)
        _settle(task)
        tell(("done", _executed(task, tell)))
    except NotebookError as error:
        tell(("failed", (str(error), error.detail, error.kind)))
    except BaseException as error:
        reason = explain(error) if isinstance(error, Exception) else DIED
        tell(("failed", (reason, repr(error), type(error).__name__)))
    finally:
        # Never sys.exit: what the worker's libraries do at the end of a process (close LibreOffice, remove folders) is the
        # worker's to do.
        os._exit(0)


def _only_here(send: Tell) -> Tell:
    """`send` in this process; nothing in forks that cells made and forgot."""
    process = os.getpid()

    def guarded(message: tuple[str, Any]) -> None:
        if os.getpid() == process:
            with suppress(OSError):
                send(message)

    return guarded


def _attach(pipe: Connection, messages: int) -> None:
    """No input; what libraries print goes to the county's log; nothing else of the worker's stays open."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (messages, 1), (messages, 2)):
        os.dup2(source, target)
    # The connections to the coordinator and to LibreOffice are open in a fork: no cell shall write there, and
    # an end that is held open here would hide that the other has died.
    kept = pipe.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 65536)
    faulthandler.enable(2)


def _settle(task: NotebookTask) -> None:
    """Work in the task's private folder, within its memory, with chance beginning the same in every county."""
    Shown.hints = False  # evidence is read by others than those who write cells
    os.chdir(task.scratch)
    folder = task.scratch.parent / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    _limit_memory(task.memory)
    random.seed(0)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(0)


def _limit_memory(megabytes: int) -> None:
    """Let an allocation beyond the limit raise MemoryError; when the machine runs out of memory, end this process first."""
    # Address space, which Linux enforces and Python turns into MemoryError; a limit of resident memory it ignores.
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = megabytes << 20
    if most == resource.RLIM_INFINITY or limit < most:
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)


def _lift_memory_limit() -> None:
    """Give back what is needed to tell of an error, or to hand the notebook over, once the cells are done."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _executed(task: NotebookTask, tell: Tell) -> Any:
    """Run the notebook with papermill in this very process; raises NotebookError."""
    import papermill
    from papermill.exceptions import PapermillException, PapermillExecutionError

    from junheng.batch.cells import ENGINE, Shell, TooMuchOutput

    logging.getLogger("papermill").setLevel(logging.ERROR)
    shell = Shell.made(str(task.scratch.parent / "ipython"), _lift_memory_limit)
    if task.hear is not None:
        shell.outputs.hear = lambda text: tell(("printed", text))
    try:
        notebook = papermill.execute_notebook(
            str(task.notebook),
            None,  # nothing half-done is ever written
            parameters=dict(task.parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            ipython=shell,
            begun=lambda index: tell(("cell", index)),
        )
    except PapermillExecutionError as error:
        fault = shell.fault or error
        raise failed_cell(shell, fault, error.exec_count, "\n".join(error.traceback)) from error
    except TooMuchOutput as error:
        raise NotebookError(TOO_MUCH) from error
    except PapermillException as error:
        raise NotebookError("笔记本无法运行，详见日志。", repr(error)) from error
    finally:
        _lift_memory_limit()
    _require_complete(notebook, shell)
    return notebook


def _require_complete(notebook: Any, shell: Any) -> None:
    """papermill takes SystemExit(0) for success; we do not. Every code cell must have run."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            raise failed_cell(shell, SystemExit(), cell.execution_count, "")
        if cell.source.strip() and cell.execution_count is None:
            raise NotebookError("笔记本没有运行到最后，报告不完整。")
