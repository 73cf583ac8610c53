"""The pages of six kinds of county are read by machine (scripts/check_pages.py), and each check sees what it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from check_pages import (
    CASES,
    CHECKS,
    Glyph,
    PageBox,
    blanks,
    cut_in_two,
    decimals,
    faces,
    faults,
    leftovers,
    levels,
    make_documents,
    narrow_columns,
    notes,
    numbers,
    orphans,
    outside,
    overlaps,
    signatures,
    small_type,
    untitled,
    zeros,
)

from junheng.report.content.names import REPORTS
from junheng.report.pdf.convert import Converter

Check = Callable[[list[PageBox]], Iterator[str]]
LEFT, TOP = 80.0, 730.0


def row(text: str, top: float = TOP, left: float = LEFT, size: float = 16, apart: float = 1.0) -> list[Glyph]:
    """A line of text; `apart` is the distance of its characters in sizes of type."""
    step = size * apart
    return [
        Glyph(letter, left + n * step, top - size, left + n * step + size, top, size) for n, letter in enumerate(text)
    ]  # fmt: skip


def page(*rows: list[Glyph], number: int = 1, turned: bool = False, at: float = 0) -> PageBox:
    """A page with its number where it belongs, or `at` so many points from the left."""
    size = (842, 595) if turned else (595, 842)
    said = f"—{number}—"
    if turned:  # written downwards on the left edge: an odd number at the lower end
        top = 170 if number % 2 else 500
        foot = [Glyph(letter, 73, top - 14 * n - 12, 85, top - 14 * n, 14) for n, letter in enumerate(said)]
    else:
        foot = row(said, 85, at or (470 if number % 2 else 95), 14)
    return PageBox(number, *size, tuple(glyph for one in rows for glyph in one), (), tuple(foot))


def column(*texts: str, left: float = 300, size: float = 9) -> list[list[Glyph]]:
    """Texts below one another, as in a table's cell."""
    return [row(text, 500 - n * 1.3 * size, left, size) for n, text in enumerate(texts)]


TITLE = row("标题", TOP, 250, 22)
FULL = page(TITLE, *(row("一段文字。", TOP - 40 - n * 29) for n in range(20)))
NEXT = page(*(row("一段文字。", TOP - n * 29) for n in range(21)), number=2)
SHORT = page(*(row("一段文字。", TOP - n * 29) for n in range(6)))
SIGNED = page(
    *(
        row(text, TOP - n * 29)
        for n, text in enumerate(("附件：1.图表", "2.名单", "某某办公室", "2025年4月25日"))
    ),
    number=2,
)
BAD: tuple[tuple[Check, list[PageBox]], ...] = (
    (leftovers, [FULL, page(row("完。"))]),
    (untitled, [page(row("目录", TOP, 250, 22)), FULL]),
    (signatures, [FULL, SIGNED]),
    (numbers, [page(row("字"), at=95)]),
    (numbers, [replace(page(row("字"), turned=True), number_glyphs=tuple(row("—1—", 85, 700, 14)))]),
    (numbers, [replace(page(row("字")), number_glyphs=())]),
    (blanks, [SHORT, NEXT]),
    (overlaps, [page(row("重叠的字", apart=0.2))]),
    (outside, [page(row("字" * 30))]),
    (small_type, [page(row("小字", size=7.5))]),
    (orphans, [page(row("正文。"), row("二、存在问题", 120)), FULL]),
    (levels, [page(row("附件5"), row("1. 国家标准依据", 600))]),
    (narrow_columns, [page(*column("县", "级", "财", "政"))]),
    (narrow_columns, [page(*column("体育运", "动场馆", "面积"))]),
    (narrow_columns, [page(*column("体育运", "动场馆", "面积"), turned=True)]),
    (decimals, [page(*column("8.96", "10.43"))]),
    (
        faces,
        [
            page(
                [
                    replace(glyph, font="BabelStoneHan" if glyph.text == "漷" else "")
                    for glyph in row("漷河堌城镇")
                ]
            )
        ],
    ),
    (cut_in_two, [page(*column("1998.", "96"))]),
    (cut_in_two, [page(*column("4.498", "※"))]),
    (cut_in_two, [page(*column("L", "2、L3"))]),
    (cut_in_two, [page(*column("投入（万", "元）"))]),
    (notes, [FULL, page(row("注：1. 加底纹的为未达标。", size=9), *column("小学", "初中"), number=2)]),
    (zeros, [page(row("小学0所，初中3所。"))]),
    (zeros, [page(*(row("0", TOP, 100 + 40 * n, 9) for n in range(6)))]),
)


@pytest.mark.parametrize(("check", "pages"), BAD, ids=[check.__name__ for check, _ in BAD])
def test_each_check_sees_its_fault(check: Check, pages: list[PageBox]) -> None:
    assert list(check(pages))


def test_good_pages_pass_every_check() -> None:
    signed = page(*(row("一段文字。", TOP - n * 29) for n in range(3)), row("2025年4月25日", 400), number=2)
    words, turned_words = (
        column("每百名学生", "拥有教师数", "（人）", "L1", left=left) for left in (150, 400)
    )
    table = page(row("附件5"), row("一、国家标准依据某文件。", 600), *column("8.9", "5.0"), *words)
    turned = page(*turned_words, *column("5", "0", left=500), number=2, turned=True)
    whole = page(*column("投入", "（万元）", "1998.96", "  12.50"))
    for pages in ([FULL, NEXT], [FULL, signed], [table, turned], [whole]):
        told = [fault for check in CHECKS if check is not untitled for fault in check(pages)]
        assert told == [] and not list(untitled([FULL]))


def test_every_check_has_its_bad_page() -> None:
    assert {check for check, _ in BAD} == set(CHECKS)


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_pages_of_every_document(case: str, tmp_path: Path) -> None:
    with Converter() as converter:
        found = {pdf.stem: faults(pdf) for pdf in make_documents(case, tmp_path, converter)}
    assert found.keys() <= set(REPORTS) and "assessment" in found
    assert found == {name: [] for name in found}
