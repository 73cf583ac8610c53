"""The inside of a county process: papermill's engine `junheng` runs the cells in an IPython shell of this same process.

papermill prepares the notebook (parameters, order, what an error means); this is only how one cell is run and what
becomes its outputs. A kernel in a process of its own, started and imported for every county, takes 2 to 3 seconds.
"""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

ENGINE = "junheng"
MOST_OUTPUT = 64_000_000
"""Characters that the outputs of one notebook may have; a county's have about one million."""


class TooMuchOutput(BaseException):
    """The cells printed and showed more than a notebook may hold. No cell can catch it by `except Exception`."""


class CountyEngine(Engine):  # type: ignore[misc]
    """Runs a notebook's code cells in the shell `ipython`, telling `begun` of each; stops at the first error, as nbclient does."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, ipython: Shell, begun: Callable[[int], None], **more: Any
    ) -> None:
        """A cell's own error stays in its outputs, where papermill finds it."""
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            begun(index)
            nb_man.cell_start(cell, index)
            cell.execution_count = ipython.execution_count
            cell.outputs = ipython.outputs_of(cell.source)
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed:
                nb_man.cell_exception(cell, index)
            nb_man.cell_complete(cell, index)
            if failed:
                return


papermill_engines.register(ENGINE, CountyEngine)


class Outputs:
    """What a cell prints and shows, in order, in the words of the notebook format.

    `printed` joins pieces of one stream only when something else follows: a text that grows by += takes quadratic time.
    `hear` is given what is printed, as it is printed.
    """

    def __init__(self) -> None:
        self.hear: Callable[[str], object] = lambda text: None
        self._done: list[NotebookNode] = []
        self._stream = ""
        self._parts: list[str] = []
        self._size = 0

    def printed(self, stream: str, text: str) -> None:
        """Take what was printed to a stream; raises TooMuchOutput."""
        if stream != self._stream:
            self._close_stream()
        self._stream = stream
        self._parts.append(text)
        self.hear(text)
        self._count(len(text))

    def add(self, kind: str, **content: Any) -> None:
        """Take an output of another kind; raises TooMuchOutput."""
        self._close_stream()
        self._done.append(from_dict({"output_type": kind, **content}))
        self._count(_size(content))

    def clear(self) -> None:
        """Forget the outputs of the cell so far (IPython's clear_output)."""
        self._close_stream()
        self._done.clear()

    def take(self) -> list[NotebookNode]:
        """Return what there is, and begin anew."""
        self._close_stream()
        done, self._done = self._done, []
        return done

    def _close_stream(self) -> None:
        if self._parts:
            text = "".join(self._parts)
            self._parts.clear()
            self._done.append(from_dict({"output_type": "stream", "name": self._stream, "text": text}))
        self._stream = ""

    def _count(self, more: int) -> None:
        self._size += more
        if self._size > MOST_OUTPUT:
            raise TooMuchOutput


def _size(content: Any) -> int:
    """About how much an output adds to the notebook, in characters."""
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return len(content) if isinstance(content, str) else 0


class _Stream(io.TextIOBase):
    """Standard output or error of the cells."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self._name, self._outputs = name, outputs

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def write(self, text: str) -> int:
        if text:
            self._outputs.printed(self._name, text)
        return len(text)


class _Hook(DisplayHook):
    """Takes the value of a cell's last line."""

    outputs: Outputs

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        self.outputs.add(
            "execute_result",
            data=_bundle(format_dict),
            metadata=dict(md_dict or {}),
            execution_count=self.prompt_count,
        )

    def finish_displayhook(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    """Takes what `display` shows."""

    outputs: Outputs

    def publish(  # type: ignore[override]
        self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        self.outputs.add("display_data", data=_bundle(data), metadata=dict(metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


def _bundle(data: Mapping[str, Any]) -> dict[str, Any]:
    """Pictures stand as text in a notebook."""
    return {
        kind: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for kind, value in data.items()
    }


class Shell(InteractiveShell):
    """IPython without a terminal and without anything of the user; `no_memory` is called when none is left to report an error."""

    outputs: Outputs
    no_memory: Callable[[], None]
    fault: BaseException | None = None
    """What ended the last cell."""

    @classmethod
    def made(cls, ipython_dir: str, no_memory: Callable[[], None]) -> Shell:
        """Return this process's shell; standard output and error are its own from now on."""
        config = Config()
        config.HistoryManager.enabled = False
        shell: Any = cls.instance(
            config=config, ipython_dir=ipython_dir, colors="nocolor",
            displayhook_class=_Hook, display_pub_class=_Publisher,
        )  # fmt: skip
        outputs = shell.outputs = shell.displayhook.outputs = shell.display_pub.outputs = Outputs()
        shell.no_memory = no_memory
        sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)
        # IPython's own `exit` lets the cell succeed and ends the kernel a little later; ours fails like sys.exit.
        shell.push({"exit": sys.exit, "quit": sys.exit}, interactive=False)
        return shell  # type: ignore[no-any-return]

    def outputs_of(self, source: str) -> list[NotebookNode]:
        """Run one cell and return its outputs, the error last if it raised; raises TooMuchOutput."""
        process = os.getpid()
        # The history is off; asked to store, IPython counts the cells, and In[n] is right.
        result = self.run_cell(source, store_history=True)
        if os.getpid() != process:
            os._exit(0)  # a fork that a cell made and forgot must not go on as a second county process
        fault = self.fault = result.error_before_exec or result.error_in_exec
        if isinstance(fault, TooMuchOutput):
            raise fault
        done = self.outputs.take()
        if fault is not None and not any(output.output_type == "error" for output in done):
            self.no_memory()  # too little was left to show it
            told = {"ename": type(fault).__name__, "evalue": str(fault), "traceback": []}
            done.append(from_dict({"output_type": "error", **told}))
        return done

    def _showtraceback(self, etype: type, evalue: Any, stb: Any) -> None:
        lines = [str(line) for line in stb]
        self.outputs.add("error", ename=etype.__name__, evalue=str(evalue), traceback=lines)
