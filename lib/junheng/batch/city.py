"""The city's summary: one job of its own, made, checked and published like a county's."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from junheng.batch import evidence, staleness
from junheng.batch.changes import changes
from junheng.batch.checks import refuse_places
from junheng.batch.contract import refuse_others, require_files, require_regular
from junheng.batch.edits import keep_edits
from junheng.batch.execute import check_parameters
from junheng.batch.job import Job, JobResult, Places, Status
from junheng.batch.log import JobLog
from junheng.batch.manifest import take_summary, write_manifest
from junheng.batch.plan import Request, require_inputs, workbooks_of
from junheng.batch.publish import publish, recover, staging_folder
from junheng.batch.reasons import explain
from junheng.batch.run import prepared
from junheng.batch.rundir import run_folder
from junheng.batch.scrub import PathScrubber, scrub_notebook
from junheng.batch.task import NotebookTask
from junheng.batch.tools import prepare_matplotlib, require_tools
from junheng.batch.work import Toolbox, Workplace, path_names, standard_tools
from junheng.batch.workers import LocalExecutor
from junheng.batch.year import year_in_use
from junheng.errors import OutputProblem, UsageProblem
from junheng.lab.notebooks import CITY, FOLDER, require_sealed
from junheng.params.city import load_city
from junheng.params.counties import load_counties
from junheng.processes import time_limit
from junheng.report.content.names import CITY_FOLDER, PAGE_FOLDER, city_internal_name, city_report_name
from junheng.report.page.city import INDEX, LIBRARY, PAGE_FILES, inspect_page

CELL_SECONDS = 1200
"""All counties are assessed in one cell."""


@dataclass(frozen=True)
class CityJob(Job):
    """The city's summary of one year; `county` stands for the city itself."""

    @property
    def stem(self) -> str:
        return CITY_FOLDER

    @property
    def notebook(self) -> Path:
        return self.places.root / FOLDER / CITY

    @property
    def name(self) -> str:
        return city_report_name(self.county.name, self.year)

    def parameters(self, staging: Path) -> dict[str, str | int]:
        """The notebook's parameters."""
        own = super().parameters(staging)
        return {name: own[name] for name in own if name not in ("COUNTY", "REPORTS")}


@dataclass(frozen=True)
class CityResult:
    """What came of it: `fresh` False means that it was up to date; `left_out` maps counties to the reasons.

    `kept`: as in `JobResult`. `workbook` says why the city's own workbook was not used; empty when it was, or is not there.
    """

    fresh: bool
    word: Path
    page: Path
    members: int
    left_out: Mapping[str, str]
    kept: tuple[str, ...] = ()
    workbook: str = ""


def run_city(
    request: Request, tools: Toolbox | None = None, tell: Callable[[str], object] = lambda text: None
) -> CityResult:
    """Make the city's summary unless it is up to date; `tell` hears what is done, county by county.

    Raises UsageProblem before anything is computed, else JunhengError with what failed; what was published stays.
    """
    require_inputs(request)
    year_dir = prepared(request.places.year_dir(request.year))
    with year_in_use(year_dir), run_folder() as runtime:
        recover(year_dir)
        job = city_job(request)
        require_sealed(job.notebook)
        if not request.force and not _changes(job):
            return _result(job, False)
        check_parameters(job.notebook, job.logical_parameters())
        if tools is None:
            require_tools()
            prepare_matplotlib(job.places.root, runtime)
        kept = _made(job, tools or standard_tools(job.places.params, job.year), runtime, tell)
        return _result(job, True, kept)


def _made(job: CityJob, tools: Toolbox, runtime: Path, tell: Callable[[str], object]) -> tuple[str, ...]:
    """Let a worker make the summary, as it makes a county's report; return what people had changed or added.

    Raises OutputProblem with what failed.
    """
    messages = job.log_file.with_name("batch.log")
    messages.parent.mkdir(parents=True, exist_ok=True)
    results: list[JobResult] = []
    LocalExecutor(1, tools, runtime, messages, perform_city, tell).run([job], results.append)
    if results[0].status is Status.FAILED:
        raise OutputProblem(results[0].reason)
    return results[0].kept


def perform_city(job: CityJob, place: Workplace) -> JobResult:
    """Make and publish the summary; never raises: the result says why."""
    try:
        return JobResult(job.county, Status.DONE, kept=_make(job, place))
    except Exception as error:
        return JobResult(job.county, Status.FAILED, reason=explain(error))


def _changes(job: CityJob) -> list[str]:
    return changes(job.published, job.inputs, job.workbook, city_outputs(job))


def city_job(request: Request) -> CityJob:
    """Return the job with the digests of all it depends on: the workbooks and parameters of every county and the city."""
    places, year = request.places, request.year
    city = load_city(places.params)
    digests = staleness.shared_digests(places.root, places.root / FOLDER / CITY)
    digests |= _county_digests(places, year) | staleness.external_digests(places.params, places.external)
    parameters: dict[str, Any] = {"city": city.name, "year": year}
    parameters |= staleness.external(places.external) | staleness.drafted(request.draft)
    inputs = staleness.Inputs(digests, parameters)
    return CityJob(year, city.unit(year), places, inputs, (), CELL_SECONDS, request.memory)


def _county_digests(places: Places, year: int) -> dict[str, str]:
    digests: dict[str, str] = {}
    for county in (*load_counties(places.params), load_city(places.params).unit(year)):
        books: tuple[Path, ...] = ()
        with contextlib.suppress(UsageProblem):  # no workbook: the summary says so
            books = workbooks_of(places, year, county)
        digests |= staleness.county_digests(year, county, places.params, books)
    return digests


def _make(job: CityJob, place: Workplace) -> tuple[str, ...]:
    """Make and publish the summary; return what people had changed or added in the folder that was replaced."""
    log = JobLog(job.log_file)
    started = datetime.now(UTC)
    try:
        with staging_folder(job.published) as staging:
            scrubber = path_names(job, staging, place.runtime)
            with log.step("notebook"):
                notebook = _run_notebook(job, place, staging, log)
                require_regular(staging)
            summary = take_summary(staging)
            require_files(staging, notebook_outputs(job))
            with log.step("evidence"), time_limit(job.cell_seconds, "整理计算过程"):
                _write_evidence(job, notebook, scrubber, staging)
            place.tell("转换PDF、逐个检查文件……\n")
            with log.step("pdf"):
                word = staging / f"{job.name}.docx"
                place.converter.convert(word, word.with_suffix(".pdf"), job.draft)
                place.settle(word, word.with_suffix(".pdf"))
            with log.step("inspect"), time_limit(job.cell_seconds, "检查输出文件"):
                inspect_city(job, staging, scrubber)
            if _county_digests(job.places, job.year).items() - job.inputs.digests.items():
                raise OutputProblem("运行期间工作簿或参数被改动，汇总不予发布，请重新运行。")
            values = summary.pop("values", {})
            write_manifest(job, staging, started, log, summary, values)
            kept = keep_edits(job.published)
            publish(staging, job.published)
            log.line("".join(f"人工修改的文件另存：{name}\n" for name in kept))
            log.line("已发布")
            return kept
    except Exception as error:
        log.line(f"失败：{getattr(error, 'detail', '') or error}")
        raise
    finally:
        log.close()


def _run_notebook(job: CityJob, place: Workplace, staging: Path, log: JobLog) -> Any:
    scratch = place.runtime / "scratch"
    scratch.mkdir(parents=True)
    try:
        task = NotebookTask(
            job.notebook, job.parameters(staging), scratch, job.cell_seconds, job.memory, place.tell
        )
        return place.runner.run(task, log)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_evidence(job: CityJob, notebook: Any, scrubber: PathScrubber, staging: Path) -> None:
    scrubbed = scrub_notebook(notebook, job.logical_parameters(), scrubber)
    evidence.write_notebook(scrubbed, staging / "evidence" / "notebook.ipynb")
    title = f"{job.county.name}{job.year}年度督导评估汇总过程"
    evidence.write_html(
        scrubbed, staging / "evidence" / "notebook.html", title, job.places.root / "templates"
    )


def notebook_outputs(job: CityJob) -> tuple[str, ...]:
    """What the notebook must have written (figures come on top)."""
    page = (f"{PAGE_FOLDER}/{name}" for name in PAGE_FILES)
    words = (job.name,) if job.places.external else (job.name, city_internal_name(job.county.name, job.year))
    return (*(f"{word}.docx" for word in words), f"{job.name}.xlsx", *page)


def city_outputs(job: CityJob) -> tuple[str, ...]:
    """What the published folder holds, apart from figures and the manifest itself."""
    return (*notebook_outputs(job), f"{job.name}.pdf", "evidence/notebook.ipynb", "evidence/notebook.html")


def inspect_city(job: CityJob, staging: Path, scrubber: PathScrubber) -> None:
    """Open every output again; raises OutputProblem with the file and what is wrong."""
    from junheng.report.pdf import inspect

    expected = city_outputs(job)
    require_files(staging, expected)
    refuse_others(staging, expected)
    inspect.inspect_pdf(staging / f"{job.name}.pdf", must_contain=(job.county.name,))
    inspect.inspect_workbook(staging / f"{job.name}.xlsx")
    for picture in sorted(staging.rglob("*.png")):
        inspect.inspect_picture(picture)
    inspect_page(staging / PAGE_FOLDER)
    for path in sorted(staging.rglob("*")):
        if path.is_file() and path.name != LIBRARY:
            refuse_places(path, scrubber)


def _result(job: CityJob, fresh: bool, kept: tuple[str, ...] = ()) -> CityResult:
    counts = (staleness.read_manifest(job.published) or {}).get("counts", {})
    return CityResult(
        fresh,
        job.published / f"{job.name}.docx",
        job.published / PAGE_FOLDER / INDEX,
        counts.get("members", 0),
        counts.get("left_out", {}),
        kept,
        counts.get("city_workbook", ""),
    )
