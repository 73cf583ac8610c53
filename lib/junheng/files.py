"""Files that are there whole or not at all, whenever the process or the machine stops; what the system says, in Chinese."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SAID = {
    "磁盘空间不足": (errno.ENOSPC, errno.EDQUOT),
    "文件大小超过系统限额": (errno.EFBIG,),
    "没有权限": (errno.EACCES, errno.EPERM),
    "所在磁盘或目录为只读": (errno.EROFS,),
    "文件或目录不存在": (errno.ENOENT,),
    "同名的目录已存在": (errno.EISDIR,),
    "同名的文件已存在": (errno.ENOTDIR, errno.EEXIST),
    "文件正被占用": (errno.EBUSY, errno.ETXTBSY),
    "文件名过长": (errno.ENAMETOOLONG,),
    "打开的文件过多": (errno.EMFILE, errno.ENFILE),
    "磁盘读写故障": (errno.EIO,),
}
_WORDS = {number: words for words, numbers in _SAID.items() for number in numbers}


def system_words(error: OSError) -> str:
    """What the system said, in Chinese; an error without known words by its name."""
    return _WORDS.get(error.errno or 0) or f"系统错误{errno.errorcode.get(error.errno or 0, '')}"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a file beside `path` to write; it takes the place of `path` in one step if all went well, else it is removed.

    What a killed process left is overwritten by the next: the caller sees to it that no two write the same file at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        _sync(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it appears complete or not at all; raises OSError."""
    with whole_file(path) as part:
        part.write_bytes(data)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
