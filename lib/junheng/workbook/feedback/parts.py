"""Editing the parts of a workbook package in place: what is not touched keeps its very bytes.

openpyxl would lose charts, shapes, controls, rich text and extensions on loading and saving; a county's file is
therefore edited part by part.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from functools import cached_property
from typing import Any

from lxml import etree

from junheng.files import packed
from junheng.workbook.read.package import SAFE

PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPES_PART = "[Content_Types].xml"
SPREADSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
WORKBOOK_TYPE = f"{SPREADSHEET_TYPE}sheet.main+xml"
MACRO_WORDS = ("vbaProject", "vbaProjectSignature")


class PackageParts:
    """The parts of a package by name; XML parts that were asked for are written back on `save`."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._bytes = {e.filename: archive.read(e) for e in archive.infolist() if not e.is_dir()}
        self._trees: dict[str, etree._Element] = {}
        self._as_read: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._bytes or name in self._trees

    def xml(self, name: str) -> etree._Element:
        """Return the root of a part; changes to it are kept."""
        if name not in self._trees:
            root = etree.fromstring(self._bytes[name], etree.XMLParser(**SAFE))
            self._trees[name], self._as_read[name] = root, etree.tostring(root)
        return self._trees[name]

    def text(self, name: str) -> str:
        return self._bytes[name].decode("utf-8", "replace")

    def put(self, name: str, content: str | etree._Element, content_type: str = "") -> None:
        """Add or replace a part; a content type is declared for it when given."""
        self._trees.pop(name, None)
        if isinstance(content, str):
            self._bytes[name] = content.encode("utf-8")
        else:
            self._bytes.setdefault(name, b"")
            self._trees[name] = content
        if content_type:
            self._declare(name, content_type)

    def _declare(self, name: str, content_type: str) -> None:
        types = self.xml(TYPES_PART)
        for node in types.iterfind(f"{{{CONTENT_TYPES}}}Override"):
            if node.get("PartName") == f"/{name}":
                node.set("ContentType", content_type)
                return
        etree.SubElement(types, f"{{{CONTENT_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def declare_default(self, extension: str, content_type: str) -> None:
        """Declare the content type of all parts with an extension, unless that is done."""
        types = self.xml(TYPES_PART)
        known = {n.get("Extension", "").lower() for n in types.iterfind(f"{{{CONTENT_TYPES}}}Default")}
        if extension not in known:
            node = etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension=extension, ContentType=content_type)
            types.insert(0, node)

    def relations(self, part: str) -> etree._Element:
        """Return the relations of a part, made when there are none yet."""
        name = _rels_of(part)
        if name not in self:
            self.put(
                name,
                etree.Element(f"{{{PACKAGE_RELATIONS}}}Relationships", nsmap=plain_space(PACKAGE_RELATIONS)),
            )
        return self.xml(name)

    def related(self, part: str, kind: str) -> tuple[str, str] | None:
        """Return identity and name of the first part that `part` is related to in this way."""
        for node in self.relations(part) if _rels_of(part) in self else ():
            if str(node.get("Type", "")).endswith(f"/{kind}") and node.get("TargetMode") != "External":
                return node.get("Id", ""), self.target(part, node.get("Target", ""))
        return None

    def target(self, part: str, target: str) -> str:
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate `part` to the part `target` and return the new identity."""
        relations = self.relations(part)
        used = {node.get("Id") for node in relations}
        identity = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        etree.SubElement(
            relations,
            f"{{{PACKAGE_RELATIONS}}}Relationship",
            Id=identity,
            Type=f"{self.relation_space}/{kind}",
            Target=f"/{target}",
        )
        return identity

    @cached_property
    def workbook(self) -> str:
        found = self.related("", "officeDocument")
        return found[1] if found else "xl/workbook.xml"

    @cached_property
    def space(self) -> str:
        """The namespace of the spreadsheet's elements (transitional or strict)."""
        return etree.QName(self.xml(self.workbook)).namespace or ""

    @cached_property
    def relation_space(self) -> str:
        strict = "purl.oclc.org" in self.space
        home = "http://purl.oclc.org/ooxml" if strict else "http://schemas.openxmlformats.org"
        return (
            f"{home}/officeDocument/relationships" if strict else f"{home}/officeDocument/2006/relationships"
        )

    def tag(self, name: str) -> str:
        return f"{{{self.space}}}{name}"

    def new_name(self, pattern: str) -> str:
        """Return the first unused part name; `pattern` has `{}` for the number."""
        return next(name for n in range(1, 100_000) if (name := pattern.format(n)) not in self)

    def drop_macros(self) -> None:
        """Take macros out, so that the file is an ordinary workbook again."""
        relations = self.relations(self.workbook)
        for node in list(relations):
            if str(node.get("Type", "")).rpartition("/")[2] in MACRO_WORDS:
                self._bytes.pop(self.target(self.workbook, node.get("Target", "")), None)
                relations.remove(node)
        types = self.xml(TYPES_PART)
        for node in list(types):
            if any(word in node.get("PartName", "") for word in MACRO_WORDS):
                types.remove(node)
        self._declare(self.workbook, WORKBOOK_TYPE)

    def save(self) -> bytes:
        """Return the package; the same parts always give the same bytes."""
        return packed((name, self._written(name, data)) for name, data in self._bytes.items())

    def _written(self, name: str, data: bytes) -> bytes:
        """Return the bytes of a part; one that was not changed stays as it was read."""
        tree = self._trees.get(name)
        if tree is None or etree.tostring(tree) == self._as_read.get(name):
            return data
        return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)


def insert_in_order(parent: etree._Element, node: etree._Element, order: tuple[str, ...]) -> None:
    """Insert `node` before the first child that the schema puts after it; `order` are the later elements' names."""
    for place, child in enumerate(parent):
        if isinstance(child.tag, str) and etree.QName(child).localname in order:
            parent.insert(place, node)
            return
    parent.append(node)


def _rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def plain_space(space: str) -> dict[Any, str]:
    """Return the map that makes a namespace the unprefixed one."""
    return {None: space}


def unset(node: etree._Element, name: str) -> None:
    """Take an attribute away, if it is there."""
    if name in node.attrib:
        del node.attrib[name]
