"""The office's own sheets of delivery as tables: list of what was sent, receipt, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from junheng.params.loader import Record, load_cached
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.excel.sheets import workbook_bytes

SPECS = "delivery_tables.yml"
CHECK_RESULTS = ("一致", "不一致")
RECEIPT_FIELDS = ("收到日期", "签收人", "核对结果", "意见")
"""What the county writes into the receipt, in the order of its rows."""
PACKAGE_ROW, CODE_ROW, VERSION_ROW, PRINT_ROW = "发送包", "代码", "版本", "内容指纹"


class _Specs(Record):
    tables: tuple[TableSpec, ...]


def specs(params_dir: Path) -> dict[str, TableSpec]:
    """The forms of params/delivery_tables.yml by id."""
    return {spec.id: spec for spec in load_cached(params_dir / SPECS, _Specs).tables}


def table(
    spec: TableSpec, rows: Iterable[Mapping[str, str]], title: str = "", notes: Sequence[str] = ()
) -> Table:
    """A table of texts."""
    made = tuple(TableRow({key: TableCell(text) for key, text in row.items()}) for row in rows)
    return Table(spec, made, title=title, notes=tuple(notes))


def receipt(params_dir: Path, title: str, known: Mapping[str, str]) -> bytes:
    """The receipt form: what the office knows, and fields the county fills in."""
    rows = [{"item": item, "given": text, "filled": ""} for item, text in known.items()]
    rows += [{"item": item, "given": "", "filled": ""} for item in RECEIPT_FIELDS]
    return workbook_bytes([table(specs(params_dir)["receipt"], rows, title)], title)


def changes_sheet(
    params_dir: Path, title: str, rows: Sequence[Mapping[str, str]], notes: Sequence[str]
) -> bytes:
    """更正说明: every figure and verdict that differs from the version withdrawn."""
    return workbook_bytes([table(specs(params_dir)["changes"], rows, title, notes)], title)
