"""Captions and references: 表1 above a table, “见表1” in the text, 附件4 on an annex; Word can count them anew.

Content names its target (`〔表:aspects〕`, `〔附件:annex_gaps〕`); the number follows from where the clerk's template
puts it. In the Word file the number is a SEQ field under a bookmark, and the reference a REF field to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from docx.oxml.ns import qn

from junheng.errors import OutputProblem
from junheng.report.content.model import Block, Document, Picture, Table
from junheng.report.word import fields
from junheng.report.word.tags import block_name
from junheng.report.word.text import Element, clean, elements, paragraph_text, runs

Kind = Literal["表", "图"]
# A caption that has its number: 表Ⅰ, 表Ⅱ-1, 图3.
_NUMBERED: Final = re.compile(r"[表图]\s*[\dⅠ-Ⅻ一二三四五六七八九十]")
REFERENCE: Final = re.compile(r"〔((?:表|图|附件|节):[\w-]+)〕")
ANNEX: Final = re.compile(r"附件\s*\d*")
CHAPTER: Final = re.compile(r"([一二三四五六七八九十]+)、")
SECTION: Final = re.compile(r"（[一二三四五六七八九十]+）")
_BOOKMARK: Final = "_Ref{:06d}"


@dataclass(frozen=True)
class Caption:
    """A caption as printed: `kind` and `number` when we count it, then the rest (all of it when it has its own)."""

    kind: Kind
    number: int | None
    rest: str

    @property
    def label(self) -> str:
        """What a reference to it says: 表1, 表Ⅱ-1."""
        return self.text.partition("　")[0].partition(" ")[0]

    @property
    def text(self) -> str:
        return self.rest if self.number is None else f"{self.kind}{self.number}{self.rest}"


@dataclass
class Captions:
    """Counts tables and figures through one document."""

    counts: dict[str, int] = field(default_factory=dict)

    def numbered(self, kind: Kind, title: str) -> Caption:
        """Return the next caption; one that brings its own number (表Ⅰ) is left alone and not counted."""
        title = clean(title).strip()
        if not title or _NUMBERED.match(title):
            return Caption(kind, None, title)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return Caption(kind, self.counts[kind], f"　{title}")


@dataclass(frozen=True)
class Target:
    """What can be referred to: how it is called, and the bookmark on that name (a section has none)."""

    label: str
    bookmark: str = ""


class References:
    """The targets of a document by name, found in a template's body before it is filled."""

    def __init__(self, body: Element, document: Document, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._targets: dict[str, Target] = {}
        self._annexes: list[tuple[Element, Target]] = []
        annex: tuple[Element, str] | None = None
        captions, place = Captions(), ""
        for paragraph in body.iter(qn("w:p")):
            text = paragraph_text(paragraph).strip()
            annex = (paragraph, text) if ANNEX.fullmatch(text) else annex
            place = _place(text, place)
            name = block_name(paragraph)
            if name is None:
                continue
            if annex:
                self._add_annex(f"附件:{name}", *annex)
            elif place:
                self._targets.setdefault(f"节:{name}", Target(place))
            for key, caption in _captions(document.blocks[name], captions):
                self._add(key, caption.label)

    def _add(self, key: str, label: str) -> Target:
        made = Target(label, _BOOKMARK.format(len(self._targets) + 1))
        return self._targets.setdefault(key, made)

    def _add_annex(self, key: str, paragraph: Element, label: str) -> None:
        """Several blocks of one annex share the bookmark on its label."""
        known = next((target for place, target in self._annexes if place is paragraph), None)
        if known is not None:
            self._targets.setdefault(key, known)
        elif key not in self._targets:
            self._annexes.append((paragraph, self._add(key, label)))

    def mark_annexes(self) -> None:
        """Set the bookmarks on the labels of the annexes."""
        for paragraph, target in self._annexes:
            wrap(paragraph, next(self._numbers), target.bookmark)

    def caption(self, caption: Caption, key: str, chinese: str) -> str:
        """Return a caption as the XML of runs, its number a field; the first of a name is its target."""
        label, rest = caption.label, caption.text.removeprefix(caption.label)
        if caption.number is None:
            number = runs(label, chinese)
        else:
            counted = fields.field(f"SEQ {caption.kind} \\* ARABIC", runs(str(caption.number), chinese))
            number = f"{runs(caption.kind, chinese)}{counted}"
        target = self._targets.get(key)
        if target is not None and target.label == label:
            number = fields.bookmark(next(self._numbers), target.bookmark, number)
        return f"{number}{runs(rest, chinese)}"

    def text(self, text: str, chinese: str) -> str:
        """Return a text as the XML of runs, its references as fields; raises OutputProblem for one that leads nowhere."""
        made, position = "", 0
        for match in REFERENCE.finditer(text):
            target = self._targets.get(match.group(1))
            if target is None:
                raise OutputProblem(
                    f"“{text[:30]}…”所指的“{match.group(1)}”在模板中没有位置，请恢复该内容块。"
                )
            made += f"{runs(text[position : match.start()], chinese)}{_reference(target, chinese)}"
            position = match.end()
        return f"{made}{runs(text[position:], chinese)}"


def _reference(target: Target, chinese: str) -> str:
    said = runs(target.label, chinese)
    return fields.field(f"REF {target.bookmark} \\h \\* MERGEFORMAT", said) if target.bookmark else said


def _place(heading: str, place: str) -> str:
    """Name the part of the report that begins with `heading` (第五部分, 第五部分（二）), or the one it still belongs to."""
    if chapter := CHAPTER.match(heading):
        return f"第{chapter[1]}部分"
    if section := SECTION.match(heading):
        return place.partition("（")[0] + section[0]
    return place


def caption_key(block: Table | Picture) -> str:
    """Return the name by which content refers to a table or figure."""
    return f"表:{block.spec.id}" if isinstance(block, Table) else f"图:{Path(block.file).stem}"


def _captions(blocks: Iterable[Block], captions: Captions) -> Iterator[tuple[str, Caption]]:
    for block in blocks:
        if isinstance(block, Table | Picture):
            kind: Kind = "表" if isinstance(block, Table) else "图"
            yield caption_key(block), captions.numbered(kind, block.caption)


def wrap(paragraph: Element, number: int, name: str) -> None:
    """Set a bookmark around the text of a paragraph."""
    start, end = elements(fields.bookmark(number, name, ""))
    paragraph.insert(0 if paragraph.find(qn("w:pPr")) is None else 1, start)
    paragraph.append(end)


def plain_references(text: str) -> str:
    """Return `text` with its references in words, where there are no numbers (in a notebook)."""

    def said(match: re.Match[str]) -> str:
        kind = match.group(1).partition(":")[0]
        return "报告相应部分" if kind == "节" else f"报告{kind}"

    return REFERENCE.sub(said, text)
