"""The tags of a template: `{{ name }}` in running text and `{{ blocks.name }}` as a paragraph of its own.

Nothing is evaluated: a tag is a name, looked up. Word splits text into runs wherever it likes, also within a
tag; the value then takes the formatting of the run in which the tag begins. Every fault of a template is
found before anything is written, and named with the part, the paragraph and the tag.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from docx.oxml.ns import qn

from junheng.errors import ParamsProblem, did_you_mean
from junheng.report.word.text import Element, clean, elements, lines, own_texts, paragraph_text

BLOCKS: Final = "blocks."
_TAG: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
# What is left of a tag that was not understood: half a pair of braces, full-width braces, other tags.
_BROKEN: Final = re.compile(r"\{\{.*|\}\}|\{%.*|%\}|\uff5b[\uff5b{].*|[\uff5d}]\uff5d|\{\uff5b.*")
_MOST_FAULTS: Final = 5
_EDITS: Final = (
    *(
        qn(f"w:{name}")
        for name in (
            *("ins", "del", "moveFrom", "moveTo", "commentReference", "commentRangeStart"),
            *("cellIns", "cellDel", "cellMerge"),
        )
    ),
    *(
        qn(f"w:{name}Change")
        for name in ("rPr", "pPr", "sectPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "numbering")
    ),
)


@dataclass(frozen=True)
class Story:
    """One part of a template that holds paragraphs, and how a message calls it."""

    root: Element
    label: str

    def paragraphs(self) -> Iterator[tuple[int, Element]]:
        """Yield the paragraphs with their numbers, counted from 1 as they stand."""
        yield from enumerate(self.root.iter(qn("w:p")), start=1)

    def where(self, number: int, paragraph: Element) -> str:
        """Return the place of a paragraph for a message: its number and first words."""
        words = paragraph_text(paragraph).strip()
        return f"{self.label}第{number}段（“{words[:12]}{'…' if len(words) > 12 else ''}”）"


def check_template(
    template: str, stories: list[Story], fields: Mapping[str, str], blocks: Mapping[str, object]
) -> None:
    """Raise ParamsProblem when a tag is unknown, broken or misplaced, or when a block has no place or several."""
    faults = [fault for story in stories for fault in _story_faults(story, fields, blocks)]
    placed = Counter(name for story in stories for _, p in story.paragraphs() if (name := block_name(p)))
    faults += [f"没有放置“{{{{ {BLOCKS}{name} }}}}”，这部分内容会丢失" for name in blocks if not placed[name]]
    faults += [
        f"“{{{{ {BLOCKS}{name} }}}}”放置了{placed[name]}次，请只留一处" for name in blocks if placed[name] > 1
    ]
    if faults:
        more = f"；等共{len(faults)}处" if len(faults) > _MOST_FAULTS else ""
        raise ParamsProblem(f"模板{template}：{'；'.join(faults[:_MOST_FAULTS])}{more}。")


def _story_faults(story: Story, fields: Mapping[str, str], blocks: Mapping[str, object]) -> Iterator[str]:
    # Rows and cells that are inserted or deleted, and changed pages, are marked outside the paragraphs.
    if any(next(edit.iterancestors(qn("w:p")), None) is None for edit in story.root.iter(*_EDITS)):
        yield f"{story.label}的表格、分节或段落之间含修订或批注，请先接受全部修订并删除批注"
    for number, paragraph in story.paragraphs():
        if any(next(paragraph.iter(edit), None) is not None for edit in _EDITS):
            yield f"{story.where(number, paragraph)}含修订或批注，请先接受全部修订并删除批注"
        for fault in _paragraph_faults(paragraph, fields, blocks):
            yield f"{story.where(number, paragraph)}{fault}"


def _paragraph_faults(
    paragraph: Element, fields: Mapping[str, str], blocks: Mapping[str, object]
) -> Iterator[str]:
    text = _joined(paragraph)
    for name in _TAG.findall(text):
        shown = f"标记“{{{{ {name} }}}}”"
        if name.startswith(BLOCKS):
            known = [BLOCKS + block for block in blocks]
            if name not in known:
                yield f"{shown}无此内容块，{did_you_mean(name, known) or '可用的有：' + '、'.join(known)}"
            elif block_name(paragraph) is None:
                yield f"{shown}应单独成段"
            elif not _in_body(paragraph):
                yield f"{shown}只能放在正文中，不能放在表格、文本框、内容控件、页眉或页脚里"
        elif not _NAME.fullmatch(name):
            yield f"{shown}写法有误，标记里只能是一个名称"
        elif name not in fields:
            yield f"{shown}无此名称，{did_you_mean(name, fields) or '可用的有：' + '、'.join(fields)}"
    broken = _BROKEN.search(_TAG.sub("", text))
    if broken:
        yield f"标记“{broken.group()[:20]}”不完整，应写作“{{{{ 名称 }}}}”（半角花括号，同在一段内）"


def _in_body(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and parent.tag == qn("w:body")


def _joined(paragraph: Element) -> str:
    return "".join(_characters(piece) for piece in own_texts(paragraph))


def _characters(piece: Element) -> str:
    return piece.text or "" if piece.tag == qn("w:t") else "\n"


def block_name(paragraph: Element) -> str | None:
    """Return the name of the block of a paragraph that is one `{{ blocks.name }}` and nothing else."""
    match = _TAG.fullmatch(_joined(paragraph).strip())
    return match.group(1)[len(BLOCKS) :] if match and match.group(1).startswith(BLOCKS) else None


def number_tags(paragraph: Element, letter: int, own: Container[str]) -> None:
    """Give the tags of one letter of a mail merge its number, those that it has a value of its own for (`own`)."""
    for match in reversed(list(_TAG.finditer(_joined(paragraph)))):
        numbered = f"{match.group(1)}_{letter}"
        if numbered.removeprefix(BLOCKS) in own:
            _replace(paragraph, match.start(), match.end(), f"{{{{ {numbered} }}}}")


def fill_fields(story: Story, fields: Mapping[str, str]) -> None:
    """Replace the tags of a checked story. A paragraph of nothing but tags that are all empty is removed."""
    for _, paragraph in list(story.paragraphs()):
        text = _joined(paragraph)
        names = _TAG.findall(text)
        if not names or block_name(paragraph) is not None:
            continue
        if not _TAG.sub("", text).strip() and not any(fields[name].strip() for name in names):
            _vanish(paragraph)
            continue
        for match in reversed(list(_TAG.finditer(text))):
            _replace(paragraph, match.start(), match.end(), fields[match.group(1)])


def _vanish(paragraph: Element) -> None:
    """Remove a paragraph; the only one of a header or cell, and one that ends a section, stays, emptied."""
    parent = paragraph.getparent()
    if parent is None:
        return
    alone = parent.tag != qn("w:body") and len(parent.findall(qn("w:p"))) == 1
    if alone or paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        for piece in own_texts(paragraph):
            piece.text = ""
    else:
        parent.remove(paragraph)


def _replace(paragraph: Element, start: int, end: int, value: str) -> None:
    """Put `value` in place of the characters from `start` to `end`, into the run of the first of them."""
    position = 0
    for piece in own_texts(paragraph):
        text = _characters(piece)
        first, last = max(start - position, 0), min(end - position, len(text))
        if first < len(text) and last > 0 and piece.tag == qn("w:t"):
            before, after = text[:first], text[last:]
            if position + first == start:
                _write(piece, before, value, after)
            else:
                _set(piece, before + after)
        position += len(text)


def _set(piece: Element, text: str) -> None:
    piece.text = text
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _write(piece: Element, before: str, value: str, after: str) -> None:
    """Write text that may have several lines over a w:t; the pieces stay in its run."""
    run = piece.getparent()
    assert run is not None
    for child in reversed(elements(lines(clean(before + value + after)))):
        piece.addnext(child)
    run.remove(piece)
