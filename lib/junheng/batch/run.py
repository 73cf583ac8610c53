"""From a request to results: plan what is stale, run it, keep what is good."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from junheng.batch import staleness
from junheng.batch.execute import check_parameters
from junheng.batch.job import Job, JobResult, Places, Status
from junheng.batch.lock import BusyError, Lock
from junheng.batch.pool import Executor, Listener, LocalExecutor
from junheng.batch.publish import recover
from junheng.batch.rundir import run_folder
from junheng.batch.work import Toolbox, main_report, standard_tools
from junheng.errors import JunhengError, UsageProblem
from junheng.params.city import load_city_year
from junheng.params.counties import County, find_county, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.standard import load_standards
from junheng.workbook.find import find_workbook


@dataclass(frozen=True)
class Request:
    """What the caller wants. `words` are codes or names of counties; none means all of them."""

    year: int
    places: Places
    words: tuple[str, ...] = ()
    reports: tuple[str, ...] = ("assessment",)
    workers: int | None = None
    force: bool = False
    cell_seconds: int = 600


@dataclass(frozen=True)
class Plan:
    """The counties in order, what has to be run, and what is settled already."""

    counties: tuple[County, ...]
    jobs: tuple[Job, ...]
    settled: tuple[JobResult, ...]


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
    if request.words:
        for county in counties:
            find_workbook(places.data, year, county)
    return counties


def workbooks_of(places: Places, year: int, county: County) -> tuple[Path, ...]:
    """This year's workbook and, when it is there, last year's; raises UsageProblem without the first."""
    found = [find_workbook(places.data, year, county)]
    with suppress(UsageProblem):
        found.append(find_workbook(places.data, year - 1, county))
    return tuple(found)


def make_plan(request: Request) -> Plan:
    """Decide for each county whether its report must be made; raises UsageProblem."""
    places = request.places
    counties = require_inputs(request)
    shared = staleness.shared_digests(places.root, places.notebook)
    jobs: list[Job] = []
    settled: list[JobResult] = []
    for county in counties:
        try:
            job = _job(request, county, shared)
        except JunhengError as error:
            settled.append(JobResult(county, Status.FAILED, reason=str(error)))
            continue
        current = None if request.force else _current(job)
        if current:
            settled.append(current)
        else:
            jobs.append(job)
    return Plan(counties, tuple(jobs), tuple(settled))


def _job(request: Request, county: County, shared: dict[str, str]) -> Job:
    places, year = request.places, request.year
    own = staleness.county_digests(year, county, places.params, workbooks_of(places, year, county))
    parameters = {"county": county.code, "year": year, "reports": list(request.reports)}
    inputs = staleness.Inputs({**shared, **own}, parameters)
    return Job(year, county, places, inputs, request.reports, request.cell_seconds)


def _current(job: Job) -> JobResult | None:
    """The result of a report that is up to date, or None."""
    if not staleness.is_current(job.published, job.inputs):
        return None
    national, local = read_published_verdict(job.published)
    return JobResult(job.county, Status.CURRENT, national, local, open=main_report(job))


def read_published_verdict(folder: Path) -> tuple[str, str]:
    import json

    verdict = json.loads((folder / "data" / "verdict.json").read_text(encoding="utf-8"))
    return verdict["overall"], verdict["overall_jining"]


def run_batch(
    request: Request,
    finished: Listener,
    announced: Callable[[Plan], None] = lambda plan: None,
    tools: Toolbox | None = None,
) -> tuple[JobResult, ...]:
    """Make every report that is stale. `finished` hears of each county; the results come in county order.

    Raises UsageProblem before anything is computed, and KeyboardInterrupt with all finished reports kept.
    """
    require_inputs(request)
    year_dir = _prepared(request.places.year_dir(request.year))
    try:
        with Lock(year_dir / ".lock"), run_folder() as runtime:
            recover(year_dir)
            try:
                return _run(request, finished, announced, tools, year_dir, runtime)
            finally:
                recover(year_dir)
    except BusyError as busy:
        raise UsageProblem(
            f"{request.year}年度的报告正由另一次运行生成（{busy.holder}），请等它结束后再试。"
        ) from None


def _run(
    request: Request,
    finished: Listener,
    announced: Callable[[Plan], None],
    tools: Toolbox | None,
    year_dir: Path,
    runtime: Path,
) -> tuple[JobResult, ...]:
    plan = make_plan(request)
    announced(plan)
    results = {result.county.code: result for result in plan.settled}
    for result in plan.settled:
        finished(result)

    def heard(result: JobResult) -> None:
        results[result.county.code] = result
        finished(result)

    if plan.jobs:
        load_standards(request.places.params, request.year)
        load_dictionary(request.places.params)
        if tools is None:
            require_tools()
            prepare_matplotlib(request.places.root, runtime)
        check_parameters(request.places.notebook, plan.jobs[0].logical_parameters())
        executor_for(request, plan, tools or standard_tools(), runtime).run(plan.jobs, heard)
    return tuple(results[county.code] for county in plan.counties)


def executor_for(request: Request, plan: Plan, tools: Toolbox, runtime: Path) -> Executor:
    """The executor of this run. Another kind (a cluster) would be chosen here."""
    workers = min(request.workers or len(os.sched_getaffinity(0)), len(plan.jobs))
    messages = request.places.year_dir(request.year) / "logs" / "batch.log"
    messages.parent.mkdir(parents=True, exist_ok=True)
    messages.write_text("", encoding="utf-8")
    return LocalExecutor(workers, tools, runtime, messages)


def _prepared(year_dir: Path) -> Path:
    try:
        year_dir.mkdir(parents=True, exist_ok=True)
        if not os.access(year_dir, os.W_OK):
            raise PermissionError
    except OSError as error:
        place = f"{year_dir.parent.name}/{year_dir.name}"
        raise UsageProblem(f"输出目录“{place}”无法写入，请检查权限或改用--out。") from error
    return year_dir


def require_tools() -> None:
    """Make sure that LibreOffice and the fonts are there; raises UsageProblem with what to do."""
    from junheng.report.fonts import missing_fonts

    if not any(shutil.which(name) for name in ("soffice", "libreoffice")):
        raise UsageProblem("缺少LibreOffice（soffice），无法生成PDF；请先运行make setup。")
    missing = missing_fonts()
    if missing:
        raise UsageProblem(f"缺少字体{'、'.join(missing)}，请先运行make setup。")


def prepare_matplotlib(root: Path, runtime: Path) -> None:
    """Build matplotlib's font cache once, before several kernels would do it at the same time."""
    folder = root / ".junheng" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError
    except OSError:
        folder = runtime / "matplotlib"
        folder.mkdir()
    os.environ["MPLCONFIGDIR"] = str(folder)
    if not any(folder.glob("fontlist-*.json")):
        command = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(command, check=False, capture_output=True, cwd=runtime)


def counts(results: Iterable[JobResult]) -> dict[Status, int]:
    """How many counties ended in which way."""
    listed = list(results)
    return {status: sum(result.status is status for result in listed) for status in Status}
