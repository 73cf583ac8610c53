"""Pictures go round LibreOffice: it gets one dot for each, and the PDF gets the pictures as they are.

LibreOffice unpacks every picture, makes it three times as large and packs it again, a quarter of a report's time. A PNG
and a PDF pack pixels alike (PNG, 4.5 and 9; PDF 32000-1, 7.4.4.4: predictors 10 to 15), so the packed pixels of a PNG
with a palette are a PDF image as they stand. Each dot has a colour of its own, by which it is found again. Which pictures
may go round is told by `office_copy.py`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream, String

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = ">IIBBBBB"
_PALETTE_KIND: Final = 3
_SCALE: Final = 256


@dataclass(frozen=True)
class PngPicture:
    """A PNG with a palette: its size, `bits` a pixel, the palette (three bytes a colour) and the packed pixels."""

    width: int
    height: int
    bits: int
    palette: bytes
    pixels: bytes

    @classmethod
    def parse(cls, data: bytes) -> PngPicture | None:
        """Return the picture; None for any other kind of file, interlaced or transparent pictures and damaged ones."""
        chunks = dict[bytes, bytes]()
        try:
            for kind, content in _chunks(data):
                chunks[kind] = chunks.get(kind, b"") + content
            width, height, bits, colour, packing, filtering, interlaced = struct.unpack(
                _HEADER, chunks.pop(b"IHDR")
            )
            palette, pixels = chunks.pop(b"PLTE"), chunks.pop(b"IDAT")
        except (KeyError, struct.error):
            return None
        if colour != _PALETTE_KIND or packing or filtering or interlaced or b"tRNS" in chunks:
            return None
        return cls(width, height, bits, palette, pixels)

    def replace(self, image: Object) -> None:
        """Put this picture in the place of a PDF's image."""
        for key in ("/SMask", "/Mask", "/Decode"):
            if key in image:
                del image[key]
        image.Width, image.Height, image.BitsPerComponent = self.width, self.height, self.bits
        image.ColorSpace = Array(
            [Name.Indexed, Name.DeviceRGB, len(self.palette) // 3 - 1, String(self.palette)]
        )
        rows = Dictionary(Predictor=15, Colors=1, BitsPerComponent=self.bits, Columns=self.width)
        image.write(self.pixels, filter=Name.FlateDecode, decode_parms=rows)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG; raises KeyError when one is not what was written."""
    if not data.startswith(_SIGNATURE):
        raise KeyError(data[:8])
    place = len(_SIGNATURE)
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(kind + content) != check:
            raise KeyError(kind)
        yield kind, content
        place += length + 12


def dot_colour(number: int) -> bytes | None:
    """The colour of the dot for picture `number`; None when there are no more."""
    return bytes((1, number // _SCALE, number % _SCALE)) if number < _SCALE**2 else None


def dot_file(colour: bytes) -> bytes:
    """A PNG of one pixel."""
    header = struct.pack(_HEADER, 1, 1, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + colour)), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
    return _SIGNATURE + b"".join(packed)


def restore_pictures(pdf: Pdf, pictures: Mapping[bytes, PngPicture]) -> bool:
    """Put the pictures in the places of their dots; say whether every picture had one."""
    found: set[bytes] = set()
    for image in pdf.objects if pictures else ():
        colour = _colour(image)
        if colour in pictures:
            pictures[colour].replace(image)
            found.add(colour)
    return found == set(pictures)


def _colour(image: Object) -> bytes:
    """The colour of a PDF's image of one pixel; empty for anything else."""
    if not (
        isinstance(image, Stream) and image.get("/Subtype") == Name.Image and image.Width == image.Height == 1
    ):
        return b""
    try:
        return image.read_bytes()
    except PdfError:  # packed in a way that dots are not
        return b""
