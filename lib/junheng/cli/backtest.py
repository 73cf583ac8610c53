"""`junheng backtest`: last year's data forecasting this year."""

from __future__ import annotations

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options
from junheng.cli.subject import opened
from junheng.cli.words import ChineseCommand, Year
from junheng.errors import UsageProblem
from junheng.lab import trials
from junheng.params.counties import load_counties
from junheng.report.content.text import blocks_text


@click.command("backtest", cls=ChineseCommand)
@click.argument("year", metavar="年度", type=Year())
@folder_options
def command(folders: Places, year: int) -> None:
    """用本县上年度采集工作簿和其余各县两个年度的变化预测本年度在校生数，与实际数比较，列出各县误差。"""
    work = opened(folders, load_counties(folders.params)[0].code, year)
    tests = trials.back_tested(work, trials.two_years(work))
    if not tests:
        raise UsageProblem(f"没有{year - 1}、{year}两个年度都可用的采集工作簿，无法检验。")
    click.echo(blocks_text(trials.back_test_blocks(work, tests)))
