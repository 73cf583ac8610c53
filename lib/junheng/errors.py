"""Errors that reach an analyst: one clear Chinese sentence each, never a traceback."""

from __future__ import annotations

import errno
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import TypeVar

T = TypeVar("T")

DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading a damaged archive (xlsx, docx, zip) raises: its directory, a compressed part, an early end."""


class JunhengError(Exception):
    """A failure whose message (Simplified Chinese) can be shown to an analyst as it is."""

    exit_code = 1


class UsageProblem(JunhengError):
    """A wrong call, a missing input or a missing tool: nothing was computed (exit code 2)."""

    exit_code = 2


class AbsentWorkbook(UsageProblem):
    """A county has handed in no workbook for the year."""


class ParamsProblem(UsageProblem):
    """A record under params/ that cannot be used; the message names file and record."""


class DataProblem(JunhengError):
    """A workbook whose errors forbid a report (exit code 1)."""


class OutputProblem(JunhengError):
    """A produced file that failed its check after writing (exit code 1)."""


FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


_SHORT_OF_MEMORY = re.compile(
    r"(?i)cannot allocate memory|out of memory|memory allocation failed|can't start new thread|bad_alloc"
    r"|^quantization error$"  # Pillow
)
_FULL_DISK = re.compile(r"IO_ENOSPC|No space left on device")
"""What libraries say that have errors of their own for it."""


def system_reason(error: BaseException) -> str:
    """Return one sentence for an error by which the machine lacks something or refuses it; empty for any other."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or number == errno.ENOMEM or _SHORT_OF_MEMORY.search(str(error)):
        return "内存不足，未能算完；请关闭其他程序、减少--jobs或加大--memory后重新运行。"
    if number in FULL or _FULL_DISK.search(str(error)):
        return "磁盘空间不足，报告未能写出；请清理磁盘后重新运行。"
    if number == errno.EFBIG:
        return "输出文件超过系统允许的大小，报告未能写出；请放宽限额后重新运行。"
    if number in DENIED:
        return "输出目录没有写入权限，报告未能写出；请检查目录权限后重新运行。"
    return ""


REFUSED = {
    **dict.fromkeys(FULL, "磁盘空间不足"),
    **dict.fromkeys(DENIED, "没有写入权限"),
    errno.ENOENT: "所在目录不存在",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EFBIG: "文件大小超过系统限额",
    errno.EISDIR: "同名的目录已存在",
    errno.ENOTDIR: "同名的文件已存在",
    errno.ELOOP: "所在目录是他人设置的链接",
    errno.EBUSY: "文件正被占用",
    errno.ETXTBSY: "文件正被占用",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.EIO: "磁盘读写故障",
    errno.ENOMEM: "内存不足",
}


def refused(error: OSError) -> str:
    """Say in a few Chinese words why the system refused a file; an error without known words by its name."""
    return REFUSED.get(error.errno or 0, f"系统错误{errno.errorcode.get(error.errno or 0, '')}")


NEAR = 0.51
"""How like a word must be: 公办 is half of 民办, and E9 of E1, and neither is meant."""
MOST_NEAR = 3
ALMOST_AS_NEAR = 0.15
"""A second hint is given only when it is nearly as like the word as the best one."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a Chinese hint naming the known words nearest to `word`, or an empty string: too many near ones tell nothing."""
    near = get_close_matches(word, list(known), n=MOST_NEAR + 1, cutoff=NEAR)
    likeness = [SequenceMatcher(None, other, word).ratio() for other in near]
    near = [
        other for other, ratio in zip(near, likeness, strict=True) if ratio >= likeness[0] - ALMOST_AS_NEAR
    ]
    return f"是否要写“{'”或“'.join(near)}”？" if 0 < len(near) <= MOST_NEAR else ""


MOST_LISTED = 30
"""So many names are listed whole."""


def named(
    known: Mapping[str, T], word: str, kind: str, place: str = "", problem: type[JunhengError] | None = None
) -> T:
    """Return what a name stands for among things of a kind (in a place).

    Raises UsageProblem, or `problem`, with the names that may be meant, and with all of them where they are few.
    """
    if word in known:
        return known[word]
    listed = f"可选{'、'.join(known)}。" if len(known) <= MOST_LISTED else ""
    told = f"{place}没有名为“{word}”的{kind}。{did_you_mean(word, known)}{listed}"
    raise (problem or UsageProblem)(told)
