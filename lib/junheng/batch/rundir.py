"""A private folder for caches and scratch files of one run; nothing of it is left behind."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from junheng.batch.lock import Lock
from junheng.batch.publish import remove_if_dead, remove_tree


@contextmanager
def run_folder() -> Iterator[Path]:
    """Yield a private folder for caches and scratch files of this run, removed at the end."""
    remove_dead()
    folder = Path(tempfile.gettempdir()) / f"{_prefix()}{uuid.uuid4().hex[:8]}"
    with Lock(folder.with_name(f"{folder.name}.lock")):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            remove_tree(folder)


def remove_dead() -> None:
    """Remove the folders of this user's runs that were killed."""
    base = Path(tempfile.gettempdir())
    for left in {base / path.name.removesuffix(".lock") for path in base.glob(f"{_prefix()}*")}:
        with suppress(OSError):
            remove_if_dead(left, left.with_name(f"{left.name}.lock"))


def _prefix() -> str:
    return f"junheng-{os.getuid()}-"


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Keep this process's temporary files in `folder`, where the run removes them however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    before, environment = tempfile.tempdir, os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if environment is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = environment
