"""What a PDF says: pages, bookmarks, notes, links, attachments, properties, and the pictures in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pikepdf
import pypdfium2

from junheng.delivery.extract_image import image_pieces
from junheng.delivery.pieces import Kind, Piece

Opener = Callable[[str, bytes], Iterator[Piece]]

_MAKERS = frozenset({"/Author"})
_SEEN_AT_ONCE = frozenset({"/Link", "/Widget"})


def pdf_pieces(data: bytes, opener: Opener) -> Iterator[Piece]:
    """Yield the pieces of a PDF; raises ValueError when it cannot be read."""
    try:
        yield from _pages(data)
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            yield from _properties(pdf)
            for number, page in enumerate(pdf.pages, 1):
                yield from _annotations(number, page)
            yield from _outline(pdf)
            for name, attached in pdf.attachments.items():
                yield Piece("附件", name, Kind.HIDDEN)
                yield from opener(name, attached.get_file().read_bytes())
            yield from _pictures(pdf)
    except (pypdfium2.PdfiumError, pikepdf.PdfError, OSError) as error:
        raise ValueError("pdf") from error


def _pages(data: bytes) -> Iterator[Piece]:
    with pypdfium2.PdfDocument(data) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            text_page = page.get_textpage()
            yield Piece(f"第{number + 1}页", str(text_page.get_text_range()), wrapped=True)
            text_page.close()
            page.close()


def _properties(pdf: pikepdf.Pdf) -> Iterator[Piece]:
    for key, value in pdf.docinfo.items():
        yield Piece(f"文档属性{key}", str(value), Kind.MAKER if key in _MAKERS else Kind.PLAIN)
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream):
        yield Piece("XMP元数据", metadata.read_bytes().decode("utf-8", "replace"), Kind.PLAIN)
        with pdf.open_metadata() as records:
            for author in records.get("dc:creator", []):
                yield Piece("XMP作者", str(author), Kind.MAKER)


def _annotations(number: int, page: pikepdf.Page) -> Iterator[Piece]:
    for note in page.obj.get("/Annots", pikepdf.Array()):
        kind = str(note.get("/Subtype", ""))
        text = str(note.get("/Contents", "")) + str(note.get("/T", ""))
        if kind not in _SEEN_AT_ONCE:
            yield Piece(f"第{number}页的批注", text or kind, Kind.HIDDEN)
            continue
        action = note.get("/A", pikepdf.Dictionary())
        address = [str(action[key]) for key in ("/URI", "/F") if key in action]
        yield Piece(f"第{number}页的链接", "\n".join([text, *address]), Kind.PLAIN)


def _outline(pdf: pikepdf.Pdf) -> Iterator[Piece]:
    with pdf.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop()
            waiting.extend(item.children)
            yield Piece("书签", str(item.title))


def _pictures(pdf: pikepdf.Pdf) -> Iterator[Piece]:
    """Pictures stored as JPEG carry their own metadata; the others are bare pixels."""
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Stream) or item.get("/Subtype") != pikepdf.Name.Image:
            continue
        filters = item.get("/Filter")
        if filters == pikepdf.Name.DCTDecode or (isinstance(filters, pikepdf.Array) and len(filters) == 1
                                                and filters[0] == pikepdf.Name.DCTDecode):  # fmt: skip
            yield from image_pieces(item.read_raw_bytes())
