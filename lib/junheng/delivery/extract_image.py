"""What a picture says besides what it shows: every block of its file that holds no pixels, EXIF, XMP, bytes after its end."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from junheng.delivery.pieces import Piece, PieceKind, raw_pieces

_MAKERS = frozenset({"Author", "Artist", "XPAuthor", "Copyright", "HostComputer", "CameraOwnerName"})
_HARMLESS = frozenset({"dpi", "gamma", "srgb", "aspect", "interlace", "transparency", "chromaticity", "jfif",
                       "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "adobe", "adobe_transform",
                       "background", "duration", "loop", "version", "exif"})  # fmt: skip
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD"}
)
_PNG_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP"})
"""Pillow reads these."""
_JPEG_KNOWN = frozenset({"APP0", "APP1", "APP2", "APP14", "COM"})
_JPEG_END = b"\xff\xd9"


def image_pieces(data: bytes) -> Iterator[Piece]:
    """Yield what a picture's file holds beside its pixels; raises ValueError when it is none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            info, exif, form = dict(picture.info), picture.getexif(), str(picture.format)
            blocks = getattr(picture, "applist", [])
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("picture") from error
    for key, value in info.items():
        if key not in _HARMLESS:
            kind = PieceKind.MAKER if str(key) in _MAKERS else PieceKind.PLAIN
            yield Piece(f"图片属性{key}", _text(value), kind)
    yield from _exif(exif)
    if form == "PNG":
        yield from _png(data)
    elif form == "JPEG":
        for name, content in blocks:
            if name not in _JPEG_KNOWN:
                yield Piece(f"图片数据块{name}", _text(content), PieceKind.HIDDEN)
            yield from raw_pieces(f"图片数据块{name}", content)
        yield from _behind(data, data.rfind(_JPEG_END) + len(_JPEG_END))
    else:
        yield from raw_pieces("图片", data)


def _png(data: bytes) -> Iterator[Piece]:
    """The chunks of a PNG (W3C, 5.3) that Pillow passes over, and what stands behind the pixels."""
    position, pixels = len(_PNG), b""
    while position + 12 <= len(data):
        (length,), kind = (
            struct.unpack(">I", data[position : position + 4]),
            data[position + 4 : position + 8],
        )
        content = data[position + 8 : position + 8 + length]
        position += 12 + length
        if kind == b"IDAT":
            pixels += content
        elif kind not in _PNG_PIXELS | _PNG_TEXTS:
            yield Piece(f"图片数据块{kind.decode('latin-1')}", _text(content), PieceKind.HIDDEN)
            yield from raw_pieces("图片数据块", content)
        if kind == b"IEND":
            break
    stream = zlib.decompressobj()
    stream.decompress(pixels)
    yield from _behind(data, position)
    yield from _behind(stream.unused_data, 0)


def _behind(data: bytes, end: int) -> Iterator[Piece]:
    if rest := data[end:].strip(b"\0\r\n"):
        yield Piece("图片末尾之后", rest.decode("utf-8", "replace"), PieceKind.HIDDEN)


def _exif(exif: Any) -> Iterator[Piece]:
    for table in (exif, *(exif.get_ifd(place) for place in ExifTags.IFD)):
        for tag, value in table.items():
            name = ExifTags.TAGS.get(tag, str(tag))
            yield Piece(
                f"图片EXIF属性{name}", _text(value), PieceKind.MAKER if name in _MAKERS else PieceKind.PLAIN
            )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        wide = value.count(0) * 3 > len(value)
        return value.decode("utf-16-le" if wide else "utf-8", "replace").strip("\0")
    text = str(value)
    with suppress(UnicodeError):  # a field that calls itself ASCII may hold UTF-8
        return text.encode("latin-1").decode("utf-8")
    return text
