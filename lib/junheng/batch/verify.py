"""Published reports made once more from today's inputs and compared byte for byte with what stands published."""

from __future__ import annotations

import dataclasses
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from junheng.batch.checks import ZIPPED
from junheng.batch.contract import files_below
from junheng.batch.job import JobResult, Status
from junheng.batch.plan import Request, RunPlan, make_plan, require_inputs
from junheng.batch.rundir import run_folder
from junheng.batch.staleness import MANIFEST, asked_of, is_draft, read_manifest
from junheng.batch.year import year_in_use
from junheng.errors import UsageProblem
from junheng.params.counties import County
from junheng.report.content.names import check_reports

_TEXTS = (".csv", ".json", ".ipynb", ".html")
_MOST = 3


class VerifyOutcome(StrEnum):
    """How a published report compares with one made today."""

    SAME = "一致"
    DIFFERENT = "不一致"
    ABSENT = "未发布"
    FAILED = "无法重算"


@dataclass(frozen=True)
class Comparison:
    """One county: `inputs` says what changed since publishing, `files` what differs in which file."""

    county: County
    outcome: VerifyOutcome
    inputs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


Runner = Callable[[Request], tuple[JobResult, ...]]


def verify(request: Request, runner: Runner) -> list[Comparison]:
    """Make every published report of the request anew in a private folder and compare; raises UsageProblem."""
    counties, published = require_inputs(request), published_counties(request)
    with _undisturbed(request.places.year_dir(request.year), request.places.params), run_folder() as scratch:
        places = dataclasses.replace(request.places, out=scratch / "again")
        results: dict[str, JobResult] = {}
        why: dict[str, tuple[str, ...]] = {}
        for (reports, draft), group in by_reports(request, published).items():
            words = tuple(county.code for county in group)
            asked = dataclasses.replace(request, words=words, reports=reports, draft=draft)
            plan: RunPlan = make_plan(asked)
            why |= plan.why
            again = dataclasses.replace(asked, places=places, force=True)
            results |= {result.county.code: result for result in runner(again)}
        new = places.year_dir(request.year)
        return [_compared(request, county, results, why, new) for county in counties]


@contextmanager
def _undisturbed(year_dir: Path, params: Path) -> Iterator[None]:
    """Let no other run publish meanwhile; where nothing may be written, nothing is published either."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(year_in_use(year_dir, params))
        yield


def published_counties(request: Request) -> list[County]:
    """The counties of the request whose reports stand published; raises UsageProblem when there is none."""
    published = [county for county in require_inputs(request) if _folder(request, county).is_dir()]
    if not published:
        raise UsageProblem(f"{request.year}年度没有已发布的报告，请先运行make reports YEAR={request.year}。")
    return published


def _folder(request: Request, county: County) -> Path:
    return request.places.year_dir(request.year) / county.stem


def by_reports(request: Request, counties: list[County]) -> dict[tuple[tuple[str, ...], bool], list[County]]:
    """Group published counties by the kinds of reports that stand published, and whether they are drafts."""
    groups: dict[tuple[tuple[str, ...], bool], list[County]] = defaultdict(list)
    for county in counties:
        manifest = read_manifest(_folder(request, county)) or {}
        groups[_known_reports(manifest) or request.reports, is_draft(manifest)].append(county)
    return groups


def _known_reports(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of report a manifest names; none when it is damaged."""
    reports = asked_of(manifest).get("reports")
    try:
        return check_reports(map(str, reports)) if isinstance(reports, list) else ()
    except UsageProblem:
        return ()


def _compared(
    request: Request,
    county: County,
    results: dict[str, JobResult],
    why: dict[str, tuple[str, ...]],
    new: Path,
) -> Comparison:
    result = results.get(county.code)
    if result is None:
        return Comparison(county, VerifyOutcome.ABSENT)
    changed = why.get(county.code, ())
    if result.status is not Status.DONE:
        return Comparison(county, VerifyOutcome.FAILED, changed, (result.reason,))
    differences = tuple(compare_folders(_folder(request, county), new / county.stem))
    return Comparison(
        county, VerifyOutcome.DIFFERENT if differences else VerifyOutcome.SAME, changed, differences
    )


def compare_folders(old: Path, new: Path) -> Iterator[str]:
    """Say file by file what differs; manifests hold times and are left out."""
    before, now = set(files_below(old)), set(files_below(new))
    for name in sorted((before | now) - {MANIFEST}):
        if name not in now:
            yield f"“{name}”重算后没有"
        elif name not in before:
            yield f"缺少“{name}”"
        elif (old / name).read_bytes() != (new / name).read_bytes():
            yield f"“{name}”：{_where(old / name, new / name)}"


def _where(old: Path, new: Path) -> str:
    """The place of the first differences in a file, in words."""
    try:
        if old.suffix in ZIPPED:
            return _parts(old, new)
        if old.suffix in _TEXTS:
            return _lines(old, new)
        if old.suffix == ".pdf":
            return _pages(old, new)
    except Exception as error:  # whatever has been done to the published file
        return f"无法比较（{type(error).__name__}）"
    return "内容不同"


def _parts(old: Path, new: Path) -> str:
    with zipfile.ZipFile(old) as one, zipfile.ZipFile(new) as other:
        names = sorted({*one.namelist(), *other.namelist()})
        both = {*one.namelist()} & {*other.namelist()}
        parts = [n for n in names if n not in both or one.read(n) != other.read(n)]
    return f"{'、'.join(parts[:_MOST])}不同" if parts else "打包方式不同"


def _lines(old: Path, new: Path) -> str:
    one, other = (path.read_text(encoding="utf-8").splitlines() for path in (old, new))
    pairs = enumerate(zip(one, other, strict=False), 1)
    lines = [str(number) for number, (a, b) in pairs if a != b]
    if not lines:
        return f"行数不同（{len(one)}行，重算为{len(other)}行）"
    return f"第{'、'.join(lines[:_MOST])}行{'等' if len(lines) > _MOST else ''}不同"


def _pages(old: Path, new: Path) -> str:
    from junheng.report.pdf.inspect import page_texts

    one, other = page_texts(old), page_texts(new)
    pages = [str(number) for number, (a, b) in enumerate(zip(one, other, strict=False), 1) if a != b]
    if len(one) != len(other):
        return f"页数不同（{len(one)}页，重算为{len(other)}页）"
    return f"第{'、'.join(pages[:_MOST])}页文字不同" if pages else "文字相同，版面或图不同"
