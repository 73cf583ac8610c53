"""What a picture says besides what it shows: its properties, every block of its file that holds no pixels, its bytes as they are."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from junheng.delivery.pieces import Piece, PieceKind, raw_pieces

_MAKERS = frozenset({"Author", "Artist", "XPAuthor", "Copyright", "HostComputer", "CameraOwnerName"})
_PNG = b"\x89PNG\r\n\x1a\n"
_KNOWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD", b"tEXt", b"zTXt",
     b"iTXt", b"eXIf", b"iCCP", "APP0", "APP1", "APP2", "APP14", "COM"}
)  # fmt: skip
"""Chunks of a PNG (W3C, 5.3) and segments of a JPEG that programs write; texts among them are read by Pillow."""
_JPEG_END = b"\xff\xd9"


def image_pieces(data: bytes) -> Iterator[Piece]:
    """Yield what a picture's file holds beside its pixels; raises ValueError when it is none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            exif, form = picture.getexif(), picture.format
            segments = getattr(picture, "applist", [])
            tables = (exif, *map(exif.get_ifd, ExifTags.IFD))
            told = [(str(key), value) for key, value in picture.info.items()]
            told += [(ExifTags.TAGS.get(t, str(t)), value) for table in tables for t, value in table.items()]
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("picture") from error
    for key, value in told:
        yield from _said(key, value)
    behind = b""
    if form == "PNG":
        segments, behind = _chunks(data)
    elif form == "JPEG":
        behind = data[data.rfind(_JPEG_END) + len(_JPEG_END) :]
    for name, content in segments:
        if name not in _KNOWN:
            yield Piece(f"图片数据块{name}", content.decode("utf-8", "replace"), PieceKind.HIDDEN)
    if behind.strip(b"\0\r\n"):
        yield Piece("图片末尾之后", behind.decode("utf-8", "replace"), PieceKind.HIDDEN)
    yield from raw_pieces("图片", data)


def _said(key: str, value: Any) -> Iterator[Piece]:
    """A property as a text; one that calls itself ASCII may hold UTF-8, one of bytes may hold anything."""
    place, kind = f"图片属性{key}", PieceKind.MAKER if key in _MAKERS else PieceKind.PLAIN
    if isinstance(value, bytes):
        yield from raw_pieces(place, value)
        value = value.decode("utf-8", "replace").strip("\0")
    text = str(value)
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    yield Piece(place, text, kind)


def _chunks(data: bytes) -> tuple[list[tuple[Any, bytes]], bytes]:
    """The chunks of a PNG by their kinds, and what stands behind the last one or behind the packed pixels."""
    position = len(_PNG)
    found: list[tuple[Any, bytes]] = []
    while position + 12 <= len(data) and not (found and found[-1][0] == b"IEND"):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        found.append((kind, data[position + 8 : position + 8 + length]))
        position += 12 + length
    stream = zlib.decompressobj()
    stream.decompress(b"".join(content for kind, content in found if kind == b"IDAT"))
    return found, stream.unused_data + data[position:]
