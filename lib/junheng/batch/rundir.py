"""A private folder for sockets, caches and scratch files of one run; nothing of it is left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from junheng.batch.lock import Lock
from junheng.batch.publish import remove_if_dead

LONGEST_TEMP = 60
"""A socket's path may have 107 bytes; a longer temporary folder leaves no room for it."""


@contextmanager
def run_folder() -> Iterator[Path]:
    """Yield a private folder with a short path for sockets and caches of this run, removed at the end."""
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > LONGEST_TEMP and os.access("/tmp", os.W_OK):
        base = Path("/tmp")
    prefix = f"junheng-{os.getuid()}-"
    for lock in base.glob(f"{prefix}*.lock"):
        with suppress(OSError):
            remove_if_dead(lock.with_name(lock.name.removesuffix(".lock")), lock)
    folder = base / f"{prefix}{uuid.uuid4().hex[:8]}"
    with Lock(folder.with_name(f"{folder.name}.lock")):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
