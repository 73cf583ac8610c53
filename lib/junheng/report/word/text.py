"""Text in WordprocessingML: read out of paragraphs, and written as runs in which the Chinese font holds.

Fonts are named in the styles. A run names its own only where they differ from its style's: characters that both
scripts share (“ ” —— …… Ⅰ ①) are taken for Latin unless the run says otherwise, so they get a run of their own
in the Chinese font.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from lxml import etree

Element = etree._Element

# Characters which Word sets in the Latin font unless told otherwise, and LibreOffice in the font of the text
# before them: quotation marks, dashes, dots, roman numerals, arrows, signs, circled numbers, shapes. Not
# U+2212 (minus), which belongs to its number.
SHARED: Final = re.compile(
    "([\u00a7\u00a8\u00b0-\u00b4\u00b6-\u00ba\u00d7\u00f7\u2010-\u2027\u2030-\u206f\u2103-\u218f\u2190-\u2211"
    "\u2213-\u22ff\u2460-\u24ff\u2500-\u27bf]+)"
)
FONT_KINDS: Final = ("ascii", "hAnsi", "eastAsia", "cs")
"""How w:rFonts names the kinds of character."""
_P, _R, _T, _BR, _TAB = (qn(f"w:{name}") for name in ("p", "r", "t", "br", "tab"))
_NAME: Final = re.compile(r"<[\w:]+")
# What XML 1.0 cannot hold, and the C1 controls nobody means.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Unlike python-docx's parser this one keeps blanks as they are; no entities, no network, whatever the size.
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def parse(data: bytes) -> Element:
    """Parse a part of a package that may come from anywhere; raises etree.XMLSyntaxError."""
    return etree.fromstring(data, _PARSER)


def clean(text: str) -> str:
    """Return `text` without what XML cannot hold; line ends become \\n, a tab becomes a space."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph, without that of text boxes in it."""
    return "".join(piece.text or "" for piece in own_texts(paragraph))


def own_texts(paragraph: Element) -> list[Element]:
    """Return the w:t, w:br and w:tab of a paragraph in order, without those of text boxes in it."""
    nested = paragraph.find(f".//{_P}") is not None
    found = []
    for piece in paragraph.iter(_T, _BR, _TAB):
        parent = piece.getparent()
        if parent is None or parent.tag != _R:
            continue
        if nested and next(piece.iterancestors(_P)) is not paragraph:
            continue
        found.append(piece)
    return found


def runs(text: str, chinese: str, properties: str = "", font: str = "") -> str:
    """Return `text` as the XML of runs; a line break stands for every \\n.

    `chinese` is the Chinese font of the paragraph's style, `font` another one for this text; `properties` is XML
    of run properties that the schema puts after w:rFonts.
    """
    made = []
    # Split at a group, every second piece is what the group matched: the shared characters.
    for number, piece in enumerate(SHARED.split(clean(text))):
        inside = f"{_throughout(font or chinese) if number % 2 else _asian(font)}{properties}"
        rpr = f"<w:rPr>{inside}</w:rPr>" if inside else ""
        made.append(f"<w:r>{rpr}{lines(piece)}</w:r>" if piece else "")
    return "".join(made)


def _asian(font: str) -> str:
    return f"<w:rFonts w:eastAsia={quoteattr(font)}/>" if font else ""


@cache
def _throughout(font: str) -> str:
    named = "".join(f" w:{kind}={quoteattr(font)}" for kind in FONT_KINDS)
    return f'<w:rFonts w:hint="eastAsia"{named}/>'


def lines(text: str) -> str:
    """Return `text` as the XML of what stands in a run: w:t, with a line break for every \\n."""
    return "<w:br/>".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    kept = ' xml:space="preserve"' if line != line.strip() or "  " in line else ""
    return f"<w:t{kept}>{escape(line)}</w:t>" if line else ""


def element(xml: str) -> Element:
    """Return the element written in `xml` with the prefixes w and r, as one of python-docx's own classes."""
    return parse_xml(_NAME.sub(rf"\g<0> {nsdecls('w', 'r')}", xml, count=1))


def elements(xml: str) -> list[Element]:
    """Return the few elements written in `xml`.

    Not for tables: lxml needs time by the square of their size to move them out of the element around them.
    """
    return list(element(f"<w:body>{xml}</w:body>"))
