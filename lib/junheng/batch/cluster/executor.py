"""The coordinator's side: hand orders to a Dask cluster, take parcels in, give a lost worker's orders to others."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from junheng.batch.cluster.orders import Cluster, ElsewhereProblem, order_for
from junheng.batch.cluster.receive import accept
from junheng.batch.cluster.store import missing_package, shown
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.reasons import explain
from junheng.batch.work import Toolbox
from junheng.batch.workers import Listener
from junheng.errors import UsageProblem

TRIES = 3
"""How many workers get a county's order before the county counts as failed (Dask itself re-assigns it as often)."""
CONNECT_SECONDS = 15.0
ALONE_SECONDS = 60.0
"""How long a run waits for the first worker, or for new ones after all were lost."""
LOOK_SECONDS = 1.0
AHEAD = 2
"""Orders handed out for each thread of the cluster: one being done, one waiting, so that no worker idles."""


class DaskExecutor:
    """Runs jobs on an existing cluster. `messages` is a file for what Dask has to say."""

    def __init__(self, cluster: Cluster, tools: Toolbox, messages: Path) -> None:
        self._cluster, self._tools, self._messages = cluster, tools, messages

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        """Run all jobs; on any exception (Ctrl-C too) orders are called back and stations closed before it goes on.

        Raises UsageProblem before the first county when there is no scheduler, no worker, or a worker that is not fit.
        """
        waiting = deque(jobs)
        if not waiting:
            return
        with _connected(self._cluster.scheduler, self._messages) as client:
            from junheng.batch.cluster.fitness import standard_of
            from junheng.batch.cluster.station import Stations

            standard = standard_of(waiting[0])
            _require_fit_workers(client, standard)
            run = uuid.uuid4().hex[:8]
            stations = Stations(run, standard, self._tools)
            client.register_plugin(stations)
            desk = _Desk(client, run, self._cluster, finished)
            try:
                desk.serve(waiting)
            finally:
                desk.call_back()
                with suppress(Exception):  # the scheduler may be gone
                    client.unregister_worker_plugin(stations.name)


class _Desk:
    """The orders of one run that are out, and how often each was handed out."""

    def __init__(self, client: Any, run: str, cluster: Cluster, finished: Listener) -> None:
        self._client, self._run, self._cluster, self._finished = client, run, cluster, finished
        self._out: dict[Any, Job] = {}
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._tries: dict[str, int] = {}
        self._shunned: dict[str, set[str]] = {}
        self._last_seen = time.monotonic()

    def serve(self, waiting: deque[Job]) -> None:
        while waiting or self._out:
            threads = self._threads()
            while waiting and len(self._out) < AHEAD * sum(threads.values()):
                self._hand_out(waiting.popleft(), threads)
            for future in self._ready():
                job = self._out.pop(future)
                if not self._take_in(future, job):
                    waiting.append(job)
                future.release()
            if self._alone():
                self._give_up(waiting)

    def _threads(self) -> dict[str, int]:
        """Threads by worker; none while the scheduler does not answer."""
        try:
            threads = dict(self._client.nthreads())
        except Exception:  # whatever the connection raises
            threads = {}
        if threads:
            self._last_seen = time.monotonic()
        return threads

    def _hand_out(self, job: Job, threads: dict[str, int]) -> None:
        from junheng.batch.cluster.station import deliver

        code = job.county.code
        self._tries[code] = self._tries.get(code, 0) + 1
        others = sorted(set(threads) - self._shunned.get(code, set()))
        restricted = {"workers": others, "allow_other_workers": True} if others else {}
        future = self._client.submit(
            deliver, order_for(job, self._run, self._cluster), pure=False,
            key=f"junheng-{code}-{self._run}-{self._tries[code]}", **restricted,
        )  # fmt: skip
        self._out[future] = job
        future.add_done_callback(self._ended.put)

    def _ready(self) -> list[Any]:
        """Orders that came to an end, in whatever way; waits a moment for the first."""
        ready = []
        with suppress(Empty):
            ready.append(self._ended.get(timeout=LOOK_SECONDS))
            while True:
                ready.append(self._ended.get_nowait())
        return [future for future in ready if future in self._out]

    def _take_in(self, future: Any, job: Job) -> bool:
        """Publish a result or report a failure; False when another worker shall try."""
        try:
            parcel = future.result(timeout=CONNECT_SECONDS)
        except (ElsewhereProblem, TimeoutError, OSError, CancelledError, asyncio.CancelledError) as error:
            if self._tries[job.county.code] < TRIES:
                self._shunned.setdefault(job.county.code, set()).add(getattr(error, "worker", ""))
                return False
            reason = str(error) if isinstance(error, ElsewhereProblem) else "工作机或调度程序的连接中断。"
            self._fail(job, f"{reason}已换机重试，共{TRIES}次均未成功。")
        except Exception as error:
            self._fail(job, _reason(error))
        else:
            self._finished(accept(job, parcel))
        return True

    def _alone(self) -> bool:
        return time.monotonic() - self._last_seen > ALONE_SECONDS

    def _give_up(self, waiting: deque[Job]) -> None:
        lost = [*self._out.values(), *waiting]
        self.call_back()
        waiting.clear()
        for job in lost:
            self._fail(
                job,
                f"调度程序已停止，或已没有工作机可用（等待{ALONE_SECONDS:.0f}秒），请检查集群后重新运行。",
            )

    def _fail(self, job: Job, reason: str) -> None:
        job.log_file.parent.mkdir(parents=True, exist_ok=True)
        job.log_file.write_text(f"失败：{reason}\n", encoding="utf-8")
        self._finished(JobResult(job.county, Status.FAILED, reason=reason, open=job.log_file))

    def call_back(self) -> None:
        """Cancel all orders that are out."""
        futures, self._out = list(self._out), {}
        if futures:
            with suppress(Exception):
                self._client.cancel(futures, force=True)


def _reason(error: Exception) -> str:
    """What a task's own end means for its county."""
    if type(error).__name__ == "KilledWorker":
        tries = getattr(error, "allowed_failures", TRIES) + 1
        return f"先后有{tries}个工作进程在处理该县时退出（可能内存不足或被结束），请检查后重新运行。"
    return explain(error)


@contextmanager
def _connected(address: str, messages: Path) -> Iterator[Any]:
    """A client of the scheduler; raises UsageProblem when there is none, or no distributed on this machine."""
    try:
        from distributed import Client
    except ImportError:
        raise missing_package("distributed") from None
    with _quiet(messages):
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="junheng")
        except Exception as error:  # each transport has its own
            raise UsageProblem(
                f"无法连接调度程序“{shown(address)}”（{type(error).__name__}），请检查地址、网络和证书设置（选项--scheduler）。"
            ) from error
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=CONNECT_SECONDS)


@contextmanager
def _quiet(messages: Path) -> Iterator[None]:
    """Dask's own messages go to a file: the user's terminal is for sentences."""
    logger = logging.getLogger("distributed")
    handler = logging.FileHandler(messages, encoding="utf-8")
    before, propagates = list(logger.handlers), logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield
    finally:
        logger.handlers, logger.propagate = before, propagates
        handler.close()


def _require_fit_workers(client: Any, standard: Any) -> None:
    """Every worker must make the same bytes; raises UsageProblem with what is different where."""
    from junheng.batch.cluster.fitness import differences

    try:
        client.wait_for_workers(1, timeout=ALONE_SECONDS)
    except Exception as error:
        raise UsageProblem(
            f"集群中没有工作机（等待{ALONE_SECONDS:.0f}秒），请先在各机启动dask worker。"
        ) from error
    found = client.run(differences, standard, on_error="return")
    bad = [f"{address}：{_found(answer)}" for address, answer in sorted(found.items()) if answer != ()]
    if bad:
        raise UsageProblem(
            f"有{len(bad)}个工作进程与主控机不一致，未开始生成。请在该机更新到同一版本并运行make setup，"
            f"再重新启动dask worker。{'；'.join(bad[:5])}{'等' if len(bad) > 5 else ''}。"
        )


def _found(answer: Any) -> str:
    if isinstance(answer, tuple):
        return "、".join(map(str, answer))
    return f"没有安装本程序或版本不同（{type(answer).__name__}：{answer}）"
