"""The nursery: a process that has imported everything once and forks a fresh kernel for each notebook.

Run as `python -m junheng.batch.kernel FD`, with one end of a socket pair as FD. The other end belongs to a worker
(`nursery.py`). A kernel talks with the worker over a socket of its own and dies with the nursery, and the nursery
ends when the worker's end closes, however the worker ended: nothing runs on.
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

from junheng.batch.shell import run_cells
from junheng.processes import adopt_orphans, die_with_parent, end_children

BEGIN, END, ENDED = b"begin", b"end", b"ended"
PRELOADED = ("junheng.workbench", "matplotlib.backends.backend_agg", "matplotlib.font_manager", "docx.oxml")
"""What a notebook needs; importing it takes far longer than forking."""
_LONGEST = 16
_END_SECONDS = 5.0


def main(descriptor: int) -> None:
    """Fork and end kernels as told, one at a time, until the worker is gone."""
    adopt_orphans()
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what is shared with the kernels need not be copied by a collection
    kernel: int | None = None
    with socket.socket(fileno=descriptor) as control:
        try:
            while True:
                message, descriptors, _, _ = socket.recv_fds(control, _LONGEST, 2)
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
    main(int(sys.argv[1]))
