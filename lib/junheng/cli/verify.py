"""`junheng verify`: what is published is computed again. Exit code 1 when a published report differs."""

from __future__ import annotations

from collections import Counter

import click

from junheng.batch.job import JobResult, Places
from junheng.batch.plan import Request
from junheng.batch.run import run_batch
from junheng.batch.verify import Comparison, VerifyOutcome, verify
from junheng.cli.options import county_options, external_option, folder_options, jobs_option, memory_option
from junheng.cli.show import ProgressBar
from junheng.cli.words import FAILED, ChineseCommand


@click.command("verify", cls=ChineseCommand)
@county_options
@folder_options
@jobs_option
@memory_option
@external_option
def command(year: int, counties: tuple[str, ...], folders: Places, jobs: int | None, memory: int) -> int:
    """按现有数据重新计算已发布的报告，逐字节比较，说明哪些不一致、差在哪里；不改动已发布的报告。"""
    return verify_published(Request(year, folders, counties, workers=jobs, memory=memory))


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
