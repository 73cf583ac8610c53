"""Workers by forking: run as `python -m junheng.batch.worker FD`, this forks a worker for each connection it is given."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

from junheng.batch import preload  # noqa: F401
from junheng.batch.forge import attend
from junheng.batch.nursery import adopt
from junheng.batch.pool import serve


def work(descriptors: Sequence[int]) -> None:
    """A worker's life, on a connection to the coordinator and, when there is a second descriptor, one to its nursery.

    What it is made of comes first: where modules are found, before anything that needs them.
    """
    first, *nursery = descriptors
    channel = Connection(first)
    channel.send(os.getpid())
    for number in nursery:
        adopt(number)
    sys.path[:] = channel.recv()
    tools, runtime, messages = channel.recv()
    serve(channel, tools, runtime, messages, os.getppid())


if __name__ == "__main__":
    attend(int(sys.argv[1]), work)
