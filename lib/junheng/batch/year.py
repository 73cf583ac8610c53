"""One at a time on a city's outputs of a year: who makes, sums up, packages or verifies reports holds its lock.

Several cities may share an output folder; each has a lock of its own there.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from junheng.batch.lock import BusyError, Lock
from junheng.errors import UsageProblem
from junheng.params.city import load_city

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


@contextmanager
def year_in_use(year_dir: Path, params: Path) -> Iterator[None]:
    """Hold the lock of the city of `params` in a year's output folder.

    Raises UsageProblem with its holder, OSError when none can be made.
    """
    lock = Lock(lock_file(year_dir, params))
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


def lock_file(year_dir: Path, params: Path) -> Path:
    """Where the lock of a city in a year's output folder is."""
    return year_dir / f".lock-{load_city(params).code}"
