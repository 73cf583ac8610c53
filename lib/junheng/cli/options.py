"""Options that several commands share, and the folders they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from junheng.cli.words import Count, Year
from junheng.errors import UsageProblem


def place_options(command: Any) -> Any:
    """The three folders that every command takes."""
    for name, default, text in (
        ("--params", "params", "参数目录（默认params）。"),
        ("--out", "outputs", "输出目录（默认outputs）。"),
        ("--data", "data", "数据目录（默认data）。"),
    ):
        command = click.option(name, default=default, metavar="目录", help=text)(command)
    return command


def county_options(command: Any) -> Any:
    """Which year and which counties."""
    counties = click.option(
        "--county", "counties", multiple=True, metavar="代码或名称", help="只处理此县，可重复；默认全部。"
    )
    year = click.option("--year", type=Year(), required=True, metavar="年份", help="评估年度，例如2024。")
    return year(counties(command))


def memory_option(command: Any) -> Any:
    """How much memory a county's notebook may take."""
    text = "每个县（市、区）的计算最多占用的内存（默认4096）。"
    return click.option("--memory", type=Count(), metavar="兆字节", help=text)(command)


def external_option(command: Any) -> Any:
    """What is made leaves the city."""
    told = "送出本市：隐藏小数（params/small_counts.yml），存入输出目录的“年度/对外”。"
    return click.option("--external", is_flag=True, help=told)(command)


def pdf_option(command: Any) -> Any:
    """How the PDF is made."""
    told = "PDF的形式：final为带标记的PDF/A-2b，用于发布（默认）；draft为草稿，生成较快，不能打包发送。"
    return click.option("--pdf", type=click.Choice(["final", "draft"]), default="final", help=told)(command)


def places(data: str, out: str, params: str, external: bool = False) -> Any:
    """Return the folders of a run as absolute paths; raises UsageProblem for one that is not there."""
    from junheng.batch.job import Places
    from junheng.project import project_root

    for name, given in (("--data", data), ("--params", params)):
        if not Path(given).is_dir():
            raise UsageProblem(f"目录“{given}”不存在（选项{name}），请在项目目录中运行或写明目录。")
    return Places(project_root(), Path(data).resolve(), Path(params).resolve(), Path(out).resolve(), external)
