"""A private folder for caches and scratch files of one run; nothing of it is left behind."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from junheng.batch.publish import remove_tree


@contextmanager
def run_folder() -> Iterator[Path]:
    """Yield a private folder for caches and scratch files of this run, removed at the end."""
    remove_dead()
    folder, held = _made()
    try:
        yield folder
    finally:
        remove_tree(folder)
        os.close(held)


def _made() -> tuple[Path, int]:
    """Make a folder and hold it: the folder itself is the lock, so that nothing of ours stands open beside it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_prefix()))
        held = _opened(folder)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(held), folder.lstat()):
                return folder, held
        except (BlockingIOError, FileNotFoundError):
            pass
        except OSError:  # where folders cannot be locked nobody can take this one for a dead one's
            return folder, held
        os.close(held)  # another run took it for a dead one's before we held it


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def remove_dead() -> None:
    """Remove the folders of this user's runs that were killed.

    The folder for temporary files belongs to everybody: links, files and others' folders of such a name are left alone.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        with suppress(OSError):
            held = _opened(left)
            try:
                if os.fstat(held).st_uid == os.getuid():
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove_tree(left)
            finally:
                os.close(held)


def _prefix() -> str:
    return f"junheng-run-{os.getuid()}-"
