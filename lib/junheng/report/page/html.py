"""Tables as HTML, for notebooks and pages: escaped text, units, marks that do not depend on colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from junheng.params.tables import TableColumn, head_spans
from junheng.report.content.model import Table, TableCell, TableRow

LONG = 30
"""Rows that a table in a notebook may have before it gets a box of its own."""
STYLE = """<style>
.jh.jh.jh{border-collapse:collapse;font-size:13px;line-height:1.5;margin:.6em 0;color:#111;background:#fff}
.jh.jh.jh caption{caption-side:top;text-align:center;font-weight:700;padding:.3em;color:var(--jp-content-font-color1,#111)}
.jh.jh.jh tr,.jh.jh.jh tr:hover{background:#fff}
.jh.jh.jh th,.jh.jh.jh td{border:1px solid #777;padding:.15em .5em;text-align:center;vertical-align:middle;white-space:normal}
.jh.jh.jh td:not(.left),.jh.jh.jh td.label{word-break:keep-all}
.jh.jh.jh thead th{background:#eee}
.jh.jh.jh td.left{text-align:left;min-width:7em;max-width:32em}.jh.jh.jh td.right{text-align:right}
.jh.jh.jh td.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.jh.jh.jh td.unmet{background:#fbdcd6;font-weight:700}.jh.jh.jh td.unknown{background:#f2f2f2;font-style:italic}
.jh.jh.jh td.label{font-weight:600}.jh.jh.jh tr.group td{background:#eee;font-weight:700;text-align:left}
.jh.jh.jh tr.total td{font-weight:700}.jh-note{font-size:12px;color:var(--jp-content-font-color1,#333);margin:.2em 0}
.jh-heading.jh-heading{font-weight:700;margin:.8em 0 .2em}.jh-text.jh-text{margin:.3em 0;max-width:60em}
.jh-box{max-height:40em;overflow:auto;display:inline-block;max-width:100%;border-bottom:1px solid #777;padding-right:1em}
.jh-box thead{position:sticky;top:0;z-index:8;box-shadow:inset 0 -1px #777}
.jh.jh.jh td[tabindex]{position:relative;cursor:help}
.jh.jh.jh td[tabindex]:focus{outline:2px solid #06c}
.jh.jh.jh td[tabindex]:focus::after{content:attr(title);position:absolute;top:100%;right:0;z-index:9;width:30em;
padding:.4em .6em;background:#ffffe8;color:#111;border:1px solid #555;font:12px/1.5 sans-serif;text-align:left;white-space:normal}
@media print{.jh-box{max-height:none;overflow:visible}.jh.jh.jh td[tabindex]:focus::after{display:none}}
</style>"""
"""The class is written three times to outrank the rules that JupyterLab has for tables. A cell with a source shows it when the
mouse rests on it and, for touch and keyboard, when it is clicked or reached by Tab; no script is needed."""


def table_html(table: Table, most: int | None = None) -> str:
    """Return `table` as HTML; with `most`, only its first rows and a line that says how many follow."""
    rows = table.rows if most is None else table.rows[:most]
    left = len(table.rows) - len(rows)
    notes = [*table.printed_notes, *([f"另有{left}行，见正式报告。"] if left else [])]
    body = "".join(_rows(rows, table.spec.columns))
    noted = "".join(f'<p class="jh-note">{escape(note)}</p>' for note in notes)
    return (
        f'<table class="jh"><caption>{escape(table.caption)}</caption>'
        f"<thead>{_head(table.spec.columns)}</thead><tbody>{body}</tbody></table>{noted}"
    )


def boxed_table_html(table: Table) -> str:
    """Return a short table as it is, a long one in a box of its own that scrolls under its headings."""
    shown = table_html(table)
    return shown if len(table.rows) <= LONG else f'<div class="jh-box" tabindex="0">{shown}</div>'


def _head(columns: Sequence[TableColumn]) -> str:
    spans = head_spans(columns)
    rows: list[str] = [""] * (1 + max(span.row for span in spans))
    for span in spans:
        size = f' colspan="{span.columns}"' if span.columns > 1 else ""
        size += f' rowspan="{span.rows}"' if span.rows > 1 else ""
        rows[span.row] += f"<th{size}>{escape(span.text)}</th>"
    return "".join(f"<tr>{row}</tr>" for row in rows)


def _rows(rows: Sequence[TableRow], columns: Sequence[TableColumn]) -> Iterator[str]:
    """Body rows; a cell left out is blank unless one above spans it."""
    spanned: dict[str, int] = {}
    for row in rows:
        if row.kind == "group":
            yield f'<tr class="group"><td colspan="{len(columns)}">{escape(row.text)}</td></tr>'
            continue
        cells = []
        for column in columns:
            cell = row.cells.get(column.key)
            left = spanned.get(column.key, 0)
            # A key left out is covered from above while a span lasts, else it is a blank of its own.
            if cell is not None or not left:
                cells.append(_cell(cell or TableCell(""), column))
            spanned[column.key] = max((cell.rows if cell else left) - 1, 0)
        yield f'<tr class="{row.kind}">{"".join(cells)}</tr>'


def _cell(cell: TableCell, column: TableColumn) -> str:
    aligned = "" if column.align == "center" else column.align
    classes = " ".join(filter(None, (cell.mark, aligned or ("num" if cell.number is not None else ""))))
    span = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    told = f"{cell.origin.places}{cell.origin.in_notebook}" if cell.origin else ""
    origin = f' tabindex="0" title="{escape(told)}"' if told else ""
    return f'<td class="{classes}"{span}{origin}>{escape(cell.text)}</td>'
