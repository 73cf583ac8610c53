"""From a county's published folder to its package: read, complete, check, seal, write, record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from junheng.batch.edits import added_files
from junheng.batch.job import Places
from junheng.batch.staleness import MANIFEST, is_draft, read_manifest
from junheng.batch.year import year_in_use
from junheng.by_hand import put
from junheng.delivery import forms
from junheng.delivery.archive import pack, unpack
from junheng.delivery.changes import changed_figures
from junheng.delivery.names import (
    CHANGES,
    LOG_FILE,
    PACKAGE_MANIFEST,
    RECEIPT,
    SIGNATURE,
    SUMS,
    check_names,
    package_stem,
)
from junheng.delivery.own_only import Finding, Machine, OwnOnlyCheck, Rule, require
from junheng.delivery.record import (
    SendingRecord,
    Sent,
    SentFile,
    read_record,
    sending_folder,
    withdrawn_file,
    write_record,
)
from junheng.delivery.roster import Roster, load_roster
from junheng.delivery.seal import Sealer
from junheng.delivery.secrets import known_secrets
from junheng.delivery.settings import FILE, Delivery, load_delivery
from junheng.delivery.small_counts import hidden_figures
from junheng.errors import JunhengError, OutputProblem, UsageProblem
from junheng.files import open_log, sha256
from junheng.params.city import load_city
from junheng.params.counties import County, find_county, load_counties
from junheng.params.small_counts import load_small_counts
from junheng.report.content.names import CITY_FOLDER, OWN_PAGES, PAGE_FOLDER

GUIDE = "说明.txt"
_GUIDE_TEXT = """{title}
第{version}版{date}

一、核对文件。在本文件所在的文件夹中：
  Linux、macOS：sha256sum -c SHA256SUMS
  Windows（PowerShell）：
  Get-Content SHA256SUMS -Encoding UTF8 | ForEach-Object {{
    $h, $n = $_ -split '  ', 2
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $n).Hash -ne $h) {{ "不一致：$n" }}
  }}
  没有列出“不一致”的文件、没有报错即为全部一致。
  只核对一个文件，也可用Windows自带的命令，与SHA256SUMS中该文件的一行比较：
  certutil -hashfile 文件名 SHA256
二、填写“{receipt}”并退回。
{more}"""


class PackageOutcome(StrEnum):
    """How a county's package ended."""

    MADE = "已打包"
    SAME = "无变化"
    WAITING = "尚未发布"
    FAILED = "失败"


@dataclass(frozen=True)
class PackageOrder:
    """What is asked: year, folders, counties (all when empty), the date in print, and whether it leaves the city."""

    year: int
    places: Places
    words: tuple[str, ...] = ()
    date: str = ""
    external: bool = False

    def published(self, county: County) -> Path:
        """The folder whose files are packed."""
        places = self.places.leaving if self.external else self.places
        return places.year_dir(self.year) / county.stem


@dataclass(frozen=True)
class Packed:
    """What came of one county: the package and its version, or why there is none; notes and findings to look at."""

    county: County
    outcome: PackageOutcome
    version: int = 0
    path: Path | None = None
    reason: str = ""
    changed: int | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """Whole sentences about what people added or changed."""


@dataclass
class _Desk:
    """What all counties of one run share."""

    order: PackageOrder
    settings: Delivery
    sealer: Sealer
    roster: Roster
    machine: Machine
    folder: Path
    record: SendingRecord
    done: list[Packed] = field(default_factory=list)

    @property
    def params(self) -> Path:
        return self.order.places.params


def make_packages(
    order: PackageOrder, heard: Callable[[Packed], None] = lambda packed: None
) -> tuple[Packed, ...]:
    """Make the packages of all published counties; one that fails its check does not stop the others.

    Raises UsageProblem before anything is written (no such year, a key that is missing, a roster that cannot be read).
    """
    year_dir = order.places.year_dir(order.year)
    if not year_dir.is_dir():
        raise UsageProblem(
            f"没有{order.year}年度已发布的报告（outputs/{order.year}），请先运行make reports。"
        )
    with year_in_use(year_dir, order.places.params):  # no report changes while it is packed
        return _make_packages(order, heard, year_dir)


def _make_packages(
    order: PackageOrder, heard: Callable[[Packed], None], year_dir: Path
) -> tuple[Packed, ...]:
    counties = load_counties(order.places.params)
    chosen = [find_county(counties, word) for word in order.words] or list(counties)
    settings = load_delivery(order.places.params)
    sealer = Sealer.ready(settings.seal, order.places.root)
    roster = load_roster(order.places, order.year)
    folders = (order.places.root, order.places.data, order.places.params, order.places.out)
    machine = Machine.here(folders, known_secrets(order.places.root))
    with sending_folder(year_dir) as folder:
        record = read_record(folder, order.year)
        record.require_of(counties)
        desk = _Desk(order, settings, sealer, roster, machine, folder, record)
        for county in dict.fromkeys(chosen):
            packed = _guarded(desk, county)
            desk.done.append(packed)
            heard(packed)
        if kept := write_record(folder, order.places.params, desk.record):
            desk.done[-1] = replace(desk.done[-1], notes=(*desk.done[-1].notes, kept))
    return tuple(desk.done)


def _guarded(desk: _Desk, county: County) -> Packed:
    published = desk.order.published(county)
    if not published.is_dir():
        what = "对外材料尚未生成（make reports EXTERNAL=1）" if desk.order.external else "报告尚未发布"
        return Packed(county, PackageOutcome.WAITING, reason=f"{county.name}的{what}。")
    try:
        packed = _package(desk, county, published)
        added = tuple(
            f"{county.name}已发布的目录中另有“{name}”，不是本系统生成的，没有装入发送包。"
            for name in added_files(published)
        )
        return replace(packed, notes=(*packed.notes, *added))
    except JunhengError as error:
        kinds = Counter(finding.kind for finding in getattr(error, "findings", ()))
        told = "、".join(f"{kind}{number}处" for kind, number in sorted(kinds.items()))
        log_line(desk.order.places, desk.order.year, f"未打包  {county.stem}  {told or type(error).__name__}")
        return Packed(
            county, PackageOutcome.FAILED, reason=str(error), findings=getattr(error, "findings", ())
        )


def read_published(published: Path, carries: Callable[[str], bool]) -> dict[str, bytes]:
    """Read the files a county's manifest lists, each as its digest says; raises OutputProblem for any other.

    The manifest decides: a file that is not in it is not sent, a file that differs from it is not sent either.
    """
    manifest = read_manifest(published)
    if manifest is None or not manifest.get("outputs"):
        raise OutputProblem(f"“{published.name}”没有完整的清单（{MANIFEST}），请重新生成报告。")
    if is_draft(manifest):
        raise OutputProblem(f"“{published.name}”是草稿（PDF=draft），请重新生成正式的报告后再打包。")
    found = read_listed(published, manifest["outputs"])
    return {name: data for name, data in found.items() if carries(name)}


def read_listed(published: Path, listed: Mapping[str, str]) -> dict[str, bytes]:
    """Read files below a folder, by name and digest; raises OutputProblem for one that is not as its digest says."""
    files: dict[str, bytes] = {}
    check_names(listed)
    for name, digest in sorted(listed.items()):
        path = published / name
        if path.is_symlink() or not path.resolve().is_relative_to(published.resolve()):
            raise OutputProblem(f"“{published.name}”中的“{name}”指向目录之外，不能装入发送包。")
        data = path.read_bytes() if path.is_file() else b""
        if sha256(data) != digest:
            raise OutputProblem(f"“{published.name}”中的“{name}”与清单不符，可能被改动过，请重新生成报告。")
        files[name] = data
    return files


MADE_OF = ("data/", "params/", "code")
"""What must be the same for a county's page and its report to say the same, by the names of inputs."""


def own_page(published: Path, county: County) -> tuple[dict[str, bytes], str]:
    """Return the county's own page from the city's summary, as files below 网页/, and why there is none.

    Without a summary there is none and nothing is said; one made of other data than the report is not sent.
    """
    folder = published.parent / CITY_FOLDER
    summary, report = read_manifest(folder), read_manifest(published) or {}
    if summary is None:
        return {}, ""
    needed = {name: digest for name, digest in report.get("inputs", {}).items() if name.startswith(MADE_OF)}
    own = f"{OWN_PAGES}/{county.stem}/"
    listed = {name: digest for name, digest in summary.get("outputs", {}).items() if name.startswith(own)}
    if not listed or is_draft(summary) or not needed.items() <= summary.get("inputs", {}).items():
        return (
            {},
            f"全市汇总不是由与{county.name}报告相同的数据、参数和程序生成的，包内没有本县网页；需要的，请先运行make city。",
        )
    return {
        f"{PAGE_FOLDER}/{name.removeprefix(own)}": data for name, data in read_listed(folder, listed).items()
    }, ""


def content_digest(files: Mapping[str, bytes]) -> str:
    """One digest of what a package tells. A PDF made from a Word file beside it tells nothing more.

    (LibreOffice writes other bytes each time; a package is not withdrawn for that.)
    """
    telling = {n: d for n, d in files.items() if not (n.endswith(".pdf") and f"{n[:-4]}.docx" in files)}
    lines = [f"{sha256(data)}  {name}" for name, data in sorted(telling.items())]
    return sha256("\n".join(lines).encode())


def _package(desk: _Desk, county: County, published: Path) -> Packed:
    order, settings = desk.order, desk.settings
    files = read_published(published, lambda name: settings.carries(name, order.external))
    page, absent = own_page(published, county)
    files |= {name: data for name, data in page.items() if settings.carries(name, order.external)}
    content = content_digest(files)
    passphrase = desk.sealer.passphrase(county)
    last = desk.record.latest(county.code, order.external)
    stem = package_stem(county, order.year, order.external)
    path = desk.folder / f"{stem}.zip"
    if last and (last.content, last.seal) == (content, desk.sealer.told) and _intact(path, last):
        return Packed(county, PackageOutcome.SAME, last.version, path)
    changes = None
    if last is not None:
        former = _former(desk, last, passphrase)
        changes = changed_figures(former, files) if former is not None else None
    version = last.version + 1 if last else 1
    whole = {**files, **_papers(desk, county, version, content, files, changes, published)}
    office = load_city(desk.params).office
    rules: list[Rule] = [OwnOnlyCheck(county, desk.roster, settings.own_only, desk.machine, office)]
    if order.external:
        rules.append(hidden_figures(order.places, order.year, county))
    notes = require(county, whole, *rules)
    sealed = desk.sealer.sealed(whole, passphrase)
    data = pack(
        _with_sums(sealed, desk.sealer, stem), passphrase.value if passphrase and settings.seal.zip else None
    )
    kept = _put(desk, path, last, data)
    kept.append(_record(desk, county, path, version, content, sealed, data, changes))
    return Packed(
        county,
        PackageOutcome.MADE,
        version,
        path,
        changed=len(changes) if changes is not None else None,
        findings=notes,
        notes=tuple(filter(None, (*kept, absent))),
    )


def _intact(path: Path, last: Sent) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == last.sha256


def _former(desk: _Desk, last: Sent, passphrase: Any) -> dict[str, bytes] | None:
    """The files of the package that is replaced, or None when it is gone or cannot be opened any more.

    A run that was killed may have set it aside already, and even written the new one without recording it.
    """
    places = (desk.folder / last.file, desk.folder / withdrawn_file(last))
    path = next((place for place in places if _intact(place, last)), None)
    if path is None:
        return None
    try:
        files = unpack(path, desk.settings.limits, passphrase.value if passphrase else None)
    except OutputProblem:
        return None
    return {name.partition("/")[2]: data for name, data in files.items()}


def _papers(
    desk: _Desk,
    county: County,
    version: int,
    content: str,
    files: Mapping[str, bytes],
    changes: list[dict[str, str]] | None,
    published: Path,
) -> dict[str, bytes]:
    """What the office adds: receipt, guide, manifest, and with a new version what changed."""
    order, settings = desk.order, desk.settings
    title = f"{county.title}{order.year}年度义务教育优质均衡发展督导评估材料"
    date = order.date or settings.date
    known = {
        forms.PACKAGE_ROW: package_stem(county, order.year, order.external), "县（市、区）": county.title,
        forms.CODE_ROW: county.code, "年度": str(order.year), forms.VERSION_ROW: str(version),
        forms.PRINT_ROW: content, "收件单位": settings.recipient(county).unit, "发送日期": date,
    }  # fmt: skip
    papers = {RECEIPT: forms.receipt(desk.params, f"{title}回执", known)}
    more = []
    if version > 1:
        notes = [f"本版（第{version}版）取代第{version - 1}版，第{version - 1}版已撤回，请勿再用。"]
        if changes is None:
            notes.append("原版已无法打开，未能逐项比较。")
        elif not changes:
            notes.append("数据和结论没有变化，变化只在文字或版式。")
        papers[CHANGES] = forms.changes_sheet(desk.params, f"{title}更正说明", changes or [], notes)
        more.append(f"三、{notes[0]}变化见“{CHANGES}”。")
    rules = load_small_counts(desk.params)
    if order.external and rules.on:
        more.append(f"小数隐藏规则：{rules.printed}")
    dated = f"（{date}）" if date else ""
    guide = _GUIDE_TEXT.format(
        title=title, version=version, date=dated, receipt=RECEIPT, more="\n".join(more)
    )
    papers[GUIDE] = ("\ufeff" + guide.rstrip("\n").replace("\n", "\r\n") + "\r\n").encode()
    papers[PACKAGE_MANIFEST] = _manifest(order, county, version, date, published, {**files, **papers})
    return papers


def _manifest(
    order: PackageOrder, county: County, version: int, date: str, published: Path, files: Mapping[str, bytes]
) -> bytes:
    """From the published manifest what a county may know: no times of the run, no counts of other work."""
    made = read_manifest(published) or {}
    manifest = {
        "format": 1,
        "county": {"code": county.code, "name": county.name},
        "year": order.year,
        "version": version,
        "replaces": version - 1 if version > 1 else None,
        "date": date,
        "external": order.external,
        "fingerprint": made.get("fingerprint"),
        "inputs": made.get("inputs", {}),
        "software": made.get("versions", {}),
        "files": {name: {"size": len(data), "sha256": sha256(data)} for name, data in sorted(files.items())},
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def checksums(files: Mapping[str, bytes]) -> bytes:
    """The list as `sha256sum -c` reads it: UTF-8, line feeds, two blanks."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items())).encode()


def _with_sums(files: Mapping[str, bytes], sealer: Sealer, stem: str) -> dict[str, bytes]:
    sums = checksums(files)
    whole = {**files, SUMS: sums}
    signature = sealer.signature(sums)
    if signature is not None:
        whole[SIGNATURE] = signature
    return {f"{stem}/{name}": data for name, data in whole.items()}


def _put(desk: _Desk, path: Path, last: Sent | None, data: bytes) -> list[str]:
    """Keep the former package among the withdrawn, then put the new one in its place in one step.

    Only what is the recorded package is withdrawn: a new one that a killed run left unrecorded was never sent.
    Returns what is to be said of packages that somebody had changed.
    """
    if last is None:
        return [put(path, data)]
    withdrawn = [put(desk.folder / withdrawn_file(last), path.read_bytes())] if _intact(path, last) else []
    return [*withdrawn, put(path, data, [last.sha256])]


def _record(
    desk: _Desk, county: County, path: Path, version: int, content: str, files: Mapping[str, bytes], data: bytes,
    changes: list[dict[str, str]] | None,
) -> str:  # fmt: skip
    order, recipient = desk.order, desk.settings.recipient(county)
    sent = Sent(
        code=county.code, county=county.title, version=version, external=order.external, content=content,
        seal=desk.sealer.told, file=path.name, size=len(data), sha256=sha256(data),
        files=tuple(SentFile(name=n, size=len(d), sha256=sha256(d)) for n, d in sorted(files.items())),
        date=order.date or desk.settings.date, recipient=recipient.unit, contact=recipient.contact,
        changed=len(changes) if changes is not None else None,
    )  # fmt: skip
    desk.record = desk.record.with_package(sent)
    kept = write_record(desk.folder, desk.params, desk.record)
    log_line(order.places, order.year, f"打包  {sent.file}  第{version}版  {len(files)}个文件  sha256:{sent.sha256}"
             f"  内容:{content}  参数delivery.yml:{_settings_digest(desk.params)}  {sent.seal or '未加密签名'}")  # fmt: skip
    return kept


def _settings_digest(params: Path) -> str:
    return sha256((params / FILE).read_bytes())


def log_line(places: Places, year: int, text: str) -> None:
    """Add a line to logs/发送.log: what was made, from what, by which settings; no names of persons or schools."""
    path = places.year_dir(year) / "logs" / LOG_FILE
    with open_log(path, "a") as stream:
        stream.write(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {text}\n")
