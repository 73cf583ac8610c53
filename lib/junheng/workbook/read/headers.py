"""Finding a sheet's header row and its columns by their texts, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from junheng.params.dictionary import Field
from junheng.workbook.read.grid import Grid, Range, address, column_letters
from junheng.workbook.read.issues import Reporter
from junheng.workbook.read.text import Units, fold_key, fold_spaces, unnumbered

SEARCH_ROWS = 20
MOST_UNKNOWN = 20


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


class HeaderReader:
    """Locates one sheet's header among its first rows and reports what does not fit."""

    def __init__(self, grid: Grid, wanted: Sequence[Field], units: Units, reporter: Reporter) -> None:
        self.grid = grid
        self.units = units
        self.reporter = reporter
        self.fields = {fold_key(word): f for f in wanted for word in (*f.also, f.header)}
        self.wanted = wanted
        self.spans = _spans(grid.merged)

    def locate(self) -> SheetHeader | None:
        """Return the table, or None (with an error reported) when no row looks like its header."""
        candidates = [(row, self._headings(row)) for row in self._first_rows()]
        row, headings = max(candidates, key=lambda pair: self._score(pair[1]), default=(0, []))
        # One word may be chance (a title names the sheet), two are a header.
        if self._score(headings) < min(2, len(self.wanted)):
            self._report_no_header()
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
        name, unit = (whole, None) if whole in self.fields else self.units.split_header(text)
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
            if field.key in found:
                self._report_twice(found[field.key], heading)
            else:
                found[field.key] = heading
        return found

    def _report_no_header(self) -> None:
        names = "、".join(f.header for f in self.wanted[:3])
        self.reporter.error(
            "header_absent",
            self.grid.name,
            "",
            found="没有找到表头",
            expected=f"前{SEARCH_ROWS}行内有含“{names}”等列名的表头行",
            remedy="请使用采集工作簿模板，不要改动列名。",
        )

    def _report_twice(self, first: HeaderCell, second: HeaderCell) -> None:
        self.reporter.error(
            "duplicate_column",
            self.grid.name,
            second.cell,
            found=f"{second.text}（与{first.cell}重复）",
            expected="每个列名只出现一次",
            remedy=f"请核对{first.cell}和{second.cell}两列，删去或改正其中一列。",
        )

    def _report_units(self, found: Mapping[str, HeaderCell]) -> None:
        by_key = {f.key: f for f in self.wanted}
        for key, heading in found.items():
            if heading.unit and heading.unit != by_key[key].unit:
                report_unit(self.reporter, self.grid.name, heading.cell, heading.text, by_key[key])

    def _report_unmatched(self, found: Mapping[str, HeaderCell], headings: Sequence[HeaderCell]) -> None:
        unknown = [h for h in headings if h.name not in self.fields]
        guessed = self._report_missing([f for f in self.wanted if f.key not in found], unknown)
        unknown = [heading for heading in unknown if heading not in guessed]
        for heading in unknown[:MOST_UNKNOWN]:
            self._note_unknown(heading, heading.text)
        if len(unknown) > MOST_UNKNOWN:
            rest = unknown[MOST_UNKNOWN:]
            self._note_unknown(rest[0], f"{rest[0].text}等{len(rest)}列")

    def _note_unknown(self, heading: HeaderCell, found: str) -> None:
        self.reporter.note(
            "unknown_column",
            self.grid.name,
            heading.cell,
            found=found,
            expected="",
            remedy="不是采集工作簿规定的列，未读取。",
        )

    def _report_missing(self, missing: Sequence[Field], unknown: Sequence[HeaderCell]) -> set[HeaderCell]:
        """Report the columns that are not there; return the headings that are asked about as perhaps being them."""
        names = {h.name: h for h in unknown}
        guessed = set()
        for field in missing:
            near = get_close_matches(fold_key(field.header), list(names), n=1, cutoff=0.6)
            report = self.reporter.note if field.may_be_blank else self.reporter.error
            report(
                "missing_column",
                self.grid.name,
                "",
                found=f"没有“{field.header}”列",
                expected=f"表头中有“{field.header}”",
                remedy=_same_column(names[near[0]]) if near else "请按采集工作簿模板补上该列。",
            )
            guessed |= {names[word] for word in near}
        return guessed


def report_unit(reporter: Reporter, sheet: str, cell: str, found: str, field: Field) -> None:
    """Report a column's unit that is not the dictionary's: figures are never converted silently."""
    reporter.error(
        "column_unit",
        sheet,
        cell,
        found=found,
        expected=f"{field.header}（{field.unit}）" if field.unit else field.header,
        remedy="列名中的单位与规定不同，请将整列换算为规定单位并改正列名。",
    )


def report_blank_headers(reporter: Reporter, grid: Grid, table: SheetHeader, numbers: Iterable[int]) -> None:
    """Warn of columns that hold something in these rows and have no header: nobody can say what it is."""
    found: dict[int, list[int]] = {}
    for number in numbers:
        for column, cell in grid.rows[number].items():
            if column not in table.named and (cell.text.strip() or cell.kind == "unstored"):
                found.setdefault(column, []).append(number)
    for column, rows in sorted(found.items()):
        first, letters = grid.rows[rows[0]][column].text, column_letters(column)
        counted = _is_count([grid.rows[row][column].text for row in rows])
        what = "是行号" if counted else f"没有列名，有{len(rows)}行填了内容"
        report = reporter.note if counted else reporter.warning
        report(
            "blank_header",
            grid.name,
            address(rows[0], column),
            found=f"{first}（{letters}列{what}）",
            expected="每列都有列名",
            remedy="没有列名的列未读取，请补上列名，或删去该列。",
        )


def _is_count(texts: Sequence[str]) -> bool:
    """Say whether the cells of a column only count its rows, as programs write before a table: 0, 1, 2 …"""
    numbers = [int(text) for text in texts if text.isdecimal()]
    return len(numbers) == len(texts) > 1 and all(b == a + 1 for a, b in pairwise(numbers))


def _same_column(heading: HeaderCell) -> str:
    return f"是否就是{heading.cell}的“{heading.text}”？请改为规定的列名。"


def _spans(merged: Sequence[Range]) -> dict[tuple[int, int], Range]:
    """Return the ranges merged downwards within one column, near the top, by their first cell."""
    return {(r.top, r.left): r for r in _near_top(merged) if r.left == r.right and r.bottom > r.top}


def _near_top(merged: Sequence[Range]) -> Iterator[Range]:
    return (r for r in merged if r.top <= SEARCH_ROWS and r.bottom <= SEARCH_ROWS + 5)
