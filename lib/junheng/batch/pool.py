"""Running jobs on this machine: a few worker processes, each with one job at a time.

Workers are forked from a process that has imported everything once (`worker.py`), and their kernels from another
(`kernel.py`).
A worker that dies fails only the county it was working on and is replaced. Workers die with the process that
started them, and kernels die with their worker, so that nothing runs on after Ctrl-C or a kill.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, Any, Protocol, cast

from junheng.batch.forge import Forge, ended
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.work import Shared, Toolbox, perform, workplace
from junheng.processes import die_with_parent

PATIENCE = 5.0
"""Seconds that a worker gets to end its kernel and LibreOffice."""
RETRIES = 3
"""How often in a run a worker that never came to life, since its forge had died, is asked for once more."""

Listener = Callable[[JobResult], None]


class Executor(Protocol):
    """Runs jobs somewhere and tells the listener about each as soon as it is done."""

    def run(self, jobs: Iterable[Job], finished: Listener) -> None: ...


class LocalExecutor:
    """Worker processes on this machine. `messages` is a file for whatever libraries print."""

    def __init__(self, workers: int, tools: Toolbox, runtime: Path, messages: Path) -> None:
        self.workers = max(1, workers)
        self._tools, self._runtime, self._messages = tools, runtime, messages
        self._everyone: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run all jobs, large ones first, lest one be left for the end.

        On any exception (Ctrl-C too) every worker is killed before it goes on.
        """
        waiting = deque(sorted(jobs, key=_size, reverse=True))
        with (
            self._messages.open("ab") as messages,
            self._shared(messages) as end,
            _Forges(messages) as forges,
        ):
            try:
                self._work(waiting, finished, lambda: self._hired(forges.one(), end()))
                for worker in self._everyone:
                    worker.dismiss()
                for worker in self._everyone:
                    worker.leave()
            finally:
                for worker in self._everyone:
                    worker.kill()

    def _shared(self, messages: IO[bytes]) -> AbstractContextManager[Callable[[], socket.socket | None]]:
        """What the workers share, when the runner has such a thing."""
        runner = self._tools.runner
        return runner.shared(messages) if isinstance(runner, Shared) else nullcontext(lambda: None)

    def _work(self, waiting: deque[Job], finished: Listener, hire: Callable[[], _Worker]) -> None:
        retries = RETRIES
        for _ in range(min(self.workers, len(waiting))):
            self._begin(waiting.popleft(), hire())
        while self._busy:
            for channel in wait(list(self._busy)):
                worker = self._busy[cast(Connection, channel)]
                result = worker.hear()
                if result is None:
                    continue
                del self._busy[worker.channel]
                if worker.unborn and retries:
                    retries -= 1
                    self._begin(worker.job, hire())
                    continue
                if waiting:
                    self._begin(waiting.popleft(), hire() if worker.dead else worker)
                finished(result)

    def _hired(self, forge: Forge, end: socket.socket | None) -> _Worker:
        folder = self._runtime / f"w{len(self._everyone)}"
        worker = _Worker(forge, end, self._tools, folder, self._messages)
        self._everyone.append(worker)
        return worker

    def _begin(self, job: Job, worker: _Worker) -> None:
        worker.start(job)
        self._busy[worker.channel] = worker


def _size(job: Job) -> int:
    """About how long a job takes: the bytes of its workbooks."""
    names = (name for name in job.inputs.digests if name.startswith("data/"))
    return sum(path.stat().st_size for path in map(job.workbook, names) if path.is_file())


class _Forges:
    """The forge from which workers come, a new one when it has died."""

    def __init__(self, messages: IO[bytes]) -> None:
        self._messages = messages
        self._all = [self._made()]

    def _made(self) -> Forge:
        return Forge("junheng.batch.worker", messages=self._messages)

    def __enter__(self) -> _Forges:
        return self

    def __exit__(self, *error: object) -> None:
        for forge in self._all:
            forge.close()

    def one(self) -> Forge:
        if not self._all[-1].alive:
            self._all.append(self._made())
        return self._all[-1]


class _Worker:
    """One worker process, seen from outside; `end` is its end of what all workers share."""

    def __init__(
        self, forge: Forge, end: socket.socket | None, tools: Toolbox, runtime: Path, messages: Path
    ) -> None:
        ours, theirs = socket.socketpair()
        with theirs, end or nullcontext():
            forge.fork(theirs.fileno(), *([end.fileno()] if end else []))
        self.channel = Connection(ours.detach())
        self._forge = forge
        self._process: int | None = None
        self._job: Job | None = None
        self.dead = False
        self._send(sys.path, (tools, runtime, messages))

    def _send(self, *messages: Any) -> None:
        with suppress(OSError):  # dead already: `hear` will say so
            for message in messages:
                self.channel.send(message)

    def start(self, job: Job) -> None:
        self._job = job
        self._send(job)

    def hear(self) -> JobResult | None:
        """Return the job's result, None for a first sign of life; a worker that died is its county's failure."""
        job = self.job
        try:
            heard: JobResult | int = self.channel.recv()
        except (EOFError, OSError):
            self.dead = True
            self._forge.lost = self._forge.lost or self.unborn
            return _lost(job, self._code())
        if isinstance(heard, JobResult):
            return heard
        self._process = heard
        return None

    @property
    def unborn(self) -> bool:
        """Whether it died before its first sign of life."""
        return self.dead and self._process is None

    @property
    def job(self) -> Job:
        assert self._job is not None
        return self._job

    def _code(self) -> int | None:
        if self._process is None or not ended(self._process, PATIENCE):
            return None
        return self._forge.code(self._process)

    def dismiss(self) -> None:
        """Tell the worker to end by itself."""
        self._send(None)

    def leave(self) -> None:
        """Wait until it has."""
        if self._process is not None:
            ended(self._process, 2 * PATIENCE)

    def kill(self) -> None:
        """End the worker: first asked, then forced; one that has not begun finds its channel closed."""
        with suppress(EOFError, OSError):
            if self._process is None and self.channel.poll(0):
                self.hear()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process is not None and not ended(self._process, 0):
                with suppress(ProcessLookupError):
                    os.kill(self._process, number)
                ended(self._process, PATIENCE)
        self.channel.close()


def _lost(job: Job, code: int | None) -> JobResult:
    how = "" if code is None else f"信号{-code}，" if code < 0 else f"退出码{code}，"
    reason = f"工作进程中途退出（{how}可能内存不足或被结束），请重新运行该县。"
    return JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file)


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
