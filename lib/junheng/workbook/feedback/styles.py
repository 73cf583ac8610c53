"""Adding cell styles to a workbook's style sheet, each derived from a style that is already there."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from junheng.workbook.feedback.parts import SPREADSHEET_TYPE, EditedPackage, insert_in_order, plain_space

ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip


class BookStyles:
    """The style sheet of a package. Every method returns an index as cells use it."""

    def __init__(self, parts: EditedPackage) -> None:
        self._parts = parts
        self._made: dict[tuple[object, ...], int] = {}
        found = parts.related(parts.workbook_part, "styles")
        if found:
            self._root = parts.xml(found)
        else:
            name = parts.new_name("xl/styles{}.xml")
            self._root = etree.Element(parts.tag("styleSheet"), nsmap=plain_space(parts.space))
            parts.put(name, self._root, f"{SPREADSHEET_TYPE}styles+xml")
            parts.relate(parts.workbook_part, "styles", name)
        self._ensure("fonts", "font")
        self._ensure("fills", "fill")
        self._ensure("borders", "border")
        self._ensure("cellStyleXfs", "xf")
        self._ensure("cellXfs", "xf")

    def filled(self, base: int, colour: str) -> int:
        """Return the style `base` with a solid fill; without colour, with no fill at all."""
        return self._once(("filled", base, colour), lambda: self._filled(base, colour))

    def _filled(self, base: int, colour: str) -> int:
        fill = self._fill(colour) if colour else "0"
        return self._derive(base, {"fillId": fill, "applyFill": "1"})

    def text(
        self, *, bold: bool = False, size: int = 10, colour: str = "", fill: str = "", border: bool = True,
        align: str = "left",
    ) -> int:  # fmt: skip
        """Return a style for the feedback sheet: wrapped text."""
        key = ("text", bold, size, colour, fill, border, align)
        return self._once(key, lambda: self._text(bold, size, colour, fill, border, align))

    def _text(self, bold: bool, size: int, colour: str, fill: str, border: bool, align: str) -> int:
        marks = ("<b/>" if bold else "") + ("<u/>" if colour else "")
        paint = f'<color rgb="FF{colour}"/>' if colour else ""
        font = self._add("fonts", f'<font>{marks}<sz val="{size}"/>{paint}<name val="宋体"/></font>')
        line = '<{0} style="thin"><color rgb="FF808080"/></{0}>'
        sides = "".join(line.format(side) for side in ("left", "right", "top", "bottom")) if border else ""
        attributes = {
            "numFmtId": "0",
            "fontId": font,
            "fillId": self._fill(fill) if fill else "0",
            "borderId": self._add("borders", f"<border>{sides}</border>") if border else "0",
            "applyFont": "1",
            "applyFill": "1",
            "applyBorder": "1",
            "applyAlignment": "1",
        }
        number = self._derive(0, attributes)
        node = self._list("cellXfs")[number]
        for child in list(node):
            node.remove(child)
        etree.SubElement(
            node, self._parts.tag("alignment"), horizontal=align, vertical="center", wrapText="1"
        )
        return number

    def _fill(self, colour: str) -> str:
        pattern = f'<patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill>'
        key = ("fill", colour)
        return str(self._once(key, lambda: int(self._add("fills", f"<fill>{pattern}</fill>"))))

    def _derive(self, base: int, attributes: Mapping[str, str]) -> int:
        formats = self._list("cellXfs")
        node = deepcopy(formats[base if base < len(formats) else 0])
        for name, value in attributes.items():
            node.set(name, value)
        return int(self._append("cellXfs", node))

    def _once(self, key: tuple[object, ...], make: object) -> int:
        if key not in self._made:
            self._made[key] = make()  # type: ignore[operator]
        return self._made[key]

    def _add(self, group: str, text: str) -> str:
        return self._append(group, self._element(text))

    def _append(self, group: str, node: etree._Element) -> str:
        members = self._list(group)
        members.append(node)
        members.set("count", str(len(members)))
        return str(len(members) - 1)

    def _element(self, text: str) -> etree._Element:
        head, _, rest = text.partition(">")
        slash = "/" if head.endswith("/") else ""
        return etree.fromstring(f'{head.rstrip("/")} xmlns="{self._parts.space}"{slash}>{rest}')

    def _list(self, group: str) -> etree._Element:
        found = self._root.find(self._parts.tag(group))
        assert found is not None
        return found

    def _ensure(self, group: str, member: str) -> None:
        found = self._root.find(self._parts.tag(group))
        if found is None:
            found = etree.Element(self._parts.tag(group))
            insert_in_order(self._root, found, ORDER[ORDER.index(group) + 1 :])
        if len(found) == 0:
            etree.SubElement(found, self._parts.tag(member))
            found.set("count", "1")
