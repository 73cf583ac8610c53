"""A kernel's inside: an IPython shell with a fresh namespace whose outputs go to the worker as they come.

Messages to the worker are pairs (kind, content) in the words of the notebook format: `stream`, `display_data`,
`execute_result`, `error`, `clear_output`; then `done` with the counter. The first message is `ready` with the process number.
"""

from __future__ import annotations

import base64
import io
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from junheng.params.brief import Shown

Send = Callable[[tuple[str, dict[str, Any]]], None]
_BUFFER = 1 << 16
_FIRST_TO_GO = "500"
"""How much sooner than others the system ends this process when memory is short (-1000 to 1000)."""


def run_cells(channel: Connection) -> None:
    """Run what the worker sends, cell by cell, until it hangs up."""
    settings: dict[str, Any] = channel.recv()
    os.chdir(settings["cwd"])
    _own_temporary_files(settings["tmp"])
    _limit_memory(settings["memory"])
    _seed()
    Shown.hints = False  # evidence is read by others than those who write cells
    outlets = Outlets(_only_here(channel.send))
    sys.stdout, sys.stderr = outlets.stdout, outlets.stderr
    shell = _make_shell(outlets, settings["ipython"])
    process = os.getpid()
    channel.send(("ready", {"process": process}))
    while True:
        try:
            source = channel.recv()
        except EOFError:
            return
        number = shell.execution_count
        outlets.failed = False
        result = shell.run_cell(source, store_history=True)
        if os.getpid() != process:
            os._exit(0)  # a fork that a cell made and forgot must not go on as a second kernel
        outlets.flush()
        fault = result.error_before_exec or result.error_in_exec
        if fault is not None and not outlets.failed:  # too little memory was left to tell of it
            _lift_memory_limit()
            outlets.send("error", {"ename": type(fault).__name__, "evalue": str(fault), "traceback": []})
        channel.send(("done", {"execution_count": number}))


def _limit_memory(megabytes: int) -> None:
    """Let an allocation beyond the limit raise MemoryError; when the machine runs out of memory, end this process first."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = megabytes << 20
    if most == resource.RLIM_INFINITY or limit < most:
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)


def _lift_memory_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _seed() -> None:
    """Chance begins the same in every kernel: the nursery's own state differs from worker to worker."""
    random.seed(0)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(0)


def _only_here(send: Send) -> Send:
    """`send` in this process; nothing in its forks, whose half-filled buffers are copies of ours."""
    process = os.getpid()

    def guarded(message: tuple[str, dict[str, Any]]) -> None:
        if os.getpid() == process:
            send(message)

    return guarded


def _own_temporary_files(folder: str) -> None:
    """Temporary files go where the worker removes them."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = folder


class Outlets:
    """Where a cell's outputs leave: what was printed before something was shown goes out before it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.failed = False
        """Whether an error went out since this was last set to False."""
        self.stdout, self.stderr = _Stream("stdout", send), _Stream("stderr", send)

    def send(self, kind: str, content: dict[str, Any]) -> None:
        self.flush()
        self._send((kind, content))
        self.failed = self.failed or kind == "error"

    def flush(self) -> None:
        self.stdout.flush()
        self.stderr.flush()


class _Stream(io.TextIOBase):
    """Standard output or error of the cells; gathers text, so that one `print` is one output."""

    encoding = "utf-8"

    def __init__(self, name: str, send: Send) -> None:
        self._name, self._to = name, send
        self._parts: list[str] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def write(self, text: str) -> int:
        self._parts.append(text)
        self._size += len(text)
        if self._size > _BUFFER:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self._size:
            self._to(("stream", {"name": self._name, "text": "".join(self._parts)}))
        self._parts, self._size = [], 0


class _Hook(DisplayHook):
    """Sends the value of a cell's last line."""

    outlets: Outlets

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        content = {
            "data": _bundle(format_dict),
            "metadata": dict(md_dict or {}),
            "execution_count": self.prompt_count,
        }
        self.outlets.send("execute_result", content)

    def finish_displayhook(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    """Sends what `display` shows."""

    outlets: Outlets

    def publish(  # type: ignore[override]
        self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        self.outlets.send("display_data", {"data": _bundle(data), "metadata": dict(metadata or {})})

    def clear_output(self, wait: bool = False) -> None:
        self.outlets.send("clear_output", {})


class _Shell(InteractiveShell):
    """IPython without a terminal and without anything of the user."""

    outlets: Outlets

    def _showtraceback(self, etype: type, evalue: Any, stb: Any) -> None:
        content = {"ename": etype.__name__, "evalue": str(evalue), "traceback": [str(line) for line in stb]}
        self.outlets.send("error", content)


def _make_shell(outlets: Outlets, ipython: str) -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    shell: Any = _Shell.instance(
        config=config, ipython_dir=ipython, colors="nocolor",
        displayhook_class=_Hook, display_pub_class=_Publisher,
    )  # fmt: skip
    shell.outlets = shell.displayhook.outlets = shell.display_pub.outlets = outlets
    # IPython's own `exit` lets the cell succeed and ends the kernel a little later; ours fails like sys.exit.
    shell.push({"exit": sys.exit, "quit": sys.exit}, interactive=False)
    return shell  # type: ignore[no-any-return]


def _bundle(data: Mapping[str, Any]) -> dict[str, Any]:
    """Pictures travel as text, as they stand in a notebook."""
    return {
        kind: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for kind, value in data.items()
    }
