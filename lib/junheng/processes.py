"""Ties between processes: none may run on after the one that needed it, none gets more of our environment than it needs."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TypeVar

from junheng.errors import OutputProblem, UsageProblem

T = TypeVar("T")
ALLOWED = frozenset({
    "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "MPLCONFIGDIR", "PATH", "TMPDIR", "TZ", "USER",
    "JUNHENG_DEBUG", "JUNHENG_FONTS", "JUNHENG_HOME", "JUNHENG_PASSWORD", "PYTHONDONTWRITEBYTECODE",
})  # fmt: skip
"""The environment variables that may reach the processes which run notebooks: a cell can print all of them, and what it
prints is published. Passphrases and keys are not among them, nor is what changes how Python itself starts.
(JUNHENG_PASSWORD opens the workbooks, so the notebook needs it: it is taken out of what is published, and the check of a
package looks for it.)
"""
SHORTEST_SECRET = 6
"""Characters. What is shorter is looked for in no text: a year or a plain word would stand in every one."""
_ALLOWED_STARTS = ("LC_",)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def child_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that runs notebooks or LibreOffice: what is allowed of ours, and `more`."""
    kept = {name: value for name, value in os.environ.items() if allowed(name)}
    return {**kept, **(more or {})}


def allowed(name: str) -> bool:
    """Whether an environment variable may reach the processes that run notebooks."""
    return name in ALLOWED or name.startswith(_ALLOWED_STARTS)


def typed(name: str) -> str:
    """What an environment variable was given, typed in UTF-8 or GBK; empty when it is not set.

    Raises UsageProblem, naming the variable, when its bytes are neither.
    """
    data = os.environb.get(name.encode(), b"")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise UsageProblem(f"环境变量{name}的内容不是UTF-8或GBK编码的文字，请重新设置后再试。")


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask the system to signal this process when its parent ends, also when it is killed (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    except (AttributeError, OSError):  # another system: the closing of sockets remains
        return
    # The parent ended before we asked: it will send no signal any more.
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """Stop what takes longer than so many seconds; raises OutputProblem naming it. Only a main thread can be stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutputProblem(f"{what}超过时限（{seconds:g}秒），已停止，报告不予发布。")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class LostProcess(Exception):
    """A process for something that may hang or crash did so, or took too much memory."""


def apart(work: Callable[[], T], seconds: float, megabytes: int) -> T:
    """Return what `work` returns, or raise what it raises, in a fork of this process: libraries in C can hang on a hostile
    file where no signal of Python gets through, or take the process along.

    Raises LostProcess when it took more than so many seconds or so much more memory than there is now, or ended early.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(theirs, work, megabytes, os.getpid()))
    with ours:
        with theirs:
            process.start()
        try:
            if not ours.poll(seconds):
                raise LostProcess
            done, fault = ours.recv()
        except EOFError as error:
            raise LostProcess from error
        finally:
            process.kill()
            process.join()
            process.close()
    if fault is not None:
        raise fault
    return done  # type: ignore[no-any-return]


def _report(pipe: Connection, work: Callable[[], object], megabytes: int, parent: int) -> None:
    """The life of a fork that does one piece of work and says what came of it."""
    faulthandler.disable()  # a crash is what this fork is for: the parent tells of it in a sentence
    try:
        leave_signals_to(parent)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
        pipe.send((work(), None))
    except Exception as error:
        with suppress(Exception):
            pipe.send((None, LostProcess() if isinstance(error, MemoryError) else error))
    finally:
        os._exit(0)


def leave_signals_to(parent: int) -> None:
    """In a fork that helps: signals are for the process that started it, and when that is gone there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent(parent)


def adopt_orphans() -> None:
    """Become the parent of whatever the own children leave behind, so that `end_children` finds it (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def disown_orphans() -> None:
    """Take `adopt_orphans` back."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 0)


def end_children(seconds: float, spare: Collection[int] = ()) -> None:
    """Kill all children but those to spare, and theirs, which become ours as they lose their parents.

    Goes on until none is left or the time is up.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        left = [child for child in children() if child not in spare]
        if not left:
            return
        for child in left:
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
        for child in left:
            # Reaped, so that it counts as ended; as it goes, its own children become ours, for the next round.
            with suppress(ChildProcessError):
                os.waitpid(child, os.WNOHANG)
        time.sleep(0.005)


def children() -> Iterator[int]:
    """The numbers of this process's children, ended ones that nobody has waited for among them (Linux)."""
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            yield from map(int, listed.read_text().split())
