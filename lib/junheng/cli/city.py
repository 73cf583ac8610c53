"""`junheng city`: make the city's summary and say what came of it."""

from __future__ import annotations

import sys
import time

import click

from junheng.batch.city import run_city
from junheng.batch.job import Places
from junheng.batch.plan import Request
from junheng.cli.options import external_option, folder_options, memory_option, pdf_option, year_option
from junheng.cli.show import kept_told, shown_path
from junheng.cli.words import ChineseCommand

DONE, INCOMPLETE = 0, 1


@click.command("city", cls=ChineseCommand)
@year_option
@folder_options
@click.option("--force", is_flag=True, help="已是最新的也重新生成。")
@memory_option
@external_option
@pdf_option
def command(year: int, folders: Places, force: bool, memory: int, pdf: str) -> int:
    """生成一个年度的全市汇总（Word、PDF、工作簿和离线网页）。"""
    return make_city(Request(year, folders, force=force, memory=memory, draft=pdf == "draft"))


def _tell(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


def make_city(request: Request) -> int:
    """Run, print the result; exit code 1 when a county or the city's workbook is left out (the summary is published)."""
    started = time.monotonic()
    print(f"正在汇总{request.year}年度全市情况……", file=sys.stderr, flush=True)
    result = run_city(request, tell=_tell)
    state = "完成" if result.fresh else "已是最新"
    click.echo(f"全市汇总  {state}  纳入{result.members}个县（市、区），未纳入{len(result.left_out)}个")
    for name, reason in result.left_out.items():
        click.echo(f"    未纳入  {name}：{reason}")
    if result.workbook:
        click.echo(f"    未采用  市级工作簿：{result.workbook}")
    if result.kept:
        click.echo(f"    {kept_told(result.kept)}")
    click.echo(f"报告  {shown_path(result.word)}")
    click.echo(f"网页  {shown_path(result.page)}")
    click.echo(f"用时{time.monotonic() - started:.1f}秒。")
    return INCOMPLETE if result.left_out or result.workbook else DONE
