"""Blocks as plain text, for the command line: headings, paragraphs, tables in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from junheng.report.content.model import Block, Heading, Paragraph, Table, TableRow

GAP = "  "


def blocks_text(blocks: Iterable[Block]) -> str:
    """Write blocks one under another; pictures are left out."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(("" if block.level == 1 else "\n") + block.text)
        elif isinstance(block, Paragraph):
            parts.append(block.text)
        elif isinstance(block, Table):
            parts.append(table_text(block))
    return "\n".join(parts)


def table_text(table: Table) -> str:
    """Write a table in columns: heading row, rows, notes; a cell covered from above is left blank."""
    columns = table.spec.columns
    head = ["".join((*column.group, column.heading)).replace("\n", "") for column in columns]
    lines = [head, *(_cells(row, [column.key for column in columns]) for row in table.rows)]
    return "\n".join([table.caption, *aligned(lines), *(f"注：{n}" for n in table.printed_notes)])


def _cells(row: TableRow, keys: Sequence[str]) -> list[str]:
    if row.kind == "group":
        return [row.text, *([""] * (len(keys) - 1))]
    return [row.cells[key].text.replace("\n", " ") if key in row.cells else "" for key in keys]


def aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns; a Chinese character takes two places."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return [
        GAP.join(
            text + " " * (most - cell_len(text)) for text, most in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]
