"""Numbers that stand in two places say the same: text beside table, table beside figure, report beside page.

All documents of all demo counties are read as their reader reads them: what is printed, nothing of what is behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest

from junheng.report.content.model import Table
from junheng.report.figures.canvas import Canvas, drawing_settings
from junheng.report.figures.change import change as change_figure
from junheng.report.figures.disparity import disparity as disparity_figure
from tests.report.demo import Demo, demo, paragraphs, tables

pytestmark = pytest.mark.slow
FIGURE = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def made() -> Demo:
    return demo()


def number(text: str) -> Fraction | None:
    """The figure a cell begins with, None for a cell without one."""
    match = FIGURE.match(text)
    return Fraction(match[0]) if match else None


def check_change(now: str, before: str, change: str) -> None:
    """`change` in words or signed is what a reader gets who subtracts."""
    mine, theirs = number(now), number(before)
    if mine is None or theirs is None:
        assert not re.search(r"\d|持平", change), (now, before, change)
        return
    step, amount = mine - theirs, re.search(r"\d+(?:\.\d+)?", change)
    assert (amount is None) == (step == 0) == (change == "持平"), (now, before, change)
    if amount:
        assert Fraction(amount[0]) == abs(step), (now, before, change)
        assert change.startswith(("上升", "+") if step > 0 else ("下降", "-")), (now, before, change)


def changes(table: Table, *pairs: tuple[str, str, str]) -> Iterator[tuple[str, str, str]]:
    for row in table.rows:
        for names in pairs:
            now, before, change = (row.cells[name].text for name in names)
            yield now, before, change


def test_differences_in_the_tables(made: Demo) -> None:
    found = []
    for document in made.documents.values():
        for table in tables(document, "trend"):
            found += changes(table, ("now", "before", "change"))
        for table in tables(document, "city_trend"):
            found += changes(table, *((f"{x}_now", f"{x}_before", f"{x}_change") for x in ("share", "cv")))
    assert len(found) > 14 * 18
    for triple in found:
        check_change(*triple)


def test_sentences_on_shares_follow_the_table(made: Demo) -> None:
    said = re.compile(
        r"(小学|初中)达标单元占比(?:由([\d.]+)%(提高到|下降到)([\d.]+)%|为([\d.]+)%，与上年度持平)"
    )
    checked = 0
    for (_, report), document in made.documents.items():
        if report in ("city", "schools"):
            continue
        (table,) = tables(document, "trend")
        shares = [row for row in table.rows if row.cells["label"].text.startswith("达标单元占比")]
        by_stage = {row.cells["stage"].text: row.cells for row in shares}
        for text in paragraphs(document, "trend"):
            for match in said.finditer(text):
                cells, checked = by_stage[match[1]], checked + 1
                assert cells["now"].text == (match[4] or match[5])
                assert cells["before"].text == (match[2] or match[5])
                word = {"提高到": "上升", "下降到": "下降", None: "持平"}[match[3]]
                assert cells["change"].text.startswith(word)
    assert checked > 10


class Written:
    """What is written on a sheet, by its height."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: dict[float, list[str]] = {}
        original = Canvas.text

        def text(canvas: Canvas, x: float, y: float, words: str, **look: object) -> None:
            self.rows.setdefault(round(y, 3), []).append(words)
            original(canvas, x, y, words, **look)  # type: ignore[arg-type]

        monkeypatch.setattr(Canvas, "text", text)


@pytest.mark.parametrize("figure", [disparity_figure, change_figure])
def test_differences_in_the_figures(made: Demo, figure: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a row's name stand this year's figure and the change; last year's stands in the words for the blind."""
    checked = 0
    for member in made.members:
        assert member.trend is not None
        with monkeypatch.context() as patch:
            written = Written(patch)
            with drawing_settings():
                drawing = figure(member.assessment, member.trend)  # type: ignore[operator]
        said = re.findall(r"([\d.]+|无法判定)%?(?:（上年([\d.]+|无法判定)%?）)?(?=[、；。（])", drawing.alt)
        pairs = [(now, before) for now, before in said if before]
        shown = [
            pair
            for words in written.rows.values()
            for pair in pairwise(words)
            if re.fullmatch(r"[+-]\d+\.\d+|持平", pair[1])
        ]
        known = [(n, b) for n, b in pairs if "无法判定" not in (n, b)]
        assert len(known) == len(shown)
        for now, change in shown:
            candidates = [pair for pair in known if pair[0] == now]
            assert any(agrees(*pair, change) for pair in candidates), (now, change, candidates)
            checked += 1
    assert checked > 100


def agrees(now: str, before: str, change: str) -> bool:
    return Fraction(now) - Fraction(before) == (0 if change == "持平" else Fraction(change))
