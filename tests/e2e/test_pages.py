"""The pages of six kinds of county are read by machine (scripts/check_pages.py), and each check sees what it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from check_pages import (
    CASES,
    CHECKS,
    Glyph,
    PageBox,
    blanks,
    faults,
    leftovers,
    make_documents,
    narrow_columns,
    orphans,
    outside,
    overlaps,
    small_type,
)  # fmt: skip

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


def page(*rows: list[Glyph], number: int = 1) -> PageBox:
    return PageBox(number, 595, 842, tuple(glyph for one in rows for glyph in one), ())


FULL = page(*(row("一段文字。", TOP - n * 29) for n in range(21)))
SHORT = page(*(row("一段文字。", TOP - n * 29) for n in range(6)))
BAD: tuple[tuple[Check, list[PageBox]], ...] = (
    (leftovers, [FULL, page(row("完。"))]),
    (blanks, [SHORT, FULL]),
    (overlaps, [page(row("重叠的字", apart=0.2))]),
    (outside, [page(row("字" * 30))]),
    (small_type, [page(row("小字", size=7.5))]),
    (orphans, [page(row("正文。"), row("二、存在问题", 120)), FULL]),
    (narrow_columns, [page(*(row(letter, TOP - n * 12, 300, 9) for n, letter in enumerate("县级财政")))]),
)


@pytest.mark.parametrize(("check", "pages"), BAD, ids=[check.__name__ for check, _ in BAD])
def test_each_check_sees_its_fault_and_passes_a_good_page(check: Check, pages: list[PageBox]) -> None:
    assert list(check(pages))
    assert not list(check([FULL, FULL]))


def test_every_check_has_its_bad_page() -> None:
    assert {check for check, _ in BAD} == set(CHECKS)


def unexpected(told: list[str]) -> list[str]:
    """The faults but for one page of two or three lines where the running text of an annex ends: a text that long
    cannot be shortened by the layout. What else such a page is blamed for goes with it."""
    ends = [one for one in told if one.endswith(("只有2行", "只有3行"))][:1]
    return [one for one in told if not any(one.startswith(end.split("只有")[0]) for end in ends)]


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_pages_of_every_document(case: str, tmp_path: Path) -> None:
    with Converter() as converter:
        found = {pdf.stem: faults(pdf) for pdf in make_documents(case, tmp_path, converter)}
    assert found.keys() <= set(REPORTS) and "assessment" in found
    assert {name: unexpected(told) for name, told in found.items()} == {name: [] for name in found}
