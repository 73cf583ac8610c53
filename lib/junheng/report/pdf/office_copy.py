"""The copy of a Word file that LibreOffice gets: the same pages, with less to read.

The figures go round it (`pdf_pictures.py`): only pictures that stand in the text just as `word_blocks.py` writes them, since
LibreOffice crops, turns and tiles the pixels it has. What a run says of its fonts and size is left out where it repeats,
letter by letter, what the style of its paragraph says: every run names its fonts for Word's sake, a tenth of LibreOffice's
time. What is not of the form that is known here stays as it is.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from junheng.report.pdf.pictures import PngPicture, dot_colour, dot_file

_DOCUMENT: Final = "word/document.xml"
_RELATIONS: Final = "word/_rels/document.xml.rels"
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
_NOT_PLAIN: Final = (b"<w:p ", b"<w:txbxContent", b"<w:ruby")
"""Text inside a paragraph that is not the paragraph's own."""
_FIGURE: Final = re.compile(
    rb'<wp:inline xmlns:wp="[^"]*" xmlns:a="[^"]*" distT="0" distB="0" distL="0" distR="0">'
    rb'<wp:extent [^>]*/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr [^>]*/>'
    rb'<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    rb"<a:graphic><a:graphicData [^>]*><pic:pic [^>]*><pic:nvPicPr><pic:cNvPr [^>]*/><pic:cNvPicPr/></pic:nvPicPr>"
    rb'<pic:blipFill><a:blip r:embed="([^"]*)"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    rb'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext [^>]*/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
    rb"</pic:pic></a:graphicData></a:graphic></wp:inline>"
)
_RELATION: Final = re.compile(rb'<Relationship Id="([^"]*)"[^>]* Target="([^"]*)"/>')
_SMALL: Final = 1024
"""Bytes; a picture of one pixel, which could be taken for a dot, has fewer in every format."""


def copy_for_office(docx: Path, target: Path) -> dict[bytes, PngPicture]:
    """Write `docx` to `target` for LibreOffice; return the pictures by the colour of the dots in their places.

    Raises what `zipfile` raises for a damaged file (DAMAGED_ZIP) and OSError.
    """
    with zipfile.ZipFile(docx) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    pictures: dict[bytes, PngPicture] = {}
    for name in _figures(parts):
        picture, colour = PngPicture.parse(parts[name]), dot_colour(len(pictures))
        if picture is not None and colour is not None:
            pictures[colour] = picture
            parts[name] = dot_file(colour)
    if _DOCUMENT in parts:
        parts[_DOCUMENT] = without_repetition(parts[_DOCUMENT], parts.get(_STYLES, b""))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name, data in parts.items():
            new.writestr(zipfile.ZipInfo(name), data)
    return pictures


def _figures(parts: Mapping[str, bytes]) -> list[str]:
    """Return the pictures that stand once in the text, as plain figures, and nowhere else."""
    document = parts.get(_DOCUMENT, b"")
    relations = b"".join(data for name, data in parts.items() if name.endswith(".rels"))
    targets = dict(_RELATION.findall(parts.get(_RELATIONS, b"")))
    found = []
    for key in _FIGURE.findall(document):
        name = posixpath.normpath(posixpath.join("word", targets.get(key, b"").decode()))
        once = document.count(b'"%s"' % key) == 1
        if once and name in parts and relations.count(posixpath.basename(name).encode()) == 1:
            found.append(name)
    others = (data for name, data in parts.items() if name.startswith(_MEDIA) and name not in found)
    return [] if any(len(data) < _SMALL for data in others) else found


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
    if any(mark in mine for mark in _NOT_PLAIN):
        return paragraph
    return mine.replace(same, b"") + end + rest
