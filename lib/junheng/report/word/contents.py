"""A contents list whose page numbers are true, as a field that Word can make anew.

An entry has a PAGEREF field, which LibreOffice fills in when it makes the PDF; the numbers it found are then
written into the Word file as the fields' stored results, so that nothing has to be updated by hand, and no
document asks the reader to (updateFields). Digits for digits: the pages stay as they are, and no second conversion
is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pypdfium2
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P

from junheng.errors import OutputProblem
from junheng.report.word import fields
from junheng.report.word.captions import ANNEX, wrap
from junheng.report.word.document import open_word, save_word
from junheng.report.word.styles import WordStyles
from junheng.report.word.text import Element, element, elements, own_texts, paragraph_text, runs

CONTENTS_STYLE: Final = "toc {}"
UNKNOWN_PAGE: Final = "0"
_BOOKMARK: Final = "_Toc{:06d}"
_UNFILLED: Final = re.compile(rf"\.{{4,}}{UNKNOWN_PAGE}(?!\d)")
_FIELD: Final = re.compile(r"\s*PAGEREF\s+_Toc\d+\s")


def fill_contents(
    body: Element, places: Sequence[tuple[Element, int]], styles: WordStyles, numbers: Iterator[int]
) -> None:
    """Put a contents list in place of each placeholder, with every heading of its levels below it.

    Word makes the list from the styles 标题1 to 标题9; a heading in another style (that of an annex, which is called
    by its label and its title) gets a TC field that says what stands in the list.
    """
    headings = _headings(body, styles)
    for number, (paragraph, level) in enumerate(headings, start=1):
        if places:
            wrap(paragraph, next(numbers), _BOOKMARK.format(number))
        if not styles.is_built_in_heading(paragraph):
            paragraph.extend(elements(fields.entry_mark(heading_title(paragraph), level + 1)))
    for place, levels in places:
        chosen = [item for item in enumerate(headings, start=1) if item[1][1] < levels]
        for position, (number, (paragraph, level)) in enumerate(chosen):
            style = styles.id(CONTENTS_STYLE.format(level + 1))
            link = _link(heading_title(paragraph), _BOOKMARK.format(number), styles.chinese(style))
            begin = fields.contents_begin(levels) if position == 0 else ""
            end = fields.contents_end() if position == len(chosen) - 1 else ""
            place.addprevious(_paragraph(style, f"{begin}{link}{end}"))
        parent = place.getparent()
        assert parent is not None
        parent.remove(place)


def _headings(body: Element, styles: WordStyles) -> list[tuple[CT_P, int]]:
    levels = ((child, styles.outline(child)) for child in body if isinstance(child, CT_P))
    return [(child, level) for child, level in levels if level is not None and paragraph_text(child).strip()]


def heading_title(paragraph: Element) -> str:
    """Return a heading's text; the title of an annex has its label before it."""
    before = paragraph.getprevious()
    label = paragraph_text(before).strip() if before is not None and before.tag == qn("w:p") else ""
    text = paragraph_text(paragraph).strip()
    return f"{label}　{text}" if label and ANNEX.fullmatch(label) else text


def _paragraph(style: str, inside: str) -> Element:
    """An entry, its page number on the page of its first line."""
    return element(f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:keepLines/></w:pPr>{inside}</w:p>')


def _link(title: str, name: str, chinese: str) -> str:
    """Return the XML of an entry: a heading, dots and its page, all a link to it."""
    page = fields.field(f"PAGEREF {name} \\h", runs(UNKNOWN_PAGE, chinese))
    said = f"{runs(title, chinese)}<w:r><w:tab/></w:r>{page}"
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{said}</w:hyperlink>'


def settle_contents(word: Path, pdf: Path) -> int:
    """Write the page numbers of `pdf` into the contents list of `word`, which it was made from; return how many.

    Raises OutputProblem when the outline of the PDF does not match the headings of the Word file, or when its list
    shows no page numbers.
    """
    document = open_word(word)
    entries = list(_entries(document))
    if not entries:
        return 0
    pages = _outline_pages(pdf)
    _require_numbers(pdf, last=pages[0][1] if pages else 1)
    position = 0
    for paragraph, result in entries:
        title = paragraph_text(paragraph).removesuffix(result.text or "").strip()
        position = _find(pages, position, title, pdf)
        result.text = str(pages[position][1])
        position += 1
    save_word(document, word)
    return len(entries)


def _entries(document: WordDocument) -> Iterator[tuple[Element, Element]]:
    """Yield each entry's paragraph and the text of its stored page number."""
    for paragraph in document.element.body.iter(qn("w:p")):
        if any(_FIELD.match(piece.text or "") for piece in paragraph.iter(qn("w:instrText"))):
            yield paragraph, own_texts(paragraph)[-1]


def _find(pages: Sequence[tuple[str, int]], start: int, title: str, pdf: Path) -> int:
    for position in range(start, len(pages)):
        heading = pages[position][0]
        # The entry of an annex has its label before the title, and a PDF loses some of the blanks.
        if heading and "".join(title.split()).endswith("".join(heading.split())):
            return position
    raise OutputProblem(f"{pdf.name}的书签里没有标题“{title}”，无法写出目录的页码。")


def _require_numbers(pdf: Path, last: int) -> None:
    """Make sure that LibreOffice filled in the page numbers of the list, which stands on the pages up to `last`.

    It does as long as it does not know the field around the list for one (`fields.contents_begin`).
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(min(last, len(document))):
            text = document[number].get_textpage().get_text_range()
            if _UNFILLED.search("".join(text.split())):
                raise OutputProblem(f"{pdf.name}的目录没有页码，请改用安装说明中的LibreOffice版本。")
    finally:
        document.close()


def _outline_pages(pdf: Path) -> list[tuple[str, int]]:
    """Return the headings in the outline of a PDF with their pages, counted from 1."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        marks = [(mark.get_title(), mark.get_dest()) for mark in document.get_toc()]
        return [(title, (dest.get_index() or 0) + 1 if dest else 0) for title, dest in marks]
    finally:
        document.close()
