"""Blocks of content as paragraphs, tables and pictures of a Word document, in the styles of its template."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from junheng.errors import OutputProblem
from junheng.report.content.model import Block, Contents, Heading, Paragraph, Picture, Table
from junheng.report.word.contents import Captions, resolve
from junheng.report.word.package import Package
from junheng.report.word.sections import TextArea
from junheng.report.word.styles import Styles
from junheng.report.word.tables import BODY_STYLE, HEAD_STYLE, build_table, note_lines
from junheng.report.word.xml import PIC, WP, A, Element, R, append_text, clean, el, q

HEADING_STYLES: Final = {1: "heading 1", 2: "heading 2", 3: "heading 3"}
PARAGRAPH_STYLES: Final = {"body": "公文正文", "plain": "公文顶格", "note": "公文注释"}
TABLE_CAPTION: Final = "表标题"
TABLE_UNIT: Final = "表单位"
TABLE_NOTE: Final = "表注"
PICTURE: Final = "图片"
FIGURE_CAPTION: Final = "图标题"

_EMU_PER_TWIP: Final = 635
# A picture leaves room on its page for the caption and a line of text.
_TALLEST: Final = 0.86
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass
class BlockWriter:
    """Turns blocks into elements; `wide` collects what has to be on landscape pages, `contents` where a contents
    list is wanted and its levels. `numbers` says what the references in the text mean."""

    package: Package
    styles: Styles
    figures_dir: Path
    captions: Captions = field(default_factory=Captions)
    wide: list[Element] = field(default_factory=list)
    contents: list[tuple[Element, int]] = field(default_factory=list)
    numbers: Mapping[str, str] = field(default_factory=dict)
    _pictures: dict[str, str] = field(default_factory=dict)

    def write(self, blocks: Iterable[Block], portrait: TextArea, landscape: TextArea) -> list[Element]:
        """Return the elements of the blocks, in order."""
        made: list[Element] = []
        for block in blocks:
            match block:
                case Heading():
                    made.append(self._paragraph(HEADING_STYLES[block.level], block.text, page=block.page))
                case Paragraph():
                    text = resolve(block.text, self.numbers)
                    made.append(self._paragraph(PARAGRAPH_STYLES[block.style], text))
                case Contents():
                    made.append(el("p", el("pPr")))
                    self.contents.append((made[-1], block.levels))
                case Picture():
                    made += self._picture(block, portrait)
                case Table():
                    made += self._table(block, landscape if block.spec.landscape else portrait)
        return made

    def _paragraph(self, style: str, text: str, keep: bool = False, page: bool = False) -> Element:
        properties = el("pPr", el("pStyle", val=self.styles.id(style)))
        if keep:
            properties.append(el("keepNext"))
        if page:
            properties.append(el("pageBreakBefore"))
        run = el("r")
        append_text(run, text)
        return el("p", properties, run)

    def _table(self, table: Table, area: TextArea) -> list[Element]:
        caption = self.captions.numbered("表", table.caption)
        notes = note_lines(table)
        body = build_table(table, area.width, self.styles.id(HEAD_STYLE), self.styles.id(BODY_STYLE))
        made = [self._paragraph(TABLE_CAPTION, caption)] if caption else []
        if table.spec.unit:
            made.append(self._paragraph(TABLE_UNIT, f"单位：{table.spec.unit}"))
        made.append(body)
        made += [self._paragraph(TABLE_NOTE, line, keep=line is not notes[-1]) for line in notes]
        if table.spec.landscape:
            self.wide += made
        return made

    def _picture(self, picture: Picture, area: TextArea) -> list[Element]:
        path = self.figures_dir / picture.file
        caption = self.captions.numbered("图", picture.caption)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise OutputProblem(f"缺少图片{picture.file}，无法写入“{caption}”。") from error
        width, height = _png_size(data, picture.file)
        scale = min(picture.width, 1.0) * area.width / width
        scale = min(scale, _TALLEST * area.height / height)
        if picture.file not in self._pictures:
            self._pictures[picture.file] = self.package.add_picture(self.package.main, data)
        extent = (round(width * scale) * _EMU_PER_TWIP, round(height * scale) * _EMU_PER_TWIP)
        holder = self._paragraph(PICTURE, "")
        holder[-1].append(_drawing(self._pictures[picture.file], clean(picture.alt), caption, extent))
        return [holder, self._paragraph(FIGURE_CAPTION, caption)]


def _png_size(data: bytes, name: str) -> tuple[int, int]:
    if not data.startswith(_PNG) or len(data) < 24:
        raise OutputProblem(f"图片{name}不是PNG格式，无法写入Word。")
    width, height = struct.unpack(">II", data[16:24])
    if not width or not height:
        raise OutputProblem(f"图片{name}的宽或高为0，无法写入Word。")
    return width, height


def _drawing(relation: str, alt: str, name: str, extent: tuple[int, int]) -> Element:
    """Return an inline picture; its ids are set when the document is complete."""
    size = {"cx": str(extent[0]), "cy": str(extent[1])}
    drawing = etree.Element(q("drawing"))
    inline = etree.SubElement(
        drawing,
        q("wp:inline"),
        dict.fromkeys(("distT", "distB", "distL", "distR"), "0"),
        nsmap={"wp": WP, "a": A},
    )
    etree.SubElement(inline, q("wp:extent"), size)
    etree.SubElement(inline, q("wp:effectExtent"), dict.fromkeys("ltrb", "0"))
    etree.SubElement(inline, q("wp:docPr"), {"id": "1", "name": name, "descr": alt})
    frame = etree.SubElement(inline, q("wp:cNvGraphicFramePr"))
    etree.SubElement(frame, q("a:graphicFrameLocks"), {"noChangeAspect": "1"})
    data = etree.SubElement(etree.SubElement(inline, q("a:graphic")), q("a:graphicData"), {"uri": PIC})
    picture = etree.SubElement(data, q("pic:pic"), nsmap={"pic": PIC})
    labels = etree.SubElement(picture, q("pic:nvPicPr"))
    etree.SubElement(labels, q("pic:cNvPr"), {"id": "1", "name": name, "descr": alt})
    etree.SubElement(labels, q("pic:cNvPicPr"))
    fill = etree.SubElement(picture, q("pic:blipFill"))
    etree.SubElement(fill, q("a:blip"), {f"{{{R}}}embed": relation})
    etree.SubElement(etree.SubElement(fill, q("a:stretch")), q("a:fillRect"))
    shape = etree.SubElement(picture, q("pic:spPr"))
    transform = etree.SubElement(shape, q("a:xfrm"))
    etree.SubElement(transform, q("a:off"), {"x": "0", "y": "0"})
    etree.SubElement(transform, q("a:ext"), size)
    etree.SubElement(etree.SubElement(shape, q("a:prstGeom"), {"prst": "rect"}), q("a:avLst"))
    return drawing
