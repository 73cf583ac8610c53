"""A worker's side: stations inside a Dask worker process, each with a process of its own that performs the jobs.

The process is the same that a run on one machine uses (`worker.serve`): what it imported and LibreOffice stay ready from one
job to the next. It keeps Dask's process free of our environment, works one job at a time, and dies with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from junheng.batch.cluster.fetch import fetch_inputs
from junheng.batch.cluster.fitness import Standard, require_fit
from junheng.batch.cluster.orders import ElsewhereProblem, Order, Parcel, pack
from junheng.batch.job import Job, JobResult
from junheng.batch.rundir import remove_dead, run_folder
from junheng.batch.work import Toolbox
from junheng.batch.workers import ENVIRONMENT, PATIENCE
from junheng.processes import child_environment
from junheng.project import project_root

IDLE_SECONDS = 300.0
"""A station without work closes after so long; the coordinator may have been killed."""


def deliver(order: Order) -> Parcel:
    """What Dask calls: perform an order at a free station of this worker process.

    Raises ElsewhereProblem when another worker may do better.
    """
    worker = get_worker()
    try:
        stations = worker.plugins.get(plugin_name(order.run))
        if not isinstance(stations, Stations):
            raise ElsewhereProblem("工作机尚未就绪。")
        return stations.perform(order)
    except ElsewhereProblem as problem:
        problem.worker = worker.address
        raise


def plugin_name(run: str) -> str:
    return f"junheng-{run}"


class Stations(WorkerPlugin):
    """The stations of one Dask worker process, as many as it runs tasks at once; they end with the run."""

    def __init__(self, run: str, standard: Standard, tools: Toolbox) -> None:
        self.name = plugin_name(run)
        self._standard, self._tools = standard, tools

    def setup(self, worker: Worker) -> None:
        self._free: list[Station] = []
        self._all: list[Station] = []
        self._lock = threading.Lock()
        self._clock: threading.Timer | None = None
        self._closed = False

    def perform(self, order: Order) -> Parcel:
        station = self._take()
        try:
            parcel = station.perform(order)
        except BaseException:
            self._drop(station)
            raise
        self._give_back(station)
        return parcel

    def _take(self) -> Station:
        with self._lock:
            if self._closed:
                raise ElsewhereProblem("本次运行已结束。")
            self._stop_clock()
            if self._free:
                return self._free.pop()
            station = Station(self._standard, self._tools)
            self._all.append(station)
            return station

    def _give_back(self, station: Station) -> None:
        with self._lock:
            self._free.append(station)
            self._stop_clock()
            self._clock = threading.Timer(IDLE_SECONDS, self._rest)
            self._clock.daemon = True
            self._clock.start()

    def _drop(self, station: Station) -> None:
        with self._lock:
            self._all = [other for other in self._all if other is not station]
        station.close()

    def _rest(self) -> None:
        with self._lock:
            idle, self._free = self._free, []
            self._all = [station for station in self._all if station not in idle]
        for station in idle:
            station.close()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def teardown(self, worker: Worker) -> None:
        """End everything, also a job that is being performed."""
        with self._lock:
            self._closed = True
            self._stop_clock()
            everyone, self._all, self._free = self._all, [], []
        for station in everyone:
            station.close()


class Station:
    """One process that performs jobs, its private folder, and the thread that talks with it."""

    def __init__(self, standard: Standard, tools: Toolbox) -> None:
        self._standard, self._tools = standard, tools
        # The process is told when the *thread* that started it ends, so that thread must last as long as the station.
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="junheng")
        self._open = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Lock()
        self._root = project_root()

    def perform(self, order: Order) -> Parcel:
        """Raises ElsewhereProblem when the machine is not fit, its inputs are not to be had or the process is lost."""
        return self._hand.submit(self._perform, order).result()

    def _perform(self, order: Order) -> Parcel:
        if self._process is None:
            self._start()
        folder = self._runtime / "job"
        job = order.job(self._root, folder)
        try:
            fetch_inputs(order, folder, self._runtime / "params")
            return pack(job, self._result(job), socket.gethostname())
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        require_fit(self._standard)
        self._runtime: Path = self._open.enter_context(run_folder())
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "junheng.batch.cluster.helper", str(number)],
                pass_fds=(number,), env=_environment(), stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self._channel = Connection(ours.detach())
        self._channel.send((self._tools, self._root, self._runtime, os.getpid()))

    def _result(self, job: Job) -> JobResult:
        try:
            self._channel.send(job)
            result: JobResult = self._channel.recv()
        except (EOFError, OSError) as error:
            raise ElsewhereProblem(
                f"工作机{socket.gethostname()}上的工作进程中途退出（可能内存不足或被结束）。"
            ) from error
        return result

    def close(self) -> None:
        """End the process, its kernel and its LibreOffice; remove the folder. Closing twice does no harm."""
        with self._closing:
            if self._process is not None:
                _end(self._process)
            self._hand.shutdown(wait=True)  # a job being performed has failed by now
            if self._process is not None:
                self._channel.close()
            self._open.close()
            remove_dead()  # folders of stations whose Dask process was killed


def _environment() -> dict[str, str]:
    """The environment of a station's process, which finds its modules where this one does."""
    places = os.pathsep.join(filter(None, sys.path))
    return child_environment({**ENVIRONMENT, "PYTHONPATH": places})


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
