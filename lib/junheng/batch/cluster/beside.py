"""The process beside Dask's: `python -m junheng.batch.cluster.beside make|look PARENT`.

It reads an order from stdin, does what `junheng run` does in private folders, and writes the answer to stdout.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from junheng.batch.cluster import REFUSED
from junheng.batch.cluster.parcel import ChunkOrder, Parcel, pack
from junheng.batch.cluster.store import Store
from junheng.batch.job import Places
from junheng.batch.run import run_batch
from junheng.batch.rundir import run_folder
from junheng.batch.staleness import shared_digests
from junheng.errors import JunhengError
from junheng.files import sha256_file
from junheng.processes import die_with_parent
from junheng.project import project_root


def make(order: ChunkOrder) -> list[Parcel]:
    """Make the counties of an order; raises JunhengError when inputs or tools are not to be had on this machine."""
    with run_folder() as folder:
        places = _places(order, folder)
        fetch_inputs(order, folder)
        request = dataclasses.replace(order.request, places=places)
        results = run_batch(request, lambda result: None, tools=order.tools)
        return [pack(places, request.year, result, socket.gethostname()) for result in results]


def look(order: ChunkOrder) -> dict[str, str]:
    """The digests and versions, by logical name, of what a report would be made with on this machine."""
    with run_folder() as folder:
        places = _places(order, folder)
        fetch_inputs(order, folder)
        inputs = {name: sha256_file(folder / name) for name in order.names}
        return inputs | shared_digests(places.root, places.notebook)


def _places(order: ChunkOrder, folder: Path) -> Places:
    external = order.request.places.external
    return Places(project_root(), folder / "data", folder / "params", folder / "outputs", external)


def fetch_inputs(order: ChunkOrder, folder: Path) -> None:
    """Bring an order's inputs below `folder`; raises StoreProblem. Whether they are the right ones the fingerprint tells."""
    for kind, url in (("data", order.cluster.data), ("params", order.cluster.params)):
        names = [name.removeprefix(f"{kind}/") for name in order.names if name.startswith(f"{kind}/")]
        Store(url).fetch(names, folder / kind)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main(what: str, parent: int) -> int:
    """Answer one order; returns the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    die_with_parent(parent, signal.SIGTERM)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is for Dask's log
    try:
        order = pickle.load(sys.stdin.buffer)
        answer.write(pickle.dumps({"make": make, "look": look}[what](order)))
    except JunhengError as problem:
        answer.write(f"工作机{socket.gethostname()}：{problem}".encode())
        return REFUSED
    except KeyboardInterrupt:
        return 130
    finally:
        answer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
