"""One at a time on a city's outputs of a year: who makes, sums up, packages or verifies reports holds its lock.

Several cities may share an output folder; each has a lock and a log of its own there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from junheng.batch.lock import in_use
from junheng.params.city import load_city


@contextmanager
def year_in_use(year_dir: Path, params: Path) -> Iterator[None]:
    """Hold the lock of the city of `params` in a year's output folder.

    Raises UsageProblem with its holder, OSError when none can be made.
    """
    with in_use(lock_file(year_dir, params), f"{year_dir.name}年度的报告"):
        yield


def messages_file(year_dir: Path, params: Path) -> Path:
    """Where a city's runs in a year's output folder keep what libraries print."""
    return year_dir / "logs" / f"batch_{load_city(params).code}.log"


def lock_file(year_dir: Path, params: Path) -> Path:
    """Where the lock of a city in a year's output folder is."""
    return year_dir / f".lock-{load_city(params).code}"
