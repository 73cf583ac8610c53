"""Running jobs on this machine: a few worker processes, each with one job at a time.

Workers are forked from a process that has imported everything once, and their kernels from another (`kernel.py`).
A worker that dies fails only the county it was working on and is replaced. Workers die with the process that
started them, and kernels die with their worker, so that nothing runs on after Ctrl-C or a kill.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from junheng.batch.job import Job, JobResult, Status
from junheng.batch.work import RunnerMaker, Shared, Toolbox, perform, workplace
from junheng.processes import die_with_parent

PATIENCE = 5.0
"""Seconds that a worker gets to end its kernel and LibreOffice."""

Listener = Callable[[JobResult], None]


class Executor(Protocol):
    """Runs jobs somewhere and tells the listener about each as soon as it is done."""

    def run(self, jobs: Iterable[Job], finished: Listener) -> None: ...


class LocalExecutor:
    """Worker processes on this machine. `messages` is a file for whatever libraries print."""

    def __init__(self, workers: int, tools: Toolbox, runtime: Path, messages: Path) -> None:
        self.workers = max(1, workers)
        self._tools, self._runtime, self._messages = tools, runtime, messages
        self._runner: RunnerMaker = lambda: nullcontext(tools.runner)
        self._everyone: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run all jobs; on any exception (Ctrl-C too) every worker is killed before it goes on."""
        waiting = deque(
            sorted(jobs, key=_size, reverse=True)
        )  # a large one at the end would leave workers idle
        with self._sharing():
            self._work(waiting, finished)

    @contextmanager
    def _sharing(self) -> Iterator[None]:
        """Have what all workers share, when the runner has such a thing."""
        runner = self._tools.runner
        if not isinstance(runner, Shared):
            yield
            return
        with self._messages.open("ab") as messages, runner.shared(messages) as make:
            self._runner = make
            yield

    def _work(self, waiting: deque[Job], finished: Listener) -> None:
        try:
            for _ in range(min(self.workers, len(waiting))):
                self._begin(waiting.popleft(), self._hired())
            while self._busy:
                ready = wait(list(self._busy))
                for channel in [channel for channel in self._busy if channel in ready]:
                    worker = self._busy.pop(channel)
                    result = worker.result()
                    if waiting:
                        self._begin(waiting.popleft(), self._hired() if worker.dead else worker)
                    finished(result)
            for worker in self._everyone:
                worker.dismiss()
            for worker in self._everyone:
                worker.leave()
        finally:
            for worker in self._everyone:
                worker.kill()

    def _hired(self) -> _Worker:
        folder = self._runtime / f"w{len(self._everyone)}"
        with self._runner() as runner:
            worker = _Worker(replace(self._tools, runner=runner), folder, self._messages)
        self._everyone.append(worker)
        return worker

    def _begin(self, job: Job, worker: _Worker) -> None:
        worker.start(job)
        self._busy[worker.channel] = worker


def _size(job: Job) -> int:
    """About how long a job takes: the bytes of its workbooks."""
    names = (name for name in job.inputs.digests if name.startswith("data/"))
    return sum(path.stat().st_size for path in map(job.workbook, names) if path.is_file())


class _Worker:
    """One worker process, seen from outside."""

    def __init__(self, tools: Toolbox, runtime: Path, messages: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["junheng.batch.preload"])
        self.channel, other_end = context.Pipe()
        self._process = context.Process(
            target=_serve_forked, args=(dict(os.environ), other_end, tools, runtime, messages), daemon=False
        )
        self._process.start()
        other_end.close()
        self._job: Job | None = None
        self.dead = False

    def start(self, job: Job) -> None:
        self._job = job
        with suppress(OSError):  # died before its first job: `result` will say so
            self.channel.send(job)

    def result(self) -> JobResult:
        """Return the job's result; a worker that died in the middle is its county's failure."""
        assert self._job is not None
        try:
            result: JobResult = self.channel.recv()
        except (EOFError, OSError):
            self.dead = True
            self._process.join(5)
            return _lost(self._job, self._process.exitcode)
        return result

    def dismiss(self) -> None:
        """Tell the worker to end by itself."""
        if not self.dead:
            with suppress(OSError):
                self.channel.send(None)

    def leave(self) -> None:
        """Wait until it has."""
        self._process.join(10)

    def kill(self) -> None:
        """End the worker: first asked, then forced."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self.channel.close()


def _lost(job: Job, code: int | None) -> JobResult:
    how = f"信号{-code}" if code is not None and code < 0 else f"退出码{code}"
    reason = f"工作进程中途退出（{how}，可能内存不足或被结束），请重新运行该县。"
    return JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file)


def _serve_forked(
    environment: dict[str, str], channel: Connection, tools: Toolbox, runtime: Path, messages: Path
) -> None:
    """`serve` in a process forked from multiprocessing's server, whose environment is that of an earlier run."""
    os.environ.clear()
    os.environ.update(environment)
    serve(channel, tools, runtime, messages, os.getppid())


def serve(channel: Connection, tools: Toolbox, runtime: Path, messages: Path, parent: int) -> None:
    """The worker's life: take a job, perform it, send the result, until told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's affair
    signal.signal(signal.SIGTERM, _stop)
    die_with_parent(parent, signal.SIGTERM)
    _redirect(messages)
    _own_temporary_files(runtime / "tmp")
    with workplace(tools, runtime) as place, suppress(EOFError):
        while (job := channel.recv()) is not None:
            channel.send(perform(job, place))


def _stop(number: int, frame: Any) -> None:
    """End in an orderly way: kernels and LibreOffice go first, the staging folder is removed."""
    raise SystemExit(128 + number)


def _own_temporary_files(folder: Path) -> None:
    """Keep this worker's temporary files where the run removes them, however the worker ends."""
    folder.mkdir(parents=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)


def _redirect(messages: Path) -> None:
    """Send what libraries print to a file, and the place of a crash as well."""
    stream = messages.open("a", encoding="utf-8", errors="replace")
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream
    faulthandler.enable(stream)
