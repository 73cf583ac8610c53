"""Make every document of six kinds of county, render its pages, and report what is wrong with them.

    .venv/bin/python scripts/check_pages.py [--to FOLDER] [CASE ...]

The counties are demo workbooks, changed to be hard to print: two schools only, no 初中, 90 failing schools with names
of 40 characters. Each page goes to FOLDER as PNG when one is named. Prints a line a fault and exits 1 when there is any.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
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
from junheng.report.pdf.convert import Converter
from junheng.report.word.contents import settle_contents
from junheng.report.word.document import save_word

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2024
MM = 72 / 25.4
SHEET, FIRST = "学校", 4
LEAST_LINES = 4
"""A page with fewer lines of text and no picture is a leftover."""
LEAST_SIZE = 9.0
"""小五, the least size of type in a table (points)."""
MOST_BLANK = 0.5
"""A table that is moved whole to the next page may leave half a page blank, not more."""
HEADING = re.compile(r"[一二三四五六七八九十]+、\S|（[一二三四五六七八九十]+）\S")
CAPTION = re.compile(r"(?:表|续表)[ⅠⅡⅢⅣⅤⅥ\d][-\d]*\s?\S|附件\d")
HANGING = "，。、；：！？）》〉”’"
"""Marks that may stand beyond the right edge at a line's end (GB/T 9704 pages have 28 characters a line, as Word sets them)."""
HAN = re.compile(r"[\u4e00-\u9fff]")
ONE_A_LINE = 4
"""So many Chinese characters, each a line of its own in one cell, show that a column is too narrow."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Glyph:
    """A character, its box in points from the lower left corner, its size of type in points."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True)
class PageBox:
    """A page: its size in points, its characters without page number and marks, and its pictures' upper and lower edges."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    pictures: tuple[tuple[float, float], ...]

    @property
    def landscape(self) -> bool:
        return self.width > self.height

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """The text area: left, bottom, right, top. A landscape page is the portrait page turned."""
        sides = (35, 28, 37, 26) if self.landscape else (28, 35, 26, 37)
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
            glyphs.append(Glyph(letter, *text.get_charbox(place, loose=False), size))
    images = (item.get_bounds() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
    pictures = tuple((box[3], box[1]) for box in images)
    blank = PageBox(number, width, height, (), ())
    _, bottom, _, top = blank.edges
    inside = tuple(glyph for glyph in glyphs if bottom - 9 < glyph.bottom and glyph.top < top + 9)
    return PageBox(number, width, height, inside, pictures)


def leftovers(pages: list[PageBox]) -> Iterator[str]:
    """Pages of a few lines. An annex that has nothing to list says so on a page of its own."""
    for page in pages:
        lines = len(page.lines())
        if not page.pictures and lines < LEAST_LINES and not (page.glyphs and starts_a_part(page)):
            yield f"第{page.number}页只有{lines}行"


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
    words = "".join(glyph.text for glyph in first)
    return words.startswith("附件") or first[0].size > 20 or re.match(r"\d+\.\S", words) is not None


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
                yield f"第{page.number}页超出版心：{''.join(glyph.text for glyph in line)[:20]}"


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
        last = "".join(glyph.text for glyph in lines[-1]) if lines else ""
        alone = HEADING.match(last) and len(last) < 24 and not last.endswith("。")
        if alone or (CAPTION.match(last) and len(last) < 24):
            yield f"第{page.number}页末行是标题：{last}"


def narrow_columns(pages: list[PageBox]) -> Iterator[str]:
    """Columns in which words stand a character a line."""
    for page in pages:
        alone = [glyph for glyph in page.glyphs if HAN.match(glyph.text) and _lonely(glyph, page)]
        for column in _stacks(alone):
            if len(column) >= ONE_A_LINE:
                yield f"第{page.number}页有一字一行的栏：{''.join(glyph.text for glyph in column)}"


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


CHECKS: tuple[Callable[[list[PageBox]], Iterator[str]], ...] = (
    leftovers, blanks, overlaps, outside, small_type, orphans, narrow_columns,
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
            f"微山县南四湖库区移民安置与生态保护示范区漷河堌城镇第{number:03}号义务教育学校（峄山校区）"[:40]
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
