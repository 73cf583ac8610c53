"""How a letter and its annexes end: no signature without text above it, no last page of a line or two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P

from junheng.report.word.sections import section_end
from junheng.report.word.styles import WordStyles
from junheng.report.word.text import Element, paragraph_text

SIGNATURE: Final = "署名"
_ABOVE: Final = 3
"""Lines of text that stay with a signature, or with the list of annexes that comes before it."""
_LAST: Final = 4
"""Lines that the last page of a part has at least."""
_LONGEST: Final = 4
"""A longer paragraph may be parted: kept whole it would leave too much of the page before it blank."""
_ROWS: Final = 3
"""The row, counted from the last, after which a table may be parted: two rows stay with what follows."""
_CHARACTERS: Final = 26
"""A line of 28 characters less the indent of the first."""


def hold_endings(body: Element, styles: WordStyles) -> None:
    """Keep together, in a body that is laid out, the last lines of every part, and text with the signature."""
    signature = styles.id(SIGNATURE) if styles.has(SIGNATURE) else None
    for part in _parts(body, styles):
        signed = [n for n, child in enumerate(part) if isinstance(child, CT_P) and child.style == signature]
        if signed:
            _hold(part[: signed[0]], styles, _ABOVE)
        else:
            _hold(part, styles, _LAST, last=True)


def _parts(body: Element, styles: WordStyles) -> Iterator[list[Element]]:
    """Yield what is between page breaks: the children from one that begins a page, or a section, to the next."""
    part: list[Element] = []
    for child in body:
        if isinstance(child, CT_P) and styles.states(child, "pageBreakBefore"):
            yield part
            part = []
        if child.tag != qn("w:sectPr"):
            part.append(child)
        if section_end(child) is not None:
            yield part
            part = []


def _hold(above: list[Element], styles: WordStyles, missing: int, last: bool = False) -> None:
    """Keep paragraphs with what follows until that many lines are together; `last`: nothing follows the last of them.

    A table, which counts as text, gives its last rows, unless it is the end itself (`tables` keeps its last rows
    together) or hardly a line is missing. A picture is as good as many lines, and a chain of two would fit on no page.
    """
    for child in reversed(above):
        if next(child.iter(qn("w:drawing")), None) is not None:
            break
        if child.tag == qn("w:tbl"):
            if not last and missing > 1:
                _hold_rows(child)
            break
        if missing <= 0:
            break
        assert isinstance(child, CT_P)
        missing -= _held(child, styles, last)
        last = last and not paragraph_text(child).strip()


def _held(paragraph: CT_P, styles: WordStyles, last: bool) -> int:
    """Keep a paragraph whole and, unless it is the last, with the next; return its lines.

    One that stays with the next anyway (a line of the list of annexes) does not count.
    """
    if styles.states(paragraph, "keepNext"):
        return 0
    lines = -(-len(paragraph_text(paragraph)) // _CHARACTERS)
    properties = paragraph.get_or_add_pPr()
    properties.keepNext_val = True if not last else properties.keepNext_val
    properties.keepLines_val = True if lines <= _LONGEST else properties.keepLines_val
    return lines


def _hold_rows(table: Element) -> None:
    """Keep the last rows of a table with what follows it, and let it be parted above them, even if it is low.

    A low table would come whole and leave the page before it blank; one of merged cells may not be parted anywhere.
    """
    rows = table.findall(qn("w:tr"))
    for paragraph in rows[-1].iter(qn("w:p")):
        _keep(paragraph, True)
    if len(rows) > _ROWS and next(table.iter(qn("w:vMerge")), None) is None:
        for paragraph in rows[-_ROWS].iter(qn("w:p")):
            _keep(paragraph, False)


def _keep(paragraph: Element, state: bool) -> None:
    assert isinstance(paragraph, CT_P)
    paragraph.get_or_add_pPr().keepNext_val = state or None
