"""The process of a station: `python -m junheng.batch.cluster.helper FD`, with one end of a socket pair as FD."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from junheng.batch.tools import prepare_matplotlib
from junheng.batch.work import perform
from junheng.batch.worker import serve


def main(descriptor: int) -> None:
    """Be told tools, folders and parent; then live a worker's life."""
    channel = Connection(descriptor)
    tools, root, runtime, parent = channel.recv()
    prepare_matplotlib(root, runtime)
    serve(channel, perform, tools, runtime / "w0", runtime / "messages.log", parent)


if __name__ == "__main__":
    main(int(sys.argv[1]))
