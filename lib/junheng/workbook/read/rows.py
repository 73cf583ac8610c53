"""Reading a sheet with one record a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from junheng.params.dictionary import Field, Sheet
from junheng.workbook.model import Row, Severity, Value
from junheng.workbook.read.context import ColumnReader, ReadContext
from junheng.workbook.read.grid import Grid, address
from junheng.workbook.read.headers import SheetHeader, report_blank_headers, report_unit
from junheng.workbook.read.issues import subject_of
from junheng.workbook.read.kinds import RowKind, RowKinds, vital_keys
from junheng.workbook.read.merged import MergedCells
from junheng.workbook.read.text import fold_key, fold_spaces
from junheng.workbook.read.totals import compare_totals


class RowsReader:
    """Reads the records under one header; every row that is not a record is reported."""

    def __init__(self, context: ReadContext, grid: Grid, sheet: Sheet, table: SheetHeader) -> None:
        self.context = context
        self.grid = grid
        self.sheet = sheet
        self.table = table
        self.vital = vital_keys(sheet)
        self.faulty: set[str] = set()
        self.merged = MergedCells.of(grid, table)
        self.expected = {fold_key(word): word for word in sheet.expected}
        self.columns = {
            field.key: ColumnReader(context, grid, table.columns[field.key], field)
            for field in sheet.fields
            if field.key in table.columns
        }

    def read(self) -> tuple[Row, ...]:
        """Return the records in file order."""
        tell = RowKinds(self.sheet, self.table, self.context.rules.units)
        below = {n: c for n, c in self.grid.rows.items() if n > self.table.last_header_row}
        kinds = tell.of_all({n: self.merged.filled(self.grid, n, cells) for n, cells in below.items()})
        rows = tuple(self._record(number) for number, kind in kinds.items() if kind is RowKind.RECORD)
        self._report_merged(rows)
        self._report_skipped({n: k for n, k in kinds.items() if k is not RowKind.RECORD}, rows, tell)
        self._report_empty(rows)
        report_blank_headers(self.context.reporter, self.grid, self.table, [row.number for row in rows])
        self._report_hidden(rows)
        self._report_keys(rows)
        totals = [(n, k) for n, k in kinds.items() if k in (RowKind.TOTAL, RowKind.SUBTOTAL)]
        compare_totals(self.context, self.grid, self.sheet, self.table, rows, totals, frozenset(self.faulty))
        return rows

    def _record(self, number: int) -> Row:
        name = self._name(number)
        values: dict[str, Value] = {}
        unusable: set[str] = set()
        for field in self.sheet.fields:
            column = self.columns.get(field.key)
            if column is None:
                values[field.key] = Value(None, self.context.source(self.grid, number, self._anchor))
                continue
            values[field.key], usable = column.value(number, name, self._severity(field, values))
            if not usable:
                unusable.add(field.key)
        if self.expected and self.sheet.key in values:
            values[self.sheet.key] = self._known_key(values[self.sheet.key])
        self.faulty |= unusable
        row = Row(values, number)
        self._report_missing(row, unusable, name)
        return row

    def _severity(self, field: Field, values: Mapping[str, Value]) -> Severity:
        """A cell that cannot be used is an error, but not the main school of a row that never has one (教学点)."""
        kind = values["school_type"].content if field.required == "campus" else ""
        never = field.required == "campus" and not self.context.dictionary.is_campus(str(kind or ""), False)
        return Severity.NOTE if never else Severity.ERROR

    def _name(self, number: int) -> str:
        """Return what to call a row in messages: its name, else its key, else its number."""
        for key in (*self.vital[1:2], *self.vital[:1]):
            cell = self.grid.cell(number, self.table.columns.get(key, 0))
            if cell is not None and cell.text.strip():
                return fold_spaces(cell.text)
        return f"第{number}行"

    @property
    def _anchor(self) -> int:
        """The column to point at when a value's own column is not there."""
        return self.table.columns.get(self.sheet.key or "") or min(self.table.columns.values())

    def _known_key(self, value: Value) -> Value:
        word = self.expected.get(fold_key(str(value.content or "")))
        if word is None or word == value.content:
            return value
        return Value(word, value.source, value.text, f"规范为“{word}”")

    def _report_missing(self, row: Row, unusable: set[str], name: str) -> None:
        kind = row.text("school_type")
        stages = self.context.dictionary.row_stages(row.get)
        campus = self.context.dictionary.is_campus(kind, row.get("counted"))
        for field in self.sheet.fields:
            value = row.values[field.key]
            if self.merged.over(row.number, self.table.columns.get(field.key, 0)):
                continue  # told once for the whole range
            here = field.key in self.table.columns and field.key not in unusable
            if here and value.content is None and field.is_needed(stages, campus):
                subject = subject_of(name, field.header)
                self.context.reporter.missing(
                    value, field, self.context.rules, subject, self._is_vital(field)
                )

    def _is_vital(self, field: Field) -> bool:
        """Say whether a missing value is an error: it names the row, or the main school of a campus."""
        return field.key in self.vital or field.required == "campus"

    def _report_merged(self, rows: tuple[Row, ...]) -> None:
        """Report each merged range that leaves cells of records empty: whose its content is nobody can say."""
        spans = (
            self.merged.over(row.number, column) for row in rows for column in self.table.columns.values()
        )
        for span in dict.fromkeys(filter(None, spans)):
            cell = self.grid.cell(span.top, span.left)
            place = f"{address(span.top, span.left)}:{address(span.bottom, span.right)}"
            self.context.reporter.error(
                "merged_cells",
                self.grid.name,
                address(span.top, span.left),
                found=f"{cell.text if cell else ''}（{place}合并为一格）",
                expected="每条记录各有自己的单元格",
                remedy="合并单元格的内容只作左上角一格的，其余按空白处理；请取消合并，逐格填写。",
            )

    def _report_unclear(self, number: int, figures: int) -> None:
        """Ask once whose figures a row holds that names neither a school nor a total."""
        first = next((cell.text for cell in self.grid.rows[number].values() if cell.kind == "text"), "")
        self.context.reporter.error(
            "unclear_row",
            self.grid.name,
            address(number, min(self.grid.rows[number])),
            subject=f"第{number}行",
            found=f"{first or '没有名称'}，有{figures}个数值",
            expected="有学校标识码、学校名称、办学类型的学校，或首列写明“合计”“平均值”的统计行",
            remedy="不能确定是学校还是合计，未读取：是学校的请补填这三项，是合计的请写明“合计”，多余的请删去该行。",
        )

    def _report_units(self, number: int) -> None:
        """Report where a row of units under the header says another unit than the column has."""
        for key, column in self.table.columns.items():
            cell, field = self.grid.cell(number, column), self.sheet.by_key[key]
            unit = self.context.rules.units.find(fold_key(cell.text).strip("()")) if cell else None
            if unit and field.is_number and unit != field.unit:
                report_unit(self.context.reporter, self.grid.name, address(number, column), unit, field)

    def _report_skipped(self, skipped: Mapping[int, RowKind], rows: tuple[Row, ...], tell: RowKinds) -> None:
        """List rows that are no record; a stray line between records deserves more than a note."""
        last = rows[-1].number if rows else 0
        for number, kind in skipped.items():
            if kind is RowKind.UNCLEAR:
                self._report_unclear(number, tell.figures(self.grid.rows[number]))
                continue
            if kind is RowKind.UNITS:
                self._report_units(number)
            stray = kind is RowKind.STRAY and number < last
            report = self.context.reporter.warning if stray else self.context.reporter.note
            column = min(self.grid.rows[number])
            report(
                "skipped_row",
                self.grid.name,
                address(number, column),
                found=self.grid.rows[number][column].text,
                expected="",
                remedy=f"第{number}行按“{kind}”处理，不作为记录读取。",
            )

    def _report_empty(self, rows: tuple[Row, ...]) -> None:
        if not rows and self.sheet.required and not self.sheet.expected:
            self.context.reporter.error(
                "no_records",
                self.grid.name,
                "",
                found="表头下没有记录",
                expected="至少有一条记录",
                remedy="请按采集工作簿模板填写。",
            )

    def _report_hidden(self, rows: Iterable[Row]) -> None:
        hidden = [row.number for row in rows if row.number in self.grid.hidden]
        if hidden:
            self.context.reporter.warning(
                "hidden_rows",
                self.grid.name,
                address(hidden[0], self._anchor),
                found=f"第{number_list(hidden)}行被隐藏或筛选",
                expected="所有记录可见",
                remedy="这些行已照常读取，请核对是否应当删除。",
            )

    def _report_keys(self, rows: tuple[Row, ...]) -> None:
        """Warn of expected records that are not there and of records nobody expects."""
        key = self.sheet.key
        if not key or not self.expected or key not in self.table.columns:
            return
        header = self.sheet.by_key[key].header
        for word in self.sheet.expected:
            if word not in self.sheet.may_lack and all(row.text(key) != word for row in rows):
                self.context.reporter.warning(
                    "missing_row",
                    self.grid.name,
                    "",
                    subject=subject_of("", header),
                    found=f"没有{word}一行",
                    expected=f"有“{word}”一行",
                    remedy="请补上该行；缺少时相关项目为“无法判定”。",
                )
        for row in rows:
            value = row.values[key]
            if value.content is not None and value.content not in self.sheet.expected and value.source:
                self.context.reporter.warning(
                    "unknown_row",
                    self.grid.name,
                    value.source.cell,
                    subject=subject_of("", header),
                    found=value.text,
                    expected=f"“{'”“'.join(self.sheet.expected)}”之一",
                    remedy="该行不参加计算，请核对编号。",
                )


def number_list(numbers: Iterable[int]) -> str:
    """Write row numbers for reading, runs joined: 5、7至9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(a) if a == b else f"{a}至{b}" for a, b in runs)
