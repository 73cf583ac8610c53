"""`junheng forecast`: pupils and needs up to the target year."""

from __future__ import annotations

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options
from junheng.cli.subject import opened, subject_arguments
from junheng.cli.words import ChineseCommand, Year
from junheng.lab import trials
from junheng.report.content.forecast import forecast_blocks
from junheng.report.content.text import blocks_text


@click.command("forecast", cls=ChineseCommand)
@subject_arguments
@click.option("--to", "target", type=Year(), metavar="年份", help="预测到哪一年（默认为市定目标年度）。")
@folder_options
def command(folders: Places, county: str, year: int, target: int | None) -> None:
    """按params/forecast.yml中的假设预测在校生数、教师、教室和各项资源需求，列出将低于标准的学校。不写出任何文件。"""
    work = opened(folders, county, year)
    made = trials.forecast(work, trials.official(work), target)
    click.echo(blocks_text(forecast_blocks(made, work.wording)))
