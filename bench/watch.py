"""Watching a command while it runs: memory of all its processes, its temporary folders, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.5
LEFT_SECONDS = 3.0
"""Processes of the command that live longer than this after its end count as left behind."""


@dataclass
class Seen:
    """What was seen of one command. Memory in MB: `tree_mb` is what all processes together hold (shared pages once),
    `first_mb` the resident memory of the command's own process; `folders` the most temporary folders at one time;
    `cpu` the seconds of CPU of all processes, each up to the last look at it (so a little too few)."""

    seconds: float = 0.0
    cpu: float = 0.0
    exit_code: int = 0
    said: str = ""
    tree_mb: float = 0.0
    first_mb: float = 0.0
    processes: int = 0
    folders: int = 0
    left: list[str] = field(default_factory=list)
    curve: list[tuple[float, float]] = field(default_factory=list)
    """(seconds since the start, MB of the whole tree) of every sample."""

    def mean_mb(self, begin: float, end: float) -> float:
        """The tree's mean memory between two fractions of the run's time (0 to 1)."""
        inside = [mb for at, mb in self.curve if begin * self.seconds <= at <= end * self.seconds]
        return sum(inside) / len(inside) if inside else 0.0


def watch(command: Sequence[str | Path], temp: Path, open_folders: Callable[[], int]) -> Seen:
    """Run a command with `temp` as its folder for temporary files and sample it until it ends.

    `open_folders` counts the temporary folders that are there at the moment.
    """
    temp.mkdir(parents=True, exist_ok=True)
    seen, known = Seen(), dict[psutil.Process, float]()
    with tempfile.TemporaryFile() as output:  # a file: a full pipe would stop the command
        started = time.monotonic()
        process = psutil.Popen(
            [str(word) for word in command], stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(temp)},
        )  # fmt: skip
        while process.poll() is None:
            _sample(process, seen, known, time.monotonic() - started)
            seen.folders = max(seen.folders, open_folders())
            _wait(process)
        seen.seconds = time.monotonic() - started
        seen.exit_code = process.returncode
        seen.cpu = sum(known.values())
        output.seek(0)
        seen.said = output.read().decode("utf-8", "replace")
    _, alive = psutil.wait_procs([one for one in known if one.pid != process.pid], timeout=LEFT_SECONDS)
    seen.left = [f"process {one.pid}" for one in alive if one.is_running()]
    seen.left += [str(path) for path in sorted(temp.iterdir())]
    return seen


def _wait(process: psutil.Popen) -> None:
    try:
        process.wait(SAMPLE_SECONDS)
    except psutil.TimeoutExpired:
        return


def _sample(process: psutil.Popen, seen: Seen, known: dict[psutil.Process, float], at: float) -> None:
    try:
        members = [psutil.Process(process.pid), *process.children(recursive=True)]
        seen.first_mb = max(seen.first_mb, members[0].memory_info().rss / 1e6)
    except psutil.NoSuchProcess:
        return
    known.update((member, _cpu(member) or known.get(member, 0.0)) for member in members)
    total = sum(map(_proportional_mb, members))
    seen.curve.append((at, total))
    seen.tree_mb = max(seen.tree_mb, total)
    seen.processes = max(seen.processes, len(members))


def _proportional_mb(process: psutil.Process) -> float:
    """A process's share of memory: pages shared by n processes count as one n-th (0 for one that is gone)."""
    try:
        return float(process.memory_full_info().pss) / 1e6
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0
    return float(times.user + times.system)
