"""Waiting for what other processes do, and counting work: the two things that stand where a test would read a clock.

How long anything takes depends on what else the machine does, so no test compares seconds. Whoever waits does so
until it has happened; PATIENCE only keeps a test that waits in vain from hanging for ever.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import psutil

PATIENCE = 900.0
"""Seconds after which something that should have happened is taken for something that never will."""


def until(
    true: Callable[[], Any],
    failed: str | Callable[[], str] = "waited in vain",
    *,
    seconds: float = PATIENCE,
    step: float = 0.05,
    ignored: tuple[type[BaseException], ...] = (),
) -> Any:
    """Look until `true()` is true and return what it gave; AssertionError with `failed` when patience ends.

    Fewer `seconds` are for what is tried again, never for what must have happened by then.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := true():
                return found
        except ignored:
            pass
        time.sleep(step)
    raise AssertionError(failed if isinstance(failed, str) else failed())


def gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def require_gone(processes: Iterable[int | psutil.Process]) -> None:
    """Wait until all of these processes have ended: what was killed is not gone at once."""
    numbers = [one if isinstance(one, int) else one.pid for one in processes]
    until(lambda: all(map(gone, numbers)), lambda: f"living: {[n for n in numbers if not gone(n)]}")


@contextmanager
def no_hanging(what: str, cpu_seconds: float = 300.0) -> Iterator[None]:
    """Raise AssertionError naming `what` once this process alone has used so much CPU time: it would never end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"{what} does not end")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def calls_of(work: Callable[[], object]) -> int:
    """How many functions, Python's and C's, are called while `work` runs: effort that no busy machine changes."""
    counted: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        counted[event] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted["call"] + counted["c_call"]
