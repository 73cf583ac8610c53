"""A real Dask cluster on loopback, for tests and measurements: a scheduler and workers as processes of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from distributed import Client

from junheng.project import HOME_VARIABLE

DASK = Path(sys.executable).with_name("dask")
REPO = Path(__file__).resolve().parents[1]


class Loopback:
    """The scheduler's address and the worker processes; a worker can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PYTHONPATH": str(REPO), "TMPDIR": str(folder)}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        words = (
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--dashboard-address",
            "127.0.0.1:0",
        )
        self.scheduler = self._start("scheduler", *words)
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_workers(self, number: int, threads: int = 1, home: Path | None = None) -> None:
        """Start workers and wait for them; `home` is their project."""
        for _ in range(number):
            words = (
                *("worker", self.address, "--preload", "junheng.batch.cluster.task"),
                *("--no-nanny", "--nthreads", str(threads), "--no-dashboard"),
            )
            self.workers.append(self._start(f"worker{len(self.workers)}", *words, home=home))
        living = sum(worker.poll() is None for worker in self.workers)
        with Client(self.address, set_as_default=False, timeout=300) as client:
            client.wait_for_workers(living, timeout=600)

    def _start(self, name: str, *words: str, home: Path | None = None) -> subprocess.Popen[bytes]:
        environment = {**self._environment, **({HOME_VARIABLE: str(home)} if home else {})}
        with (self._folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen([DASK, *words], env=environment, cwd=self._folder, stdout=log, stderr=log)

    def close(self) -> None:
        for group in (self.workers, [self.scheduler]):
            for process in group:
                process.terminate()
            for process in group:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()
                process.wait()


@contextlib.contextmanager
def loopback(folder: Path, workers: int, home: Path | None = None, threads: int = 1) -> Iterator[Loopback]:
    """Yield a running cluster whose temporary files are in `folder`; `home` is the project of its first workers."""
    cluster = Loopback(folder)
    try:
        cluster.add_workers(workers, threads, home)
        yield cluster
    finally:
        cluster.close()
