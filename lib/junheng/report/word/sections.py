"""Pages: how wide the text is, and landscape pages for the tables that need them.

The page turns by a quarter: what was the left margin is on top, so that a bound sheet has the table's head at
the binding, as GB/T 9704 asks. A heading in front of a wide table goes with it; the break sits in the last
paragraph before the turn, so that no page stays empty.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from junheng.report.word.styles import Styles
from junheng.report.word.xml import Element, el, paragraph_text, place, properties_of, q

TWIPS_PER_MM: Final = 1440 / 25.4
_NEAREST_EDGE: Final = 283  # 5 mm: printers leave a margin


@dataclass(frozen=True)
class TextArea:
    """The room for text on a page, in twentieths of a point."""

    width: int
    height: int


def next_section(child: Element) -> Element:
    """Return the w:sectPr that governs a child of the body."""
    for sibling in (child, *child.itersiblings()):
        found = section_end(sibling)
        if found is not None:
            return found
    raise ValueError("正文没有节设置")


def section_end(child: Element) -> Element | None:
    """Return the w:sectPr that a child of the body is or holds, or None."""
    return child if child.tag == q("sectPr") else child.find(f"{q('pPr')}/{q('sectPr')}")


def text_area(section: Element, landscape: bool) -> TextArea:
    """Return the room for text in a section as it is, or turned to landscape."""
    turned = section
    if landscape:
        turned = copy.deepcopy(section)
        turn(turned)
    size, margins = turned.find(q("pgSz")), turned.find(q("pgMar"))
    if size is None or margins is None:
        return TextArea(8845, 12756)
    room = {name: int(size.get(q(name), "0")) for name in ("w", "h")}
    edge = {
        name: abs(int(margins.get(q(name), "0"))) for name in ("left", "right", "top", "bottom", "gutter")
    }
    return TextArea(
        room["w"] - edge["left"] - edge["right"] - edge["gutter"], room["h"] - edge["top"] - edge["bottom"]
    )


def turn(section: Element) -> None:
    """Turn a portrait section to landscape; one that is landscape already stays as it is."""
    size, margins = section.find(q("pgSz")), section.find(q("pgMar"))
    if size is None or margins is None or size.get(q("orient")) == "landscape":
        return
    width, height = size.get(q("w"), "11906"), size.get(q("h"), "16838")
    place(section, el("pgSz", w=height, h=width, orient="landscape"))
    old = {
        name: int(margins.get(q(name), "0"))
        for name in ("top", "right", "bottom", "left", "header", "footer")
    }
    new = {"top": old["left"], "right": old["top"], "bottom": old["right"], "left": old["bottom"]}
    for name, margin, side in (("header", "top", "left"), ("footer", "bottom", "right")):
        new[name] = max(old[name] - (old[margin] - old[side]), _NEAREST_EDGE)
    for name, value in new.items():
        margins.set(q(name), str(value))


def lay_out(body: Element, wide: Sequence[Element], styles: Styles) -> None:
    """Put the children of the body listed in `wide`, and the headings before them, on landscape pages."""
    marked = set(map(id, wide))
    children = [child for child in body if child.tag != q("sectPr")]
    for child, before in zip(reversed(children[1:]), reversed(children[:-1]), strict=True):
        if id(child) in marked and _introduces(before, styles):
            marked.add(id(before))
    groups = [
        list(group) for is_wide, group in groupby(children, key=lambda child: id(child) in marked) if is_wide
    ]
    for group in reversed(groups):
        _turn_group(group, styles)


def _introduces(child: Element, styles: Styles) -> bool:
    """Tell whether a child must not be parted from what follows it."""
    return child.tag == q("p") and section_end(child) is None and styles.states(child, "keepNext")


def _turn_group(group: list[Element], styles: Styles) -> None:
    before, after = _neighbour(group[0], -1), _neighbour(group[-1], 1)
    section = next_section(group[-1])
    landscape = copy.deepcopy(section)
    turn(landscape)
    if before is not None and section_end(before) is None:
        _end_section(before, copy.deepcopy(section))
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
    if child.tag != q("p") or section_end(child) is not None or paragraph_text(child).strip():
        return False
    content = (q("drawing"), q("pict"), q("object"), q("fldChar"), q("fldSimple"))
    return all(next(child.iter(name), None) is None for name in content)


def _end_section(last: Element, section: Element) -> None:
    """Make `last` the end of a section; a table gets a paragraph after it that takes no room."""
    if last.tag != q("p"):
        holder = el("p", el("pPr"))
        mark = holder[0]
        place(mark, el("snapToGrid", val="0"))
        place(mark, el("spacing", before="0", after="0", line="20", lineRule="exact"))
        place(mark, el("rPr", el("sz", val="2"), el("szCs", val="2")))
        last.addnext(holder)
        last = holder
    place(properties_of(last, "pPr"), section)


def _continue(section: Element) -> None:
    """Make a section go on from the one before: a new page, the numbering not begun again."""
    place(section, el("type", val="nextPage"))
    for name in ("pgNumType", "titlePg"):
        for child in section.findall(q(name)):
            if q("start") in child.attrib:
                del child.attrib[q("start")]
            if name == "titlePg" or not child.attrib:
                section.remove(child)


def _start_page(child: Element, styles: Styles) -> None:
    """Drop the page break before a paragraph that begins a section: the section is on a new page anyway."""
    if child.tag == q("p") and styles.states(child, "pageBreakBefore"):
        place(properties_of(child, "pPr"), el("pageBreakBefore", val="0"))
