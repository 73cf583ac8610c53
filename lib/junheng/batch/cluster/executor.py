"""The coordinator's side: chunks of counties go to a Dask cluster's workers; what comes back is checked and published."""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, Security, wait

from junheng.batch.cluster.fitness import LOOK_SECONDS, FitWorkers, common_inputs
from junheng.batch.cluster.parcel import order_for
from junheng.batch.cluster.receive import accept
from junheng.batch.cluster.store import shown
from junheng.batch.cluster.task import WorkerProblem, make
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.plan import Request
from junheng.batch.reasons import explain
from junheng.batch.work import Toolbox
from junheng.batch.workers import Listener
from junheng.errors import UsageProblem
from junheng.files import open_log

TRIES = 3
"""How many tasks may fail with a county before it counts as failed. (A lost worker's task goes to others by Dask itself.)"""
CHUNK = 8
"""Counties of a task at most: what a lost worker had not yet sent back is made again, and starting batch and LibreOffice
costs about as much as two counties."""
CONNECT_SECONDS = 15.0
ALONE_SECONDS = 60.0
"""How long a run waits for the first worker, or for new ones after all were lost."""
AHEAD = 2
"""Tasks handed out for each thread of the cluster: one being done, one waiting, so that no worker idles."""

LOST = (CancelledError, asyncio.CancelledError, OSError)
"""What waiting for a task raises when the connection to the scheduler is lost."""

Jobs = tuple[Job, ...]


@dataclass(frozen=True)
class DaskExecutor:
    """Runs a request's jobs on its cluster.

    `told` hears what the user should know meanwhile, `messages` is a file for what Dask has to say; without `tools`
    workers use the standard ones.
    """

    request: Request
    tools: Toolbox | None
    messages: Path
    told: Callable[[str], object]

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run all jobs; on any exception (Ctrl-C too) tasks are called back before it goes on.

        Raises UsageProblem before the first county when there is no scheduler, no worker, or none that is fit.
        """
        jobs = tuple(jobs)
        assert self.request.cluster is not None
        with _connected(self.request.cluster.scheduler, self.messages) as client:
            workers = FitWorkers(client, order_for(self.request), common_inputs(jobs), self.told)
            workers.require_one(ALONE_SECONDS)
            tasks = _Tasks(client, workers, self.request, self.tools, finished)
            try:
                tasks.serve(jobs)
            finally:
                tasks.call_back()


@dataclass
class _Tasks:
    """The tasks of one run that are out, each with its jobs and the workers that may do it."""

    client: Client
    workers: FitWorkers
    request: Request
    tools: Toolbox | None
    finished: Listener
    waiting: deque[Jobs] = field(default_factory=deque)
    out: dict[Any, tuple[Jobs, frozenset[str]]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    def serve(self, jobs: Jobs) -> None:
        self.waiting.extend(_chunks(jobs, self.workers.threads))
        while self.waiting or self.out:
            while self.waiting and len(self.out) < AHEAD * self.workers.threads:
                self._hand_out(self.waiting.popleft())
            for future in self._ended():
                self._take_in(future, self.out.pop(future)[0])
            self.workers.update()
            self._fetch_back_stranded()
            if self.workers.alone_for > ALONE_SECONDS:
                self._give_up()

    def _hand_out(self, jobs: Jobs) -> None:
        names = {name for job in jobs for name in job.inputs.digests}
        order = pickle.dumps(order_for(self.request, jobs, names, self.tools))
        key = f"junheng-{jobs[0].county.code}-{uuid.uuid4().hex[:8]}"
        fit = frozenset(self.workers.fit)
        # pure=False: Dask would take a task of the same order for the one it has done already.
        self.out[self.client.submit(make, order, key=key, pure=False, workers=sorted(fit))] = jobs, fit

    def _ended(self) -> list[Any]:
        """Tasks that came to an end, in whatever way; waits a moment for the first."""
        if not self.out:
            time.sleep(LOOK_SECONDS)
        with self.client.as_current(), suppress(TimeoutError, *LOST):
            wait(list(self.out), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
        return [future for future in self.out if future.done()]

    def _fetch_back_stranded(self) -> None:
        """Tasks all of whose workers are gone wait anew, for those that have come since."""
        for future, (jobs, fit) in list(self.out.items()):
            if self.workers.fit and fit.isdisjoint(self.workers.fit):
                del self.out[future]
                self.client.cancel([future], force=True)
                self.waiting.append(jobs)

    def _take_in(self, future: Any, jobs: Jobs) -> None:
        """Publish what came back; the counties of a task that failed as a whole are tried again one by one."""
        try:
            parcels = pickle.loads(future.result(CONNECT_SECONDS))
        except (Exception, *LOST) as error:
            for job in jobs:
                self._again(job, error, final=len(jobs) == 1 and isinstance(error, KilledWorker))
        else:
            for job, parcel in zip(jobs, parcels, strict=True):
                self.finished(accept(job, parcel))

    def _again(self, job: Job, error: BaseException, final: bool) -> None:
        self.tries[job.county.code] += 1
        if self.tries[job.county.code] < TRIES and not final:
            self.waiting.append((job,))
        else:
            self._fail(job, f"{_reason(error)}已重试，仍未成功，请检查集群后重新运行。")

    def _give_up(self) -> None:
        chunks = [*(jobs for jobs, _ in self.out.values()), *self.waiting]
        self.call_back()
        self.waiting.clear()
        for job in (job for jobs in chunks for job in jobs):
            self._fail(
                job,
                f"调度程序已停止，或已没有工作机可用（等待{ALONE_SECONDS:.0f}秒），请检查集群后重新运行。",
            )

    def _fail(self, job: Job, reason: str) -> None:
        with open_log(job.log_file, "w") as log:
            log.write(f"失败：{reason}\n")
        self.finished(JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file))

    def call_back(self) -> None:
        """Cancel all tasks that are out; a worker ends its process as soon as it hears of it."""
        futures, self.out = list(self.out), {}
        with suppress(Exception):  # the scheduler may be gone
            self.client.cancel(futures, force=True)


def _chunks(jobs: Jobs, threads: int) -> list[Jobs]:
    """Equal shares of at most CHUNK counties, so that all threads are busy in every round."""
    rounds = math.ceil(len(jobs) / (CHUNK * max(threads, 1)))
    size = math.ceil(len(jobs) / (rounds * max(threads, 1)))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _reason(error: BaseException) -> str:
    if isinstance(error, WorkerProblem):
        return str(error)
    if isinstance(error, KilledWorker):
        return f"先后有{error.allowed_failures + 1}个工作进程在处理该县时退出（可能内存不足或被结束）。"
    if not isinstance(error, Exception) or isinstance(error, LOST):
        return "工作机或调度程序的连接中断。"
    return explain(error)


@contextmanager
def _connected(address: str, messages: Path) -> Iterator[Client]:
    """A client of the scheduler, whose own messages go to a file; raises UsageProblem when there is none."""
    logger = logging.getLogger("distributed")
    handler = logging.FileHandler(messages, encoding="utf-8")
    before, logger.handlers, logger.propagate = list(logger.handlers), [handler], False
    try:
        with _client(address) as client:
            yield client
    finally:
        logger.handlers, logger.propagate = before, True
        handler.close()


@contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        encrypted = Security().get_connection_args("client")["ssl_context"]
        if address.startswith("tls://") and not encrypted:
            raise UsageProblem(
                f"地址“{shown(address)}”要求加密，但Dask的配置文件中没有写明证书（distributed.comm.tls），"
                "写法见docs/howto/cluster.md。"
            )
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="junheng")
    except UsageProblem:
        raise
    except Exception as error:  # each transport has its own
        raise UsageProblem(
            f"无法连接调度程序“{shown(address)}”（{type(error).__name__}），请检查地址、网络和证书设置（选项--scheduler）。"
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=CONNECT_SECONDS)
