"""The copy of a Word file that LibreOffice gets: the same pages, with less to read.

Pictures go round it (`pdf_pictures.py`). What a run says of its fonts and size is left out where it repeats, letter by
letter, what the style of its paragraph says: every run names its fonts for Word's sake, a sixth of LibreOffice's time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from junheng.report.pdf_pictures import PngPicture, dot_colour, dot_file

_DOCUMENT: Final = "word/document.xml"
_STYLES: Final = "word/styles.xml"
_MEDIA: Final = "word/media/"
_PARAGRAPH: Final = b"<w:p>"
_END: Final = b"</w:p>"
_STYLE: Final = re.compile(
    rb'<w:style (?=[^>]*w:type="paragraph")[^>]*w:styleId="([^"]*)"[^>]*>(.*?)</w:style>', re.DOTALL
)
_RUN_PROPERTIES: Final = re.compile(rb"<w:rPr>.*?</w:rPr>", re.DOTALL)
_STYLED: Final = re.compile(rb'<w:pPr><w:pStyle w:val="([^"]*)"/>')
_TABLE_STYLE: Final = b"<w:tblStyle "
"""A table with a style may give its text another look than the style of the paragraph."""


def copy_for_office(docx: Path, target: Path) -> dict[bytes, PngPicture]:
    """Write `docx` to `target` for LibreOffice; return the pictures by the colour of the dots in their places.

    Raises what `zipfile` raises for a damaged file (DAMAGED_ZIP) and OSError.
    """
    pictures: dict[bytes, PngPicture] = {}
    with zipfile.ZipFile(docx) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        if _DOCUMENT in parts:
            parts[_DOCUMENT] = without_repetition(parts[_DOCUMENT], parts.get(_STYLES, b""))
        for name, data in parts.items():
            picture = PngPicture.parse(data) if name.startswith(_MEDIA) else None
            colour = dot_colour(len(pictures)) if picture is not None else None
            if picture is not None and colour is not None:
                pictures[colour] = picture
                data = dot_file(colour)
            new.writestr(zipfile.ZipInfo(name), data)
    return pictures


def without_repetition(document: bytes, styles: bytes) -> bytes:
    """Return the document without run properties that are the same as those of the paragraph's style."""
    if _TABLE_STYLE in document:
        return document
    own = _own_properties(styles)
    head, *paragraphs = document.split(_PARAGRAPH)
    return _PARAGRAPH.join([head, *(_lighter(paragraph, own) for paragraph in paragraphs)])


def _own_properties(styles: bytes) -> dict[bytes, bytes]:
    """Return the run properties of each paragraph style, as they are written."""
    found = {}
    for key, content in _STYLE.findall(styles):
        stated = _RUN_PROPERTIES.findall(content)
        if len(stated) == 1:
            found[key] = stated[0]
    return found


def _lighter(paragraph: bytes, own: Mapping[bytes, bytes]) -> bytes:
    """Return a paragraph's text up to the next paragraph; what follows its end is not its own."""
    style = _STYLED.match(paragraph)
    same = own.get(style[1]) if style else None
    if same is None:
        return paragraph
    mine, end, rest = paragraph.partition(_END)
    return mine.replace(same, b"") + end + rest
