"""Kernels as a worker sees them: taken from a nursery (`kernel.py`), given cells to run, ended for certain.

A machine's workers share one hatchery, which imports what kernels need; each has a nursery of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, Any

from junheng.batch.forge import END_SECONDS, LONGEST, Forge, pair
from junheng.batch.log import JobLog

BEGIN, END, ENDED = b"begin", b"end", b"ended"
START_SECONDS = 120.0
MOST_OUTPUT = 64_000_000
"""Characters that the outputs of one notebook may have; a county's have about one million."""
KERNEL_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "CST-8",
}
"""What must not differ from one machine to the next. `CST-8` is China's time without a zone file."""


class KernelDied(Exception):
    """The kernel ended by itself or was killed."""


class KernelNotStarted(KernelDied):
    """The kernel ended before its first cell."""


class CellTimeout(Exception):
    """A cell ran longer than its limit."""


class TooMuchOutput(Exception):
    """The cells printed and showed more than a notebook may hold."""


class Hatchery:
    """The forge from which nurseries come (`kernel.py`).

    `params` and `year` name what its kernels will read, so that it is read before they are forked.
    """

    def __init__(self, params: Path | None = None, year: int = 0, messages: IO[bytes] | None = None) -> None:
        known = [str(params), str(year)] if params else []
        self._forge = Forge("junheng.batch.kernel", *known, environment=KERNEL_ENVIRONMENT, messages=messages)

    def __enter__(self) -> Hatchery:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def hatch(self) -> socket.socket:
        """Return the worker's end of a new nursery."""
        ours, theirs = pair()
        with theirs:
            self._forge.fork(theirs.fileno())
        return ours

    def close(self) -> None:
        """End the hatchery; its nurseries live on until their workers end."""
        self._forge.close()


class Nursery:
    """A worker's own place to get kernels from, one at a time."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._process: int | None = None

    @property
    def alive(self) -> bool:
        try:
            self._control.settimeout(0)
            return bool(self._control.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    @contextmanager
    def kernel(
        self, cwd: Path, log: JobLog, memory: int, hear: Callable[[str], object] = lambda text: None
    ) -> Iterator[Kernel]:
        """A fresh kernel that works in `cwd` with at most `memory` megabytes; at the end it and all it started are killed.

        `hear` is given what the cells print.
        """
        self._meet()
        ours, theirs = socket.socketpair()
        with Connection(ours.detach()) as channel:
            with theirs:
                try:
                    self._control.settimeout(END_SECONDS)
                    socket.send_fds(self._control, [BEGIN], [theirs.fileno(), log.fileno()])
                except OSError as error:
                    raise KernelNotStarted from error
            kernel: Kernel | None = None
            try:
                kernel = Kernel(channel, cwd, memory, hear)
                yield kernel
            finally:
                self._end_kernel(kernel)

    def _meet(self) -> None:
        """Wait until the nursery has been forked; it tells its number first."""
        if self._process is not None:
            return
        try:
            self._control.settimeout(START_SECONDS)
            self._process = int(self._control.recv(LONGEST))
        except (OSError, ValueError) as error:
            raise KernelNotStarted from error

    def _end_kernel(self, kernel: Kernel | None) -> None:
        """Wait until the kernel is gone; a nursery that does not obey is closed, which kills its kernel too.

        One that was killed itself took its kernel along, but not what the kernel had started.
        """
        try:
            self._control.settimeout(END_SECONDS)
            self._control.sendall(END)
            if self._control.recv(LONGEST) == ENDED:
                return
        except OSError:
            pass
        self.close()
        if kernel is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(kernel.process, signal.SIGKILL)

    def close(self) -> None:
        self._control.close()
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)


class Kernel:
    """A running kernel."""

    def __init__(
        self, channel: Connection, cwd: Path, memory: int, hear: Callable[[str], object] = lambda text: None
    ) -> None:
        self._channel = channel
        self._hear = hear
        self._watched: list[Any] = [channel]
        self._output = 0
        try:
            where = {"cwd": cwd, "ipython": cwd.parent / "ipython", "tmp": cwd.parent / "tmp"}
            channel.send({name: str(folder) for name, folder in where.items()} | {"memory": memory})
            _, content = self._receive(time.monotonic() + START_SECONDS)
        except (KernelDied, CellTimeout, OSError) as error:
            raise KernelNotStarted from error
        self.process: int = content["process"]
        self._watch(self.process)

    def _watch(self, process: int) -> None:
        """Notice the process's end even while something it started keeps the channel open."""
        with suppress(AttributeError, OSError):
            self._descriptor = os.fdopen(os.pidfd_open(process), "rb", buffering=0)
            self._watched.append(self._descriptor)

    def execute(self, source: str, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Run one cell; yield its messages, `done` last. Raises KernelDied, CellTimeout and TooMuchOutput."""
        deadline = time.monotonic() + seconds
        try:
            self._channel.send(source)
        except OSError as error:
            raise KernelDied from error
        kind = ""
        while kind != "done":
            kind, content = self._receive(deadline)
            self._output += _size(content)
            if self._output > MOST_OUTPUT:
                raise TooMuchOutput
            if kind == "stream":
                self._hear(content["text"])
            yield kind, content

    def _receive(self, deadline: float) -> tuple[str, dict[str, Any]]:
        if not wait(self._watched, max(0.0, deadline - time.monotonic())):
            raise CellTimeout
        try:
            if not self._channel.poll(0):
                raise KernelDied
            message: tuple[str, dict[str, Any]] = self._channel.recv()
        except (EOFError, OSError) as error:
            raise KernelDied from error
        return message


def _size(content: Any) -> int:
    """About how much an output adds to the notebook, in characters."""
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return len(content) if isinstance(content, str) else 0


_mine: Nursery | None = None
_own: Hatchery | None = None


def adopt(descriptor: int) -> None:
    """Take kernels from a nursery that is there already: `descriptor` is the worker's end."""
    global _mine
    _mine = Nursery(socket.socket(fileno=descriptor))


def nursery() -> Nursery:
    """The nursery of this process; when it has none or it died, one from a hatchery of its own."""
    global _mine, _own
    if _mine is None or not _mine.alive:
        if _own is not None:
            _own.close()
        _own = Hatchery()
        _mine = Nursery(_own.hatch())
    return _mine
