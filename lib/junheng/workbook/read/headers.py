"""Finding a sheet's header row and its columns by their texts, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from junheng.params.dictionary import Field
from junheng.workbook.model import Severity
from junheng.workbook.read.context import SheetReader
from junheng.workbook.read.grid import Range, address, column_letters
from junheng.workbook.read.text import fold_key, fold_spaces, unnumbered

SEARCH_ROWS = 20
MOST_UNKNOWN = 20
"""So many columns of a county's own are named one by one; a sheet of another kind may have hundreds."""


@dataclass(frozen=True)
class HeaderCell:
    """One header cell: where its text stands, the folded name and the unit in its bracket."""

    row: int
    column: int
    text: str
    name: str
    unit: str | None

    @property
    def cell(self) -> str:
        """The address of the header cell."""
        return address(self.row, self.column)


@dataclass(frozen=True)
class SheetHeader:
    """Where a sheet's records are: the column of each key, its header, and the rows before the records.

    `named` are the columns that have a header at all, one of the dictionary's or another.
    """

    columns: Mapping[str, int]
    headings: Mapping[str, HeaderCell]
    last_header_row: int
    named: frozenset[int] = frozenset()

    def header_cells(self) -> dict[str, str]:
        """Return the address of each key's header."""
        return {key: heading.cell for key, heading in self.headings.items()}


@dataclass
class HeaderReader(SheetReader):
    """Locates one sheet's header among its first rows and reports what does not fit."""

    wanted: Sequence[Field]

    def __post_init__(self) -> None:
        self.fields = {fold_key(word): f for f in self.wanted for word in (*f.also, f.header)}
        self.spans = _spans(self.grid.merged)

    def locate(self) -> SheetHeader | None:
        """Return the table, or None (with an error reported) when no row looks like its header."""
        candidates = [(row, self._headings(row)) for row in self._first_rows()]
        row, headings = max(candidates, key=lambda pair: self._score(pair[1]), default=(0, []))
        # One word may be chance (a title names the sheet), two are a header.
        if self._score(headings) < min(2, len(self.wanted)):
            self.report("header_absent", rows=SEARCH_ROWS, names="、".join(f.header for f in self.wanted[:3]))
            return None
        found = self._assign(headings)
        self._report_units(found)
        self._report_unmatched(found, headings)
        spans = [self.spans.get((heading.row, heading.column)) for heading in found.values()]
        columns = {key: heading.column for key, heading in found.items()}
        last = max([row, *(span.bottom for span in spans if span)])
        return SheetHeader(columns, found, last, frozenset(heading.column for heading in headings))

    def _first_rows(self) -> list[int]:
        # A table that begins far down is looked for in the first rows that hold anything.
        filled = list(self.grid.rows)[: SEARCH_ROWS * 2]
        return [row for row in filled if row <= SEARCH_ROWS] or filled[:SEARCH_ROWS]

    def _headings(self, row: int) -> list[HeaderCell]:
        """Return the header texts of a row; a cell merged downwards from above counts in each of its rows."""
        own = {column: (row, cell.text) for column, cell in self.grid.rows[row].items()}
        for (top, column), span in self.spans.items():
            if top < row <= span.bottom and column not in own:
                cell = self.grid.cell(top, column)
                if cell is not None:
                    own[column] = (top, cell.text)
        return [self._heading(top, column, text) for column, (top, text) in sorted(own.items())]

    def _heading(self, row: int, column: int, text: str) -> HeaderCell:
        whole = fold_key(text)
        # A name may itself end in a bracket that looks like a unit's: the whole text is tried first.
        name, unit = (whole, None) if whole in self.fields else self.context.rules.units.split_header(text)
        if name not in self.fields and unnumbered(name) in self.fields:
            name = unnumbered(name)
        return HeaderCell(row, column, fold_spaces(text), name, unit)

    def _score(self, headings: Sequence[HeaderCell]) -> int:
        return len({self.fields[h.name].key for h in headings if h.name in self.fields})

    def _assign(self, headings: Sequence[HeaderCell]) -> dict[str, HeaderCell]:
        found: dict[str, HeaderCell] = {}
        for heading in headings:
            field = self.fields.get(heading.name)
            if field is None:
                continue
            first = found.setdefault(field.key, heading)
            if first is not heading:
                self._report("duplicate_column", heading, first=first.cell)
        return found

    def _report(self, kind: str, heading: HeaderCell, **quoted: Any) -> None:
        self.report(kind, heading.row, heading.column, **{"found": heading.text, **quoted})

    def _report_units(self, found: Mapping[str, HeaderCell]) -> None:
        by_key = {f.key: f for f in self.wanted}
        for key, heading in found.items():
            if heading.unit and heading.unit != by_key[key].unit:
                self._report("column_unit", heading, expected=by_key[key].with_unit)

    def _report_unmatched(self, found: Mapping[str, HeaderCell], headings: Sequence[HeaderCell]) -> None:
        unknown = [h for h in headings if h.name not in self.fields]
        guessed = self._report_missing([f for f in self.wanted if f.key not in found], unknown)
        unknown = [heading for heading in unknown if heading not in guessed]
        for heading in unknown[:MOST_UNKNOWN]:
            self._report("unknown_column", heading)
        if rest := unknown[MOST_UNKNOWN:]:
            self._report("unknown_column", rest[0], found=f"{rest[0].text}等{len(rest)}列")

    def _report_missing(self, missing: Sequence[Field], unknown: Sequence[HeaderCell]) -> set[HeaderCell]:
        """Report the columns that are not there; return the headings that are asked about as perhaps being them."""
        names = {h.name: h for h in unknown}
        guessed = set()
        for field in missing:
            severity = Severity.NOTE if field.may_be_blank else None
            near = get_close_matches(fold_key(field.header), list(names), n=1, cutoff=0.6)
            if not near:
                self.report("missing_column", severity=severity, header=field.header)
                continue
            heading = names[near[0]]
            guessed.add(heading)
            self.report(
                "missing_column.near",
                severity=severity,
                header=field.header,
                place=heading.cell,
                near=heading.text,
            )
        return guessed


@dataclass
class RecordReader(SheetReader):
    """Reads what stands under a header."""

    table: SheetHeader

    def report_blank_headers(self, numbers: Iterable[int]) -> None:
        """Warn of columns that hold something in these rows and have no header: nobody can say what it is."""
        found: dict[int, list[int]] = {}
        for number in numbers:
            for column, cell in self.grid.rows[number].items():
                if column not in self.table.named and (cell.text.strip() or cell.kind == "unstored"):
                    found.setdefault(column, []).append(number)
        for column, rows in sorted(found.items()):
            texts = [self.grid.rows[row][column].text for row in rows]
            self.report(
                "blank_header.counted" if _is_count(texts) else "blank_header",
                rows[0],
                column,
                found=texts[0],
                letters=column_letters(column),
                number=len(rows),
            )


def _is_count(texts: Sequence[str]) -> bool:
    """Say whether the cells of a column only count its rows, as programs write before a table: 0, 1, 2 …"""
    numbers = [int(text) for text in texts if text.isdecimal()]
    return len(numbers) == len(texts) > 1 and all(b == a + 1 for a, b in pairwise(numbers))


def _spans(merged: Sequence[Range]) -> dict[tuple[int, int], Range]:
    """Return the ranges merged downwards within one column, near the top, by their first cell."""
    return {(r.top, r.left): r for r in _near_top(merged) if r.left == r.right and r.bottom > r.top}


def _near_top(merged: Sequence[Range]) -> Iterator[Range]:
    return (r for r in merged if r.top <= SEARCH_ROWS and r.bottom <= SEARCH_ROWS + 5)
