"""A .docx as a package of parts: read, related, and written so that the same content gives the same bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from junheng.errors import DAMAGED_ZIP, OutputProblem, ParamsProblem, refused
from junheng.report.word.xml import Element, R, clean

CONTENT_TYPES: Final = "[Content_Types].xml"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
STAMP: Final = "1980-01-01T00:00:00Z"
"""When a document says it was made: a constant, as a zip archive cannot hold an earlier date."""

_PACKED: Final = (".png", ".jpg", ".jpeg")
"""Parts that are packed already."""
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
# A part this large is no office text; a template that unpacks to more is a zip bomb.
_LARGEST_TEMPLATE: Final = 64 * 2**20
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_STORIES: Final = tuple(
    f"{_MAIN}{kind}+xml" for kind in ("document.main", "header", "footer", "footnotes", "endnotes")
)
# Parts that name the person or the machine a template was edited on.
_PERSONAL: Final = (
    "docProps/custom.xml",
    "docProps/thumbnail.jpeg",
    "docProps/thumbnail.emf",
    "word/people.xml",
)

_CORE: Final = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
)
_APP: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>junheng</Application></Properties>"
)


def parse(data: bytes) -> Element:
    """Parse XML of a part: no entities, no network, whatever its size."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def serialise(root: Element) -> bytes:
    """Return the bytes of a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations_of(part: str) -> str:
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


@dataclass
class Package:
    """The parts of a document: raw bytes by name, and the parsed roots of those that are changed."""

    name: str
    parts: dict[str, bytes]
    roots: dict[str, Element] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Package:
        """Read a template; raises ParamsProblem when it is missing or no Word file."""
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(info.file_size for info in archive.infolist()) > _LARGEST_TEMPLATE:
                    raise ParamsProblem(f"模板{path.name}解压后过大，请另存为普通的docx文件。")
                package = cls(path.name, {name: archive.read(name) for name in archive.namelist()})
            package.main  # noqa: B018 - a file without a main part is no Word file
        except FileNotFoundError as error:
            raise ParamsProblem(f"缺少Word模板{path.name}（应在{path.parent.name}目录下）。") from error
        except (OSError, *DAMAGED_ZIP, KeyError, StopIteration, etree.XMLSyntaxError) as error:
            raise ParamsProblem(f"模板{path.name}不是可用的Word文件（docx），请用Word重新保存。") from error
        return package

    def root(self, name: str) -> Element:
        """Return the parsed root of a part; what is done to it is written."""
        if name not in self.roots:
            self.roots[name] = parse(self.parts[name])
        return self.roots[name]

    @property
    def main(self) -> str:
        """The name of the document part."""
        return next(iter(self.stories()))

    def stories(self) -> list[str]:
        """Return the parts that hold paragraphs: the document, then headers, footers and notes by name."""
        typed = {
            override.get("PartName", "").lstrip("/"): override.get("ContentType", "")
            for override in self.root(CONTENT_TYPES).findall(f"{{{TYPES}}}Override")
        }
        named = sorted((_STORIES.index(kind), name) for name, kind in typed.items() if kind in _STORIES)
        if not named or named[0][0]:
            raise KeyError(_STORIES[0])
        return [name for _, name in named]

    def relations(self, part: str) -> Element:
        """Return the relationships of a part (an empty set when it has none)."""
        name = _relations_of(part)
        if name in self.parts:
            return self.root(name)
        return parse(f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode())

    def related(self, part: str, kind: str) -> str | None:
        """Return the name of the part that `part` refers to as `kind` (styles, settings …), or None."""
        for relation in self.relations(part):
            if relation.get("Type", "").rpartition("/")[2] == kind:
                return posixpath.normpath(posixpath.join(posixpath.dirname(part), relation.get("Target", "")))
        return None

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship and return its id."""
        relations = self.relations(part)
        self.parts.setdefault(_relations_of(part), b"")
        self.roots[_relations_of(part)] = relations
        taken = {relation.get("Id") for relation in relations}
        number = next(number for number in range(1, len(taken) + 2) if f"rJh{number}" not in taken)
        made = etree.SubElement(relations, f"{{{RELATIONSHIPS}}}Relationship")
        made.set("Id", f"rJh{number}")
        made.set("Type", f"{R}/{kind}")
        made.set("Target", posixpath.relpath(target, posixpath.dirname(part) or "."))
        return f"rJh{number}"

    def add_picture(self, part: str, data: bytes) -> str:
        """Store a PNG and return the id by which `part` refers to it."""
        number = sum(name.startswith("word/media/figure") for name in self.parts) + 1
        name = f"word/media/figure{number}.png"
        self.parts[name] = data
        types = self.root(CONTENT_TYPES)
        if not any(default.get("Extension", "").lower() == "png" for default in types):
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension="png", ContentType="image/png"))
        return self.relate(part, "image", name)

    def describe(self, title: str, subject: str, keywords: str) -> None:
        """Write the document properties; nothing of the template's own (author, company, dates) remains."""
        for name in (name for name in _PERSONAL if name in self.parts):
            self._drop(name)
        core = etree.fromstring(_CORE)
        terms, dublin = core.nsmap["dcterms"], core.nsmap["dc"]
        for tag, text in ((f"{{{dublin}}}title", title), (f"{{{dublin}}}subject", subject)):
            etree.SubElement(core, tag).text = clean(text)
        etree.SubElement(core, f"{{{core.nsmap['cp']}}}keywords").text = clean(keywords)
        etree.SubElement(core, f"{{{dublin}}}language").text = "zh-CN"
        for tag in ("created", "modified"):
            moment = etree.SubElement(core, f"{{{terms}}}{tag}")
            moment.set(f"{{{core.nsmap['xsi']}}}type", "dcterms:W3CDTF")
            moment.text = STAMP
        self._replace("docProps/core.xml", serialise(core))
        self._replace("docProps/app.xml", _APP.encode())

    def _replace(self, name: str, data: bytes) -> None:
        if name in self.parts:
            self.roots.pop(name, None)
            self.parts[name] = data

    def _drop(self, name: str) -> None:
        del self.parts[name]
        self.roots.pop(name, None)
        for override in self.root(CONTENT_TYPES).findall(f"{{{TYPES}}}Override[@PartName='/{name}']"):
            self.root(CONTENT_TYPES).remove(override)
        for holder in ("", self.main):
            for relation in list(self.relations(holder)):
                target = posixpath.join(posixpath.dirname(holder), relation.get("Target", "")).lstrip("/")
                if posixpath.normpath(target) == name:
                    self.relations(holder).remove(relation)

    def write(self, target: Path) -> None:
        """Write the package: parts in a fixed order with a fixed date."""
        for name, root in self.roots.items():
            self.parts[name] = serialise(root)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in sorted(self.parts, key=lambda name: (name != CONTENT_TYPES, name)):
                info = zipfile.ZipInfo(name, _ZIP_DATE)
                info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
                info.create_system = 0
                archive.writestr(info, self.parts[name])
        try:
            target.write_bytes(buffer.getvalue())
        except OSError as error:
            raise OutputProblem(f"无法写入{target.name}：{refused(error)}。") from error
