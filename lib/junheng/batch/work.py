"""The job function: a county, or the city, from its inputs to its published folder, the same in every executor."""

from __future__ import annotations

import codecs
import contextlib
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from junheng.batch import evidence
from junheng.batch.checks import inspect_outputs
from junheng.batch.contract import EXECUTED, PROCESS, require_files, require_regular
from junheng.batch.county_process import NotebookTask
from junheng.batch.edits import keep_edits
from junheng.batch.execute import PapermillRunner
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.log import JobLog
from junheng.batch.manifest import take_summary, write_manifest
from junheng.batch.publish import publish, staging_folder
from junheng.batch.reasons import NotebookError, explain
from junheng.batch.scrub import PathScrubber, scrub_notebook
from junheng.by_hand import put, take_away
from junheng.errors import DataProblem, JunhengError, OutputProblem
from junheng.processes import time_limit


class NotebookRunner(Protocol):
    """Runs a notebook with parameters."""

    def prepare(self) -> None:
        """Import what the first notebook would have to wait for."""

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        """Return the executed notebook (nbformat node); raises JunhengError with a reason for the analyst."""


class PdfConverter(Protocol):
    """Makes a PDF of a Word file; may keep an office process alive until it is closed."""

    def prepare(self) -> None:
        """Start what the first document would have to wait for."""

    def convert(self, docx: Path, pdf: Path, draft: bool = False) -> None:
        """Write the PDF of a Word file; raises OutputProblem."""

    def close(self) -> None:
        """End what was kept running."""


def leave_contents(word: Path, pdf: Path) -> None:
    """For converters that make no real PDF: there are no pages to write."""


def settle_pages(word: Path, pdf: Path) -> int:
    """Write the pages of the PDF into the contents list of the Word file it was made from."""
    from junheng.report.word.contents import settle_contents

    return settle_contents(word, pdf)


@dataclass(frozen=True)
class Toolbox:
    """The tools of a job, so that another engine or a test can put its own in. It must pickle."""

    runner: NotebookRunner
    converter: Callable[[], PdfConverter]
    inspect: Callable[[Job, Path, PathScrubber], None]
    settle: Callable[[Path, Path], object] = leave_contents


@dataclass(frozen=True)
class Workplace:
    """A worker's tools and its one converter, used for all its jobs; `runtime` is its private folder."""

    tools: Toolbox
    converter: PdfConverter
    runtime: Path
    tell: Callable[[str], object] = lambda text: None


@contextlib.contextmanager
def workplace(
    tools: Toolbox, runtime: Path, tell: Callable[[str], object] = lambda text: None
) -> Iterator[Workplace]:
    """Set a workplace up and clear it away; `tell` says to the coordinator how a job goes on."""
    runtime.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(tools.converter()) as converter:
        converter.prepare()  # LibreOffice starts while the runner imports
        tools.runner.prepare()
        yield Workplace(tools, converter, runtime, tell)


def standard_tools(params: Path | None = None, year: int = 0) -> Toolbox:
    """papermill, LibreOffice and all checks; `params` and `year` are what the run's notebooks will read."""
    return Toolbox(PapermillRunner(params, year), office_converter, inspect_outputs, settle_pages)


def office_converter() -> PdfConverter:
    """LibreOffice, imported only where it is used."""
    from junheng.report.pdf.convert import Converter

    return Converter()


def perform(job: Job, place: Workplace) -> JobResult:
    """Make and publish what a job asks for. Never raises for a failing county: the result says why."""
    try:
        kept = take_away(job.issues_file)
        with (
            contextlib.closing(JobLog(job.log_file)) as log,
            staging_folder(job.published) as staging,
        ):
            try:
                _log_inputs(job, log)
                result = _make(job, place, staging, log)
            except Exception as error:  # whatever it is, it is this county's failure alone
                result = _failed(job, staging, log, error)
            return replace(result, notes=(*filter(None, [kept]), *result.notes))
    except OSError as error:  # not even a log or a staging folder
        return JobResult(job.county, Status.FAILED, reason=explain(error), open=job.log_file)


def _log_inputs(job: Job, log: JobLog) -> None:
    log.line(f"{job.stem} {job.year}年度，参数：{job.logical_parameters()}")
    log.line(f"指纹：{job.inputs.fingerprint}")
    for name, digest in sorted(job.inputs.digests.items()):
        log.line(f"输入：{digest}  {name}")


def _make(job: Job, place: Workplace, staging: Path, log: JobLog) -> JobResult:
    started = datetime.now(UTC)
    scrubber = path_names(job, staging, place.runtime)
    job.prepare(staging)
    with log.step("notebook"):
        notebook = _run_notebook(job, place, staging, log)
    require_regular(staging)
    summary = take_summary(staging)
    values = summary.pop("values", {})
    job.add(staging, summary)
    require_files(staging, job.contents.written)
    contents = job.contents.settled(staging)
    with log.step("evidence"), time_limit(job.cell_seconds, "整理计算过程"):
        _write_evidence(job, notebook, scrubber, staging)
    if job.told:  # of the city's summary; a county's line in the table says enough
        place.tell("转换PDF、逐个检查文件……\n")
    with log.step("pdf"):
        for document in contents.documents:
            word, pdf = staging / f"{document}.docx", staging / f"{document}.pdf"
            place.converter.convert(word, pdf, job.draft)
            place.tools.settle(word, pdf)
    with log.step("inspect"), time_limit(job.cell_seconds, "检查输出文件"):
        place.tools.inspect(job, staging, scrubber)
    # As late as possible: what changes from here on, the next run finds by the digests in the manifest.
    _require_unchanged(job)
    counts, verdicts = job.counts(staging, summary), job.verdicts(staging)
    write_manifest(job, staging, started, log, counts, values)
    with log.step("publish"):
        kept = keep_edits(job.published)
        publish(staging, job.published)
    log.line("".join(f"人工修改的文件另存：{name}\n" for name in kept))
    log.line("已发布")
    return JobResult(
        job.county,
        Status.DONE,
        *verdicts,
        "",
        job.main_file,
        dict(log.seconds),
        counts.get("warnings", 0),
        kept,
        job.contents.left_out(job.published),
    )


def _run_notebook(job: Job, place: Workplace, staging: Path, log: JobLog) -> Any:
    scratch = place.runtime / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    hear = place.tell if job.told else None
    task = NotebookTask(job.notebook, job.parameters(staging), scratch, job.cell_seconds, job.memory, hear)
    try:
        return place.tools.runner.run(task, log)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_evidence(job: Job, notebook: Any, scrubber: PathScrubber, staging: Path) -> None:
    scrubbed = scrub_notebook(notebook, job.logical_parameters(), scrubber)
    evidence.write_notebook(scrubbed, staging / EXECUTED)
    evidence.write_html(scrubbed, staging / PROCESS, job.process_title, job.places.root / "templates")


def _require_unchanged(job: Job) -> None:
    """The report must belong to the inputs that were read when the run began."""
    if job.own_digests().items() - job.inputs.digests.items():
        raise OutputProblem("运行期间工作簿、参数或本县笔记本被改动，报告不予发布，请重新运行。")


def path_names(job: Job, staging: Path, runtime: Path) -> PathScrubber:
    """What stands for each folder of this machine in delivered files."""
    names = {
        staging: job.logical_folder,
        job.places.out: "outputs",
        job.places.data: "data",
        job.places.params: "params",
        job.places.root: "junheng",
        runtime: "scratch",
        Path(sys.prefix): ".venv",
    }
    with contextlib.suppress(RuntimeError):
        home = Path.home()
        if len(home.parts) > 2:  # `/root` alone is no trace of a person
            names.setdefault(home, "~")
    return PathScrubber(names)


def _failed(job: Job, staging: Path, log: JobLog, error: Exception) -> JobResult:
    """Describe a failure, log its place, and lay the list of issues out for the clerk."""
    reason = explain(error)
    log.line(f"失败：{reason}")
    log.line(_detail(error))
    blamed = DataProblem.__name__ in (type(error).__name__, getattr(error, "kind", ""))
    to_open = job.log_file
    issues = staging / "data" / "issues.csv"
    if blamed and issues.is_file():
        with contextlib.suppress(JunhengError, OSError):
            to_open = lay_out_issues(issues, job.issues_file)
    return JobResult(job.county, Status.FAILED, reason=reason, open=to_open, seconds=dict(log.seconds))


def _detail(error: Exception) -> str:
    """What a developer needs: nothing more for our own errors, else the place in the code."""
    if isinstance(error, NotebookError):
        return error.detail
    return "" if isinstance(error, JunhengError) else traceback.format_exc()


def lay_out_issues(issues: Path, target: Path) -> Path:
    """Copy the list of issues to where the clerk finds it, with the mark by which Excel knows UTF-8."""
    put(target, codecs.BOM_UTF8 + issues.read_bytes().removeprefix(codecs.BOM_UTF8))
    return target
