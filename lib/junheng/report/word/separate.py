"""A letter and its annexes as files of one set: each annex of a finished Word document becomes a document of its own."""

from __future__ import annotations

import io
import re
from copy import deepcopy
from itertools import pairwise
from typing import Final

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr

from junheng.report.content.model import Document
from junheng.report.word.captions import ANNEX
from junheng.report.word.sections import next_section, section_end
from junheng.report.word.text import Element, elements, own_texts, paragraph_text, runs

_REFERENCE: Final = re.compile(r"\s*(?:SEQ|(?:PAGE)?REF)\s+(\S+)")
_NUMBERED: Final = re.compile(r"〔\d{4}〕\d+号")


def separated(word: WordDocument, document: Document) -> list[WordDocument]:
    """Return the letter, then each of its annexes; the letter alone when it has none.

    An annex is what follows its label (附件1) up to the next. On the first line of an annex stands, before its label,
    the letter's 文号 (GB/T 9704-2012, 7.3.4), or its title where it has none. What one file says of another is plain
    text: fields only find what is in their own file.
    """
    labels = [number for number, child in enumerate(word.element.body) if _is_label(child)]
    starts = [0, *labels, len(word.element.body) - 1]
    if not labels:
        return [word]
    buffer = io.BytesIO()
    word.save(buffer)
    parts = [_part(buffer.getvalue(), start, end) for start, end in pairwise(starts)]
    number = document.fields.get("document_number", "")
    letter = number if _NUMBERED.search(number) else document.title
    for annex in parts[1:]:
        label = next(iter(annex.element.body))
        annex.core_properties.title = f"{document.title}{paragraph_text(label)}"
        first = own_texts(label)[0].getparent()
        assert first is not None
        for run in reversed(elements(runs(letter, "黑体"))):
            first.addprevious(run)
    return parts


def _is_label(child: Element) -> bool:
    return child.tag == qn("w:p") and ANNEX.fullmatch(paragraph_text(child).strip()) is not None


def _part(package: bytes, start: int, end: int) -> WordDocument:
    """The children of the body from `start` up to `end`, as a document with all that they need."""
    word = docx.Document(io.BytesIO(package))
    body = word.element.body
    children = list(body)
    section = deepcopy(next_section(children[end - 1]))
    for child in (*children[:start], *children[end:]):
        body.remove(child)
    last = section_end(children[end - 1])
    if isinstance(last, CT_SectPr):
        holder = last.getparent()
        assert holder is not None
        holder.remove(last)
    body.append(section)
    _settle_references(body)
    _drop_pictures(word)
    return word


def _settle_references(body: Element) -> None:
    """Leave of a reference to what is in another file its result, and of a counted number: the set counts through."""
    names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    for paragraph in body.iter(qn("w:p")):
        settling = False
        for run in list(paragraph.iter(qn("w:r"))):
            code = run.find(qn("w:instrText"))
            mark = run.find(qn("w:fldChar"))
            if code is not None and (found := _REFERENCE.match(code.text or "")):
                settling = found[1] not in names
                if settling:
                    _remove(run.getprevious())
            if settling and (code is not None or mark is not None):
                ended = mark is not None and mark.get(qn("w:fldCharType")) == "end"
                _remove(run)
                settling = not ended


def _remove(run: Element | None) -> None:
    parent = run.getparent() if run is not None else None
    if parent is not None and run is not None:
        parent.remove(run)


def _drop_pictures(word: WordDocument) -> None:
    """Drop the pictures of the other files; a relationship that nothing names would keep them in the package."""
    used = {value for element in word.element.iter() for value in element.attrib.values()}
    for key, relation in list(word.part.rels.items()):
        if relation.reltype.endswith("/image") and key not in used:
            del word.part.rels[key]
