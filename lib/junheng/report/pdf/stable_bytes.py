"""The same document, the same PDF bytes: what LibreOffice writes differently each time is taken out.

That is the two identifiers of the file, the numbers of its fonts, the moment at which the colour profile of a PDF/A
was made (ICC.1:2010, 7.2: bytes 24 to 35 of its head), and in each embedded Type 1 font its
`UniqueID`, an optional key (Adobe Type 1 Font Format, 2.5) that LibreOffice counts up from one font to the next. It
stands once in clear text and once in the part encrypted with eexec (chapter 7), which is therefore written anew.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pikepdf
from pikepdf import ObjectStreamMode, Pdf

_UNIQUE_ID: Final = re.compile(rb"/UniqueID +\d+ +def\s*")
_MOMENT: Final = slice(24, 36)
_FIXED_MOMENT: Final = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_KEY, _FACTOR, _ADDEND = 55665, 52845, 22719
_WORD = 0xFFFF


def save_reproducibly(pdf: Pdf, target: Path) -> None:
    """Write `pdf` so that equal content gives equal bytes."""
    drop(pdf.trailer, "/DocChecksum", "/ID")
    for intent in pdf.Root.get("/OutputIntents", ()):
        _without_moment(intent.DestOutputProfile)
    tables = _font_tables(pdf)
    with Pdf.new() as spare:
        _number_fonts(pdf, tables, spare)
        for font in _type1_programs(tables):
            _without_unique_id(font)
        pdf.save(target, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)


def _font_tables(pdf: Pdf) -> list[Any]:
    """The dictionaries that name the fonts of the pages; each once, since LibreOffice's pages share one."""
    found: dict[tuple[int, int], Any] = {}
    for page in pdf.pages:
        fonts = page.resources.get("/Font", pikepdf.Dictionary())
        found.setdefault(fonts.objgen if fonts.is_indirect else page.obj.objgen, fonts)
    return list(found.values())


def _number_fonts(pdf: Pdf, tables: list[Any], spare: Pdf) -> None:
    """Replace the fonts by copies in the order of their names, since copies are numbered as they are made.

    LibreOffice numbers fonts by where they lie in memory and everything else alike each time; objects of near numbers
    are packed together. Copies are made from one file to another only: into `spare` and back. It stays open until `pdf`
    is written, for their content is fetched then.
    """
    for fonts in tables:
        for name in sorted(fonts.keys()):
            fonts[name] = pdf.copy_foreign(spare.copy_foreign(fonts[name]))


def drop(dictionary: Any, *keys: str) -> None:
    """Take entries out of a PDF dictionary, where they are there."""
    for key in keys:
        if key in dictionary:
            del dictionary[key]


def _without_moment(profile: Any) -> None:
    content = bytearray(profile.read_bytes())
    content[_MOMENT] = _FIXED_MOMENT
    profile.write(bytes(content))


def _type1_programs(tables: list[Any]) -> list[Any]:
    """Return the programs of the Type 1 fonts, each once."""
    found: dict[tuple[int, int], Any] = {}
    for fonts in tables:
        for _, font in fonts.items():
            descriptor = font.get("/FontDescriptor", pikepdf.Dictionary())
            if "/FontFile" in descriptor:
                found[descriptor.objgen] = descriptor.FontFile
    return list(found.values())


def _without_unique_id(program: Any) -> None:
    """Rewrite a Type 1 font program: clear text, encrypted part, zeros, with the length of each."""
    content = program.read_bytes()
    first = int(program.Length1)
    second = first + int(program.Length2)
    clear = _UNIQUE_ID.sub(b"", content[:first])
    secret = content[first:second]
    plain = decrypt(secret)
    cut = _UNIQUE_ID.sub(b"", plain)
    if cut != plain:
        secret = encrypt(cut)
    program.write(clear + secret + content[second:])
    program.Length1, program.Length2 = len(clear), len(secret)


def decrypt(cipher: bytes) -> bytes:
    """Undo eexec.

    The key follows r' = (c + r)·a + b (mod 2¹⁶), which depends on the cipher alone. Divided by aⁿ it is a running sum.
    """
    length = len(cipher)
    given = np.frombuffer(cipher, dtype=np.uint8).astype(np.uint64)
    inverse = _powers(pow(_FACTOR, -1, _WORD + 1), length + 1)
    steps = (given * inverse[:-1] + _ADDEND * inverse[1:]) & _WORD
    sums = np.concatenate(([_KEY], (_KEY + np.cumsum(steps)) & _WORD)).astype(np.uint64)[:-1]
    keys = (sums * _powers(_FACTOR, length)) & _WORD
    return bytes((given ^ (keys >> np.uint64(8))).astype(np.uint8))


@cache
def _next_keys() -> list[int]:
    """The key that follows, by the sum of the one before and the byte written."""
    sums = np.arange(_WORD + 256, dtype=np.uint64)
    keys: list[int] = ((sums * _FACTOR + _ADDEND) & _WORD).tolist()
    return keys


def encrypt(plain: bytes) -> bytes:
    """eexec; byte after byte, since each key depends on what was written before."""
    cipher = bytearray()
    write, follow = cipher.append, _next_keys()
    key = _KEY
    for byte in plain:
        coded = byte ^ (key >> 8)
        write(coded)
        key = follow[coded + key]
    return bytes(cipher)


def _powers(base: int, count: int) -> Any:
    """base⁰, base¹, … (mod 2¹⁶), by doubling."""
    powers = np.ones(max(count, 1), dtype=np.uint64)
    filled = 1
    while filled < count:
        more = min(filled, count - filled)
        powers[filled : filled + more] = (powers[:more] * pow(base, filled, _WORD + 1)) & _WORD
        filled += more
    return powers[:count]
