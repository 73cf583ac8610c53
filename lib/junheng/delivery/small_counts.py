"""The last look at a package that leaves the city: none of the hidden counts stands in any of its files.

The documents are rendered without them (`assess.suppress`); this check knows nothing of how, it only reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment
from junheng.assess.suppress import suppressed
from junheng.assess.suppress_texts import Suppression
from junheng.batch.job import Places
from junheng.delivery.own_only import Finding, readable
from junheng.delivery.pieces import Piece, PieceKind
from junheng.exact import fixed, plain
from junheng.lab import county as wb
from junheng.lab.workspace import suppression_of
from junheng.params.counties import County
from junheng.workbook.model import Hidden, usable

KIND = "应隐藏的小数"
_UNITS = {"名": "人", "位": "人", "个": "人"}
"""Other words for the unit in which people are counted."""
_COUNTED = re.compile(r"(\d[\d.]*) ?(人|名|位|个|%|万?元)")
_DISTINCT = 8
"""A ratio written with so many digits is found under whatever heading."""


@dataclass(frozen=True)
class HiddenFigures:
    """What must not be readable: forms in print beside the words of their group, and exact ratios anywhere."""

    near: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = ()
    anywhere: frozenset[str] = frozenset()

    def __call__(self, file: str, piece: Piece) -> Iterator[Finding]:
        """Yield the hidden figures that a piece of a file says: a rule of `own_only.look`."""
        for text in self._in(piece):
            yield Finding(file, piece.place, KIND, text)

    def _in(self, piece: Piece) -> Iterator[str]:
        yield from (form for form in self.anywhere if form in piece.text)
        if piece.kind in (PieceKind.NUMBER, PieceKind.RAW):  # in raw bytes nothing says where a sentence ends
            return
        text = readable(piece.text)
        whole = "".join(text.split()) if piece.wrapped and piece.kind is PieceKind.BODY else text
        for sentence in re.split(r"[。;\n]", whole):
            for words, forms in self.near:
                if any(word in sentence for word in words):
                    said = (
                        f"{number}{_UNITS.get(unit, unit)}" for number, unit in _COUNTED.findall(sentence)
                    )
                    yield from (text for text in said if text in forms)


def hidden_figures(places: Places, year: int, county: County) -> HiddenFigures:
    """Work out anew, from the workbooks of this year and the last, what is hidden; raises JunhengError."""
    folders = (str(places.data), str(places.params), str(places.out))
    work = wb.open_workspace(county.code, year, *folders, "assessment")
    how = suppression_of(work.params_dir, work.wording)
    if not how.rules.on:
        return HiddenFigures()
    book = usable(wb.open_book(work))
    now, before = wb.assess(work, book), wb.last_assessment(work, book)
    return figures_hidden_in([a for a in (now, before) if a is not None], how)


def figures_hidden_in(assessments: list[Assessment], how: Suppression) -> HiddenFigures:
    """The forms in print of all that the rule hides in these assessments (this year's first).

    What this year's report shows by right is no finding, although it may be the very number hidden for last year.
    """
    near: dict[tuple[str, ...], set[str]] = {}
    anywhere: set[str] = set()
    shown: set[str] = set()
    for place, assessment in enumerate(assessments):
        masked = suppressed(assessment, how)
        hidden, told = _figures(masked)
        row = masked.book.printed_county_row
        for group in how.rules.groups:
            counts = [row.get(key) for key in group.keys]
            forms = near.setdefault(group.words, set())
            forms |= {f"{plain(count.exact)}人" for count in counts if isinstance(count, Hidden)}
            funds = [row.get(key) for key in group.tied]
            forms |= {f"{plain(amount.exact)}万元" for amount in funds if isinstance(amount, Hidden)}
            forms |= _forms(hidden)
        anywhere |= {text for text in map(plain, hidden) if len(text) >= _DISTINCT}
        if place == 0:
            shown = _forms(told) | {f"{plain(value)}人" for value in told} | {plain(value) for value in told}
    found = tuple((words, frozenset(forms - shown)) for words, forms in near.items())
    return HiddenFigures(found, frozenset(anywhere - shown))


def _forms(values: Iterable[Fraction]) -> set[str]:
    return {text for v in values for text in (f"{fixed(v * 100, 1)}%", f"{fixed(v, 0)}元")}


def _figures(masked: Assessment) -> tuple[list[Fraction], list[Fraction]]:
    """The figures of all items: what is hidden, and what is shown."""
    hidden: list[Fraction] = []
    told: list[Fraction] = []
    for result in (masked.national, masked.local):
        for item in result.items:
            for value in (*item.figures.values(), *(part.value for part in item.parts)):
                if isinstance(value, Hidden):
                    hidden.append(value.exact)
                elif isinstance(value, Fraction):
                    told.append(value)
    return hidden, told
