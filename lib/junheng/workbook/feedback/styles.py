"""Adding cell styles to a workbook's style sheet; those that are there keep their numbers, for every cell refers to them."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from junheng.workbook.feedback.parts import SPREADSHEET_TYPE, EditedPackage, insert_in_order, plain_space

ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
PARTS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}
"""What a cell style refers to by number, and where that stands."""
MEMBERS = {"fonts": "font", "fills": "fill", "borders": "border", "cellStyleXfs": "xf", "cellXfs": "xf"}


class BookStyles:
    """The style sheet of a package. Every method returns an index as cells use it."""

    def __init__(self, parts: EditedPackage) -> None:
        self._parts = parts
        self._fills: dict[str, str] = {"": "0"}  # the first fill of every style sheet is none
        self._filled: dict[tuple[int, str], int] = {}
        found = parts.related(parts.workbook_part, "styles")
        if found:
            self._root = parts.xml(found)
        else:
            name = parts.new_name("xl/styles{}.xml")
            self._root = etree.Element(parts.tag("styleSheet"), nsmap=plain_space(parts.space))
            parts.put(name, self._root, f"{SPREADSHEET_TYPE}styles+xml")
            parts.relate(parts.workbook_part, "styles", name)
        for group, member in MEMBERS.items():
            self._ensure(group, member)

    def filled(self, base: int, colour: str) -> int:
        """Return the style `base` with a solid fill; without colour, with no fill at all."""
        if (base, colour) not in self._filled:
            formats = self._list("cellXfs")
            node = deepcopy(formats[base if base < len(formats) else 0])
            node.set("fillId", self._fill(colour))
            node.set("applyFill", "1")
            self._filled[base, colour] = self._append("cellXfs", node)
        return self._filled[base, colour]

    def adopt(self, other: etree._Element) -> int:
        """Add all cell styles of another style sheet; return what their numbers are raised by."""
        raised = {
            name: self._append(group, *other.findall(f"{{*}}{group}/*")) for name, group in PARTS.items()
        }
        formats = other.findall("{*}cellXfs/*")
        for node in formats:
            for name, by in raised.items():
                node.set(name, str(int(node.get(name, "0")) + by))
            node.set("xfId", "0")
        return self._append("cellXfs", *formats)

    def _fill(self, colour: str) -> str:
        if colour not in self._fills:
            fill = etree.Element(self._parts.tag("fill"))
            pattern = etree.SubElement(fill, self._parts.tag("patternFill"), patternType="solid")
            etree.SubElement(pattern, self._parts.tag("fgColor"), rgb=f"FF{colour}")
            etree.SubElement(pattern, self._parts.tag("bgColor"), indexed="64")
            self._fills[colour] = str(self._append("fills", fill))
        return self._fills[colour]

    def _append(self, group: str, *nodes: etree._Element) -> int:
        """Add members to a group; return the number of the first."""
        members = self._list(group)
        first = len(members)
        members.extend(nodes)
        members.set("count", str(len(members)))
        return first

    def _list(self, group: str) -> etree._Element:
        found = self._root.find(self._parts.tag(group))
        assert found is not None
        return found

    def _ensure(self, group: str, member: str) -> None:
        """Writers may leave out a group that nothing refers to; each has a first member here, the usual look."""
        found = self._root.find(self._parts.tag(group))
        if found is None:
            found = etree.Element(self._parts.tag(group))
            insert_in_order(self._root, found, ORDER[ORDER.index(group) + 1 :])
        if len(found) == 0:
            etree.SubElement(found, self._parts.tag(member))
            found.set("count", "1")
