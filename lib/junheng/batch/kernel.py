"""Kernels by forking: a hatchery imports everything once and forks a nursery for each worker, which forks the kernels.

Run as `python -m junheng.batch.kernel FD [PARAMS YEAR]`, with one end of a socket pair as FD; `nursery.py` is the other
side. A nursery belongs to one worker and ends when the worker's end of its socket closes, however the worker ended. A
kernel talks with the worker over a socket of its own and dies with its nursery: nothing runs on.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from junheng.batch.nursery import BEGIN, END, ENDED, HATCH, LONGEST
from junheng.processes import adopt_orphans, die_with_parent, end_children

PRELOADED = (
    "junheng.workbench", "junheng.batch.shell", "docx.oxml", "matplotlib.backends.backend_agg",
    "matplotlib.font_manager", "openpyxl.packaging.extended", "PIL.BmpImagePlugin", "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.PpmImagePlugin",
)  # fmt: skip
"""What a notebook needs, also what libraries import only when it is used; importing takes far longer than forking."""
_END_SECONDS = 5.0
_YOUNG_OBJECTS = 50_000
"""A kernel makes hundreds of thousands of objects that stay; looking for garbage after every 700 is a tenth of its time."""


def main(descriptor: int, params: str = "", year: str = "") -> None:
    """Fork a nursery for each socket that comes in, until the other side is gone."""
    _prepare(params, year)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nurseries are nobody's to wait for
    with socket.socket(fileno=descriptor) as control:
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 1)
            if message != HATCH:
                return
            _hatch(control, *descriptors)


def _prepare(params: str, year: str) -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    if params:
        from junheng.errors import JunhengError
        from junheng.workbench import warm_up

        with suppress(JunhengError):  # the notebook will say it better
            warm_up(Path(params), int(year))
    gc.set_threshold(_YOUNG_OBJECTS, 10, 10)
    gc.collect()
    gc.freeze()  # what is shared with the kernels need not be copied by a collection


def _hatch(control: socket.socket, descriptor: int) -> None:
    if os.fork():
        os.close(descriptor)
        return
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        adopt_orphans()
        _tend(descriptor)
    finally:
        os._exit(0)


def _tend(descriptor: int) -> None:
    """A nursery: fork and end kernels as told, one at a time, until the worker is gone."""
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
    main(int(sys.argv[1]), *sys.argv[2:])
