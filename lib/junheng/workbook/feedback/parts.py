"""Editing the parts of a workbook package in place: what is not touched keeps its very bytes.

openpyxl would lose charts, shapes, controls, rich text and extensions on loading and saving; a county's file is
therefore edited part by part. (python-docx's package layer would write all relations anew and refuses a file that
refers to a part it lacks.)
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from lxml import etree

from junheng.files import packed
from junheng.workbook.read.package import SAFE, Package, rels_of

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
TYPES_PART = "[Content_Types].xml"
SPREADSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
WORKBOOK_TYPE = f"{SPREADSHEET_TYPE}sheet.main+xml"
MACRO_WORDS = ("vbaProject", "vbaProjectSignature")


class EditedPackage(Package):
    """A package whose parts can be changed; XML parts that were asked for are written back on `save`."""

    def __init__(self, file: str, data: bytes) -> None:
        super().__init__(file, data)
        entries = (entry for entry in self._zip.infolist() if not entry.is_dir())
        self._bytes = {entry.filename: super(EditedPackage, self).read(entry.filename) for entry in entries}
        self._trees: dict[str, etree._Element] = {}
        self._as_read: dict[str, bytes] = {}

    def has(self, part: str) -> bool:
        """Say whether the package has a part of this name, one that was added included."""
        return part in self._bytes

    def read(self, part: str) -> bytes:
        """Return the bytes of a part as they were read or put."""
        return self._bytes[part]

    def xml(self, part: str) -> etree._Element:
        """Return the root of a part, comments and all; changes to it are kept."""
        if part not in self._trees:
            root = etree.fromstring(self._bytes[part], etree.XMLParser(**SAFE))
            self._trees[part], self._as_read[part] = root, etree.tostring(root)
        return self._trees[part]

    def put(self, part: str, content: str | etree._Element, content_type: str = "") -> None:
        """Add or replace a part; a content type is declared for it when given."""
        self._trees.pop(part, None)
        self._bytes[part] = content.encode() if isinstance(content, str) else b""
        if not isinstance(content, str):
            self._trees[part] = content
        if content_type:
            self._declare(part, content_type)

    def _declare(self, part: str, content_type: str) -> None:
        types = self.xml(TYPES_PART)
        for node in types.iterfind(f"{CONTENT_TYPES}Override"):
            if node.get("PartName") == f"/{part}":
                node.set("ContentType", content_type)
                return
        etree.SubElement(types, f"{CONTENT_TYPES}Override", PartName=f"/{part}", ContentType=content_type)

    def declare_default(self, extension: str, content_type: str) -> None:
        """Declare the content type of all parts with an extension, unless that is done."""
        types = self.xml(TYPES_PART)
        known = {node.get("Extension", "").lower() for node in types.iterfind(f"{CONTENT_TYPES}Default")}
        if extension not in known:
            node = etree.Element(f"{CONTENT_TYPES}Default", Extension=extension, ContentType=content_type)
            types.insert(0, node)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate `part` to the part `target` and return the new identity."""
        if not self.has(rels_of(part)):
            self.put(
                rels_of(part), etree.Element(f"{{{RELATIONS}}}Relationships", nsmap=plain_space(RELATIONS))
            )
        relations = self.xml(rels_of(part))
        used = {node.get("Id") for node in relations}
        identity = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        etree.SubElement(
            relations,
            f"{{{RELATIONS}}}Relationship",
            Id=identity,
            Type=f"{self.relation_space}/{kind}",
            Target=f"/{target}",  # absolute: right wherever the part that refers to it lies
        )
        return identity

    @cached_property
    def space(self) -> str:
        """The namespace of the spreadsheet's elements (transitional or strict)."""
        return etree.QName(self.workbook).namespace or ""

    @cached_property
    def relation_space(self) -> str:
        """The namespace of relations, which goes with that of the elements."""
        if "purl.oclc.org" in self.space:
            return "http://purl.oclc.org/ooxml/officeDocument/relationships"
        return "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def tag(self, name: str) -> str:
        """Return an element's name in the namespace of the workbook."""
        return f"{{{self.space}}}{name}"

    def new_name(self, pattern: str) -> str:
        """Return the first unused part name; `pattern` has `{}` for the number."""
        return next(name for n in range(1, 100_000) if not self.has(name := pattern.format(n)))

    def drop_macros(self) -> None:
        """Take macros out, so that the file is an ordinary workbook again."""
        macros = {
            identity: target
            for identity, kind, target in self.relations(self.workbook_part)
            if kind.rpartition("/")[2] in MACRO_WORDS
        }
        for target in macros.values():
            self._bytes.pop(target, None)
        for node in [*self.xml(rels_of(self.workbook_part))] if macros else ():
            if node.get("Id") in macros:
                remove(node)
        for node in [*self.xml(TYPES_PART)]:
            if any(word in node.get("PartName", "") for word in MACRO_WORDS):
                remove(node)
        # Named .xlsx, a file that still calls itself one with macros is refused by Excel.
        self._declare(self.workbook_part, WORKBOOK_TYPE)

    def save(self) -> bytes:
        """Return the package; the same parts always give the same bytes."""
        return packed((part, self._written(part, data)) for part, data in self._bytes.items())

    def _written(self, part: str, data: bytes) -> bytes:
        """Return the bytes of a part; one that was not changed stays as it was read."""
        tree = self._trees.get(part)
        # Compared as lxml writes both: quotes and declarations that only it would change are no change.
        if tree is None or etree.tostring(tree) == self._as_read.get(part):
            return data
        return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)


def insert_in_order(parent: etree._Element, node: etree._Element, order: tuple[str, ...]) -> None:
    """Insert `node` before the first child that the schema puts after it; `order` are the later elements' names."""
    for place, child in enumerate(parent):
        if isinstance(child.tag, str) and etree.QName(child).localname in order:
            parent.insert(place, node)
            return
    parent.append(node)


def plain_space(space: str) -> dict[Any, str]:
    """Return the map that makes a namespace the unprefixed one."""
    return {None: space}


def remove(node: etree._Element) -> None:
    """Take an element out of the one that holds it."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
