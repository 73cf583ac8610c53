"""The report's tables on the page: their header rows, whose row it is, where a cell leads and what it is sorted by."""

from __future__ import annotations

from junheng.params.counties import County
from junheng.params.tables import HeadSpan, head_spans
from junheng.report.content.context import CityContext
from junheng.report.content.model import Mark, Table, TableCell, TableRow


class CountyLinks:
    """Finds the county of a table's row by the name in its column `county`."""

    def __init__(self, context: CityContext) -> None:
        self._by_name = {name: county for county in context.counties for name in (county.name, county.title)}
        self._verdicts = {m.county.code: str(m.verdict) for m in context.city.members}

    def of_row(self, row: TableRow) -> str:
        """Return the code of the county a row is about, empty for a row about several."""
        cell = row.cells.get("county")
        county = self._by_name.get(cell.text) if cell else None
        return county.code if county else ""

    def verdict(self, county: County) -> str:
        """Return a county's verdict in words, that it is left out among them."""
        return self._verdicts.get(county.code, "未纳入")


def head_rows(table: Table) -> tuple[tuple[HeadSpan, ...], ...]:
    """Return the cells of a table's header, row by row."""
    spans = head_spans(table.spec.columns)
    depth = 1 + max(span.row for span in spans)
    return tuple(tuple(span for span in spans if span.row == level) for level in range(depth))


WORDS: dict[str, dict[Mark, str]] = {"matrix": {"unmet": "未达"}, "disparity": {"unmet": "超限"}}
"""What is written beside a figure whose shade says so (a verdict says it by itself)."""


def word_of(table: str, cell: TableCell) -> str:
    """Return the word that says what a cell's shade says; 12/15 says it by itself."""
    return "" if "/" in cell.text else WORDS.get(table, {}).get(cell.mark, "")


def sort_key(cell: TableCell) -> str:
    """Return what a cell is sorted by: its exact number as the nearest float, empty for a text."""
    return "" if cell.number is None else repr(float(cell.number))


def leads_to(table: str, key: str, code: str) -> str:
    """Return where a cell about a county leads: its name to its view, a figure or verdict to what stands behind it there."""
    if key == "county":
        return f"#/{code}"
    stage, _, indicator = key.partition("_")
    if table == "matrix":
        return f"#/{code}/units/{stage}/{indicator}".rstrip("/")
    if table == "disparity":
        return f"#/{code}/spread/{stage}/{indicator}"
    if table == "conclusions" and key != "target":
        return f"#/{code}/aspect/{key}"
    return {
        ("plan", "state"): f"#/{code}/plan",
        ("plan", "left"): f"#/{code}/plan",
        ("progress", "place"): f"#/{code}/cycle",
        ("progress", "late"): f"#/{code}/cycle",
    }.get((table, key), "")
