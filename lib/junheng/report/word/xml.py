"""Small pieces of WordprocessingML: names, clean text, and children put where the schema wants them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from lxml import etree

Element = etree._Element

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_PREFIXES: Final = {"w": W, "r": R, "wp": WP, "a": A, "pic": PIC}

# Children of the property elements in the order of the schema (ECMA-376 part 1, wml.xsd): Word refuses a file
# that breaks it, LibreOffice does not notice.
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(children.split())
    for name, children in {
        "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers"
        " pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE"
        " autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents"
        " suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle"
        " rPr sectPr pPrChange",
        "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint"
        " noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect"
        " bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange",
        "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders"
        " lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter"
        " docGrid printerSettings sectPrChange",
    }.items()
}

# What XML 1.0 cannot hold, and the C1 controls nobody means.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@cache
def q(name: str) -> str:
    """Return the qualified name of `w:p`, `wp:inline` …; a name without prefix belongs to w."""
    prefix, _, local = name.rpartition(":")
    return f"{{{_PREFIXES[prefix or 'w']}}}{local}"


def el(name: str, /, *children: Element, **attributes: str | int) -> Element:
    """Return a new element of the w namespace; attributes are of that namespace too."""
    made = etree.Element(q(name))
    for key, value in attributes.items():
        made.set(q(key), str(value))
    made.extend(children)
    return made


def value_of(parent: Element | None, name: str) -> str | None:
    """Return w:val of the child `name`, or None."""
    child = parent.find(q(name)) if parent is not None else None
    return child.get(q("val")) if child is not None else None


def is_on(parent: Element | None, name: str) -> bool | None:
    """Return the state of a switch such as w:keepNext: True, False, or None when it is not stated."""
    child = parent.find(q(name)) if parent is not None else None
    return None if child is None else child.get(q("val"), "1") not in ("0", "false", "off")


def place(properties: Element, child: Element) -> Element:
    """Put `child` into a pPr, rPr or sectPr at its place in the schema, instead of one of the same name."""
    order = _ORDERS[etree.QName(properties).localname]
    for old in properties.findall(child.tag):
        properties.remove(old)
    rank = order.index(etree.QName(child).localname)
    position = 0
    for index, sibling in enumerate(properties):
        name = etree.QName(sibling).localname
        if name in order and order.index(name) < rank:
            position = index + 1
    properties.insert(position, child)
    return child


def properties_of(owner: Element, name: str) -> Element:
    """Return the pPr of a paragraph or the rPr of a run, made as its first child when missing."""
    found = owner.find(q(name))
    if found is None:
        found = el(name)
        owner.insert(0, found)
    return found


def clean(text: str) -> str:
    """Return `text` without what XML cannot hold; line ends become \\n, a tab becomes a space."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def append_text(run: Element, text: str) -> None:
    """Append `text` to a run: w:t pieces, with a line break for every \\n."""
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            etree.SubElement(run, q("br"))
        if line:
            piece = etree.SubElement(run, q("t"))
            piece.text = line
            if line != line.strip() or "  " in line:
                piece.set(XML_SPACE, "preserve")


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph, without that of text boxes in it."""
    return "".join(piece.text or "" for piece in own_texts(paragraph))


def own_texts(paragraph: Element) -> list[Element]:
    """Return the w:t, w:br and w:tab of a paragraph in order, without those of text boxes in it."""
    wanted = (q("t"), q("br"), q("tab"))
    nested = paragraph.find(f".//{q('p')}") is not None
    found = []
    for piece in paragraph.iter(*wanted):
        parent = piece.getparent()
        if parent is None or parent.tag != q("r"):
            continue
        if nested and next(piece.iterancestors(q("p"))) is not paragraph:
            continue
        found.append(piece)
    return found
