"""Make every document of six kinds of county, render its pages, and report what is wrong with them.

    .venv/bin/python scripts/check_pages.py [--to FOLDER] [CASE ...]

The counties are demo workbooks, changed to be hard to print: two schools only, no 初中, 90 failing schools with names
of 40 characters. Each page goes to FOLDER as PNG when one is named. Prints a line a fault and exits 1 when there is any.
"""

from __future__ import annotations

import argparse
import ctypes
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pypdfium2.raw as pdfium

from junheng.lab import county as county_lab
from junheng.lab.additions import made_word
from junheng.report.content.names import REPORTS
from junheng.report.fonts import RARE
from junheng.report.pdf.convert import Converter
from junheng.report.word.contents import settle_contents
from junheng.report.word.document import save_word

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2024
MM = 72 / 25.4
SHEET = "学校"
LEAST_LINES = 4
"""A page with fewer lines of text and no picture is a leftover."""
LEAST_ABOVE = 2
"""Lines of text that a signature has above it on its page, at least; the list of annexes does not count."""
LEAST_SIZE = 9.0
"""小五, the least size of type in a table (points)."""
BODY_SIZE, TITLE_SIZE = 15.0, 20.0
"""Larger type is running text (三号), a title (二号)."""
MOST_BLANK = 0.5
"""A table that is moved whole to the next page may leave half a page blank, not more."""
HEADING = re.compile(r"[一二三四五六七八九十]+、\S|（[一二三四五六七八九十]+）\S")
CAPTION = re.compile(r"(?:表|续表)[ⅠⅡⅢⅣⅤⅥ\d][-\d]*\s?\S|附件\d")
ANNEX = re.compile(r"附件\d+")
LISTED_ANNEX = re.compile(r"附件：|\d+\.")
DATED = re.compile(r"(?:\d{4})?年\d{0,2}月\d{0,2}日")
LEVELS = (
    re.compile(r"[一二三四五六七八九十]+、"),
    re.compile(r"（[一二三四五六七八九十]+）"),
    re.compile(r"\d+\. ?\D"),
)
"""How headings are numbered, from the first level to the third."""
HANGING = "，。、；：！？）》〉”’"
"""Marks that may stand beyond the right edge at a line's end (GB/T 9704 pages have 28 characters a line, as Word sets them)."""
HAN = re.compile(r"[\u4e00-\u9fff]")
ONE_A_LINE = 4
"""So many Chinese characters, each a line of its own in one cell, show that a column is too narrow."""
FEW_LETTERS, FEW_LINES = {False: 4.2, True: 3.2}, 3
"""A cell of so many lines, none of them longer than so many letters, is too narrow: on a portrait, a landscape page
(the heads of 表Ⅱ-2 have 14 columns to share 225 mm)."""
DECIMAL = re.compile(r"-?\d+\.\d+")
FIGURE = re.compile(r"\d+(?:\.\d+)?")
NO_SUCH = re.compile(r"(?<![\d.])0[所个人间名](?!，?（?应)")
"""None of something, but for where some is asked for (教室0间，应不少于1间)."""
NOTES = re.compile(r"注：|数据来源：")
FIGURE_CUT = re.compile(r"[\d,]+\.\n|\d\n\.\d|\d\n※|[A-Z]\n\d")
"""Two lines of a cell with a figure parted between them."""
UNIT_CUT = re.compile(r"（[^（）\n]*\n[^（）\n]*）")
UNIT = re.compile(r"（(?:万?元|万人|[个所人项间份次套㎡%])）")
ZEROS = 5
"""A row of so many figures that are all 0 says nothing."""

SHORTEST_RULE = 8.0
"""Points; what is shorter is part of a letter or a mark."""
GAP = 1.4
"""A gap of so many letters parts two cells where no rule is between them: punctuation leaves less."""

Row = dict[str, Any]
Rule = tuple[float, float, float]
"""An upright line of a table: how far from the left edge, from where to where above the lower edge (points)."""


@dataclass(frozen=True)
class Glyph:
    """A character, its box in points from the lower left corner, its size of type in points, and its font."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    font: str = ""

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True)
class PageBox:
    """A page: its size in points, its characters without page number and marks, and its pictures' upper and lower edges.

    `number_glyphs` are those of the page number, `text` is all that the page says, `rules` are the upright sides of cells.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    pictures: tuple[tuple[float, float], ...]
    number_glyphs: tuple[Glyph, ...] = ()
    text: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def landscape(self) -> bool:
        return self.width > self.height

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """The text area: left, bottom, right, top. A landscape page is the portrait page turned: its left edge is on top."""
        sides = (35, 26, 37, 28) if self.landscape else (28, 35, 26, 37)
        left, bottom, right, top = (side * MM for side in sides)
        return left, bottom, self.width - right, self.height - top

    def lines(self) -> list[list[Glyph]]:
        """The lines from top to bottom: characters whose middles are close."""
        lines: list[list[Glyph]] = []
        for glyph in sorted(self.glyphs, key=lambda glyph: (-glyph.middle, glyph.left)):
            if lines and abs(glyph.middle - lines[-1][0].middle) < glyph.size * 0.6:
                lines[-1].append(glyph)
            else:
                lines.append([glyph])
        return [sorted(line, key=lambda glyph: glyph.left) for line in lines]

    def pieces(self) -> list[list[Glyph]]:
        """What stands in one cell on one line."""
        return [piece for line in self.lines() for piece in _cut(line, self.rules)]


def _cut(line: list[Glyph], rules: Sequence[Rule] = ()) -> Iterator[list[Glyph]]:
    """Part a line where a rule is between two letters, or a gap that no punctuation leaves."""
    piece = line[:1]
    for before, glyph in pairwise(line):
        parted = any(
            before.right - 1 < across < glyph.left + 1 and low < glyph.middle < high
            for across, low, high in rules
        )
        if parted or glyph.left - before.right > GAP * glyph.size:
            yield piece
            piece = []
        piece.append(glyph)
    yield piece


def said(line: list[Glyph]) -> str:
    return "".join(glyph.text for glyph in line)


def read_pages(pdf: Path) -> list[PageBox]:
    """Read where each character of a PDF stands."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_page(page, number) for number, page in enumerate(document, 1)]


def _page(page: Any, number: int) -> PageBox:
    width, height = page.get_size()
    text = page.get_textpage()
    glyphs = []
    for place in range(text.count_chars()):
        letter = text.get_text_range(place, 1)
        if letter.strip() and letter != "\ufffe":
            size = pdfium.FPDFText_GetFontSize(text, place)
            glyphs.append(Glyph(letter, *text.get_charbox(place, loose=False), size, _font(text, place)))
    images = (item.get_bounds() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
    pictures = tuple((box[3], box[1]) for box in images)
    paths = [item.get_bounds() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])]
    rules = {
        (round(across, 1), round(box[1], 1), round(box[3], 1))
        for box in paths
        if box[3] - box[1] > SHORTEST_RULE
        for across in {box[0], box[2]}
    }
    blank = PageBox(number, width, height, (), ())
    left, bottom, _, top = blank.edges
    # The number is below the text of a portrait page, left of that of a landscape page.
    beside = {
        n for n, at in enumerate(glyphs) if (at.right < left - 9 if blank.landscape else at.top < bottom - 9)
    }
    inside = {n for n, at in enumerate(glyphs) if bottom - 9 < at.bottom and at.top < top + 9}
    return PageBox(
        *(number, width, height, tuple(glyphs[n] for n in sorted(inside - beside)), pictures),
        *(tuple(glyphs[n] for n in sorted(beside)), text.get_text_range(), tuple(sorted(rules))),
    )


def _font(text: Any, place: int) -> str:
    buffer, flags = ctypes.create_string_buffer(120), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, place, buffer, len(buffer), ctypes.byref(flags))
    return buffer.value.decode("utf-8", "replace").rpartition("+")[2]


def leftovers(pages: list[PageBox]) -> Iterator[str]:
    """Pages of a few lines. An annex that has nothing to list says so on a page of its own."""
    for page in pages:
        lines = len(page.lines())
        if not page.pictures and lines < LEAST_LINES and not (page.glyphs and starts_a_part(page)):
            yield f"第{page.number}页只有{lines}行"


def untitled(pages: list[PageBox]) -> Iterator[str]:
    """A first page without the title: a contents list stands behind a cover."""
    large = [said(line) for line in pages[0].lines() if line[0].size > TITLE_SIZE]
    if not large or large[0].startswith("目"):
        yield "第1页没有标题"


def signatures(pages: list[PageBox]) -> Iterator[str]:
    """Signatures without the letter's text above them. On a cover and on the page of the title they stand as they may."""
    for page in pages:
        lines = page.lines()
        dated = [
            n for n, line in enumerate(lines) if DATED.fullmatch(said(line)) and line[0].size > BODY_SIZE
        ]
        if not dated or any(line[0].size > TITLE_SIZE for line in lines):
            continue
        above = [line for line in lines[: dated[0] - 1] if not LISTED_ANNEX.match(said(line))]
        if len(above) < LEAST_ABOVE:
            yield f"第{page.number}页署名之上只有{len(above)}行正文"


def numbers(pages: list[PageBox]) -> Iterator[str]:
    """Page numbers that do not stand where the sheet has them, right on odd and left on even pages, turned with the sheet.

    GB/T 9704-2012, 8.
    """
    for page in pages:
        if sorted(said(list(page.number_glyphs))) != sorted(f"—{page.number}—"):
            yield f"第{page.number}页没有页码“— {page.number} —”"
            continue
        glyphs = page.number_glyphs
        low, high = min(glyph.bottom for glyph in glyphs), max(glyph.top for glyph in glyphs)
        left, right = min(glyph.left for glyph in glyphs), max(glyph.right for glyph in glyphs)
        # Where it stands on the portrait sheet: how far from its left edge, how far from its lower edge.
        if page.landscape:
            across, up, turned = page.height - (low + high) / 2, (left + right) / 2, high - low > right - left
        else:
            across, up, turned = (left + right) / 2, (low + high) / 2, False
        outer = across > min(page.width, page.height) / 2
        if outer is not (page.number % 2 == 1) or turned is not page.landscape or not 20 < up / MM < 32:
            yield f"第{page.number}页的页码位置不合规定"


def blanks(pages: list[PageBox]) -> Iterator[str]:
    """Pages left blank by more than half though what follows does not begin on a page of its own."""
    for page, after in pairwise(pages):
        if page.landscape != after.landscape or not after.glyphs or not page.glyphs:
            continue
        if starts_a_part(after) or _begins_with_picture(after):
            continue
        _, bottom, _, top = page.edges
        lowest = min([glyph.bottom for glyph in page.glyphs] + [low for _, low in page.pictures])
        share = (lowest - bottom) / (top - bottom)
        if share > MOST_BLANK:
            yield f"第{page.number}页下部空白{share:.0%}"


def _begins_with_picture(page: PageBox) -> bool:
    """Whether a page begins with a picture, which cannot be parted to fill the page before."""
    first = max(glyph.top for glyph in page.glyphs)
    return any(top > first for top, _ in page.pictures)


def starts_a_part(page: PageBox) -> bool:
    """Whether a page begins what always begins a page: an annex, a title of its own, a school's plan."""
    first = page.lines()[0]
    words = said(first)
    return words.startswith("附件") or first[0].size > TITLE_SIZE or re.match(r"\d+\.\S", words) is not None


def overlaps(pages: list[PageBox]) -> Iterator[str]:
    """Characters printed over others."""
    for page in pages:
        for line in page.lines():
            for one, other in pairwise(line):
                if one.text == other.text == "—":  # a dash of two characters has no gap
                    continue
                width = min(one.right - one.left, other.right - other.left)
                shared = min(one.right, other.right) - max(one.left, other.left)
                tall = min(one.top, other.top) - max(one.bottom, other.bottom)
                if (
                    width > 1
                    and shared > 0.6 * width
                    and tall > 0.6 * min(one.top - one.bottom, other.top - other.bottom)
                ):
                    yield f"第{page.number}页“{one.text}”与“{other.text}”重叠"


def outside(pages: list[PageBox]) -> Iterator[str]:
    """Characters beyond the text area."""
    for page in pages:
        left, _, right, _ = page.edges
        for line in page.lines():
            hanging = line[-1].size if line[-1].text in HANGING else 0
            if line[0].left < left - 3 or line[-1].right > right + 3 + hanging:
                yield f"第{page.number}页超出版心：{said(line)[:20]}"


def small_type(pages: list[PageBox]) -> Iterator[str]:
    """Type that is smaller than 小五."""
    for page in pages:
        small = [glyph for glyph in page.glyphs if glyph.size < LEAST_SIZE - 0.05]
        if small:
            yield f"第{page.number}页有{len(small)}字小于小五（最小{min(glyph.size for glyph in small):.1f}磅）"


def orphans(pages: list[PageBox]) -> Iterator[str]:
    """Headings and captions that end a page."""
    for page in pages[:-1]:
        lines = page.lines()
        last = said(lines[-1]) if lines else ""
        alone = HEADING.match(last) and len(last) < 24 and not last.endswith("。")
        if alone or (CAPTION.match(last) and len(last) < 24):
            yield f"第{page.number}页末行是标题：{last}"


def levels(pages: list[PageBox]) -> Iterator[str]:
    """Annexes whose numbered paragraphs do not begin at 一、."""
    waiting = False
    for page in pages:
        for line in page.lines():
            words = said(line)
            waiting = waiting or ANNEX.fullmatch(words) is not None
            level = next((n for n, form in enumerate(LEVELS) if form.match(words)), None)
            if waiting and level is not None and line[0].size > BODY_SIZE:
                if level > 0:
                    yield f"第{page.number}页的附件不从“一、”编起：{words[:12]}"
                waiting = False


def narrow_columns(pages: list[PageBox]) -> Iterator[str]:
    """Columns in which words stand a character a line, or three or four."""
    for page in pages:
        alone = [glyph for glyph in page.glyphs if HAN.match(glyph.text) and _lonely(glyph, page)]
        for column in _stacks(alone):
            if len(column) >= ONE_A_LINE:
                yield f"第{page.number}页有一字一行的栏：{said(column)}"
        for cell in _cells(page):
            if len(cell) >= FEW_LINES and max(map(_letters, cell)) <= FEW_LETTERS[page.landscape]:
                yield f"第{page.number}页有三四字一行的栏：{'／'.join(map(said, cell))}"


def cut_in_two(pages: list[PageBox]) -> Iterator[str]:
    """Figures and units of which a cell has one part on a line and the rest on the next."""
    for page in pages:
        for cell in _cells(page, figures=True):
            for pair in pairwise(map(said, cell)):
                told = "\n".join(pair)
                unit = UNIT_CUT.search(told)
                if FIGURE_CUT.search(told) or (unit and UNIT.fullmatch(unit[0].replace("\n", ""))):
                    yield f"第{page.number}页断开了：{'／'.join(pair)}"


def notes(pages: list[PageBox]) -> Iterator[str]:
    """Notes that begin a page, parted from their table."""
    for page in pages:
        lines = page.lines()
        if lines and lines[0][0].size < BODY_SIZE and NOTES.match(said(lines[0])):
            yield f"第{page.number}页以表注开头：{said(lines[0])[:20]}"


def _cells(page: PageBox, figures: bool = False) -> Iterator[list[list[Glyph]]]:
    """The lines of each cell: pieces of words (`figures`: and of figures) that stand below one another, a line apart."""
    open_cells: list[list[list[Glyph]]] = []
    for piece in page.pieces():
        if not (figures or HAN.search(said(piece))) or piece[0].size > BODY_SIZE:
            continue
        for cell in open_cells:
            last = cell[-1]
            apart = last[0].middle - piece[0].middle
            shared = min(last[-1].right, piece[-1].right) - max(last[0].left, piece[0].left)
            if 0 < apart < 1.45 * piece[0].size and shared > 0.5 * piece[0].size:
                cell.append(piece)
                break
        else:
            open_cells.append([piece])
    yield from open_cells


def _letters(piece: list[Glyph]) -> float:
    return (piece[-1].right - piece[0].left) / piece[0].size


def _lonely(glyph: Glyph, page: PageBox) -> bool:
    """Whether no character stands close beside this one on its line."""
    near = glyph.size * 0.5
    return not any(
        other is not glyph
        and abs(other.middle - glyph.middle) < glyph.size * 0.5
        and other.left < glyph.right + near
        and other.right > glyph.left - near
        for other in page.glyphs
    )


def _stacks(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Characters that stand below one another, a line apart."""
    stacks: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (round(glyph.left / 3), -glyph.middle)):
        last = stacks[-1][-1] if stacks else None
        if last and abs(last.left - glyph.left) < 3 and 0 < last.middle - glyph.middle < glyph.size * 1.7:
            stacks[-1].append(glyph)
        else:
            stacks.append([glyph])
    return stacks


def decimals(pages: list[PageBox]) -> Iterator[str]:
    """Columns of a table whose decimal points do not stand below one another."""
    for page in pages:
        found = [
            piece for piece in page.pieces() if DECIMAL.fullmatch(said(piece)) and piece[0].size < BODY_SIZE
        ]
        for column in _columns(found):
            points = [next(glyph for glyph in piece if glyph.text == ".") for piece in column]
            if max(point.left for point in points) - min(point.left for point in points) > 1:
                yield f"第{page.number}页的小数没有对齐：{'、'.join(map(said, column))[:40]}"


def _columns(pieces: list[list[Glyph]]) -> Iterator[list[list[Glyph]]]:
    """Figures that stand below one another, a few lines apart."""
    columns: list[list[list[Glyph]]] = []
    for piece in pieces:
        for column in columns:
            last = column[-1]
            near = last[0].middle - piece[0].middle < 5 * piece[0].size
            if near and min(last[-1].right, piece[-1].right) > max(last[0].left, piece[0].left):
                column.append(piece)
                break
        else:
            columns.append([piece])
    yield from columns


def faces(pages: list[PageBox]) -> Iterator[str]:
    """Characters of running text in another face than the line's: rare ones have one of the same weight."""
    for page in pages:
        for line in page.lines():
            chinese = [glyph for glyph in line if HAN.match(glyph.text) and glyph.size > BODY_SIZE]
            usual = Counter(glyph.font for glyph in chinese).most_common(1)
            odd = [glyph for glyph in chinese if glyph.font not in (usual[0][0], RARE.pdf_name)]
            if odd:
                yield f"第{page.number}页“{said(odd)[:8]}”的字体（{odd[0].font}）与正文不一致"


def zeros(pages: list[PageBox]) -> Iterator[str]:
    """Rows of a table that are all 0, and running text that counts what there is none of."""
    for page in pages:
        running = "".join(said(line) for line in page.lines() if line[0].size > BODY_SIZE)
        for found in NO_SUCH.finditer(running):
            yield f"第{page.number}页数了没有的：{running[max(found.start() - 10, 0) : found.end() + 4]}"
        for line in page.lines():
            figures = [piece for piece in map(said, _cut(line)) if FIGURE.fullmatch(piece)]
            if len(figures) >= ZEROS and not any(map(float, figures)):
                yield f"第{page.number}页有全为0的行：{said(line)[:24]}"


CHECKS: tuple[Callable[[list[PageBox]], Iterator[str]], ...] = (
    leftovers, untitled, signatures, numbers, blanks, overlaps, outside, small_type, orphans, levels, narrow_columns,
    decimals, faces, zeros, cut_in_two, notes,
)  # fmt: skip


def faults(pdf: Path) -> list[str]:
    """What is wrong with the pages of a PDF, one sentence each."""
    pages = read_pages(pdf)
    return [fault for check in CHECKS for fault in check(pages)]


# The counties


def two_schools(rows: list[Row]) -> list[Row]:
    """One 小学 and one 初中."""
    return [
        next(row for row in rows if row["办学类型"] == kind and row["是否计校数"] == "是")
        for kind in ("小学", "初级中学")
    ]


def no_junior(rows: list[Row]) -> list[Row]:
    """小学 alone."""
    return [row for row in rows if row["办学类型"] == "小学" and row["是否计校数"] == "是"]


def long_names(rows: list[Row]) -> list[Row]:
    """Schools with names of 40 characters, none with a sports ground worth the name."""
    for number, row in enumerate(rows, 1):
        row["学校名称"] = (
            f"微山县南四湖库区移民安置与生态保护示范区漷河堌城镇第{number:03}号义务学校（峄山校区）"
        )
        row["运动场地面积"] = 10
    return rows


CASES: dict[str, tuple[str, Callable[[list[Row]], list[Row]]]] = {
    "达标县": ("370872", list),
    "未达标县": ("370873", list),
    "无法判定县": ("370831", list),
    "两校县": ("370872", two_schools),
    "九十校未达标县": ("370826", long_names),
    "无初中县": ("370873", no_junior),
}
"""By name: the county whose demo workbook is taken, and what becomes of its schools."""


def write_case(case: str, data: Path) -> str:
    """Write the workbooks of a case below `data`; return the county's code."""
    code, change = CASES[case]
    for year in (YEAR - 1, YEAR):
        (source,) = (ROOT / "data" / str(year)).glob(f"{code}_*.xlsx")
        book = openpyxl.load_workbook(source)
        _rewrite(book[SHEET], change)
        target = data / str(year) / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(target)
    return code


def _rewrite(page: Any, change: Callable[[list[Row]], list[Row]]) -> None:
    header = next(row for row in range(1, 6) if page.cell(row, 1).value == "学校标识码")
    names = [cell.value for cell in page[header]]
    rows = [
        dict(zip(names, values, strict=True))
        for values in page.iter_rows(min_row=header + 1, values_only=True)
    ]
    kept = change([row for row in rows if row["学校标识码"]])
    page.delete_rows(header + 1, page.max_row)
    for number, row in enumerate(kept, header + 1):
        for column, name in enumerate(names, 1):
            page.cell(number, column, row[name])


def make_documents(case: str, folder: Path, converter: Converter) -> Iterator[Path]:
    """Make the Word and PDF files of a case; yield each PDF."""
    code = write_case(case, folder / "data")
    work = county_lab.open_workspace(
        code, YEAR, str(folder / "data"), str(ROOT / "params"), str(folder), ",".join(REPORTS)
    )
    assessment = county_lab.assess(work, county_lab.read(work))
    trend = county_lab.compare(work, assessment)
    pictures = county_lab.draw(work, assessment, trend)
    for name, report in county_lab.compose(work, assessment, trend, pictures).items():
        word, pdf = folder / f"{name}.docx", folder / f"{name}.pdf"
        save_word(made_word(report), word)
        converter.convert(word, pdf, draft=True)
        settle_contents(word, pdf)
        yield pdf


def show(pdf: Path, folder: Path, name: str) -> None:
    """Write the pages of a PDF as pictures, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, 1):
            page.render(scale=1.1).to_pil().save(folder / f"{name}_{number:02}.png")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--to", type=Path)
    given = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as place, Converter() as converter:
        for case in given.cases:
            for pdf in make_documents(case, Path(place, case), converter):
                found = faults(pdf)
                bad += len(found)
                print(f"{case} {pdf.stem}：{len(found)}处", *found, sep="\n    ", flush=True)
                if given.to:
                    show(pdf, given.to, f"{case}_{pdf.stem}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
