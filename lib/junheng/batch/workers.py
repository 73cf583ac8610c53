"""Running jobs on this machine: a few worker processes (worker.py), each with one job at a time.

A worker that dies fails only the county it was working on and is replaced. Workers die with the process that
started them, and county processes with their worker, so that nothing runs on after Ctrl-C or a kill.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol, cast

from junheng.batch.job import Job, JobResult, Status
from junheng.batch.work import Toolbox, perform
from junheng.files import open_log
from junheng.processes import adopt_orphans, child_environment, children, disown_orphans, end_children

PATIENCE = 10.0
"""Seconds that a worker gets to end its county process and LibreOffice."""
RETRIES = 3
"""How often in a run a worker that died before it could take its job is replaced without loss of the county."""
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "CST-8",
}
"""What must not differ from one machine to the next. `CST-8` is China's time without a zone file."""

Listener = Callable[[JobResult], None]


class Executor(Protocol):
    """Runs jobs somewhere and tells the listener about each as soon as it is done."""

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run the jobs; a county that fails is a result, only what stops the whole run is raised."""


class LocalExecutor:
    """Worker processes on this machine.

    `messages` is a file for whatever libraries print; `told` hears what a job says meanwhile.
    """

    def __init__(
        self,
        workers: int,
        tools: Toolbox,
        runtime: Path,
        messages: Path,
        told: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.workers = max(1, workers)
        self._tools, self._told = tools, told
        self._runtime, self._messages = runtime, messages
        self._everyone: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run all jobs, large ones first, lest one be left for the end.

        On any exception (Ctrl-C too) every worker is killed before it goes on.
        """
        waiting = deque(sorted(jobs, key=_size, reverse=True))
        with _whole_family():
            try:
                self._work(waiting, finished)
                for worker in self._everyone:
                    worker.dismiss()
                for worker in self._everyone:
                    worker.leave()
            finally:
                for worker in self._everyone:
                    worker.end()

    def _work(self, waiting: deque[Job], finished: Listener) -> None:
        retries = RETRIES
        for _ in range(min(self.workers, len(waiting))):
            self._begin(waiting.popleft(), self._hired())
        while self._busy:
            for channel in wait(list(self._busy)):
                worker = self._busy[cast(Connection, channel)]
                result = worker.hear()
                if isinstance(result, str):
                    self._told(result)
                if not isinstance(result, JobResult):
                    continue
                del self._busy[worker.channel]
                # The county is not to blame: the machine was short of memory for a moment, or a library half installed.
                # Only so often: where no worker can live at all, the run must end and say so.
                if worker.unborn and retries:
                    retries -= 1
                    self._begin(worker.job, self._hired())
                    continue
                # First the next county, then the word of this one: no worker waits while it is shown or sent away.
                if waiting:
                    self._begin(waiting.popleft(), self._hired() if worker.dead else worker)
                finished(result)

    def _hired(self) -> _Worker:
        folder = self._runtime / f"w{len(self._everyone)}"
        with open_log(self._messages, "a") as messages:
            worker = _Worker(messages.fileno(), (perform, self._tools, folder, self._messages))
        self._everyone.append(worker)
        return worker

    def _begin(self, job: Job, worker: _Worker) -> None:
        worker.start(job)
        self._busy[worker.channel] = worker


@contextmanager
def _whole_family() -> Iterator[None]:
    """Whatever a killed worker leaves behind comes to this process and is ended with the run."""
    others = frozenset(children())
    adopt_orphans()
    try:
        yield
    finally:
        end_children(PATIENCE, spare=others)
        disown_orphans()


def _size(job: Job) -> int:
    """About how long a job takes: the bytes of its workbooks."""
    names = (name for name in job.inputs.digests if name.startswith("data/"))
    return sum(path.stat().st_size for path in map(job.workbook, names) if path.is_file())


class _Worker:
    """One worker process, seen from outside."""

    def __init__(self, messages: int, made_of: tuple[Any, ...]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                # -P: a random.py in the folder where somebody works must not be taken for the library.
                [sys.executable, "-P", "-m", "junheng.batch.worker", str(number), str(os.getpid())],
                # A session of its own: the terminal sends Ctrl-C to all of ours, and only the coordinator shall heed it.
                pass_fds=(number,), env=child_environment(ENVIRONMENT), stdin=subprocess.DEVNULL,
                stdout=messages, stderr=messages, start_new_session=True,
            )  # fmt: skip
        self.channel = Connection(ours.detach())
        self._job: Job | None = None
        self._alive = False
        self.dead = False
        self._send(sys.path, made_of)

    def _send(self, *messages: Any) -> None:
        with suppress(OSError):  # dead already: `hear` will say so
            for message in messages:
                self.channel.send(message)

    def start(self, job: Job) -> None:
        self._job = job
        self._send(job)

    def hear(self) -> JobResult | str | int:
        """Return the job's result, or what the worker says meanwhile: its number first of all, as a sign of life.

        A worker that died is its county's failure.
        """
        try:
            heard: JobResult | str | int = self.channel.recv()
        except (EOFError, OSError):
            self.dead = True
            return _lost(self.job, self._code())
        self._alive = True
        return heard

    @property
    def unborn(self) -> bool:
        """Whether it died before its first sign of life."""
        return self.dead and not self._alive

    @property
    def job(self) -> Job:
        assert self._job is not None
        return self._job

    def _code(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(PATIENCE)
        return None

    def dismiss(self) -> None:
        """Tell the worker to end by itself."""
        self._send(None)

    def leave(self) -> None:
        """Wait until it has."""
        self._code()

    def end(self) -> None:
        """End the worker: first asked, then forced."""
        # Asked, it ends LibreOffice and the county process and removes its staging folder; killed, it leaves them to us.
        for stop in (self._process.terminate, self._process.kill):
            if self._process.poll() is None:
                stop()
                self._code()
        self.channel.close()


def _lost(job: Job, code: int | None) -> JobResult:
    how = "" if code is None else f"信号{-code}，" if code < 0 else f"退出码{code}，"
    reason = f"工作进程中途退出（{how}可能内存不足或被结束），请重新运行该县。"
    return JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file)
