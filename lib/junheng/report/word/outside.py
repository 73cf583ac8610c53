"""What makes a Word or Excel file reach beyond itself: links that a program follows on opening, and fields that do more than number.

The templates are looked at with this when they are opened, packages before they are sent.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from junheng.report.word.text import Element

KNOWN_FIELDS: Final = frozenset(
    {"DATE", "HYPERLINK", "NUMPAGES", "PAGE", "PAGEREF", "REF", "SECTION", "SECTIONPAGES", "SEQ", "STYLEREF", "SYMBOL", "TC", "TIME", "TITLE", "TOC"}
)  # fmt: skip
"""Fields that only number, refer or repeat. Others fetch (INCLUDETEXT, LINK), ask, compute or start programs (DDE)."""
WEB: Final = ("http://", "https://", "mailto:")
_CODE: Final = re.compile(r"\s*\\?([A-Za-z]+)")


def outside(kind: str, target: str, external: bool) -> str:
    """What a relationship of this type (its whole address) leads out of the file to, or an empty text: only what a reader clicks may."""
    kind = kind.rpartition("/")[2]
    if kind == "aFChunk":
        return f"嵌入的外部文档“{target}”"
    return f"外部链接“{target}”" if external and not (kind == "hyperlink" and target.startswith(WEB)) else ""


def unknown_field(node: Element) -> str:
    """The instruction of a field that is none of the known ones, or an empty text.

    An instruction may be cut into several runs: one that goes on another is looked at with the first.
    """
    local = etree.QName(node).localname
    if local == "fldSimple":
        return _unknown(_own(node, "instr"))
    return _unknown(_instruction(node)) if local == "fldChar" and _own(node, "fldCharType") == "begin" else ""


def _own(node: Element, name: str) -> str:
    """An attribute of the element's own namespace."""
    return node.get(f"{{{etree.QName(node).namespace}}}{name}", "")


def _instruction(begin: Element) -> str:
    """The texts of a field's instruction, from its beginning to what divides it from its result or ends it."""
    said, depth = "", 0
    paragraph = next(begin.iterancestors("{*}p"), begin)
    nodes = iter(paragraph.iter("{*}fldChar", "{*}instrText"))
    for node in nodes:
        if node is begin:
            break
    for node in nodes:
        if etree.QName(node).localname == "instrText":
            said += (node.text or "") * (depth == 0)
            continue
        kind = _own(node, "fldCharType")
        depth += {"begin": 1, "end": -1}.get(kind, 0)
        if depth < 0 or (kind == "separate" and depth == 0):
            break
    return said


def _unknown(said: str) -> str:
    found = _CODE.match(said)
    return "" if found and found.group(1).upper() in KNOWN_FIELDS else f"域代码“{said.strip()[:40]}”"
