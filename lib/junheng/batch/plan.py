"""Which counties are asked for, which of them must be run, and what is settled already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from junheng.batch import staleness
from junheng.batch.changes import STANDARD_NAME, changes
from junheng.batch.job import MEMORY, Job, JobResult, Places, Status
from junheng.errors import AbsentWorkbook, JunhengError, OutputProblem, UsageProblem
from junheng.lab.notebooks import outdated, own_notebook, require_own, require_sealed
from junheng.params.city import load_city, load_city_year
from junheng.params.counties import County, find_county, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.references import require_known_names
from junheng.params.standard import require_choices
from junheng.report.content.names import check_reports
from junheng.workbook.read.find import find_last_workbook, find_workbook
from junheng.workbook.read.school_lists import SchoolLists

FORCED = "已是最新，按要求重新生成"
OWN = "本县笔记本"
OUTDATED = "标准笔记本已更新，可用make notebook-update合并"
UNREADABLE = "已发布的“data/verdict.json”内容不完整"


@dataclass(frozen=True)
class Cluster:
    """Where to run: the scheduler's address, and the URLs under which workers read data and parameters."""

    scheduler: str
    data: str
    params: str


@dataclass(frozen=True)
class Request:
    """What the caller wants. `words` are codes or names of counties; none means all of them. No `reports` means
    those that params/<YEAR>/city.yml names.

    `workers` is for this machine; with a `cluster` the jobs are done there. `in_store`: of what is published only
    manifests and verdicts are in the output folder (cluster/visit.py). A `draft` has plain PDF.
    """

    year: int
    places: Places
    words: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    workers: int | None = None
    force: bool = False
    cell_seconds: int = 600
    memory: int = MEMORY
    cluster: Cluster | None = None
    in_store: bool = False
    draft: bool = False


@dataclass(frozen=True)
class RunPlan:
    """The counties in order, what has to be run and why (by county code), and what is settled already."""

    counties: tuple[County, ...]
    jobs: tuple[Job, ...]
    settled: tuple[JobResult, ...]
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is to be said beside a county's result, by county code."""


def chosen_counties(request: Request) -> tuple[County, ...]:
    """The counties asked for, in the order of counties.yml; raises UsageProblem for an unknown one."""
    known = load_counties(request.places.params)
    if not request.words:
        return known
    asked = {find_county(known, word).code for word in request.words}
    return tuple(county for county in known if county.code in asked)


def require_inputs(request: Request) -> tuple[County, ...]:
    """Make sure that year, parameters and asked-for workbooks are there; raises UsageProblem."""
    places, year = request.places, request.year
    counties = chosen_counties(request)
    folder = places.data / str(year)
    if not folder.is_dir():
        years = sorted(p.name for p in places.data.glob("[0-9]*") if p.is_dir())
        there = f"现有年度：{'、'.join(years)}。" if years else "请先放入采集工作簿。"
        raise UsageProblem(f"缺少{year}年度的数据目录“{folder.parent.name}/{folder.name}”。{there}")
    load_city_year(places.params, year)
    require_known_names(places.params, year)
    if request.words:
        for county in counties:
            find_workbook(places.data, year, county)
    return counties


def workbooks_of(places: Places, year: int, county: County) -> tuple[Path, ...]:
    """This year's workbook, last year's and the city's own when they are there; raises UsageProblem without the first."""
    own, last = find_workbook(places.data, year, county), find_last_workbook(places.data, year, county)
    city = city_workbook(places, year)
    return (own, *filter(None, (last, city)))


def city_workbook(places: Places, year: int) -> Path | None:
    """The city's own workbook of a year, which says when and by whom a county was visited; None without one."""
    try:
        return find_workbook(places.data, year, load_city(places.params).unit(year))
    except AbsentWorkbook:
        return None


def make_plan(request: Request) -> RunPlan:
    """Decide for each county whether its report must be made; raises UsageProblem."""
    places = request.places
    counties = require_inputs(request)
    notes = notebook_notes(request, counties)
    if notes.keys() < {county.code for county in counties}:
        require_sealed(places.notebook)
    shared = staleness.shared_digests(places.root, places.notebook)
    lists = SchoolLists(
        places.data, request.year, load_counties(places.params), load_dictionary(places.params)
    )
    jobs: list[Job] = []
    settled: list[JobResult] = []
    why: dict[str, tuple[str, ...]] = {}
    for county in counties:
        try:
            job = _job(request, county, shared)
        except JunhengError as error:
            settled.append(JobResult(county, Status.FAILED, reason=str(error)))
            continue
        changed = changes(job.published, job.inputs, job.workbook, job.contents.all, request.in_store)
        current = None if changed else _current(job)
        if current is None or request.force:
            foreign = lists.foreign(county)
            if foreign:
                settled.append(JobResult(county, Status.FAILED, reason=foreign[0].message))
                continue
            jobs.append(job)
            why[county.code] = tuple(changed) or (FORCED if current else UNREADABLE,)
        else:
            settled.append(current)
    return RunPlan(counties, tuple(jobs), tuple(settled), why, notes)


def notebook_notes(request: Request, counties: Iterable[County]) -> dict[str, tuple[str, ...]]:
    """Say of each county with a notebook of its own that it runs that one, and whether the standard one is newer."""
    root = request.places.root
    notes: dict[str, tuple[str, ...]] = {}
    for county in counties:
        own = own_notebook(root, request.year, county)
        if own.is_file():
            notes[county.code] = (OWN,)
            with suppress(JunhengError):  # the county's own failure says what is wrong
                notes[county.code] += (OUTDATED,) * outdated(root, own)
    return notes


def _job(request: Request, county: County, shared: dict[str, str]) -> Job:
    places, year = request.places, request.year
    require_choices(places.params, year, county.code)
    own = staleness.county_digests(year, county, places.params, workbooks_of(places, year, county))
    own |= staleness.external_digests(places.params, places.external)
    special = staleness.own_digests(places.root, year, county)
    if special:
        require_own(own_notebook(places.root, year, county), year, county)
        shared = {name: digest for name, digest in shared.items() if name != STANDARD_NAME}
        own |= special
    reports = request.reports or check_reports(load_city_year(places.params, year).reports)
    parameters: dict[str, Any] = {"county": county.code, "year": year, "reports": list(reports)}
    parameters |= staleness.external(places.external) | staleness.drafted(request.draft)
    inputs = staleness.Inputs({**shared, **own}, parameters)
    return Job(year, county, places, inputs, reports, request.cell_seconds, request.memory)


def _current(job: Job) -> JobResult | None:
    """The result of a report that is up to date; None when its verdict cannot be read, whatever the manifest says."""
    try:
        national, local = job.verdicts(job.published)
    except OutputProblem:
        return None
    return JobResult(job.county, Status.CURRENT, national, local, open=job.main_file)
