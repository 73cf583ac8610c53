"""The pages as LibreOffice renders them: 22 lines of 28 characters, fonts, repeated heads, no empty page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from check_pages import MM, PageBox, numbers, orphans, outside, read_pages, said

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
def pages(report: Path) -> list[PageBox]:
    return read_pages(report)


def test_fonts_are_embedded_and_expected_and_the_text_is_there(report: Path, pages: list[PageBox]) -> None:
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
    page = read_pages(rendered(sample(3, opening=(full_page(),)), tmp_path))[3]
    lines = page.lines()
    assert Counter(map(len, lines)) == {28: 22}
    left, right = min(line[0].left for line in lines), max(line[-1].right for line in lines)
    assert left > 28 * MM - 1 and right < (210 - 26) * MM + 1
    assert lines[0][0].top < (297 - 37) * MM and lines[-1][0].bottom > 35 * MM


def test_no_page_is_empty(pages: list[PageBox]) -> None:
    for number, page in enumerate(pages, start=1):
        letters = page.text.replace("演示数据", "").replace(f"— {number} —", "").strip()
        assert letters or page.pictures, number


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_and_turn_with_the_sheet(
    pages: list[PageBox],
) -> None:
    assert {page.landscape for page in pages} == {True, False}
    assert list(numbers(pages)) == []


def test_every_page_says_demonstration_data_and_none_when_it_is_real(
    pages: list[PageBox], tmp_path: Path
) -> None:
    assert all("演示数据" in page.text for page in pages)
    real = read_pages(rendered(sample(120, demo=""), tmp_path))
    assert not any("演示数据" in page.text for page in real)
    assert len(real) == len(pages)
    first, second = pages[0].lines()[0][0], real[0].lines()[0][0]
    assert abs(first.top - second.top) < 0.1  # nothing moves


def test_the_head_of_a_long_table_is_on_each_of_its_pages(pages: list[PageBox]) -> None:
    tight = ["".join(page.text.split()) for page in pages]
    wide = [text for page, text in zip(pages, tight, strict=True) if page.landscape]
    assert len(wide) > 4
    assert all("序号" in text and "举办" in text and "七项指标" in text for text in wide[1:])
    assert INDICATORS[0][:6] in wide[-1]


def test_text_stays_inside_the_text_area_and_no_heading_ends_a_page(pages: list[PageBox]) -> None:
    assert [*outside(pages), *orphans(pages)] == []


def test_each_annex_begins_a_page(pages: list[PageBox]) -> None:
    firsts = [said(page.lines()[0]) for page in pages if page.lines()]
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
