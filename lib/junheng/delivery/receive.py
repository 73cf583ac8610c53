"""A receipt comes back: as the filled form, or by telephone (county, date, who)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from junheng.batch.job import Places
from junheng.delivery import forms
from junheng.delivery.package import log_line
from junheng.delivery.record import Receipt, SendingRecord, Sent, read_record, sending_folder, write_record
from junheng.errors import DataProblem, UsageProblem
from junheng.params.counties import find_county, load_counties
from junheng.report.content.dates import as_date, said_date
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid
from junheng.workbook.read.opened import OpenedFile

_MOST_ROWS = 40
_LONGEST_NAME, _LONGEST_NOTE = 40, 500
_KNOWN = (forms.CODE_ROW, forms.VERSION_ROW, forms.PRINT_ROW, forms.PACKAGE_ROW)
"""What the office wrote into the form."""
_VERSION = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Returned:
    """A receipt as it was told: which county and version, when, by whom."""

    county: str
    version: int | None
    content: str
    receipt: Receipt
    external: bool = False


def read_form(path: Path) -> Returned:
    """Read a filled receipt form; raises UsageProblem or DataProblem naming what is missing in it."""
    if not path.is_file():
        raise UsageProblem(f"回执文件“{path.name}”不存在。")
    opened = open_file(
        path
    )  # the reader of workbooks: whatever the file is, it ends in rows or in one sentence
    rows = _rows(opened)
    items = [item for item, _, _ in rows]
    if twice := [item for item in (*_KNOWN, *forms.RECEIPT_FIELDS) if items.count(item) > 1]:
        raise DataProblem(f"“{path.name}”中“{twice[0]}”有{items.count(twice[0])}行，请只保留一行。")
    known = {item: given for item, given, _ in rows}
    filled = {item: said or given for item, given, said in rows}
    if not known.get(forms.CODE_ROW) or not _VERSION.fullmatch(known.get(forms.VERSION_ROW, "")):
        raise DataProblem(f"“{path.name}”不是本系统发出的回执（没有代码和版本），请用包内的“回执.xlsx”。")
    check = filled.get("核对结果", "")
    if check not in ("", *forms.CHECK_RESULTS):
        raise DataProblem(
            f"“{path.name}”的“核对结果”应填“{'”或“'.join(forms.CHECK_RESULTS)}”，现为“{check}”。"
        )
    receipt = make_receipt(
        filled.get("收到日期", ""), filled.get("签收人", ""), path.name, filled.get("核对结果", ""),
        filled.get("意见", ""), opened.sha256,
    )  # fmt: skip
    external = known.get(forms.PACKAGE_ROW, "").endswith("_对外")
    return Returned(
        known[forms.CODE_ROW],
        int(known[forms.VERSION_ROW]),
        known.get(forms.PRINT_ROW, ""),
        receipt,
        external,
    )


def _rows(opened: OpenedFile) -> list[tuple[str, str, str]]:
    """Each item of the form with what the office and the county wrote beside it, on the first sheet that can be seen."""
    sheet = next((sheet for sheet in opened.sheets if sheet.visible), None)
    if sheet is None:
        return []
    grid = opened.grid(sheet)
    numbers = [number for number in grid.rows if number <= _MOST_ROWS]
    return [(_said(grid, row, 1), _said(grid, row, 2), _said(grid, row, 3)) for row in numbers]


def _said(grid: Grid, row: int, column: int) -> str:
    """A cell as one short line; a date without its time."""
    cell = grid.cell(row, column)
    if cell is None:
        return ""
    text = " ".join(cell.text.split())
    return text[:10] if cell.kind == "date" else text


def make_receipt(date: str, by: str, place: str, check: str = "", note: str = "", form: str = "") -> Receipt:
    """Return a receipt with its date in print; raises UsageProblem when date or signer is missing."""
    found = as_date(date)
    if found is None:
        raise UsageProblem(f"{place}的收到日期应写作2025年5月6日或2025-05-06，现为“{date}”。")
    if found > datetime.date.today():
        raise UsageProblem(f"{place}的收到日期“{date}”在今天之后，请核实。")
    by = " ".join(by.split())
    if not by:
        raise UsageProblem(f"{place}没有写明签收人。")
    limits = (("签收人", by, _LONGEST_NAME, "请只写姓名"), ("意见", note, _LONGEST_NOTE, "请另附文件"))
    for what, text, most, remedy in limits:  # both stand in 发送清单.xlsx
        if not text.isprintable():
            raise UsageProblem(f"{place}的{what}含有不能显示的字符，请改正后重试。")
        if len(text) > most:
            raise UsageProblem(f"{place}的{what}超过{most}个字，{remedy}。")
    return Receipt(date=said_date(found), by=by, check=check, note=note, form_sha256=form)


def receive(places: Places, year: int, returned: Returned) -> tuple[Sent, str]:
    """Record a receipt and write the list anew; return the package, and what `put` says of the list.

    Raises UsageProblem when no such package was made.
    """
    county = find_county(load_counties(places.params), returned.county)
    with sending_folder(places.year_dir(year)) as folder:
        record = read_record(folder, year)
        sent = _wanted(record, county.code, county.title, year, returned)
        _require_after_sending(sent, returned.receipt, year)
        record = record.with_receipt(sent, returned.receipt)
        kept = write_record(folder, places.params, record)
        log_line(places, year, f"回执  {sent.file}  第{sent.version}版  {returned.receipt.date}")
    return record.find(sent.code, sent.external, sent.version), kept


def _require_after_sending(sent: Sent, receipt: Receipt, year: int) -> None:
    """Raise UsageProblem for a receipt older than its package, or than the year that is assessed: then it belongs to another."""
    made, received = as_date(sent.date), as_date(receipt.date)
    if received is not None and received.year < year:
        raise UsageProblem(f"回执的收到日期{receipt.date}早于评估年度（{year}年），请核实。")
    if made is not None and received is not None and received < made:
        raise UsageProblem(
            f"回执的收到日期{receipt.date}早于发给{sent.county}的第{sent.version}版的发送日期{sent.date}，请核实。"
        )


def _wanted(record: SendingRecord, code: str, title: str, year: int, returned: Returned) -> Sent:
    own = [s for s in record.packages if (s.code, s.external) == (code, returned.external)]
    if not own:
        raise UsageProblem(f"没有发给{title}的{year}年度发送包，请先运行make package。")
    if returned.version is None:
        return own[-1]
    for sent in own:
        if sent.version == returned.version:
            if returned.content and returned.content != sent.content:
                raise UsageProblem(f"回执上的内容指纹与发给{title}的第{sent.version}版不符，请核实回执来源。")
            return sent
    raise UsageProblem(
        f"没有发给{title}的第{returned.version}版发送包，现有第{own[0].version}至{own[-1].version}版。"
    )
