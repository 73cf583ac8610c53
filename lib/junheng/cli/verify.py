"""`junheng run --why` and `junheng verify`: what they print. Exit code 1 when a published report differs."""

from __future__ import annotations

from collections import Counter

import click

from junheng.batch.job import JobResult
from junheng.batch.plan import Request, make_plan
from junheng.batch.run import run_batch
from junheng.batch.verify import Comparison, VerifyOutcome, verify
from junheng.cli.show import ProgressBar

FAILED = 1


def show_why(request: Request) -> int:
    """Say for each county why its report would be made anew; nothing is made."""
    plan = make_plan(request)
    settled = {result.county.code: result for result in plan.settled}
    for county in plan.counties:
        name = (
            f"{county.name}（{'；'.join(plan.notes[county.code])}）"
            if county.code in plan.notes
            else county.name
        )
        if county.code in plan.why:
            click.echo(f"{name}：{'；'.join(plan.why[county.code])}。")
        else:
            result = settled[county.code]
            click.echo(f"{name}：{result.reason or '已是最新，不需要重新生成。'}")
    return 0


def verify_published(request: Request) -> int:
    """Recompute what is published and say what differs."""
    progress = ProgressBar()

    def runner(again: Request) -> tuple[JobResult, ...]:
        return run_batch(again, progress.advance, progress.begin)

    try:
        compared = verify(request, runner)
    finally:
        progress.end()
    for comparison in compared:
        click.echo(described(comparison))
    counts = Counter(comparison.outcome for comparison in compared)
    click.echo("核验结果：" + "，".join(f"{outcome}{counts[outcome]}个" for outcome in VerifyOutcome) + "。")
    return FAILED if counts[VerifyOutcome.DIFFERENT] or counts[VerifyOutcome.FAILED] else 0


def described(comparison: Comparison) -> str:
    """One county in a line, its differences on lines below."""
    lines = [f"{comparison.county.name}：{comparison.outcome}"]
    lines += [f"  发布之后{change}" for change in comparison.inputs]
    return "\n".join(lines + [f"  {difference}" for difference in comparison.files])
