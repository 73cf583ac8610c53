"""What LibreOffice leaves undone in a PDF: language, dates, names of annexes, and what a reading aid stumbles over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import docx
import pikepdf
from pikepdf import Name, OutlineItem, Pdf, String

from junheng.errors import DAMAGED_ZIP, OutputProblem
from junheng.report.pdf.stable_bytes import drop, save_reproducibly
from junheng.report.word.styles import LANGUAGE

_ENTRY: Final = re.compile(r'\s*TC "(.*)" \\l \d\s*')
_DATES: Final = ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate")


def finish(made: Path, word: Path, target: Path) -> None:
    """Write the PDF that LibreOffice made of `word` to `target`, the same bytes for the same Word file.

    Raises OutputProblem when it is not whole.
    """
    try:
        with pikepdf.open(made) as pdf:
            facts = _facts(word)
            pdf.Root.Lang = String(LANGUAGE)  # LibreOffice takes that of the Latin text
            _name_headings(pdf, facts.entries)
            _state_dates(pdf, facts.signed)
            _mend_tags(pdf)
            save_reproducibly(pdf, target)
    except pikepdf.PdfError as error:
        raise OutputProblem(f"LibreOffice生成的PDF不完整：{error}。") from error


@dataclass(frozen=True)
class _Facts:
    """What a Word file says of itself: the day it was signed, and the entries that its TC fields name."""

    signed: datetime | None = None
    entries: tuple[str, ...] = ()


def _facts(word: Path) -> _Facts:
    """Read them; a file that LibreOffice can open and we cannot says nothing."""
    try:
        document = docx.Document(str(word))
    except (*DAMAGED_ZIP, KeyError, ValueError):
        return _Facts()
    codes = document.element.body.iter("{*}instrText")
    found = (_ENTRY.fullmatch(code.text or "") for code in codes)
    entries = (re.sub(r"\\(.)", r"\1", match.group(1)) for match in found if match)
    return _Facts(document.core_properties.created, tuple(entries))


def _name_headings(pdf: Pdf, entries: tuple[str, ...]) -> None:
    """Call the bookmarks of annexes as the contents list does: 附件2　未达标学校清单."""
    waiting = list(entries)
    with pdf.open_outline() as outline:
        for item in _all(outline.root):
            if waiting and _bare(waiting[0]).endswith(_bare(item.title)):
                item.title = waiting.pop(0)


def _all(items: Iterable[OutlineItem]) -> Iterator[OutlineItem]:
    for item in items:
        yield item
        yield from _all(item.children)


def _bare(title: str) -> str:
    return "".join(title.split())


def _state_dates(pdf: Pdf, signed: datetime | None) -> None:
    """Date the file, in both places, by the day it was signed; without one it has no date (LibreOffice writes now)."""
    drop(pdf.docinfo, "/CreationDate", "/ModDate")
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        for key in _DATES:
            metadata.pop(key, None)
        if signed is not None:
            metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = signed.strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata["dc:language"] = {LANGUAGE}


def _mend_tags(pdf: Pdf) -> None:
    """Take out what readers of a tagged PDF object to: styles that stand for themselves, no order of the keys."""
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None:
        return
    roles = tree.get("/RoleMap", pikepdf.Dictionary())
    for name in [name for name, role in roles.items() if role == name]:
        del roles[name]
    for page in pdf.pages:
        page.obj.Tabs = Name.S  # the order of the tags
