"""References inside a document: “见表3”, “见附件4”, and a contents list whose page numbers are true.

Content names its target (`〔表:aspects〕`, `〔附件:annex_gaps〕`); the number follows from where the clerk's template
puts it. An entry of the contents list has a PAGEREF field, which LibreOffice fills in when it makes the PDF; the
numbers it found are then written into the Word file as the fields' stored results, so that nothing has to be
updated by hand. Digits for digits: the pages stay as they are, and no second conversion is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pypdfium2

from junheng.errors import OutputProblem
from junheng.report.content.model import Block, Document, Picture, Table
from junheng.report.word.package import Package
from junheng.report.word.styles import Styles
from junheng.report.word.tags import block_name
from junheng.report.word.xml import Element, append_text, clean, el, own_texts, paragraph_text, q

# A caption that has its number: 表Ⅰ, 表Ⅱ-1, 图3.
_NUMBERED: Final = re.compile(r"[表图]\s*[\dⅠ-Ⅻ一二三四五六七八九十]")
REFERENCE: Final = re.compile(r"〔((?:表|图|附件|节):[\w-]+)〕")
ANNEX: Final = re.compile(r"附件\s*\d*")
CHAPTER: Final = re.compile(r"([一二三四五六七八九十]+)、")
SECTION: Final = re.compile(r"（[一二三四五六七八九十]+）")
CONTENTS_STYLE: Final = "toc {}"
UNKNOWN_PAGE: Final = "0"
_BOOKMARK: Final = "_Toc{:06d}"
_FIELD: Final = re.compile(r"\s*PAGEREF\s+(_Toc\d+)\s")


@dataclass
class Captions:
    """Counts tables and figures through one document."""

    counts: dict[str, int] = field(default_factory=dict)

    def numbered(self, kind: str, title: str) -> str:
        """Return the caption with its number; one that brings its own (表Ⅰ) is left alone and not counted."""
        title = clean(title).strip()
        if not title or _NUMBERED.match(title):
            return title
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}{self.counts[kind]}　{title}"


def reference_numbers(body: Element, document: Document, captions: Captions) -> dict[str, str]:
    """Return what each reference means (`表:aspects` → 表1, `节:problems` → 第五部分) in a template's body, before it is filled."""
    found: dict[str, str] = {}
    annex = place = ""
    for paragraph in body.iter(q("p")):
        text = paragraph_text(paragraph).strip()
        annex = text if ANNEX.fullmatch(text) else annex
        place = _place(text, place)
        name = block_name(paragraph)
        if name is None:
            continue
        if annex:
            found.setdefault(f"附件:{name}", annex)
        elif place:
            found.setdefault(f"节:{name}", place)
        for key, caption in _captions(document.blocks[name], captions):
            found.setdefault(key, caption.partition("　")[0].partition(" ")[0])
    return found


def _place(heading: str, place: str) -> str:
    """Name the part of the report that begins with `heading` (第五部分, 第五部分（二）), or the one it still belongs to."""
    if chapter := CHAPTER.match(heading):
        return f"第{chapter[1]}部分"
    if section := SECTION.match(heading):
        return place.partition("（")[0] + section[0]
    return place


def _captions(blocks: Iterable[Block], captions: Captions) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, Table):
            yield f"表:{block.spec.id}", captions.numbered("表", block.caption)
        elif isinstance(block, Picture):
            yield f"图:{Path(block.file).stem}", captions.numbered("图", block.caption)


def resolve(text: str, numbers: Mapping[str, str]) -> str:
    """Return `text` with its references as numbers; raises OutputProblem for one that leads nowhere."""

    def number(match: re.Match[str]) -> str:
        if match.group(1) not in numbers:
            raise OutputProblem(f"“{text[:30]}…”所指的“{match.group(1)}”在模板中没有位置，请恢复该内容块。")
        return numbers[match.group(1)]

    return REFERENCE.sub(number, text)


def plain_references(text: str) -> str:
    """Return `text` with its references in words, where there are no numbers (in a notebook)."""

    def said(match: re.Match[str]) -> str:
        kind = match.group(1).partition(":")[0]
        return "报告相应部分" if kind == "节" else f"报告{kind}"

    return REFERENCE.sub(said, text)


def fill_contents(body: Element, places: Sequence[tuple[Element, int]], styles: Styles) -> None:
    """Put a contents list in place of each placeholder, with every heading of its levels below it."""
    headings = _headings(body, styles)
    for place, levels in places:
        chosen = [(paragraph, level) for paragraph, level in headings if level < levels]
        for number, (paragraph, level) in enumerate(chosen, 1):
            name = _BOOKMARK.format(number)
            _mark(paragraph, number, name)
            place.addprevious(_entry(_title(paragraph), name, styles.id(CONTENTS_STYLE.format(level + 1))))
        body.remove(place)


def _headings(body: Element, styles: Styles) -> list[tuple[Element, int]]:
    levels = ((child, styles.outline(child)) for child in body if child.tag == q("p"))
    return [(child, level) for child, level in levels if level is not None and paragraph_text(child).strip()]


def _title(paragraph: Element) -> str:
    """A heading's text; the title of an annex has its label before it."""
    before = paragraph.getprevious()
    label = paragraph_text(before).strip() if before is not None and before.tag == q("p") else ""
    text = paragraph_text(paragraph).strip()
    return f"{label}　{text}" if label and ANNEX.fullmatch(label) else text


def _mark(paragraph: Element, number: int, name: str) -> None:
    """Set a bookmark around the text of a heading."""
    start, end = el("bookmarkStart", id=str(number), name=name), el("bookmarkEnd", id=str(number))
    properties = paragraph.find(q("pPr"))
    paragraph.insert(0 if properties is None else 1, start)
    paragraph.append(end)


def _entry(title: str, name: str, style: str) -> Element:
    link = el("hyperlink", anchor=name, history="1")
    text = el("r")
    append_text(text, title)
    link.append(text)
    link.append(el("r", el("tab")))
    instruction = el("instrText")
    instruction.text = f" PAGEREF {name} \\h "
    page = el("t")
    page.text = UNKNOWN_PAGE
    for child in (
        el("fldChar", fldCharType="begin"),
        instruction,
        el("fldChar", fldCharType="separate"),
        page,
        el("fldChar", fldCharType="end"),
    ):
        link.append(el("r", child))
    return el("p", el("pPr", el("pStyle", val=style)), link)


def settle_contents(word: Path, pdf: Path) -> int:
    """Write the page numbers of `pdf` into the contents list of `word`, which it was made from; return how many.

    Raises OutputProblem when the outline of the PDF does not match the headings of the Word file.
    """
    package = Package.read(word)
    root = package.root(package.main)
    entries = list(_entries(root))
    if not entries:
        return 0
    pages = _outline_pages(pdf)
    position = 0
    for paragraph, result in entries:
        title = paragraph_text(paragraph).removesuffix(result.text or "").strip()
        position = _find(pages, position, title, pdf)
        result.text = str(pages[position][1])
        position += 1
    package.write(word)
    return len(entries)


def _entries(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield each entry's paragraph and the text of its stored page number."""
    for paragraph in root.iter(q("p")):
        instructions = "".join(piece.text or "" for piece in paragraph.iter(q("instrText")))
        if _FIELD.match(instructions):
            yield paragraph, own_texts(paragraph)[-1]


def _find(pages: Sequence[tuple[str, int]], start: int, title: str, pdf: Path) -> int:
    for position in range(start, len(pages)):
        heading = pages[position][0]
        if heading and "".join(title.split()).endswith("".join(heading.split())):
            return position
    raise OutputProblem(f"{pdf.name}的书签里没有标题“{title}”，无法写出目录的页码。")


def _outline_pages(pdf: Path) -> list[tuple[str, int]]:
    """Return the headings in the outline of a PDF with their pages, counted from 1."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        marks = [(mark.get_title(), mark.get_dest()) for mark in document.get_toc()]
        return [(title, (dest.get_index() or 0) + 1 if dest else 0) for title, dest in marks]
    finally:
        document.close()
