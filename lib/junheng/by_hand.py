"""Files that people may change after we wrote them: what is not as we left it is kept beside as …（人工修改）, and named.

This is the one way in which a file that stands where people see it is replaced. The digests of what we wrote stand in the
hidden folder `.written` beside it. (A published folder has them in its manifest: junheng.batch.edits.)
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from junheng.errors import OutputProblem, refused
from junheng.files import own_folder, sha256, sha256_file, whole_file, write_whole

EDITED = "（人工修改）"
"""Marks what is kept: the name of a file, or the folder beside a published one."""
NOTES = ".written"


def put(path: Path, data: bytes, known: Collection[str] = ()) -> str:
    """Write a file whole; return a sentence when something of somebody's stood there and was kept beside, else nothing.

    `known` are further SHA-256 digests by which the former file is ours. Raises OutputProblem when the system refuses.
    """
    try:
        digest = sha256(data)
        former = _digest(path)
        ours = former in (digest, *known, *_noted(path))
        aside = None if ours else _aside(path)
        # First the note, with the former digest: whenever we are killed, what stands there is known to be ours.
        own_folder(_note(path).parent)
        write_whole(_note(path), "\n".join({digest, former} if ours and former else {digest}).encode())
        write_whole(path, data)
    except OSError as error:
        with suppress(OSError):  # an empty folder of notes is nothing to leave behind
            _note(path).parent.rmdir()
        raise OutputProblem(
            f"“{path.name}”无法写入（{refused(error)}），请关闭正在打开的文件，检查权限和磁盘空间后重试。"
        ) from error
    return _told(path, aside)


def take_away(path: Path) -> str:
    """Remove a file that we wrote; what somebody changed in it is kept and told as by `put`. Raises OSError."""
    aside = None if _digest(path) in _noted(path) else _aside(path)
    for one in (path, _note(path)):
        with suppress(FileNotFoundError, NotADirectoryError):
            one.unlink()
    return _told(path, aside)


@contextmanager
def rewriting(folder: Path) -> Iterator[None]:
    """Within, the Word and Excel files of a folder are written again in other ways than by `put`.

    Those that are not as they were left here the last time are kept beside first. Raises OSError.
    """
    for path in _office_files(folder):
        if _digest(path) not in _noted(path):
            _aside(path)
    yield
    for path in _office_files(folder):
        write_whole(_note(path), _digest(path).encode())


def _office_files(folder: Path) -> list[Path]:
    """What people edit; a copy kept before stays as it is."""
    found = [path for ending in ("docx", "xlsx") for path in folder.glob(f"*.{ending}")]
    return [path for path in found if EDITED not in path.name and not path.name.startswith("~$")]


def keep_copy(path: Path, target: Path) -> Path:
    """Copy a file or link to `target`, or to that name with the first number under which nothing else stands.

    One that was kept already stays as it is. Returns the copy's place; raises OSError.
    """
    wanted = next(one for one in versions(target) if not os.path.lexists(one) or _same(path, one))
    if os.path.lexists(wanted):
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        wanted.symlink_to(path.readlink())
    else:
        with whole_file(wanted) as stream, path.open("rb") as source:
            shutil.copyfileobj(source, stream)
        shutil.copystat(path, wanted)
    return wanted


def free_name(target: Path) -> Path:
    """The name itself, or with the first number under which nothing stands yet."""
    return next(one for one in versions(target) if not os.path.lexists(one))


def marked(path: Path) -> Path:
    """The path with the mark of what is kept in its name."""
    return path.with_name(f"{path.name.removesuffix(path.suffix)}{EDITED}{path.suffix}")


def _digest(path: Path) -> str:
    """The digest of what stands at `path`; empty for nothing and for what is no file (a pipe would keep us waiting)."""
    try:
        return sha256_file(path) if stat.S_ISREG(path.lstat().st_mode) else ""
    except FileNotFoundError:
        return ""


def _aside(path: Path) -> Path | None:
    """Keep what stands at `path` beside it: a file as a copy, so that its place is never empty; all else is moved."""
    if not os.path.lexists(path):
        return None
    if stat.S_ISREG(path.lstat().st_mode):
        return keep_copy(path, marked(path))
    aside = free_name(marked(path))
    path.rename(aside)
    return aside


def _note(path: Path) -> Path:
    # Under an ending of its own: nobody who looks for documents or workbooks shall find a digest.
    return path.with_name(NOTES) / f"{path.name}.sha256"


def _noted(path: Path) -> list[str]:
    """The digests of what we wrote there: the last, and the one before should the last not have come so far."""
    try:
        return _note(path).read_text(encoding="utf-8", errors="replace").split()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _told(path: Path, aside: Path | None) -> str:
    if aside is None:
        return ""
    return f"“{path.parent.name}/{path.name}”不是本系统写出的原样，已另存为“{aside.name}”，未予覆盖。"


def versions(target: Path) -> Iterator[Path]:
    """The names a copy may have: as asked, then numbered from 2 on."""
    yield target
    stem = target.name.removesuffix(target.suffix)
    yield from (target.with_name(f"{stem}（{number}）{target.suffix}") for number in count(2))


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return other.is_file() and sha256_file(one) == sha256_file(other)
