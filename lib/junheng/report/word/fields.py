"""Fields of Word as XML: a result that stands there, and the instruction by which Word makes it anew (F9)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from xml.sax.saxutils import escape

from docx.oxml.ns import qn

from junheng.report.word.text import Element

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_HIDDEN = "<w:rPr><w:vanish/></w:rPr>"


def field(instruction: str, result: str) -> str:
    """Return a field with its result (the XML of runs)."""
    return (
        f"{_run(_char('begin'))}{_run(_instruction(instruction))}{_run(_char('separate'))}"
        f"{result}{_run(_char('end'))}"
    )


def entry_mark(text: str, level: int) -> str:
    """Return a TC field: an entry for the contents list that shows nothing where it stands.

    Word shows the instruction of a field without a result unless it is hidden text; its own TC fields are.
    """
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    parts = (_char("begin"), _instruction(f'TC "{quoted}" \\l {level}'), _char("end"))
    return "".join(f"<w:r>{_HIDDEN}{part}</w:r>" for part in parts)


def contents_begin(levels: int) -> str:
    """Return the beginning of a TOC field over the headings down to `levels` and the TC fields.

    Only programs that know Word 2013 see it: LibreOffice makes dead text of the page numbers in a TOC field,
    and fills them in where they are just PAGEREF fields in paragraphs.
    """
    parts = (_char("begin"), _instruction(f'TOC \\o "1-{levels}" \\f \\h \\z'), _char("separate"))
    return "".join(map(_for_word, parts))


def contents_end() -> str:
    """Return the end of a TOC field."""
    return _for_word(_char("end"))


def bookmark(number: int, name: str, content: str) -> str:
    """Return `content` (XML) as a bookmark; names that begin with _ are not listed to the reader."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def free_numbers(*stories: Element) -> Iterator[int]:
    """Yield ids for bookmarks that none in these stories has."""
    taken = [
        int(mark.get(qn("w:id"), "0")) for story in stories for mark in story.iter(qn("w:bookmarkStart"))
    ]
    return count(max(taken, default=0) + 1)


def _run(content: str) -> str:
    return f"<w:r>{content}</w:r>"


def _char(kind: str) -> str:
    return f'<w:fldChar w:fldCharType="{kind}"/>'


def _instruction(text: str) -> str:
    return f'<w:instrText xml:space="preserve"> {escape(text)} </w:instrText>'


def _for_word(content: str) -> str:
    choice = f'<mc:Choice Requires="w15">{content}</mc:Choice>'
    return _run(f'<mc:AlternateContent xmlns:mc="{_MC}" xmlns:w15="{_W15}">{choice}</mc:AlternateContent>')
