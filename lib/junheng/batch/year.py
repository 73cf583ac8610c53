"""One at a time on the outputs of a year: who makes, sums up, packages or verifies reports holds its lock."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from junheng.batch.lock import BusyError, Lock
from junheng.errors import UsageProblem

LOCK = ".lock"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


@contextmanager
def year_in_use(year_dir: Path) -> Iterator[None]:
    """Hold the lock of a year's output folder; raises UsageProblem with its holder, OSError when none can be made."""
    lock = Lock(year_dir / LOCK)
    try:
        lock.acquire()
    except BusyError as busy:
        raise UsageProblem(
            f"{year_dir.name}年度的报告正由另一次运行使用（{busy.holder}），请等它结束后再试。"
        ) from None
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise UsageProblem(
                f"输出目录“{year_dir.parent.name}/{year_dir.name}”所在的磁盘不支持文件锁，请用--out改到本机磁盘。"
            ) from error
        raise
    try:
        yield
    finally:
        lock.release()
