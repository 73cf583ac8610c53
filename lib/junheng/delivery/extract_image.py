"""What a picture says besides what it shows: text chunks, EXIF, XMP, bytes after its end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from junheng.delivery.pieces import Kind, Piece

_MAKERS = frozenset({"Author", "Artist", "XPAuthor", "Copyright", "HostComputer", "CameraOwnerName"})
_HARMLESS = frozenset({"dpi", "gamma", "srgb", "aspect", "interlace", "transparency", "chromaticity", "jfif",
                       "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "adobe", "adobe_transform",
                       "background", "duration", "loop", "icc_profile", "version", "exif"})  # fmt: skip
_ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}


def image_pieces(data: bytes) -> Iterator[Piece]:
    """Yield the metadata of a picture; raises ValueError when it is none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            info, exif, form = dict(picture.info), picture.getexif(), str(picture.format)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("picture") from error
    for key, value in info.items():
        if key not in _HARMLESS:
            kind = Kind.MAKER if str(key) in _MAKERS else Kind.PLAIN
            yield Piece(f"图片属性{key}", _text(value), kind)
    yield from _exif(exif)
    end = _ENDS.get(form)
    if end and not data.rstrip(b"\0\n").endswith(end):
        yield Piece(
            "图片末尾之后", data[data.rfind(end) + len(end) :].decode("utf-8", "replace"), Kind.HIDDEN
        )


def _exif(exif: Any) -> Iterator[Piece]:
    tables = [exif, exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)]
    for table in tables:
        for tag, value in table.items():
            name = ExifTags.TAGS.get(tag, str(tag))
            yield Piece(f"图片EXIF属性{name}", _text(value), Kind.MAKER if name in _MAKERS else Kind.PLAIN)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        wide = value.count(0) * 3 > len(value)
        return value.decode("utf-16-le" if wide else "utf-8", "replace").strip("\0")
    text = str(value)
    with suppress(UnicodeError):  # a field that calls itself ASCII may hold UTF-8
        return text.encode("latin-1").decode("utf-8")
    return text
