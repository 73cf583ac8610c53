"""A batch as the user sees it: progress, the closing table, the exit code."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from junheng.batch.job import JobResult, Status
from junheng.batch.plan import Request, chosen_counties
from junheng.batch.run import run_batch
from junheng.batch.work import Toolbox
from junheng.cli.show import ProgressBar, closing_table, summary
from junheng.cli.words import FAILED, INTERRUPTED
from junheng.params.standard import load_standards

Send = Callable[[JobResult], JobResult]


def run_request(
    request: Request,
    tools: Toolbox | None = None,
    send: Send | None = None,
    heard_by: Callable[[JobResult], object] = lambda result: None,
) -> int:
    """Run the batch, show its progress and its closing table; return the exit code.

    `send` takes a county's result to where it belongs and returns it as it stands there; `heard_by` is told of it.
    """
    started = time.monotonic()
    progress = ProgressBar()
    results: list[JobResult] = []
    interrupted = False

    def heard(result: JobResult) -> None:
        results.append(send(result) if send else result)
        progress.advance(results[-1])
        heard_by(results[-1])

    try:
        run_batch(request, heard, progress.begin, tools, progress.say)
        order = [county.code for county in chosen_counties(request)]
        results.sort(key=lambda result: order.index(result.county.code))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        progress.end()
    if results:
        local = load_standards(request.places.params, request.year)[1].title
        click.echo(closing_table(results, local))
    click.echo(summary(results, time.monotonic() - started))
    if interrupted:
        click.echo("已中断：已完成的报告保留，其余未处理。", err=True)
        return INTERRUPTED
    return FAILED if any(result.status is Status.FAILED for result in results) else 0
