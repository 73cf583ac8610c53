"""The process that runs a notebook: an IPython kernel that dies with the worker that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Any

PARENT_VARIABLE = "JUNHENG_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask the system to signal this process when its parent ends, also when it is killed (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    except (AttributeError, OSError):  # another system: ipykernel's own watch over its parent remains
        return
    if os.getppid() != parent:  # the parent ended before we asked
        os.kill(os.getpid(), number)


def main() -> None:
    """Run the kernel until it is told to stop."""
    die_with_parent(int(os.environ.get(PARENT_VARIABLE, os.getppid())))
    from ipykernel.kernelapp import IPKernelApp

    app: Any = IPKernelApp.instance()
    app.initialize()
    # IPython's own `exit` lets the cell succeed and ends the kernel a little later; ours fails like sys.exit.
    app.shell.push({"exit": sys.exit, "quit": sys.exit}, interactive=False)
    app.start()


if __name__ == "__main__":
    main()
