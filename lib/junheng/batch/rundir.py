"""A private folder for caches and scratch files of one run; nothing of it is left behind."""

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


@contextmanager
def run_folder() -> Iterator[Path]:
    """Yield a private folder for caches and scratch files of this run, removed at the end."""
    base = Path(tempfile.gettempdir())
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
