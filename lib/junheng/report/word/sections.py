"""Pages: how wide the text is, and landscape pages for the tables that need them.

The page turns by a quarter: what was the left margin is on top, so that a bound sheet has the table's head at
the binding, as GB/T 9704 asks. A heading in front of a wide table goes with it; the break sits in the last
paragraph before the turn, so that no page stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr
from docx.oxml.text.paragraph import CT_P
from docx.shared import Length, Mm

from junheng.report.word.styles import WordStyles
from junheng.report.word.text import Element, element, paragraph_text

_NEAREST_EDGE: Final = Mm(5)  # printers leave a margin
# A paragraph that takes no room: it only carries the end of a section behind a table.
_HOLDER: Final = (
    '<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
)


@dataclass(frozen=True)
class TextArea:
    """The room for text on a page, in twentieths of a point."""

    width: int
    height: int


def next_section(child: Element) -> CT_SectPr:
    """Return the w:sectPr that governs a child of the body."""
    for sibling in (child, *child.itersiblings()):
        found = section_end(sibling)
        if found is not None:
            return found
    raise ValueError("正文没有节设置")


def section_end(child: Element) -> CT_SectPr | None:
    """Return the w:sectPr that a child of the body is or holds, or None."""
    found = child if child.tag == qn("w:sectPr") else child.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    return found if isinstance(found, CT_SectPr) else None


def text_area(section: CT_SectPr, landscape: bool) -> TextArea:
    """Return the room for text in a section as it is, or turned to landscape; that of GB/T 9704 if it does not say."""
    turned = deepcopy(section)
    if landscape:
        turn(turned)
    if turned.page_width is None or turned.page_height is None or turned.left_margin is None:
        return TextArea(8845, 12756)
    across = (turned.left_margin, turned.right_margin, turned.gutter)
    down = (turned.top_margin, turned.bottom_margin)  # below 0 when text must not move for a header
    return TextArea(
        Length(turned.page_width - sum(edge or 0 for edge in across)).twips,
        Length(turned.page_height - sum(abs(edge or 0) for edge in down)).twips,
    )


def turn(section: CT_SectPr) -> None:
    """Turn a portrait section to landscape; one that is landscape already stays as it is."""
    if section.pgSz is None or section.pgMar is None or section.orientation == WD_ORIENT.LANDSCAPE:
        return
    section.page_width, section.page_height = section.page_height or Mm(297), section.page_width or Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE
    top, right, bottom, left = (
        edge or Length(0)
        for edge in (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    )
    section.header = Length(max((section.header or 0) - (top - left), _NEAREST_EDGE))
    section.footer = Length(max((section.footer or 0) - (bottom - right), _NEAREST_EDGE))
    section.top_margin, section.right_margin = left, top
    section.bottom_margin, section.left_margin = right, bottom


def lay_out(body: Element, wide: Sequence[Element], styles: WordStyles) -> None:
    """Put the children of the body listed in `wide`, and the headings before them, on landscape pages."""
    marked = set(map(id, wide))
    children = [child for child in body if child.tag != qn("w:sectPr")]
    for child, before in zip(reversed(children[1:]), reversed(children[:-1]), strict=True):
        if id(child) in marked and _introduces(before, styles):
            marked.add(id(before))
    groups = [
        list(group) for is_wide, group in groupby(children, key=lambda child: id(child) in marked) if is_wide
    ]
    for group in reversed(groups):
        _turn_group(group, styles)


def _introduces(child: Element, styles: WordStyles) -> bool:
    """Tell whether a child must not be parted from what follows it."""
    return isinstance(child, CT_P) and section_end(child) is None and styles.states(child, "keepNext")


def _turn_group(group: list[Element], styles: WordStyles) -> None:
    # A w:sectPr stands at the end of its section. So what is before the group gets a copy of the original as
    # its end, the group a turned copy, and the original stays behind all that follows.
    before, after = _neighbour(group[0], -1), _neighbour(group[-1], 1)
    section = next_section(group[-1])
    landscape = deepcopy(section)
    turn(landscape)
    if before is not None and section_end(before) is None:
        _end_section(before, deepcopy(section))
        _continue(landscape)
    _start_page(group[0], styles)
    if after is None or _is_bare_end(after, section):
        turn(section)
        if before is not None:
            _continue(section)
        return
    _end_section(group[-1], landscape)
    _continue(section)
    _start_page(after, styles)


def _is_bare_end(child: Element, section: Element) -> bool:
    """Tell whether a child does nothing but end the section."""
    return child is section or (section_end(child) is section and not paragraph_text(child).strip())


def _neighbour(child: Element, direction: int) -> Element | None:
    """Return the child before (-1) or after (1); paragraphs that only make room are dropped."""
    while True:
        found = child.getprevious() if direction < 0 else child.getnext()
        if found is None or not _is_idle(found):
            return found
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)


def _is_idle(child: Element) -> bool:
    """Tell whether a child is a paragraph without content, which at a turn would fill a page of its own."""
    if child.tag != qn("w:p") or section_end(child) is not None or paragraph_text(child).strip():
        return False
    content = (qn(f"w:{name}") for name in ("drawing", "pict", "object", "fldChar", "fldSimple"))
    return next(child.iter(*content), None) is None


def _end_section(last: Element, section: CT_SectPr) -> None:
    """Make `last` the end of a section; a table gets a paragraph after it that takes no room."""
    if not isinstance(last, CT_P):
        holder = element(_HOLDER)
        last.addnext(holder)
        last = holder
    assert isinstance(last, CT_P)
    last.set_sectPr(section)


def _continue(section: CT_SectPr) -> None:
    """Make a section go on from the one before: a new page, the numbering not begun again."""
    section.start_type = WD_SECTION.NEW_PAGE
    # A title page is only the first of the document.
    section.titlePg_val = None
    for numbering in section.findall(qn("w:pgNumType")):
        numbering.attrib.pop(qn("w:start"), "")
        if not numbering.attrib:
            section.remove(numbering)


def _start_page(child: Element, styles: WordStyles) -> None:
    """Drop the page break before a paragraph that begins a section: the section is on a new page anyway."""
    if isinstance(child, CT_P) and styles.states(child, "pageBreakBefore"):
        child.get_or_add_pPr().pageBreakBefore_val = False
