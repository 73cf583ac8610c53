"""Blocks of content as paragraphs, tables and pictures of a Word document, in the styles of its template."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from docx.document import Document as WordDocument
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.oxml.shape import CT_Inline
from docx.oxml.text.paragraph import CT_P
from docx.shared import Length, Twips

from junheng.errors import OutputProblem
from junheng.report.content.model import Block, ContentsList, Heading, Paragraph, Picture, Table
from junheng.report.word.captions import Captions, References, caption_key
from junheng.report.word.sections import TextArea
from junheng.report.word.styles import WordStyles
from junheng.report.word.tables import TableStyles, build_tables, note_lines
from junheng.report.word.text import Element, clean, element

HEADING_STYLES: Final = {1: "heading 1", 2: "heading 2", 3: "heading 3"}
PARAGRAPH_STYLES: Final = {"body": "公文正文", "plain": "公文顶格", "note": "公文注释"}
TABLE_CAPTION: Final = "表标题"
TABLE_UNIT: Final = "表单位"
TABLE_NOTE: Final = "表注"
CONTINUED: Final = "续表"
PICTURE: Final = "图片"
FIGURE_CAPTION: Final = "图标题"

KEPT, NEW_PAGE = "<w:keepNext/>", "<w:pageBreakBefore/>"
"""Switches of a paragraph."""
# A picture leaves room on its page for its caption and for the label and title of an annex that begins there.
_TALLEST: Final = 0.75
_NO_PICTURE: Final = (
    InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, struct.error, ZeroDivisionError,
)  # fmt: skip


@dataclass
class BlockWriter:
    """Turns blocks into elements; `wide` collects what has to be on landscape pages, `contents` where a contents
    list is wanted and its levels. `references` says what the references in the text mean."""

    word: WordDocument
    styles: WordStyles
    figures_dir: Path
    references: References
    captions: Captions = field(default_factory=Captions)
    wide: list[Element] = field(default_factory=list)
    contents: list[tuple[Element, int]] = field(default_factory=list)

    def write(self, blocks: Iterable[Block], portrait: TextArea, landscape: TextArea) -> list[Element]:
        """Return the elements of the blocks, in order."""
        made: list[Element] = []
        for block in blocks:
            match block:
                case Heading():
                    made.append(self._heading(block))
                case Paragraph():
                    made.append(self._paragraph(PARAGRAPH_STYLES[block.style], block.text))
                case ContentsList():
                    made.append(element("<w:p/>"))
                    self.contents.append((made[-1], block.levels))
                case Picture():
                    made += self._picture(block, portrait)
                case Table():
                    made += self._table(block, landscape if block.spec.landscape else portrait)
        return made

    def _heading(self, heading: Heading) -> Element:
        outline = f'<w:outlineLvl w:val="{heading.outline - 1}"/>' if heading.outline is not None else ""
        switches = f"{NEW_PAGE * heading.page}{outline}"
        return self._paragraph(HEADING_STYLES[heading.level], heading.text, switches)

    def _paragraph(self, style: str, text: str, switches: str = "") -> Element:
        return element(self._written(style, text, switches))

    def _written(self, style: str, text: str, switches: str = "") -> str:
        """Return a paragraph as XML, its references as fields."""
        inside = self.references.text(text, self.styles.chinese(self.styles.id(style)))
        return self._framed(style, inside, switches)

    def _caption(self, style: str, block: Table | Picture) -> tuple[str, list[Element]]:
        """Return a caption's text and its paragraph; none without text."""
        caption = self.captions.numbered("表" if isinstance(block, Table) else "图", block.caption)
        chinese = self.styles.chinese(self.styles.id(style))
        inside = self.references.caption(caption, caption_key(block), chinese)
        return caption.text, [element(self._framed(style, inside))] if caption.text else []

    def _framed(self, style: str, inside: str, switches: str = "") -> str:
        properties = f'<w:pPr><w:pStyle w:val="{self.styles.id(style)}"/>{switches}</w:pPr>'
        return f"<w:p>{properties}{inside}</w:p>"

    def _table(self, table: Table, area: TextArea) -> list[Element]:
        lines = note_lines(table)
        notes = [self._written(TABLE_NOTE, line, KEPT * (line is not lines[-1])) for line in lines]
        made = self._caption(TABLE_CAPTION, table)[1]
        if table.spec.unit:
            made.append(self._paragraph(TABLE_UNIT, f"单位：{table.spec.unit}"))
        bands, below = build_tables(table, area.width, TableStyles.of(self.styles), notes)
        for number, band in enumerate(bands):
            if number:  # Word joins tables that nothing parts
                made.append(self._paragraph(TABLE_NOTE, "", KEPT))
            made.append(element(band[0]))
            for part in band[1:]:
                made += [self._paragraph(TABLE_UNIT, CONTINUED, NEW_PAGE), element(part)]
        made += map(element, below)
        if table.spec.landscape:
            self.wide += made
        return made

    def _picture(self, picture: Picture, area: TextArea) -> list[Element]:
        caption, below = self._caption(FIGURE_CAPTION, picture)
        inline = self._inline(picture, caption, area)
        inline.docPr.set("name", caption)
        inline.docPr.set("descr", clean(picture.alt))
        holder = element(self._framed(PICTURE, ""))
        assert isinstance(holder, CT_P)
        holder.add_r().add_drawing(inline)
        return [holder, *below]

    def _inline(self, picture: Picture, caption: str, area: TextArea) -> CT_Inline:
        """Return a picture as large as asked for and as its page allows; its id is set with the others' at the end."""
        try:
            relation, image = self.word.part.get_or_add_image(str(self.figures_dir / picture.file))
            width = min(picture.width, 1.0) * Twips(area.width)
            width = min(width, _TALLEST * Twips(area.height) * image.px_width / image.px_height)
            height = width * image.px_height / image.px_width
        except OSError as error:
            raise OutputProblem(f"缺少图片{picture.file}，无法写入“{caption}”。") from error
        except _NO_PICTURE as error:
            raise OutputProblem(f"图片{picture.file}不是完整的图片文件，无法写入“{caption}”。") from error
        return CT_Inline.new_pic_inline(
            1, relation, picture.file, Length(round(width)), Length(round(height))
        )
