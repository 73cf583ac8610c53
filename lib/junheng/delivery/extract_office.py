"""What a Word or Excel file says: every part of the package, comments, hidden things and properties included."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator

from lxml import etree

from junheng.delivery.pieces import CODE_HEADS, Kind, Piece
from junheng.errors import DAMAGED_ZIP
from junheng.report.word.text import Element, paragraph_text, parse

Opener = Callable[[str, bytes], Iterator[Piece]]

MOST_BYTES = 400_000_000
_MAKERS = frozenset({"creator", "lastModifiedBy", "Manager", "Company"})
_HIDDEN_PARTS = (
    "comments.xml",
    "commentsE",
    "commentsI",
    "threadedComment",
    "people",
    "persons",
    "customXml/",
    "docProps/custom",
)
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange"})
_MEDIA = (".png", ".jpg", ".jpeg")
_OPAQUE = (".bin", ".emf", ".wmf", ".ole", ".odttf", ".ttf")


def office_pieces(data: bytes, opener: Opener) -> Iterator[Piece]:
    """Yield the pieces of every part; embedded pictures and files go to `opener`. Raises ValueError."""
    for name, content in _parts(data).items():
        yield Piece("部件名", name, Kind.PLAIN)
        if name.endswith((".xml", ".rels", ".vml")):
            if b"<!DOCTYPE" in content:  # an entity could hide a text from this check
                yield Piece(name, "实体声明", Kind.HIDDEN)
            yield from _part(name, parse(content))
        elif name.lower().endswith(_MEDIA) or name.startswith(("word/embeddings/", "xl/embeddings/")):
            yield from opener(name, content)
        elif name.lower().endswith(_OPAQUE):
            yield Piece(name, "无法检查的嵌入对象", Kind.HIDDEN)
        elif not name.endswith("/"):
            yield Piece(name, "约定之外的部件", Kind.HIDDEN)
    yield from _cells(_parts(data))


def _text(node: Element, joint: str = "") -> str:
    return joint.join(str(text) for text in node.itertext())


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise ValueError("size")
            return {name: archive.read(name) for name in archive.namelist()}
    except (*DAMAGED_ZIP, OSError, RuntimeError) as error:
        raise ValueError("zip") from error


def _part(name: str, root: Element) -> Iterator[Piece]:
    short = posixpath.basename(name)
    if name.startswith("xl/comments/"):
        yield from _notes(root)
    elif any(mark in name for mark in _HIDDEN_PARTS) and _text(root).strip():
        yield Piece(f"{short}（批注或自定义内容）", _text(root, " ").strip(), Kind.HIDDEN)
    values: set[str] = set()
    for node in root.iter(etree.Element):
        local = etree.QName(node).localname
        values.update(
            str(value) for value in node.attrib.values() if not str(value).isascii() or len(value) > 5
        )
        yield from _node(short, local, node)
    yield Piece(f"{short}的属性", "\n".join(sorted(v for v in values if not v.isdecimal())), Kind.PLAIN)


def _notes(root: Element) -> Iterator[Piece]:
    """Comments of a sheet; the drawings of their boxes (commentsDrawing) say nothing."""
    for note in root.iter("{*}comment"):
        yield Piece(f"单元格{note.get('ref')}", _text(note), Kind.NOTE)
    for author in root.iter("{*}author"):
        yield Piece("批注作者", _text(author), Kind.MAKER)


def _node(part: str, local: str, node: Element) -> Iterator[Piece]:
    if local == "p" and "wordprocessingml" in node.tag:
        yield Piece(part, paragraph_text(node))
    elif local == "instrText":
        yield Piece(f"{part}的域代码", node.text or "", Kind.PLAIN)
    elif local in _TRACKED and "wordprocessingml" in node.tag:
        yield Piece(f"{part}的修订", _text(node, " ") or local, Kind.HIDDEN)
    elif local in ("vanish", "webHidden") and node.get(node.tag.replace("vanish", "val"), "1") not in (
        "0",
        "false",
    ):
        yield from _vanished(part, node)
    elif local in ("si", "oddHeader", "oddFooter", "definedName"):
        yield Piece(part, _text(node), Kind.PLAIN)
    elif local in ("sheet", "row", "col") and node.get("state", "visible") != "visible":
        yield Piece(f"工作表“{node.get('name')}”", "隐藏的工作表", Kind.HIDDEN)
    elif part in ("core.xml", "app.xml") and node.text and not len(node):
        yield Piece(f"文档属性{local}", node.text, Kind.MAKER if local in _MAKERS else Kind.PLAIN)


def _vanished(part: str, node: Element) -> Iterator[Piece]:
    """Hidden text of a run; the hidden mark in a table of contents (webHidden) is no hidden text in print.

    Nor is the instruction of a field, which Word always hides (TC) and which is looked at as plain text.
    """
    properties = node.getparent()
    run = properties.getparent() if properties is not None else None
    if etree.QName(node).localname == "vanish" and run is not None and etree.QName(run).localname == "r":
        text = "".join(piece.text or "" for piece in run.iter("{*}t")).strip()
        if text:
            yield Piece(f"{part}的隐藏文字", text, Kind.HIDDEN)


def _cells(parts: dict[str, bytes]) -> Iterator[Piece]:
    """Cells of the sheets: numbers as numbers, codes by the heading above them, formulas as hidden content."""
    shared: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        shared = [_text(item) for item in parse(parts["xl/sharedStrings.xml"]).iter("{*}si")]
    for name in sorted(parts):
        if name.startswith("xl/worksheets/sheet") and name.endswith(".xml"):
            yield from _sheet(posixpath.basename(name).removesuffix(".xml"), parse(parts[name]), shared)


def _sheet(sheet: str, root: Element, shared: list[str]) -> Iterator[Piece]:
    code_columns: dict[str, bool] = {}
    for cell in root.iter("{*}c"):
        place = cell.get("r", "")
        column = place.rstrip("0123456789")
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if cell.find("{*}f") is not None:
            yield Piece(f"{sheet}单元格{place}", "公式", Kind.HIDDEN)
        text = shared[int(value)] if kind == "s" else value
        if kind == "inlineStr":
            text = "".join(piece.text or "" for piece in cell.iter("{*}t"))
        if text in CODE_HEADS:
            code_columns[column] = True
        elif kind == "n":
            yield Piece(f"{sheet}单元格{place}", text, Kind.NUMBER)
        elif code_columns.get(column) and text.isdecimal():
            yield Piece(f"{sheet}单元格{place}", text, Kind.CODE)
        else:
            yield Piece(f"{sheet}单元格{place}", text, Kind.PLAIN)
