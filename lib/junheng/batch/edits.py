"""What people did to a published folder: a signed scan laid into it, a report edited in Word. The next run keeps it beside.

The manifest knows every file of ours by its digest; all else in the folder, and what stands in the folder's own place,
is somebody's work.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from junheng.batch.staleness import MANIFEST, read_manifest
from junheng.by_hand import EDITED, free_name, keep_copy, marked, versions
from junheng.files import sha256_file

_PASSING = ("~$", ".~lock.", "._", ".DS_Store", "Thumbs.db", "desktop.ini")
"""How the names of files begin that Word, WPS and file managers leave while somebody looks."""


def keep_edits(final: Path) -> tuple[str, ...]:
    """Copy what was changed in or added to a published folder into the folder beside it, before it is replaced.

    Returns the copies' names, from the year's folder on. Nothing is overwritten: a second version gets a number. What
    is no folder (a link, a file in its place) is moved there as a whole. Raises OSError when a copy cannot be made.
    """
    wanted = final.with_name(f"{final.name}{EDITED}")
    # Never through a link: whoever may write into the year's folder would have us put his files wherever we may write.
    beside = next(
        one for one in versions(wanted) if not one.is_symlink() and (one.is_dir() or not one.exists())
    )
    if not os.path.lexists(final):
        return ()
    if not stat.S_ISDIR(final.lstat().st_mode):
        beside.mkdir(exist_ok=True)
        target = free_name(beside / final.name)
        final.rename(target)
        return (_told(target, final),)
    return tuple(_told(keep_copy(path, _within(beside, name)), final) for path, name in _not_ours(final))


def _within(beside: Path, name: str) -> Path:
    """Where a copy goes below the folder beside; flat where somebody laid a link into that folder."""
    place = beside / name
    within = place.parent.resolve().is_relative_to(beside.resolve())
    return place if within else beside / name.replace("/", "_")


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
            yield path, marked(path).relative_to(final).as_posix()


def _names(folder: Path) -> Iterator[str]:
    """Files and links below a folder, in a fixed order; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*files, *links]):
            relative = Path(place, name).relative_to(folder).as_posix()
            if relative != MANIFEST and not Path(name).name.startswith(_PASSING):
                yield relative
