"""A real worker for tests of notebooks: it imports once, runs notebook after notebook, and is replaced when it dies."""

from __future__ import annotations

import atexit
import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from junheng.batch.checks import inspect_contract
from junheng.batch.county_process import NotebookTask
from junheng.batch.execute import PapermillRunner
from junheng.batch.log import JobLog
from junheng.batch.work import Toolbox, Workplace
from junheng.batch.workers import _Worker
from tests.batch.fakes import FakeConverter, write_notebook


class WorkerLost(Exception):
    """The worker ended while it ran a notebook."""


def perform(order: tuple[NotebookTask, Path], place: Workplace) -> Any:
    """What the worker does: the executed notebook, or the exception."""
    task, log = order
    try:
        return place.tools.runner.run(dataclasses.replace(task, hear=place.tell), JobLog(log))
    except Exception as error:
        return error


class Workshop:
    """One worker with papermill and a stand-in for LibreOffice."""

    def __init__(self, runner: PapermillRunner | None = None) -> None:
        self.said: list[str] = []
        """What the cells of the last notebook printed, as the coordinator hears it."""
        self._folder = tempfile.TemporaryDirectory(prefix="workshop-")
        folder = Path(self._folder.name)
        tools = Toolbox(runner or PapermillRunner(), FakeConverter, inspect_contract)
        self.messages = folder / "messages"
        with self.messages.open("ab") as messages:
            made_of = (perform, tools, folder / "w", self.messages)
            self._worker = _Worker(messages.fileno(), made_of)
        self.process = psutil.Process(self._worker.channel.recv())

    def run(self, task: NotebookTask, log: Path) -> Any:
        """Return the executed notebook or raise what the runner raised; WorkerLost when the worker ended."""
        self._worker.channel.send((task, log))
        self.said.clear()
        try:
            while isinstance(done := self._worker.channel.recv(), str):
                self.said.append(done)
        except (EOFError, OSError) as error:
            raise WorkerLost from error
        if isinstance(done, Exception):
            raise done
        return done

    def counties(self) -> list[psutil.Process]:
        """The county process, if there is one, and whatever it started."""
        return self.process.children(recursive=True) if self.process.is_running() else []

    def close(self) -> None:
        self._worker.end()
        self._folder.cleanup()


_shared: Workshop | None = None


def shared() -> Workshop:
    """The workshop of this test process."""
    global _shared
    if _shared is None or not _shared.process.is_running():
        _shared = Workshop()
        atexit.register(_shared.close)
    return _shared


def execute(
    folder: Path, *cells: str, seconds: int = 600, memory: int = 4096, workshop: Workshop | None = None
) -> Any:
    """Run a notebook of these cells in `folder`; the log is folder/log.txt."""
    folder.mkdir(exist_ok=True)
    path = folder / "county_report.ipynb"
    write_notebook(path, cells)
    scratch = folder / "run" / "scratch"
    scratch.mkdir(parents=True)
    task = NotebookTask(path, {"COUNTY": "010101", "YEAR": 2024}, scratch, seconds, memory)
    return (workshop or shared()).run(task, folder / "log.txt")


@contextmanager
def own_workshop(runner: PapermillRunner | None = None) -> Iterator[Workshop]:
    """A workshop that one test may spoil."""
    workshop = Workshop(runner)
    try:
        yield workshop
    finally:
        workshop.close()
