"""What people did to a published folder: a signed scan laid into it, a report edited in Word. The next run keeps it beside.

The manifest knows every file of ours by its digest; all else in the folder, and what stands in the folder's own place,
is somebody's work.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from junheng.batch.staleness import MANIFEST, read_manifest, sha256_file
from junheng.files import whole_file

EDITED = "（人工修改）"
"""Marks the folder beside the published one, and in it what was a file of ours."""
_PASSING = ("~$", ".~lock.", "._", ".DS_Store", "Thumbs.db", "desktop.ini")
"""How the names of files begin that Word, WPS and file managers leave while somebody looks."""


def keep_edits(final: Path) -> tuple[str, ...]:
    """Copy what was changed in or added to a published folder into the folder beside it, before it is replaced.

    Returns the copies' names, from the year's folder on. Nothing is overwritten: a second version gets a number. What
    is no folder (a link, a file in its place) is moved there as a whole. Raises OSError when a copy cannot be made.
    """
    beside = final.with_name(f"{final.name}{EDITED}")
    if not os.path.lexists(final):
        return ()
    if not stat.S_ISDIR(final.lstat().st_mode):
        beside.mkdir(exist_ok=True)
        target = free_name(beside / final.name)
        final.rename(target)
        return (_told(target, final),)
    return tuple(_told(_kept(path, beside / name), final) for path, name in _not_ours(final))


def added_files(folder: Path) -> tuple[str, ...]:
    """The names of files in a published folder that the manifest does not list; none when there is no manifest."""
    listed = (read_manifest(folder) or {}).get("outputs")
    if not isinstance(listed, dict):
        return ()
    return tuple(name for name in _names(folder) if name not in listed)


def _told(target: Path, final: Path) -> str:
    return target.relative_to(final.parent).as_posix()


def _not_ours(final: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file that was changed or added, with the name its copy is to have below the folder beside."""
    listed = (read_manifest(final) or {}).get("outputs")
    known = listed if isinstance(listed, dict) else {}
    for name in _names(final):
        path = final / name
        if path.is_symlink() or (path.is_file() and known and name not in known):
            yield path, name
        elif path.is_file() and known.get(name) != sha256_file(path):  # all of it when the manifest is lost
            yield path, f"{name.removesuffix(path.suffix)}{EDITED}{path.suffix}"


def _names(folder: Path) -> Iterator[str]:
    """Files and links below a folder, in a fixed order; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*files, *links]):
            relative = Path(place, name).relative_to(folder).as_posix()
            if relative != MANIFEST and not name.startswith(_PASSING):
                yield relative


def _kept(path: Path, target: Path) -> Path:
    """Copy a file or link; one that an earlier run has kept already stays as it is."""
    wanted = next(one for one in _versions(target) if not os.path.lexists(one) or _same(path, one))
    if os.path.lexists(wanted):
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        wanted.symlink_to(path.readlink())
    else:
        with whole_file(wanted) as part:
            shutil.copy2(path, part)
    return wanted


def free_name(target: Path) -> Path:
    """The name itself, or with the first number under which nothing stands yet."""
    return next(one for one in _versions(target) if not os.path.lexists(one))


def _versions(target: Path) -> Iterator[Path]:
    """The names a copy may have: as asked, then numbered from 2 on."""
    yield target
    stem = target.name.removesuffix(target.suffix)
    yield from (target.with_name(f"{stem}（{number}）{target.suffix}") for number in count(2))


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return other.is_file() and sha256_file(one) == sha256_file(other)
