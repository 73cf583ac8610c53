"""Kernels by forking: a hatchery imports everything once and forks a nursery for each worker, which forks the kernels.

Run as `python -m junheng.batch.kernel FD [PARAMS YEAR]`, with one end of a socket pair as FD; `nursery.py` is the other
side. A nursery belongs to one worker and ends when the worker's end of its socket closes, however the worker ended. A
kernel talks with the worker over a socket of its own and dies with its nursery: nothing runs on.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from junheng.batch.forge import LONGEST, attend
from junheng.batch.nursery import BEGIN, END, ENDED
from junheng.processes import adopt_orphans, die_with_parent, end_children

PRELOADED = (
    "junheng.lab.tables", "junheng.report.figures.county", "junheng.batch.shell", "matplotlib.backends.backend_agg",
    "matplotlib.font_manager", "openpyxl.packaging.extended", "pandas.io.formats.csvs", "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.PpmImagePlugin",
)  # fmt: skip
"""What a notebook needs, also what libraries import only when it is used; importing takes far longer than forking."""
_END_SECONDS = 5.0


def _prepare(params: str = "", year: str = "") -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    if params:
        from junheng.errors import JunhengError
        from junheng.lab.workspace import warm_up

        with suppress(JunhengError):  # the notebook will say it better
            warm_up(Path(params), int(year))


def tend(descriptors: Sequence[int]) -> None:
    """A nursery's life: fork and end kernels as told, one at a time, until the worker is gone."""
    adopt_orphans()
    (descriptor,) = descriptors
    kernel: int | None = None
    with socket.socket(fileno=descriptor) as control:
        try:
            control.sendall(str(os.getpid()).encode())
            while True:
                message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 2)
                if message == BEGIN:
                    kernel = _fork(control, *descriptors)
                elif message == END:
                    _end(kernel)
                    kernel = None
                    control.sendall(ENDED)
                else:
                    return
        finally:
            _end(kernel)


def _fork(control: socket.socket, channel: int, messages: int) -> int:
    nursery = os.getpid()
    process = os.fork()
    if process:
        os.close(channel)
        os.close(messages)
        return process
    try:
        os.setsid()  # a group of its own: whatever a cell starts is ended with it
        die_with_parent(nursery)
        control.close()
        _attach(messages)
        os.set_inheritable(channel, False)
        from junheng.batch.shell import run_cells

        run_cells(Connection(channel))
    finally:
        os._exit(1)


def _attach(messages: int) -> None:
    """No input; what libraries print goes to the county's log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (messages, 1), (messages, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(messages)


def _end(kernel: int | None) -> None:
    """End a kernel and everything it started, also what left its group; numbers are not given away before that."""
    if kernel is None:
        return
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):
            kill(kernel, signal.SIGKILL)
    end_children(_END_SECONDS)


if __name__ == "__main__":
    _prepare(*sys.argv[2:])
    attend(int(sys.argv[1]), tend)
