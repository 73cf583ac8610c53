"""The coordinator's side: chunks of counties go to a Dask cluster's workers; what comes back is checked and published."""

from __future__ import annotations

import logging
import math
import pickle
import time
import uuid
from asyncio import CancelledError as TaskCancelled
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, Security, wait

from junheng.batch.changes import called
from junheng.batch.cluster.chunk import Order, made_with
from junheng.batch.cluster.receive import accept
from junheng.batch.cluster.store import shown
from junheng.batch.cluster.task import LOOK_SECONDS, MADE_WITH, WorkerProblem, make, resources
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.plan import Request
from junheng.batch.reasons import explain
from junheng.batch.work import Toolbox
from junheng.batch.workers import Listener
from junheng.errors import UsageProblem
from junheng.files import open_log

RETRIES = 2
"""How often Dask tries a county anew that failed alone. (A lost worker's task goes to others by Dask itself.)"""
CHUNK = 8
"""Counties of a task at most: what a lost worker had not yet sent back is made again, and starting batch and LibreOffice
costs about as much as two counties."""
CONNECT_SECONDS = 15.0
ALONE_SECONDS = 60.0
"""How long a run waits for the first worker, or for new ones after all were lost."""
_MOST_TOLD = 5
_DIGEST = 64

LOST = (CancelledError, TaskCancelled)
"""What becomes of tasks when the connection to the scheduler is lost."""

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
        assert self.request.cluster is not None
        with _connected(self.request.cluster.scheduler, self.messages) as client:
            workers = _Workers(client, made_with(self.request.places.root), self.told)
            tasks = _Tasks(client, workers, self.request, self.tools, finished)
            try:
                tasks.serve(tuple(jobs))
            finally:
                with suppress(Exception):  # the scheduler may be gone
                    client.cancel(list(tasks.out), force=True)


@dataclass
class _Workers:
    """Which workers of a cluster would make the same bytes as this machine. Dask itself gives our tasks to no others
    (task.resources); this is to say who is left out and why, and to give up when nobody is there."""

    client: Client
    needed: Mapping[str, str]
    told: Callable[[str], object]
    _misfit: set[str] = field(default_factory=set)
    _last_seen: float = field(default_factory=time.monotonic)

    def first(self) -> int:
        """Wait for the first fit worker and return how many threads there are; raises UsageProblem when there is none."""
        while not (threads := self.look()):
            if self._misfit:
                raise UsageProblem("集群中没有可用的工作进程，未开始生成。")
            if self.gone:
                raise UsageProblem(
                    f"集群中没有工作机（等待{ALONE_SECONDS:.0f}秒），请先在各机启动dask worker。"
                )
            time.sleep(LOOK_SECONDS)
        return threads

    def look(self) -> int:
        """Count the threads of those that are there, and name those that are not fit, each once."""
        threads, bad = 0, {}
        for address, worker in self.client.scheduler_info(n_workers=-1)["workers"].items():
            if why := "、".join(_differences(worker["resources"], self.needed)):
                bad[address] = why
            else:
                threads += worker["nthreads"]
        if new := [address for address in bad if address not in self._misfit]:
            self._misfit.update(new)
            some = "；".join(f"{address}：{bad[address]}" for address in new[:_MOST_TOLD])
            more = f"等{len(new)}个" if len(new) > _MOST_TOLD else ""
            self.told(
                f"有{len(new)}个工作进程与主控机不一致，不用于本次生成。{some}{more}。"
                "请在该机更新到同一版本并运行make setup，再重新启动dask worker。"
            )
        if threads:
            self._last_seen = time.monotonic()
        return threads

    @property
    def gone(self) -> bool:
        """Whether no fit worker was there for so long that none is to be expected."""
        return time.monotonic() - self._last_seen > ALONE_SECONDS


def _differences(found: Mapping[str, object], needed: Mapping[str, str]) -> Iterator[str]:
    """What a worker's resources say it has otherwise than needed, in words."""
    named = (name.removeprefix(MADE_WITH) for name in found if name.startswith(MADE_WITH))
    there = dict(name.split("=", 1) for name in named)
    if not there:
        yield "没有装入本程序（启动时缺少--preload junheng.batch.cluster.task，或装入失败）"
        return
    for name in sorted({*needed, *there}):
        one, other = needed.get(name, "无"), there.get(name, "无")
        if one != other:
            digests = len(one) == len(other) == _DIGEST
            yield f"{called(name)}不同" if digests else f"{called(name)}（主控机{one}，工作机{other}）"


@dataclass
class _Tasks:
    """The tasks of one run that are out, each with its jobs."""

    client: Client
    workers: _Workers
    request: Request
    tools: Toolbox | None
    finished: Listener
    out: dict[Any, Jobs] = field(default_factory=dict)

    def serve(self, jobs: Jobs) -> None:
        for some in _chunks(jobs, self.workers.first()):
            self._hand_out(some, retries=0)
        while self.out:
            for future in self._ended():
                self._take_in(future, self.out.pop(future))
            self.workers.look()
            if self.workers.gone:
                why = f"已没有工作机可用（等待{ALONE_SECONDS:.0f}秒），请检查集群后重新运行。"
                for job in (job for jobs in self.out.values() for job in jobs):
                    self._fail(job, why)
                return

    def _hand_out(self, jobs: Jobs, retries: int) -> None:
        order = pickle.dumps(Order.of(self.request, jobs, self.tools))
        # A name of its own: Dask would take a task of the same order for the one it has done already.
        key = f"junheng-{jobs[0].county.code}-{uuid.uuid4().hex[:8]}"
        needed = resources(self.workers.needed, 1)
        self.out[self.client.submit(make, order, key=key, retries=retries, resources=needed)] = jobs

    def _ended(self) -> list[Any]:
        """Tasks that came to an end, in whatever way; waits a moment for the first."""
        with self.client.as_current(), suppress(TimeoutError, *LOST):
            wait(list(self.out), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
        return [future for future in self.out if future.done()]

    def _take_in(self, future: Any, jobs: Jobs) -> None:
        """Publish what came back; the counties of a chunk that failed as a whole, maybe by one of them, go out one by one."""
        try:
            parcels = pickle.loads(future.result(CONNECT_SECONDS))
        except LOST:
            for job in jobs:
                self._fail(job, "与调度程序的连接中断，请检查集群后重新运行。")
        except Exception as error:
            if len(jobs) == 1:
                self._fail(jobs[0], f"{_reason(error)}已重试，仍未成功，请检查集群后重新运行。")
            else:
                for job in jobs:
                    self._hand_out((job,), RETRIES)
        else:
            for job, parcel in zip(jobs, parcels, strict=True):
                self.finished(accept(job, parcel))

    def _fail(self, job: Job, reason: str) -> None:
        with open_log(job.log_file, "w") as log:
            log.write(f"失败：{reason}\n")
        self.finished(JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file))


def _chunks(jobs: Jobs, threads: int) -> list[Jobs]:
    """Equal shares of at most CHUNK counties, so that all threads are busy in every round."""
    rounds = math.ceil(len(jobs) / (CHUNK * threads))
    size = math.ceil(len(jobs) / (rounds * threads))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _reason(error: Exception) -> str:
    if isinstance(error, WorkerProblem):
        return str(error)
    if isinstance(error, KilledWorker):
        return f"先后有{error.allowed_failures + 1}个工作进程在处理该县时退出（可能内存不足或被结束）。"
    return explain(error)


@contextmanager
def _connected(address: str, messages: Path) -> Iterator[Client]:
    """A client of the scheduler, whose own messages go to a file; raises UsageProblem when there is none."""
    logger = logging.getLogger("distributed")  # else it writes between the lines of the progress
    logger.handlers, logger.propagate = [logging.FileHandler(messages, encoding="utf-8")], False
    try:
        # Without certificates Dask would say only that a context is missing.
        if address.startswith("tls://") and not Security().get_connection_args("client")["ssl_context"]:
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
        with suppress(Exception):  # the scheduler may be gone
            client.close(timeout=CONNECT_SECONDS)
