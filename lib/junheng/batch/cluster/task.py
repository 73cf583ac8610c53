"""What a Dask worker runs: beside its own process another one, in which the ordinary batch works (chunk.py).

Workers are started with `--preload junheng.batch.cluster.task`. This module and the packages around it import nothing else
of ours: a worker lives for weeks, and what it held in memory would be older than what is installed by then. Its own
process could not run the batch either: a batch forks, limits memory and handles signals, which needs a main thread.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from distributed import Status, get_worker

MADE_WITH = "junheng:"
"""How the names of resources begin by which a worker says with what it would make reports."""
REFUSED = 3
"""The exit code of a process whose answer is a Chinese sentence: what its machine lacks."""
LOOK_SECONDS = 1.0
PATIENCE = 20.0
"""Seconds a called-back process gets to end its own workers before its group is killed."""
PENALTY = 5.0
"""Seconds that a machine waits before it reports that it lacks something: else it would be free again at once, and fail
with the whole run before others are done with their first chunk."""
# Not `-m`: the classes of orders and answers would belong to __main__, where the coordinator cannot find them.
_PROGRAM = "import sys; from junheng.batch.cluster import chunk; sys.exit(chunk.{}(int(sys.argv[1])))"


class WorkerProblem(Exception):
    """A failure of a worker's machine, not of its counties, in a Chinese sentence."""


def resources(made_with: Mapping[str, str], amount: float) -> dict[str, float]:
    """Digests and versions by logical name as resources: Dask gives a task only to workers that have all it asks for."""
    return {f"{MADE_WITH}{name}={value}": amount for name, value in made_with.items()}


def dask_setup(worker: Any) -> None:
    """Called by Dask before the worker reports to the scheduler: say with what this machine would make reports."""
    with _beside("look") as process:
        answer, _ = process.communicate()
    if process.returncode == 0:
        own = resources(json.loads(answer), worker.state.nthreads)
        worker.state.total_resources.update(own)
        worker.state.available_resources.update(own)


def make(order: bytes) -> bytes:
    """Have a chunk made; `order` and the answer are pickles of chunk.py.

    Stops when Dask no longer wants the task. Raises WorkerProblem.
    """
    worker = get_worker()
    key = worker.get_current_task()
    given: bytes | None = order
    answer: bytes | None = None
    with _beside("main") as process:
        while answer is None:
            with suppress(subprocess.TimeoutExpired):
                answer, _ = process.communicate(given, LOOK_SECONDS)
            given = None  # it has been handed over
            if answer is None and not _wanted(worker, key):
                _end(process)
    if process.returncode == 0:
        return answer
    time.sleep(PENALTY)
    lacks = f"：{answer.decode()}" if process.returncode == REFUSED else ""
    how = f"上的进程中途退出（{process.returncode}），可能内存不足或被结束。"
    raise WorkerProblem(f"工作机{socket.gethostname()}{lacks or how}")


def _wanted(worker: Any, key: object) -> bool:
    # Dask cannot interrupt a task: it marks one as cancelled when the coordinator calls it back or is gone.
    task = worker.state.tasks.get(key)
    closing = worker.status in (Status.closing, Status.closed, Status.failed)
    return not closing and task is not None and task.state == "executing"


def _beside(what: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM.format(what), str(os.getpid())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
