"""Locks that cannot go stale: the kernel of the system frees them when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path
from types import TracebackType


class BusyError(Exception):
    """Another living process holds the lock; `holder` says which one, since when."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Lock:
    """An exclusive lock on a small file that names its holder. Use it in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock at once or raise BusyError."""
        while self._fd is None:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(fd, 200, 0).decode("utf-8", "replace").strip()
                os.close(fd)
                raise BusyError(holder) from None
            if _same_file(fd, self.path):
                self._fd = fd
            else:  # the former holder removed the file between our open and flock
                os.close(fd)
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"进程{os.getpid()}，{datetime.now():%Y-%m-%d %H:%M:%S}开始\n".encode(), 0)

    def release(self) -> None:
        """Free the lock and remove its file."""
        if self._fd is not None:
            self.path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _same_file(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
