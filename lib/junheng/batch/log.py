"""A log file per county: steps, times and the place of a failure; no figures of schools or pupils."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from junheng.files import open_log


class JobLog:
    """Writes lines with the time to one file, and keeps the seconds of each step.

    Once it is open it raises nothing: a full disk may cost lines, never a report or the reason of a failure.
    """

    def __init__(self, path: Path) -> None:
        self._stream: IO[str] = open_log(path, "w")
        self.seconds: dict[str, float] = {}

    def line(self, text: str) -> None:
        """Write one line (or a block, if any) at once, so that a killed run still shows how far it came."""
        if text:
            with suppress(OSError):
                self._stream.write(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {text.rstrip()}\n")
                self._stream.flush()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; it is counted also when it fails."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 3)
            self.line(f"{name}：{self.seconds[name]:.2f}秒")

    def fileno(self) -> int:
        """For processes that write their own messages into the log."""
        return self._stream.fileno()

    def close(self) -> None:
        with suppress(OSError):
            self._stream.close()
