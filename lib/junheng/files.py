"""Files that are there whole or not at all, whenever the process or the machine stops; archives of equal bytes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip archive can hold."""
_COMPRESSED = (".png", ".jpg", ".jpeg")


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of files (name, content): the same files in the same order give the same bytes.

    This is how every docx and xlsx is written, since python-docx and openpyxl stamp the time into the archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            stored = name.lower().endswith(_COMPRESSED)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a new file beside `path` to write; it takes the place of `path` in one step if all went well, else it is removed.

    What a killed process left is begun anew: the caller sees to it that no two write the same file at once. Raises OSError,
    also when the folder is a link that another user laid, which would have us write wherever we may.
    """
    _refuse_anothers_link(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with part.open(
            "xb"
        ) as stream:  # never what somebody else laid there: a link would lead us to write elsewhere
            yield stream
            stream.flush()
            # Else the new name may reach the disk before the content: after a power cut the file would be there, and empty.
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it appears complete or not at all; raises OSError."""
    with whole_file(path) as stream:
        stream.write(data)


def open_log(path: Path, mode: str) -> IO[str]:
    """Open a log to write ("w") or to add to ("a"), its folder made; raises OSError.

    What stands there and is no file goes: a link would lead us to write elsewhere, a pipe would keep us waiting.
    """
    own_folder(path.parent)
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            path.unlink()
    return open(path, mode, encoding="utf-8", errors="replace", opener=_not_following)


def own_folder(folder: Path) -> None:
    """Make a folder that nobody but us uses (logs, notes); raises OSError.

    A link in its place goes: whoever may write beside it could have us write, and clear away, in a folder of ours elsewhere.
    """
    _refuse_anothers_link(folder.parent)
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def _refuse_anothers_link(folder: Path) -> None:
    if folder.is_symlink() and folder.lstat().st_uid not in (0, os.getuid()):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), folder.name)


def read_regular(path: Path) -> bytes:
    """Read a file that others may have laid there; raises OSError for what is none (a pipe would keep us waiting)."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path.name)
        return stream.read()


def _not_following(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW, 0o666)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal; raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file or folder written to the disk itself; raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems cannot sync a folder
            raise
    finally:
        os.close(fd)
