"""What Dask runs: a process beside its own, in which the ordinary batch works (beside.py).

This module and the packages around it import little, so that Dask's process holds nothing of ours that could grow old.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from distributed import Status, get_worker

from junheng.batch.cluster import REFUSED

LOOK_SECONDS = 1.0
PATIENCE = 20.0
"""Seconds a called-back process gets to end its own workers before its group is killed."""


class WorkerProblem(Exception):
    """A failure of a worker's machine, not of its counties, in a Chinese sentence."""


def make(order: bytes) -> bytes:
    """Have a chunk made; `order` and the answer are pickles of parcel.py.

    Stops when Dask no longer wants the task. Raises WorkerProblem.
    """
    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        # Dask cannot interrupt a task: it marks one as cancelled when the coordinator calls it back or is gone.
        task = worker.state.tasks.get(key)
        closing = worker.status in (Status.closing, Status.closed, Status.failed)
        return not closing and task is not None and task.state == "executing"

    return _beside("make", order, wanted)


async def look(order: bytes) -> bytes:
    """Have looked at what this machine would make reports with."""
    return await asyncio.to_thread(_beside, "look", order)


def _beside(what: str, order: bytes, wanted: Callable[[], bool] = lambda: True) -> bytes:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    given: bytes | None = order
    answer: bytes | None = None
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "junheng.batch.cluster.beside", what, str(os.getpid())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        while answer is None:
            with suppress(subprocess.TimeoutExpired):
                answer, _ = process.communicate(given, LOOK_SECONDS)
            given = None  # it has been handed over
            if answer is None and not wanted():
                _end(process)
    if process.returncode == 0:
        return answer
    if process.returncode == REFUSED:
        raise WorkerProblem(answer.decode())
    raise WorkerProblem(
        f"工作机{socket.gethostname()}上的进程中途退出（{process.returncode}），可能内存不足或被结束。"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
