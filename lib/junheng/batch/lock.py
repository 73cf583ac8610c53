"""Locks that cannot go stale: the kernel of the system frees them when their holder dies, however it dies.

What stands in the file is for people only. A file left behind, empty, or naming a number that another process has by now, is free.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from junheng.errors import UsageProblem

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


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
        """Take the lock at once or raise BusyError; OSError when the file system refuses, UsageProblem for a folder."""
        # flock, not a file that is there or not: the system frees it when its holder dies, also by kill -9 or with the machine.
        while self._fd is None:
            fd = _opened(self.path)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyError(_holder(fd)) from None
            else:
                if _ours(fd, self.path):
                    self._fd, fd = fd, -1
            finally:
                if fd >= 0:
                    os.close(fd)
        with suppress(OSError):  # a full disk: the lock holds all the same
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{_self()}\n".encode(), 0)

    def release(self) -> None:
        """Free the lock and remove its file."""
        if self._fd is not None:
            # While we still hold it: after the release it would be somebody else's file that we remove.
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


@contextmanager
def in_use(path: Path, what: str, use: str = "运行") -> Iterator[None]:
    """Hold the lock at `path`. Raises UsageProblem with who else uses `what`, OSError when no lock can be made."""
    lock = Lock(path)
    try:
        lock.acquire()
    except BusyError as busy:
        raise UsageProblem(f"{what}正由另一次{use}使用（{busy.holder}），请等它结束后再试。") from None
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise UsageProblem(
                f"目录“{path.parent.parent.name}/{path.parent.name}”所在的磁盘不支持文件锁，请用--out改到本机磁盘。"
            ) from error
        raise
    try:
        yield
    finally:
        lock.release()


def _opened(path: Path) -> int:
    """Open the file, if need be one that another user left and that we may only read.

    What stands there and is no file (a link above all: it would lead us to write elsewhere) holds nothing and goes.
    """
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageProblem(f"“{path.parent.name}/{path.name}”应为锁文件，现为目录，请查明后移走再试。")
        if not stat.S_ISREG(mode):
            path.unlink()
    flags = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o644)
    except PermissionError:
        return os.open(path, os.O_RDONLY | flags)


def _ours(fd: int, path: Path) -> bool:
    """Whether the file just locked is still the one at `path`, and says of us what we write."""
    try:
        if not os.path.samestat(os.fstat(fd), path.lstat()):
            return False  # its holder removed it between our open and flock
    except FileNotFoundError:
        return False
    readable_only = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    if readable_only or os.fstat(fd).st_nlink > 1 or not stat.S_ISREG(os.fstat(fd).st_mode):
        path.unlink()  # nobody holds it: away with this name of it, and a file of our own instead
        return False
    return True


def _self() -> str:
    return f"主机{socket.gethostname()}，进程{os.getpid()}，{datetime.now():%Y-%m-%d %H:%M:%S}开始"


def _holder(fd: int) -> str:
    """Who holds the lock, as it says itself; it may not have had the time or the space to say so."""
    return os.pread(fd, 200, 0).decode("utf-8", "replace").strip() or "进程未写明"
