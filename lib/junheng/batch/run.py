"""From a request to results: plan what is stale, run it, keep what is good."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from junheng.batch.cluster.store import missing_package
from junheng.batch.execute import check_parameters
from junheng.batch.job import Job, JobResult
from junheng.batch.plan import Request, RunPlan, make_plan, require_inputs
from junheng.batch.publish import recover
from junheng.batch.rundir import run_folder
from junheng.batch.tools import make_ready
from junheng.batch.work import Toolbox, standard_tools
from junheng.batch.workers import Executor, Listener, LocalExecutor
from junheng.batch.year import messages_file, year_in_use
from junheng.errors import FULL, UsageProblem
from junheng.files import open_log
from junheng.params.dictionary import load_dictionary
from junheng.params.standard import load_standards


def run_batch(
    request: Request,
    finished: Listener,
    announced: Callable[[RunPlan], None] = lambda plan: None,
    tools: Toolbox | None = None,
    told: Callable[[str], object] = lambda text: None,
) -> tuple[JobResult, ...]:
    """Make every report that is stale. `finished` hears of each county, `told` what the user should know meanwhile; the
    results come in county order.

    Raises UsageProblem before anything is computed, and KeyboardInterrupt with all finished reports kept.
    """
    with alone(request) as runtime:
        return _run(request, finished, announced, tools, runtime, told)


@contextmanager
def alone(request: Request) -> Iterator[Path]:
    """Have a city's outputs of a year to oneself, whole and writable; yields a private folder for the time.

    Raises UsageProblem when inputs are missing, nothing can be written, or another run is at work there.
    """
    require_inputs(request)
    year_dir = _prepared(request.places.year_dir(request.year))
    with year_in_use(year_dir, request.places.params), run_folder() as runtime:
        recover(year_dir)  # what runs left that were killed
        try:
            yield runtime
        finally:
            recover(year_dir)  # what workers of this one left that were killed


def _run(
    request: Request,
    finished: Listener,
    announced: Callable[[RunPlan], None],
    tools: Toolbox | None,
    runtime: Path,
    told: Callable[[str], object],
) -> tuple[JobResult, ...]:
    plan = make_plan(request)
    if plan.jobs:
        _require_ready(request, plan.jobs[0], tools, runtime)
    results: dict[str, JobResult] = {}

    def heard(result: JobResult) -> None:
        result = replace(result, notes=(*plan.notes.get(result.county.code, ()), *result.notes))
        results[result.county.code] = result
        finished(result)

    announced(plan)
    for result in plan.settled:
        heard(result)
    for asked, jobs in _by_executor(request, plan.jobs):
        executor_for(asked, jobs, tools, runtime, told).run(jobs, heard)
    return tuple(results[county.code] for county in plan.counties)


def _by_executor(request: Request, jobs: tuple[Job, ...]) -> Iterator[tuple[Request, tuple[Job, ...]]]:
    """Yield the jobs for the request's cluster, then those for this machine, each with the request that asks for it.

    A county's own notebook and what lies beside it are here alone, so such counties are always done here.
    """
    here = tuple(job for job in jobs if request.cluster is None or job.notebook != request.places.notebook)
    there = tuple(job for job in jobs if job not in here)
    yield from (
        (asked, some) for asked, some in ((request, there), (replace(request, cluster=None), here)) if some
    )


def _require_ready(request: Request, job: Job, tools: Toolbox | None, runtime: Path) -> None:
    """Find out before the first county what would fail them all; raises UsageProblem."""
    load_standards(request.places.params, request.year)
    load_dictionary(request.places.params)
    check_parameters(job.notebook, job.logical_parameters())
    if tools is None:
        make_ready(request.places.root, runtime)


def executor_for(
    request: Request,
    jobs: Sequence[Job],
    tools: Toolbox | None,
    runtime: Path,
    told: Callable[[str], object] = lambda text: None,
) -> Executor:
    """The executor of these jobs: worker processes of this machine, or the request's cluster; raises UsageProblem."""
    messages = messages_file(request.places.year_dir(request.year), request.places.params)
    open_log(messages, "w").close()
    if request.cluster is None:
        workers = min(request.workers or len(os.sched_getaffinity(0)), len(jobs))
        tools = tools or standard_tools(request.places.params, request.year)
        return LocalExecutor(workers, tools, runtime, messages)
    try:
        from junheng.batch.cluster.executor import DaskExecutor
    except ImportError:
        raise missing_package("distributed") from None
    return DaskExecutor(request, tools, messages, told)


def _prepared(year_dir: Path) -> Path:
    """Make the year's output folder; raises UsageProblem when it cannot be written."""
    try:
        year_dir.mkdir(parents=True, exist_ok=True)
        if not os.access(year_dir, os.W_OK):
            raise PermissionError
    except OSError as error:
        place = f"{year_dir.parent.name}/{year_dir.name}"
        why = "磁盘空间不足，请清理磁盘" if error.errno in FULL else "请检查权限"
        raise UsageProblem(f"输出目录“{place}”无法写入，{why}或改用--out。") from error
    return year_dir
