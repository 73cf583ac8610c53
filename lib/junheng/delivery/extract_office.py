"""What a Word or Excel file says: all text and all attributes of every part, whatever they are for.

No part and no element is passed over. Which of them a reader does not see, or no report of ours has, is told as hidden.
Parts are known by their root elements: what a part is called is up to the program that wrote it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from junheng.delivery.pieces import Piece, PieceKind, joined, raw_pieces
from junheng.errors import DAMAGED_ZIP
from junheng.report.word.outside import outside, unknown_field
from junheng.report.word.text import Element, parse

MOST_BYTES = 400_000_000
_MAKERS = frozenset({"creator", "lastModifiedBy", "Manager", "Company"})
_ASIDE = ("commentsE", "commentsI", "threadedComment", "people", "persons", "customXml/", "docProps/custom")
_REACHING = ("connections", "externalLink", "queryTable", "vbaProject", "activeX")
_UNSEEN = {"sheet": "工作表", "row": "行", "col": "列", "definedName": "名称"}
_TRACKED = frozenset(
    {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange"}
)
_ACTIVE = {
    "altChunk": "嵌入的外部文档",
    "object": "嵌入对象",
    "control": "控件",
    "oleObject": "嵌入对象",
    "subDoc": "子文档",
    "mailMerge": "邮件合并的数据来源",
}
_LINES = frozenset({"p", "si", "is", "comment"})
"""What holds one line of text, however it is cut into runs."""
_APART = frozenset({"instrText", "delInstrText", "delText", "rPh", "rt"})
"""What stands within a line and is no part of it."""
_FREE = frozenset(
    {
        "name", "descr", "title", "alias", "author", "initials", "tooltip", "display", "prompt", "error", "val", "value",
        "displayText",
    }
)  # fmt: skip
"""Attributes in which a number is a text; elsewhere six digits are a length or a number of an object."""
_NOTHING_SHOWN = re.compile(r'("[^"]*"|;)*;("[^"]*"|;)*')
_FILES = (".png", ".jpg", ".jpeg", ".gif", ".svg")
_EMBEDDED = ("word/embeddings/", "xl/embeddings/", "word/afchunk")
_CODES_BELOW = re.compile("代码|编码|区划|(?i:code)")
"""A heading above numbers that are codes."""
_SCHOOL_CODES = "学校标识码"
_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Lengths of the three kinds of headers of a zip archive, without names (APPNOTE.TXT 4.3)."""


def office_pieces(data: bytes) -> Iterator[Piece]:
    """Yield the pieces of every part, and what the file embeds as files. Raises ValueError."""
    parts = _parts(data)
    roots: dict[str, Element] = {}
    for name, content in parts.items():
        yield Piece("部件名", name, PieceKind.PLAIN)
        yield from raw_pieces(f"部件{name}", content)
        if name.endswith((".xml", ".rels", ".vml")):
            if b"<!DOCTYPE" in content:  # an entity could hide a text from this check
                yield Piece(name, "实体声明", PieceKind.HIDDEN)
            roots[name] = parse(content)
            yield from _part(name, roots[name])
        elif name.lower().endswith(_FILES) or name.lower().startswith(_EMBEDDED):
            yield Piece(f"部件{name}", name, PieceKind.FILE, data=content)
        else:
            yield Piece(name, "约定之外的部件", PieceKind.HIDDEN)
    texts = [_text(item) for root in roots.values() if _local(root) == "sst" for item in root.iter("{*}si")]
    for name, root in roots.items():
        if _local(root) == "worksheet":
            yield from _sheet(posixpath.basename(name).removesuffix(".xml"), root, texts)


def _local(node: Element) -> str:
    return etree.QName(node).localname


def _text(node: Element) -> str:
    return "".join(map(str, node.itertext()))


def _parts(data: bytes) -> dict[str, bytes]:
    """Unpack an archive in which nothing but its files has room; raises ValueError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            # Two parts of one name: which one is read differs from program to program.
            if len({entry.filename.casefold() for entry in entries}) < len(entries):
                raise ValueError("duplicate")
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise ValueError("size")
            if _room(entries) != len(data):
                raise ValueError("room")
            return {entry.filename: _unpacked(archive, entry, data) for entry in entries}
    except (*DAMAGED_ZIP, OSError, RuntimeError) as error:
        raise ValueError("zip") from error


def _room(entries: list[zipfile.ZipInfo]) -> int:
    """How long an archive is that holds these files and nothing before, between or behind them: no comments, no extra fields."""
    names = sum(len(entry.filename.encode()) for entry in entries)
    return _END + 2 * names + sum(_LOCAL + _CENTRAL + entry.compress_size for entry in entries)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> bytes:
    """A file of the archive, which ends where its packed bytes end; raises ValueError."""
    start = entry.header_offset + _LOCAL + len(entry.filename.encode())
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        stream.decompress(packed, entry.file_size + 1)
        surplus = bool(stream.unused_data)
    else:  # other ways of packing are read by few programs, and end where nobody looks
        surplus = entry.compress_type != zipfile.ZIP_STORED or len(packed) != entry.file_size
    if surplus:
        raise ValueError("room")
    return archive.read(entry)


def _part(name: str, root: Element) -> Iterator[Piece]:
    short = posixpath.basename(name)
    comments = _local(root) == "comments"
    notes = comments and name.startswith("xl/")
    aside = (comments and not notes) or any(mark in name for mark in _ASIDE)
    told = " ".join(map(str, root.itertext())).strip()
    if any(mark in name for mark in _REACHING) or (told and aside):
        yield Piece(f"{short}（批注或自定义内容）", told or short, PieceKind.HIDDEN)
    values: set[str] = set()
    for node in root.iter():
        if isinstance(node, etree._Comment | etree._ProcessingInstruction):
            yield Piece(f"{short}的注释", str(node.text), PieceKind.HIDDEN)
            continue
        for key, value in (map(str, pair) for pair in node.items()):
            known = not value.isdecimal() or len(value) > 8 or etree.QName(key).localname in _FREE
            if len(value) > 1 and known:
                values.add(value)
        yield from _node(short, _local(node), node)
    yield Piece(f"{short}的属性", joined(values), PieceKind.PLAIN)
    kinds = {"p": PieceKind.BODY, "v": PieceKind.NUMBER}
    for (line, apart), text in _lines(root).items():
        kind = kinds.get("" if apart else _local(line), PieceKind.PLAIN)
        yield Piece(short, text, PieceKind.NOTE if notes else kind)


def _lines(root: Element) -> dict[tuple[Element, str], str]:
    """All text of a part, each line in one: a name that is cut into runs is whole again."""
    found: dict[tuple[Element, str], list[str]] = {}
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        owner, text = (node, node.text) if event == "start" else (node.getparent(), node.tail)
        if event == "start" and _local(node) == "sym":  # a sign by its number in a font
            text = chr(int(next((v for k, v in node.items() if k.endswith("char")), "20"), 16))
        if text and owner is not None and event != "pi":
            found.setdefault(_line(owner), []).append(text)
    joined = {line: "".join(texts) for line, texts in found.items()}
    return {line: text for line, text in joined.items() if text.strip()}


def _line(node: Element) -> tuple[Element, str]:
    apart = ""
    for place in (node, *node.iterancestors()):
        local = _local(place)
        if local in _LINES:
            return place, apart
        apart = local if local in _APART else apart
    return node, ""


def _node(part: str, local: str, node: Element) -> Iterator[Piece]:
    """What a part has that no reader sees, that does something, or that says who made it."""
    word = "wordprocessingml" in node.tag
    if word and local in _TRACKED:
        yield Piece(f"{part}的修订", " ".join(map(str, node.itertext())) or local, PieceKind.HIDDEN)
    elif (
        word and local == "vanish" and node.get(node.tag.replace("vanish", "val"), "1") not in ("0", "false")
    ):
        yield from _vanished(part, node)
    elif local in _ACTIVE:
        yield Piece(part, _ACTIVE[local], PieceKind.HIDDEN)
    elif said := unknown_field(node) or (_leads_outside(node) if local == "Relationship" else ""):
        yield Piece(part, said, PieceKind.HIDDEN)
    elif local in _UNSEEN and _is_hidden(node):
        yield Piece(
            f"{part}“{node.get('name') or node.get('r') or ''}”", f"隐藏的{_UNSEEN[local]}", PieceKind.HIDDEN
        )
    elif local == "numFmt" and _NOTHING_SHOWN.fullmatch(node.get("formatCode", "")):
        yield Piece(part, f"不显示内容的数字格式{node.get('formatCode')}", PieceKind.HIDDEN)
    elif part in ("core.xml", "app.xml") and local in _MAKERS and node.text:
        yield Piece(f"文档属性{local}", node.text, PieceKind.MAKER)
    elif local == "author" and node.text:
        yield Piece("批注作者", node.text, PieceKind.MAKER)


def _leads_outside(relation: Element) -> str:
    return outside(
        relation.get("Type", ""), relation.get("Target", ""), relation.get("TargetMode") == "External"
    )


def _is_hidden(node: Element) -> bool:
    """Whether a sheet, row, column or name is hidden or has no room; names that Excel keeps for its filters always are."""
    if node.get("name", "").startswith("_xlnm."):
        return False
    flat = any(re.fullmatch(r"0+(\.0*)?", node.get(size, "")) for size in ("width", "ht"))
    return flat or node.get("state", "visible") != "visible" or node.get("hidden", "0") not in ("0", "false")


def _vanished(part: str, node: Element) -> Iterator[Piece]:
    """Hidden text of a run; the instruction of a field (TC), which Word always hides, is looked at as a field."""
    run = next(node.iterancestors("{*}r"), None)
    text = "" if run is None else "".join(piece.text or "" for piece in run.iter("{*}t")).strip()
    if text:
        yield Piece(f"{part}的隐藏文字", text, PieceKind.HIDDEN)


def _sheet(sheet: str, root: Element, texts: list[str]) -> Iterator[Piece]:
    """Cells of a sheet: numbers as numbers, codes by the heading above them, formulas as hidden content."""
    heads: dict[str, str] = {}
    for cell in root.iter("{*}c"):
        place = cell.get("r", "")
        column = place.rstrip("0123456789")
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if cell.find("{*}f") is not None:
            yield Piece(f"{sheet}单元格{place}", "公式", PieceKind.HIDDEN)
        text = texts[int(value)] if kind == "s" else _text(cell) if kind == "inlineStr" else value
        if _CODES_BELOW.search(text) or text == _SCHOOL_CODES:
            heads[column] = text
        told = PieceKind.PLAIN
        if kind == "n" and column not in heads:
            told = PieceKind.NUMBER
        elif heads.get(column) == _SCHOOL_CODES and text.isdecimal():
            told = PieceKind.CODE
        yield Piece(f"{sheet}单元格{place}", text, told)
