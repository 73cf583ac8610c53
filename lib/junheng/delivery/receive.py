"""A receipt comes back: as the filled form, or by telephone (county, date, who)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from junheng.batch.job import Places
from junheng.delivery import forms
from junheng.delivery.package import log_line, sha256
from junheng.delivery.record import Receipt, SendingRecord, Sent, read_record, sending_folder, write_record
from junheng.errors import DataProblem, UsageProblem
from junheng.params.counties import find_county, load_counties
from junheng.report.excel.sheets import as_date
from junheng.workbook.read.package import Package, read_file

_MOST_ROWS = 40


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
    data = read_file(path)
    Package(path.name, data)  # refuses what is no workbook, too large or encrypted
    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    rows = {
        str(row[0] or "").strip(): (str(row[1] or "").strip(), _said(row[2]))
        for row in sheet.iter_rows(max_row=_MOST_ROWS, max_col=3, min_col=1, values_only=True)
        if len(row) == 3
    }
    known = {item: given for item, (given, _) in rows.items()}
    filled = {item: said or given for item, (given, said) in rows.items()}
    if not known.get(forms.CODE_ROW) or not known.get(forms.VERSION_ROW, "").isdecimal():
        raise DataProblem(f"“{path.name}”不是本系统发出的回执（没有代码和版本），请用包内的“回执.xlsx”。")
    check = filled.get("核对结果", "")
    if check not in ("", *forms.CHECK_RESULTS):
        raise DataProblem(
            f"“{path.name}”的“核对结果”应填“{'”或“'.join(forms.CHECK_RESULTS)}”，现为“{check}”。"
        )
    receipt = make_receipt(
        filled.get("收到日期", ""), filled.get("签收人", ""), path.name, filled.get("核对结果", ""),
        filled.get("意见", ""), sha256(data),
    )  # fmt: skip
    external = known.get(forms.PACKAGE_ROW, "").endswith("_对外")
    return Returned(
        known[forms.CODE_ROW],
        int(known[forms.VERSION_ROW]),
        known.get(forms.PRINT_ROW, ""),
        receipt,
        external,
    )


def _said(value: object) -> str:
    strftime = getattr(value, "strftime", None)
    return strftime("%Y-%m-%d") if strftime else str(value or "").strip()


def make_receipt(date: str, by: str, place: str, check: str = "", note: str = "", form: str = "") -> Receipt:
    """Return a receipt with its date in print; raises UsageProblem when date or signer is missing."""
    found = as_date(date)
    if found is None:
        raise UsageProblem(f"{place}的收到日期应写作2025年5月6日或2025-05-06，现为“{date}”。")
    if not by.strip():
        raise UsageProblem(f"{place}没有写明签收人。")
    printed = f"{found.year}年{found.month}月{found.day}日"
    return Receipt(date=printed, by=by.strip(), check=check, note=note, form_sha256=form)


def receive(places: Places, year: int, returned: Returned) -> Sent:
    """Record a receipt and write the list anew; raises UsageProblem when no such package was made."""
    county = find_county(load_counties(places.params), returned.county)
    with sending_folder(places.year_dir(year)) as folder:
        record = read_record(folder, year)
        sent = _wanted(record, county.code, county.title, year, returned)
        record = record.with_receipt(sent, returned.receipt)
        write_record(folder, places.params, record)
        log_line(places, year, f"回执  {sent.file}  第{sent.version}版  {returned.receipt.date}")
    return sent.model_copy(update={"receipt": returned.receipt})


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
