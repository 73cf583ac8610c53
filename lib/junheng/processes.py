"""Ties between processes: none may run on after the one that needed it."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask the system to signal this process when its parent ends, also when it is killed (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    except (AttributeError, OSError):  # another system: the closing of sockets remains
        return
    if os.getppid() != parent:  # the parent ended before we asked
        os.kill(os.getpid(), number)
