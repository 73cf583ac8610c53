"""Packages as zip archives: written with the same bytes always, read back without trust.

Names are UTF-8 with the flag that Explorer, WPS and 7-Zip read; entries stand in the order of their names with
a fixed time. With a passphrase the entries are encrypted (WinZip AES-256), and the salt makes the bytes differ.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyzipper

from junheng.delivery.names import check_names
from junheng.delivery.settings import PackageLimits
from junheng.errors import DAMAGED_ZIP, OutputProblem
from junheng.files import ZIP_DATE, packed

_BROKEN = (
    *DAMAGED_ZIP, pyzipper.BadZipFile, OSError, RuntimeError, ValueError,
    NotImplementedError, LookupError,
)  # fmt: skip


class NeedsPassphrase(OutputProblem):
    """The package is encrypted, and no passphrase or a wrong one was given."""


def pack(files: Mapping[str, bytes], passphrase: str | None = None) -> bytes:
    """Return a zip archive of `files` by name; raises OutputProblem for a name that could leave its folder."""
    check_names(files)
    if passphrase is None:
        return packed(sorted(files.items()))
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.setpassword(passphrase.encode("utf-8"))
        for name, data in sorted(files.items()):
            info = archive.zipinfo_cls(name, ZIP_DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = pyzipper.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def unpack(path: Path, limits: PackageLimits, passphrase: str | None = None) -> dict[str, bytes]:
    """Return the files of a package, after looking at its sizes and names.

    Raises NeedsPassphrase, or OutputProblem for an archive that is broken, too large or full of tricks.
    """
    try:
        with pyzipper.AESZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(path.name, entries, limits)
            if any(entry.flag_bits & 1 for entry in entries):
                if not passphrase:
                    raise NeedsPassphrase(f"“{path.name}”已加密，请按说明提供口令后重试。")
                archive.setpassword(passphrase.encode("utf-8"))
            return {entry.filename: _read(archive, entry, limits) for entry in entries}
    except RuntimeError as error:
        if "password" in str(error).lower():
            raise NeedsPassphrase(f"“{path.name}”的口令不对，请核对后重试。") from error
        raise OutputProblem(f"“{path.name}”无法读取：不是完整的压缩包。") from error
    except _BROKEN as error:
        raise OutputProblem(f"“{path.name}”无法读取：不是完整的压缩包。") from error


def _read(archive: Any, entry: Any, limits: PackageLimits) -> bytes:
    """Read an entry, but never more than it declares."""
    with archive.open(entry) as stream:
        data = bytes(stream.read(entry.file_size + 1))
    if len(data) != entry.file_size or len(data) > limits.file:
        raise OutputProblem(f"压缩包中“{entry.filename}”的大小与目录所写不符，未读取。")
    return data


def check_entries(name: str, entries: list[Any], limits: PackageLimits) -> None:
    """Look at an archive's list alone: how many, how large, how dense, links, names; raises OutputProblem."""
    if len(entries) > limits.files:
        raise OutputProblem(f"“{name}”中有{len(entries)}个文件，超过{limits.files}个，未读取。")
    total = sum(entry.file_size for entry in entries)
    dense = any(e.file_size > max(e.compress_size, 1) * limits.ratio and e.file_size > 2**20 for e in entries)
    if dense or total > limits.total or any(entry.file_size > limits.file for entry in entries):
        raise OutputProblem(f"“{name}”解压后大得异常，疑似压缩炸弹，未读取。")
    if any((entry.external_attr >> 16) & 0o170000 == 0o120000 for entry in entries):
        raise OutputProblem(f"“{name}”中有指向别处的链接，未读取。")
    if any("\\" in (getattr(e, "orig_filename", None) or e.filename) for e in entries):
        raise OutputProblem(f"“{name}”中的文件名含有反斜杠，未读取。")
    check_names(entry.filename for entry in entries)
