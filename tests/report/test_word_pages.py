"""The pages as LibreOffice renders them: 22 lines of 28 characters, fonts, repeated heads, no empty page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from junheng.report.content.model import Document
from junheng.report.pdf.convert import Converter
from junheng.report.pdf.inspect import inspect_pdf, inspect_word
from junheng.report.word.render import render_word
from tests.report.test_word_sample import (
    COUNTY,
    INDICATORS,
    TEMPLATE,
    full_page,
    sample,
    write_figures,
)

pytestmark = pytest.mark.e2e
POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Glyph:
    """A character of a page, and its box in points from the lower left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Page:
    """What a page shows."""

    width: float
    height: float
    text: str
    glyphs: tuple[Glyph, ...]
    pictures: int

    @property
    def landscape(self) -> bool:
        return self.width > self.height

    def lines(self) -> list[list[Glyph]]:
        """Return the lines of the text area, top to bottom: characters whose middles are close."""
        edge = self.height - 30 * POINTS_PER_MM
        inside = [glyph for glyph in self.glyphs if glyph.bottom > 34 * POINTS_PER_MM and glyph.top < edge]
        lines: list[list[Glyph]] = []
        for glyph in sorted(inside, key=lambda glyph: (-(glyph.bottom + glyph.top), glyph.left)):
            middle = (glyph.bottom + glyph.top) / 2
            if lines and abs(middle - (lines[-1][0].bottom + lines[-1][0].top) / 2) < 12:
                lines[-1].append(glyph)
            else:
                lines.append([glyph])
        return lines


def read_pages(path: Path) -> list[Page]:
    pdf = pypdfium2.PdfDocument(path)
    pages = []
    for page in pdf:
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        glyphs = []
        for number in range(text_page.count_chars()):
            letter = text_page.get_text_range(number, 1)
            if letter.strip():
                glyphs.append(Glyph(letter, *text_page.get_charbox(number)))
        pictures = sum(1 for item in page.get_objects() if item.type == 3)
        pages.append(Page(page.get_width(), page.get_height(), text, tuple(glyphs), pictures))
    pdf.close()
    return pages


def rendered(document: Document, folder: Path) -> Path:
    write_figures(folder)
    render_word(document, TEMPLATE, folder / "o.docx", folder)
    inspect_word(folder / "o.docx", document)
    with Converter() as converter:
        converter.convert(folder / "o.docx", folder / "o.pdf")
    return folder / "o.pdf"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(sample(), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def pages(report: Path) -> list[Page]:
    return read_pages(report)


def test_fonts_are_embedded_and_expected_and_the_text_is_there(report: Path, pages: list[Page]) -> None:
    wanted = [
        COUNTY,
        f"{COUNTY}人民政府：",
        "2025年4月15日",
        "嶧阳初级中学",
        "漷河",
        "“每百名学生",
        "——需要在",
    ]
    assert inspect_pdf(report, wanted) == len(pages) > 15


def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    page = read_pages(rendered(sample(3, opening=(full_page(),)), tmp_path))[2]
    lines = page.lines()
    assert Counter(map(len, lines)) == {28: 22}
    left, right = min(line[0].left for line in lines), max(line[-1].right for line in lines)
    assert left > 28 * POINTS_PER_MM - 1 and right < (210 - 26) * POINTS_PER_MM + 1
    assert lines[0][0].top < (297 - 37) * POINTS_PER_MM and lines[-1][0].bottom > 35 * POINTS_PER_MM


def test_no_page_is_empty(pages: list[Page]) -> None:
    for number, page in enumerate(pages, start=1):
        letters = page.text.replace("演示数据", "").replace(f"— {number} —", "").strip()
        assert letters or page.pictures, number


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(pages: list[Page]) -> None:
    for number, page in enumerate(pages, start=1):
        assert f"— {number} —" in page.text, number
        low = [glyph for glyph in page.glyphs if glyph.bottom < 30 * POINTS_PER_MM]
        assert {glyph.text for glyph in low} <= set("—0123456789")
        middle = (min(glyph.left for glyph in low) + max(glyph.right for glyph in low)) / 2
        assert (middle > page.width / 2) is (number % 2 == 1), number


def test_every_page_says_demonstration_data_and_none_when_it_is_real(
    pages: list[Page], tmp_path: Path
) -> None:
    assert all("演示数据" in page.text for page in pages)
    real = read_pages(rendered(sample(120, demo=""), tmp_path))
    assert not any("演示数据" in page.text for page in real)
    assert len(real) == len(pages)
    first, second = pages[0].lines()[0][0], real[0].lines()[0][0]
    assert abs(first.top - second.top) < 0.1  # nothing moves


def test_the_head_of_a_long_table_is_on_each_of_its_pages(pages: list[Page]) -> None:
    tight = ["".join(page.text.split()) for page in pages]
    wide = [text for page, text in zip(pages, tight, strict=True) if page.landscape]
    assert len(wide) > 4
    assert all("序号" in text and "举办" in text and "七项指标" in text for text in wide[1:])
    assert INDICATORS[0][:6] in wide[-1]


def test_wide_tables_stay_inside_the_text_area(pages: list[Page]) -> None:
    for page in (page for page in pages if page.landscape):
        inside = [glyph for line in page.lines() for glyph in line]
        assert min(glyph.left for glyph in inside) >= 35 * POINTS_PER_MM - 1
        assert max(glyph.right for glyph in inside) <= page.width - 37 * POINTS_PER_MM + 1


def test_a_heading_is_not_the_last_line_of_a_page(pages: list[Page]) -> None:
    headings = (
        "一、",
        "二、",
        "三、",
        "四、",
        "五、",
        "六、",
        "（一）",
        "（二）",
        "（三）",
        "附件1",
        "表Ⅰ",
        "表Ⅱ",
    )
    for page in pages:
        last = "".join(glyph.text for glyph in page.lines()[-1])
        assert not last.startswith(headings), last


def test_each_annex_begins_a_page(pages: list[Page]) -> None:
    firsts = ["".join(glyph.text for glyph in page.lines()[0]) for page in pages if page.lines()]
    assert [first for first in firsts if first.startswith("附件")] == [
        f"附件{number}" for number in range(1, 6)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("schools", range(18, 24))
def test_no_empty_page_wherever_a_long_table_ends(schools: int, tmp_path: Path) -> None:
    document = sample(schools)
    table = document.blocks["annex_tables"][1]
    bare = type(table)(table.spec.model_copy(update={"notes": (), "source": ""}), table.rows)  # type: ignore[union-attr,call-arg]
    blocks = dict(document.blocks) | {"annex_tables": (bare, *document.blocks["annex_tables"][2:])}
    pages = read_pages(rendered(sample(schools, **blocks), tmp_path))
    test_no_page_is_empty(pages)
