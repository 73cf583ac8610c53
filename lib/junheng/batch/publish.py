"""Publishing: a report is built in a staging folder beside its final place and swapped in by one system call.

Until the swap, yesterday's report stays; after it, today's is complete. What a killed run leaves behind is
removed at the next start, and only when the process that owned it is dead.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from junheng.batch.lock import BusyError, Lock
from junheng.files import sync

STAGING = ".staging-"
ASIDE = ".old-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTTY}


@contextmanager
def staging_folder(final: Path) -> Iterator[Path]:
    """Yield an empty folder beside `final`; whatever is in it at the end is removed."""
    final.parent.mkdir(parents=True, exist_ok=True)
    folder = final.parent / f"{STAGING}{final.name}-{uuid.uuid4().hex[:8]}"
    with Lock(_lock_of(folder)):
        folder.mkdir()
        try:
            yield folder
        finally:
            remove_tree(folder)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def publish(staging: Path, final: Path) -> None:
    """Put `staging` in the place of `final`; then `staging` holds the former report, if there was one."""
    # Else a power cut could leave the new name with files that were never written.
    _sync_tree(staging)
    if not os.path.lexists(final):
        staging.rename(final)
    elif not _exchange(staging, final):
        _swap_by_renaming(staging, final)
    sync(final.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False when system or file system cannot."""
    # A folder that is not empty cannot be replaced by rename(2). Exchanged, both names exist at every moment: whoever reads
    # the report, and whoever kills us, finds either the former or the new one whole.
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _swap_by_renaming(staging: Path, final: Path) -> None:
    aside = final.with_name(f"{ASIDE}{final.name}")
    final.rename(aside)
    staging.rename(final)  # killed just before this line: `recover` puts `aside` back
    remove_tree(aside)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def recover(year_dir: Path) -> None:
    """Mend what killed runs left: bring back reports set aside, remove staging folders of dead owners."""
    staged = {path.with_name(path.name.removesuffix(".lock")) for path in year_dir.glob(f"{STAGING}*")}
    alive = [folder.name for folder in sorted(staged) if not _removed_if_dead(folder)]
    for aside in sorted(year_dir.glob(f"{ASIDE}*")):
        final = aside.with_name(aside.name.removeprefix(ASIDE))
        if any(name.startswith(f"{STAGING}{final.name}-") for name in alive):
            continue  # another city's run is about to put the new one in its place
        if os.path.lexists(final):
            remove_tree(aside)
        else:
            aside.rename(final)


def _removed_if_dead(folder: Path) -> bool:
    """Remove a staging folder when nobody holds its lock; return whether that was so."""
    lock = _lock_of(folder)
    if lock.is_dir() and not lock.is_symlink():  # no lock of ours
        remove_tree(lock)
    try:
        with Lock(lock):
            remove_tree(folder)
    except BusyError:
        return False
    return True


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, also what was made read-only; what still resists is left to the next run.

    A link is removed, never followed; so is a file that stands in place of the folder.
    """
    with suppress(OSError):
        if not stat.S_ISDIR(folder.lstat().st_mode):
            folder.unlink()
            return
    try:
        shutil.rmtree(folder)
    except OSError:
        _make_removable(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _make_removable(folder: Path) -> None:
    """Give the owner all rights on the folders of a tree, links left out."""
    with suppress(OSError):
        folder.chmod(0o700)
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                _make_removable(Path(entry.path))
