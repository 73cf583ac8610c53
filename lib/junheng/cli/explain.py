"""`junheng explain`: where a figure or a verdict comes from."""

from __future__ import annotations

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options
from junheng.cli.subject import opened, subject_arguments
from junheng.cli.words import ChineseCommand
from junheng.lab import county as wb
from junheng.report.content.explain import explain as explain_figure
from junheng.report.content.text import blocks_text

STAGE = "只看一贯制学校的一个学段：primary（小学）或junior（初中）。"


@click.command("explain", cls=ChineseCommand)
@subject_arguments
@click.argument("what", metavar="[指标或项目]", default="")
@click.argument("where", metavar="[学校或学段]", default="")
@click.option("--stage", default="", metavar="学段", help=STAGE)
@click.option("--cv", is_flag=True, help="说明该指标的校际差异系数。")
@folder_options
def command(folders: Places, county: str, year: int, what: str, where: str, stage: str, cv: bool) -> None:
    """说明一个数字或结论的来源：填报单元格、原文、自动整理、分摊和计算过程（精确值）、依据和判定。

    指标或项目可写L4、G6、CV-L4、资源配置、政府保障程度等，不写则说明总体结论；学校写名称或标识码。
    例如：.venv/bin/junheng explain 370883 2024 L4 2137830001
    """
    work = opened(folders, county, year)
    assessment = wb.assess(work, wb.open_book(work))
    context = wb.make_context(work, assessment, None)
    click.echo(blocks_text(explain_figure(context, what, where, stage, cv)))
