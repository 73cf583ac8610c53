"""A worker: imports once, keeps one LibreOffice, and performs one job after the other.

Run as `python -m junheng.batch.worker FD PARENT`, with one end of a connection to the coordinator (workers.py) as FD.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from junheng.files import open_log
from junheng.processes import adopt_orphans, die_with_parent

_COLLECTED = 20_000
"""Objects made and not released between two collections."""


def main(descriptor: int, parent: int) -> None:
    """Say that it lives, be told what it is made of, and serve. Where modules are found comes before all that needs them."""
    channel = Connection(descriptor)
    channel.send(os.getpid())  # whoever dies before this has done nothing yet, and its county goes to another
    sys.path[:] = channel.recv()
    perform, tools, runtime, messages = channel.recv()
    serve(channel, perform, tools, runtime, messages, parent)


def serve(channel: Connection, perform: Any, tools: Any, runtime: Path, messages: Path, parent: int) -> None:
    """Take a job, perform it, send the result, until told to stop or the parent is gone."""
    from junheng.batch.work import workplace

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's affair
    signal.signal(signal.SIGTERM, _stop)
    die_with_parent(
        parent, signal.SIGTERM
    )  # not SIGKILL: after kill -9 of the coordinator, too, all is tidied up
    adopt_orphans()
    _redirect(messages)
    _own_temporary_files(runtime / "tmp")
    gc.disable()  # importing makes many objects that stay; looking for cycles among them took a sixth of it
    with workplace(tools, runtime, channel.send) as place, suppress(EOFError):
        spare_collections()
        while (job := channel.recv()) is not None:
            channel.send(perform(job, place))


def spare_collections() -> None:
    """Let the collector of cycles leave alone what is here, which county processes share, and look less often at the rest.

    A county process soon ends with all it holds; collecting as often as Python does took 0.2 s of each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED)
    gc.enable()


def _stop(number: int, frame: Any) -> None:
    """End in an orderly way: the county process and LibreOffice go first, the staging folder is removed."""
    raise SystemExit(128 + number)


def _own_temporary_files(folder: Path) -> None:
    """Keep this worker's temporary files where the run removes them, however the worker ends."""
    folder.mkdir(parents=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _redirect(messages: Path) -> None:
    """Send what libraries print to a file, and the place of a crash as well."""
    stream = open_log(messages, "a")
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream
    faulthandler.enable(stream)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
