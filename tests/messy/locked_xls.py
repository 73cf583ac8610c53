"""Old workbooks with a password, as Excel 97 to 2003 sealed them: BIFF8 under 40-bit RC4 (MS-OFFCRYPTO 2.3.6, MS-XLS 2.2.10)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import xlwt
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from xlwt.CompoundDoc import XlsDoc

BLOCK = 1024
FILE_PASS, BOF, BOUND_SHEET, INTERFACE = 0x2F, 0x809, 0x85, 0xE1
OPEN_RECORDS = (BOF, FILE_PASS, INTERFACE)
SALT, VERIFIER = bytes(range(16)), bytes(range(100, 116))


def lock_xls(book: xlwt.Workbook, target: Path, password: str) -> Path:
    """Save a workbook encrypted; record headers, BOF and the places of the sheets stay open, as the format has it."""
    records = list(_records(book.get_biff_data()))
    passed = (
        struct.pack("<HHH", 1, 1, 1) + SALT + _crypt(_key(password, 0), VERIFIER + md5(VERIFIER).digest())
    )
    moved = [
        (kind, struct.pack("<I", struct.unpack("<I", body[:4])[0] + len(passed) + 4) + body[4:])
        if kind == BOUND_SHEET
        else (kind, body)
        for kind, body in records
    ]
    plain = [moved[0], (FILE_PASS, passed), *moved[1:]]
    filling = (
        0,
        bytes(-sum(len(body) for _, body in plain) % 4),
    )  # the container is filled up with empty records
    plain.append(filling)
    XlsDoc().save(str(target), _sealed(plain, password))
    return target


def _sealed(records: list[tuple[int, bytes]], password: str) -> bytes:
    stream = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)
    blocks = range(0, len(stream), BLOCK)
    hidden = b"".join(_crypt(_key(password, at // BLOCK), stream[at : at + BLOCK]) for at in blocks)
    out, place = bytearray(stream), 0
    for kind, body in records:
        start, place = place + 4, place + 4 + len(body)
        if kind not in OPEN_RECORDS:
            start += 4 if kind == BOUND_SHEET else 0
            out[start:place] = hidden[start:place]
    return bytes(out)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(stream):
        kind, size = struct.unpack("<HH", stream[place : place + 4])
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _key(password: str, block: int) -> bytes:
    short = md5(password.encode("utf-16-le")).digest()[:5]
    mixed = md5((short + SALT) * 16).digest()[:5]
    return md5(mixed + struct.pack("<I", block)).digest()


def _crypt(key: bytes, data: bytes) -> bytes:
    return Cipher(ARC4(key), mode=None).encryptor().update(data)
