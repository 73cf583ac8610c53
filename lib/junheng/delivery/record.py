"""What was sent to whom, and what came back: 发送记录.json, the source of 发送清单.xlsx. It stays in the office."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from junheng.batch.lock import in_use
from junheng.by_hand import put
from junheng.delivery.forms import specs
from junheng.delivery.names import LIST_FILE, RECORD_FILE, SENT
from junheng.errors import UsageProblem
from junheng.files import read_regular, write_whole
from junheng.params.counties import County
from junheng.params.loader import Record
from junheng.report.content.model import Table
from junheng.report.content.tables.building import Cells, numbered, place_cell, row
from junheng.report.excel.sheets import workbook_bytes

State = Literal["未回执", "已回执", "已撤回"]


class SentFile(Record):
    """One file of a package."""

    name: str
    size: int
    sha256: str


class Receipt(Record):
    """What the county said when it got the package; `check` is its own check of the list, if it made one."""

    date: str
    by: str
    check: str = ""
    note: str = ""
    form_sha256: str = ""


class Sent(Record):
    """One package. `content` is the digest of what it carries before sealing; `file` is below 发送/."""

    code: str
    county: str
    version: int
    external: bool = False
    content: str
    seal: str = ""
    file: str
    size: int
    sha256: str
    files: tuple[SentFile, ...]
    date: str = ""
    recipient: str
    contact: str = ""
    changed: int | None = None
    withdrawn_by: int | None = None
    receipt: Receipt | None = None
    earlier: tuple[Receipt, ...] = ()
    """Receipts that a later one replaced, oldest first."""

    @property
    def state(self) -> State:
        if self.withdrawn_by is not None:
            return "已撤回"
        return "已回执" if self.receipt else "未回执"


class SendingRecord(Record):
    """All packages of one year, in the order they were made."""

    format: int = 1
    year: int
    packages: tuple[Sent, ...] = ()

    def require_of(self, counties: Iterable[County]) -> None:
        """Raise UsageProblem when a package is of a county of another city, whose list and record this folder is."""
        codes = {county.code for county in counties}
        for sent in self.packages:
            if sent.code not in codes:
                raise UsageProblem(
                    f"“{SENT}”目录中有{sent.county}的发送记录，不是本市的县（市、区）；"
                    "各市的报告要分别打包，请用--out（make的OUT=）另行指定输出目录。"
                )

    def latest(self, code: str, external: bool = False) -> Sent | None:
        """The last package of a county."""
        own = [sent for sent in self.packages if (sent.code, sent.external) == (code, external)]
        return own[-1] if own else None

    def with_package(self, new: Sent) -> SendingRecord:
        """The record with `new`, the county's earlier packages withdrawn by it."""
        kept = tuple(
            sent.model_copy(update={"withdrawn_by": new.version, "file": withdrawn_file(sent)})
            if (sent.code, sent.external) == (new.code, new.external) and sent.withdrawn_by is None
            else sent
            for sent in self.packages
        )
        return self.model_copy(update={"packages": (*kept, new)})

    def with_receipt(self, sent: Sent, receipt: Receipt) -> SendingRecord:
        """The record with a receipt for one package; one that it had is kept among the earlier ones, the same is no other."""
        if receipt == sent.receipt:
            return self
        earlier = (*sent.earlier, *([sent.receipt] if sent.receipt else []))
        changed = sent.model_copy(update={"receipt": receipt, "earlier": earlier})
        kept = tuple(changed if s == sent else s for s in self.packages)
        return self.model_copy(update={"packages": kept})

    def find(self, code: str, external: bool, version: int) -> Sent:
        """The package of a county and version; raises StopIteration when there is none."""
        return next(s for s in self.packages if (s.code, s.external, s.version) == (code, external, version))


def withdrawn_file(sent: Sent) -> str:
    """Where a withdrawn package is kept, below 发送/."""
    return f"已撤回/{Path(sent.file).stem}_第{sent.version}版.zip"


@contextmanager
def sending_folder(year_dir: Path) -> Iterator[Path]:
    """Yield 发送/ while no other process writes in it; raises UsageProblem when one does, or when it leads elsewhere."""
    folder = year_dir / SENT
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageProblem(f"“{year_dir.name}/{SENT}”应为目录，现为文件或指向别处的链接，请查明后移走再试。")
    folder.mkdir(parents=True, exist_ok=True)
    with in_use(folder / ".lock", "发送目录"):
        for left in folder.glob(".*.part"):
            if left.is_symlink() or not left.is_dir():
                left.unlink(missing_ok=True)
        yield folder


def read_record(folder: Path, year: int) -> SendingRecord:
    """Read 发送记录.json; raises UsageProblem when it is damaged (it is never begun anew over an old one)."""
    path = folder / RECORD_FILE
    if not os.path.lexists(path):
        return SendingRecord(year=year)
    try:
        return SendingRecord.model_validate_json(read_regular(path))
    except (ValidationError, OSError) as error:
        raise UsageProblem(f"“{SENT}/{RECORD_FILE}”已损坏，请从备份恢复后重试。") from error


def write_record(folder: Path, params_dir: Path, record: SendingRecord) -> str:
    """Write the record and the list made from it, each in one step; return what `put` says of the list."""
    text = json.dumps(record.model_dump(), ensure_ascii=False, indent=2)
    write_whole(folder / RECORD_FILE, f"{text}\n".encode())
    return put(folder / LIST_FILE, _list(params_dir, record))


def _list(params_dir: Path, record: SendingRecord) -> bytes:
    forms = specs(params_dir)
    title = f"{record.year}年度督导评估报告发送清单"
    ordered = sorted(record.packages, key=lambda s: (s.code, s.external, s.version))
    packages = numbered(map(_package_cells, ordered))
    files = tuple(row(_file_cells(sent, file)) for sent in ordered for file in sent.files)
    tables = [Table(forms["sent"], packages, title=title), Table(forms["sent_files"], files)]
    return workbook_bytes(tables, title)


def _package_cells(sent: Sent) -> Cells:
    receipt = sent.receipt or Receipt(date="", by="")
    return {
        **{
            key: getattr(sent, key)
            for key in ("code", "county", "file", "sha256", "date", "recipient", "contact")
        },
        "version": f"第{sent.version}版",
        "files": place_cell(len(sent.files)),
        "size": place_cell(sent.size),
        "seal": sent.seal or "无",
        "state": sent.state,
        "received": receipt.date,
        "receiver": receipt.by,
        "remark": _remark(sent, receipt),
    }


def _remark(sent: Sent, receipt: Receipt) -> str:
    told = ["对外"] if sent.external else []
    if sent.changed is not None:
        told.append(f"更正重发，数据变化{sent.changed}处")
    if sent.withdrawn_by is not None:
        told.append(f"由第{sent.withdrawn_by}版取代，已撤回" + ("（曾回执）" if sent.receipt else ""))
    told += [text for text in (f"核对结果：{receipt.check}" if receipt.check else "", receipt.note) if text]
    return "；".join(told)


def _file_cells(sent: Sent, file: SentFile) -> Cells:
    return {
        "county": sent.county,
        "version": f"第{sent.version}版",
        "file": file.name,
        "size": place_cell(file.size),
        "sha256": file.sha256,
    }
