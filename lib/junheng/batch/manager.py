"""The kernel manager that papermill is given: own interpreter and environment, local sockets."""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from junheng.batch.kernel import PARENT_VARIABLE
from junheng.batch.log import JobLog

SOCKET_ROOM = 100
"""A socket's path may have 107 bytes; the kernel adds its number."""

KERNEL_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "CST-8",
}
"""What must not differ from one machine to the next. `CST-8` is China's time without a zone file."""


class OwnKernelManager(AsyncKernelManager):
    """Starts a kernel of this Python; the runner sets `runtime` and `messages` before papermill starts."""

    runtime: ClassVar[Path] = Path(tempfile.gettempdir())
    messages: ClassVar[JobLog | None] = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.transport, self.connection_file = connection(self.runtime)
        self.shutdown_wait_time = 2.0

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=kernel_command(), display_name="Python 3", language="python")

    async def _async_pre_start_kernel(self, **kw: Any) -> Any:
        kw["env"] = kernel_environment(self.runtime)
        if self.messages is not None:
            kw["stdout"] = kw["stderr"] = self.messages.fileno()
        return await super()._async_pre_start_kernel(**kw)


def kernel_command() -> list[str]:
    """The command line of a kernel of this very Python, whatever kernels the user has installed."""
    return [sys.executable, "-P", "-m", "junheng.batch.kernel", "-f", "{connection_file}"]


def kernel_environment(runtime: Path) -> dict[str, str]:
    """The kernel's environment: no profile or start-up file of the user, nothing that differs by machine."""
    own = {"IPYTHONDIR": str(runtime / "ipython"), PARENT_VARIABLE: str(os.getpid())}
    return {**os.environ, **KERNEL_ENVIRONMENT, **own}


def connection(runtime: Path) -> tuple[str, str]:
    """Return (transport, connection file). Local sockets know no port collisions (papermill#511)."""
    file = str(runtime / f"k{uuid.uuid4().hex[:6]}.json")
    return ("ipc" if len(os.fsencode(file)) < SOCKET_ROOM else "tcp"), file
