"""Opens every written file again and looks for what must not leave the house.

An empty or broken file, a tag that was not filled, the words programs write for a missing value, boxes for
missing characters, a font replaced in silence, a user's name. Each finding is an OutputProblem that says
which file, which page or paragraph, and what; a failed check fails the county.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2
from docx.oxml.ns import qn
from lxml import etree

from junheng.errors import DAMAGED_ZIP, OutputProblem
from junheng.report import fonts
from junheng.report.content.model import Document, Heading, Picture, Table
from junheng.report.excel.reading import makers_and_cells
from junheng.report.word.text import Element, clean, paragraph_text, parse

# Tags, words for missing values, boxes and replacement characters, private-use characters (no font has them),
# control characters.
_FORBIDDEN: Final = re.compile(
    r"\{\{|\}\}|\{%|%\}|(?<![A-Za-z_])(?:nan|NaN|NAN|NaT|None|null|undefined|inf|Infinity)(?![A-Za-z_])"
    r"|#(?:REF|DIV/0|N/A|NAME\?|VALUE|NUM|NULL)!?"
    "|[\u25a1\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
# pdfium writes these for a hyphen at a line's end.
_PDFIUM_MARKS: Final = str.maketrans("", "", "\x02\ufffe")
# Who may stand as the maker of a file: nobody, or a program.
_MAKERS: Final = {"", "junheng", "openpyxl"}
_CORE: Final = "docProps/core.xml"


def check_text(text: str, path: Path, place: str) -> None:
    """Raise OutputProblem when `text`, which stands at `place` in `path`, holds what must not leave the house."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return
    piece = found.group()
    shown = piece if piece.isprintable() and not "\ue000" <= piece <= "\uf8ff" else f"U+{ord(piece[0]):04X}"
    around = " ".join(clean(text[max(0, found.start() - 8) : found.end() + 8]).split())
    raise OutputProblem(f"{path.name}{place}出现了不应有的“{shown}”（“{around}”），该文件不能发出。")


def inspect_word(path: Path, document: Document) -> None:
    """Check a Word file against the document it was made from; raises OutputProblem."""
    parts = _unzip(path)
    roots = {
        name: _parse(path, name, data) for name, data in parts.items() if name.endswith((".xml", ".rels"))
    }
    core = roots.get(_CORE, ())
    makers = (item.text for item in core if etree.QName(item).localname in ("creator", "lastModifiedBy"))
    _check_makers(path, makers, document.author)
    main = roots.get("word/document.xml")
    if main is None:
        raise OutputProblem(f"{path.name}里没有正文。")
    for name, root in roots.items():
        for number, paragraph in enumerate(root.iter(qn("w:p")), start=1):
            place = f"第{number}段" if root is main else f"的{posixpath.basename(name)}"
            text = paragraph_text(paragraph)
            check_text(text, path, place)
            _check_glyphs(text, path, place)
    _check_blocks(path, main, document)


def _check_glyphs(text: str, path: Path, place: str) -> None:
    if boxes := fonts.without_glyph(text):
        told = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in boxes)
        raise OutputProblem(f"{path.name}{place}的字符{told}在各字体中都没有，会印成方框，请改用其他写法。")


def _check_blocks(path: Path, main: Element, document: Document) -> None:
    texts = {paragraph_text(paragraph) for paragraph in main.iter(qn("w:p"))}
    lines = "\n".join(texts) + "\n"
    blocks = [block for group in document.blocks.values() for block in group]
    for block in blocks:
        title = block.text if isinstance(block, Heading) else getattr(block, "caption", "")
        if title and clean(title).strip().replace("\n", "") + "\n" not in lines:
            raise OutputProblem(f"{path.name}里缺少“{title}”。")
    tables = sum(isinstance(block, Table) for block in blocks)
    rows = sum(len(block.rows) + 1 for block in blocks if isinstance(block, Table))
    pictures = sum(isinstance(block, Picture) for block in blocks)
    wanted = (("tbl", tables, "个表格"), ("tr", rows, "行表格"), ("drawing", pictures, "幅图"))
    for tag, count, unit in wanted:
        found = sum(1 for _ in main.iter(qn(f"w:{tag}")))
        if found < count:
            raise OutputProblem(f"{path.name}应有{count}{unit}，实有{found}。")


def inspect_pdf(path: Path, must_contain: Sequence[str]) -> int:
    """Check a PDF: pages, text, and fonts (all embedded, none substituted); returns the number of pages."""
    _check_fonts(path)
    try:
        pages = page_texts(path)
    except pypdfium2.PdfiumError as error:
        raise OutputProblem(f"{path.name}无法打开，不是完整的PDF。") from error
    for number, text in enumerate(pages, start=1):
        check_text(text.translate(_PDFIUM_MARKS), path, f"第{number}页")
    whole = "".join("".join(pages).split())
    for wanted in must_contain:
        if "".join(wanted.split()) not in whole:
            raise OutputProblem(f"{path.name}的文字里没有“{wanted}”，PDF可能丢失了中文。")
    return len(pages)


def page_texts(path: Path) -> list[str]:
    """The text of each page of a PDF."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [_page_text(page) for page in pdf]
    finally:
        pdf.close()


def _page_text(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    text = str(text_page.get_text_range())
    text_page.close()
    page.close()
    return text


def _check_fonts(path: Path) -> None:
    expected = fonts.expected_pdf_fonts()
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if pdf.get_warnings():  # qpdf mends a file that was cut off, and says so
                raise OutputProblem(f"{path.name}已损坏，不是完整的PDF。")
            if not len(pdf.pages):
                raise OutputProblem(f"{path.name}没有页。")
            seen: set[tuple[int, int]] = set()
            for number, page in enumerate(pdf.pages, start=1):
                for font in _fonts_of(page.obj.get("/Resources"), seen):
                    _check_font(path, number, font, expected)
    except (pikepdf.PdfError, OSError) as error:
        raise OutputProblem(f"{path.name}无法打开，不是完整的PDF。") from error
    if not seen:
        raise OutputProblem(f"{path.name}没有文字。")


def _fonts_of(resources: pikepdf.Object | None, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    """Yield each font of a page once, also those of forms drawn on it."""
    if resources is None:
        return
    for kind in ("/Font", "/XObject"):
        for _, item in (resources.get(kind) or pikepdf.Dictionary()).items():
            # The pages of LibreOffice share their fonts, and a form may hold itself.
            if item is None or (item.is_indirect and item.objgen in seen):
                continue
            seen.add(item.objgen)
            if kind == "/Font":
                yield item
            else:
                yield from _fonts_of(item.get("/Resources"), seen)


def _check_font(path: Path, page: int, font: pikepdf.Object, expected: frozenset[str]) -> None:
    name = re.sub(r"^[A-Z]{6}\+", "", str(font.get("/BaseFont", "/")).lstrip("/"))
    if name not in expected:
        raise OutputProblem(
            f"{path.name}第{page}页用了预期之外的字体“{name or '无名'}”，字体可能缺失而被替换。"
        )
    described = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
    files = described.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(key in files for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        raise OutputProblem(f"{path.name}第{page}页的字体“{name}”没有嵌入。")


def inspect_workbook(path: Path) -> None:
    """Check an Excel file: sheets, texts, error values, no macros or links to other files; raises OutputProblem."""
    makers, cells = makers_and_cells(path)
    _check_makers(path, makers)
    for name in _unzip(path):
        if "vbaProject" in name or name.startswith("xl/externalLinks"):
            raise OutputProblem(f"{path.name}含有宏或指向其他文件的链接（{posixpath.basename(name)}）。")
    if not cells:
        raise OutputProblem(f"{path.name}没有内容。")
    for place, text, wrong in cells:
        if wrong:
            raise OutputProblem(f"{path.name}{place}是错误值{text}。")
        check_text(text, path, place)


def inspect_csv(path: Path, columns: Sequence[str]) -> None:
    """Check a CSV file: UTF-8, exactly these columns, rows of equal length, no words for missing values."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputProblem(f"{path.name}无法读取，或不是UTF-8编码。") from error
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise OutputProblem(f"{path.name}格式有误：{error}。") from error
    if not rows or rows[0] != list(columns):
        raise OutputProblem(
            f"{path.name}的列应为{','.join(columns)}，实为{','.join(rows[0]) if rows else '空'}。"
        )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            raise OutputProblem(f"{path.name}第{number}行应有{len(columns)}列，实有{len(row)}列。")
        for name, cell in zip(columns, row, strict=True):
            check_text(cell, path, f"第{number}行“{name}”")


def inspect_picture(path: Path) -> None:
    """Check a picture of the evidence: a PNG that opens to its last pixel; raises OutputProblem."""
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise OutputProblem(f"图“{path.name}”不是完整的PNG图片，无法打开，报告不予发布。") from error


def _unzip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, *DAMAGED_ZIP) as error:
        raise OutputProblem(f"{path.name}无法打开，文件不完整。") from error


def _parse(path: Path, name: str, data: bytes) -> Element:
    try:
        return parse(data)
    except etree.XMLSyntaxError as error:
        raise OutputProblem(f"{path.name}的{name}格式有误：{error}。") from error


def _check_makers(path: Path, names: Iterable[str | None], author: str = "") -> None:
    """Raise when a file names the person who made it; `author` is the office that signs."""
    for name in names:
        if (name or "").strip() not in _MAKERS | {author}:
            raise OutputProblem(f"{path.name}的文档属性里有用户名“{name}”。")
