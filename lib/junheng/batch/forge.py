"""Processes by forking: a forge imports what is needed once, then forks a copy of itself for each request.

A forge runs as `python -m junheng.batch.forge PARENT MODULE FD WORDS…`, which begins MODULE as if it had been called
itself; `Forge` is the side that asks, `attend` the side that forks. The copies are
the forge's children: it keeps the number of one that ended until it is asked for the exit code, and ends when the
asking side is gone, which the copies notice by `die_with_parent` or by the end of their own connections.
"""

from __future__ import annotations

import gc
import os
import runpy
import select
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO

from junheng.processes import child_environment, die_with_parent, outlive_parent

END_SECONDS = 10.0
LONGEST = 32
_FORK, _CODE, _MOST = b"fork", b"code ", 4


class Forge:
    """A forge seen from outside; made at once, its imports go on while others work."""

    def __init__(
        self,
        module: str,
        *words: str,
        environment: Mapping[str, str] | None = None,
        messages: IO[bytes] | None = None,
    ) -> None:
        self.lost = False
        """Set by whoever saw that no copy comes any more: a process that dies is not gone at once."""
        self._control, theirs = pair()
        number = theirs.fileno()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "junheng.batch.forge", str(os.getpid()), module, str(number), *words],
                pass_fds=(number,), env=child_environment(environment), stdin=subprocess.DEVNULL,
                stdout=messages, stderr=messages, start_new_session=True,
            )  # fmt: skip

    def __enter__(self) -> Forge:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return not self.lost and self._process.poll() is None

    def fork(self, *ends: int) -> None:
        """Ask for a copy that holds these descriptors. It shows on them whether there will be one."""
        with suppress(OSError):  # a dead forge
            socket.send_fds(self._control, [_FORK], list(ends))

    def code(self, process: int) -> int | None:
        """The exit code of a copy that ended (negative: the signal that killed it); None when it is not known."""
        try:
            self._control.settimeout(END_SECONDS)
            self._control.sendall(_CODE + str(process).encode())
            return int(self._control.recv(LONGEST))
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """End the forge."""
        self._control.close()
        gone = False
        with suppress(OSError):  # where processes cannot be watched
            gone = ended(self._process.pid, END_SECONDS)
        if not gone:
            self._process.kill()
        self._process.wait()


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection that keeps messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def attend(descriptor: int, begin: Callable[[Sequence[int]], None]) -> None:
    """The forge's life: fork for each request; a copy does `begin` with the descriptors it was given, and ends."""
    outlive_parent()  # from now on the end of the connection tells
    gc.collect()
    gc.freeze()  # what is shared with the copies need not be copied by a collection
    with socket.socket(fileno=descriptor) as control:
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, LONGEST, _MOST)
            if message == _FORK:
                if os.fork() == 0:
                    control.close()
                    _live(begin, descriptors)
                for number in descriptors:
                    os.close(number)
            elif message.startswith(_CODE):
                control.sendall(str(_code_of(int(message.removeprefix(_CODE)))).encode())
            else:
                return


def _live(begin: Callable[[Sequence[int]], None], descriptors: Sequence[int]) -> None:
    code = 1
    try:
        for number in descriptors:
            os.set_inheritable(number, False)
        begin(descriptors)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _code_of(process: int) -> int | str:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:
        return "?"


def ended(process: int, seconds: float) -> bool:
    """Wait until a process that nobody has waited for yet has ended; False when the time is up first."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], seconds)[0])
    finally:
        os.close(watched)


def begin(parent: str, module: str, *words: str) -> None:
    """Let a module import what it needs; until it attends to its connection it dies with the asking side."""
    die_with_parent(int(parent))
    sys.argv[1:] = words
    runpy.run_module(module, run_name="__main__")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # nothing is left to do, and taking all the modules apart takes time


if __name__ == "__main__":
    begin(*sys.argv[1:])
