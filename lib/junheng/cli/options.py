"""Options that several commands share, and the folders they name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from junheng.batch.job import MEMORY, Places
from junheng.cli.words import Count, Year
from junheng.errors import UsageProblem
from junheng.project import project_root


def place_options(command: Any) -> Any:
    """The three folders that every command takes."""
    for name, default, text in (
        ("--params", "params", "参数目录（默认params）。"),
        ("--out", "outputs", "输出目录（默认outputs）。"),
        ("--data", "data", "数据目录（默认data）。"),
    ):
        command = click.option(name, default=default, metavar="目录", help=text)(command)
    return command


def folder_options(command: Callable[..., int | None]) -> Any:
    """The three folders, of which the command gets `folders`; with `--external` those of what leaves the city."""

    @wraps(command)
    def placed(*, data: str, out: str, params: str, external: bool = False, **given: Any) -> int | None:
        return command(folders=places(data, out, params, external), **given)

    return place_options(placed)


def year_option(command: Any) -> Any:
    """Which year."""
    told = "评估年度，例如2024。"
    return click.option("--year", type=Year(), required=True, metavar="年份", help=told)(command)


def county_options(command: Any) -> Any:
    """Which year and which counties."""
    told = "只处理此县，可重复；默认全部。"
    counties = click.option("--county", "counties", multiple=True, metavar="代码或名称", help=told)
    return year_option(counties(command))


def memory_option(command: Any) -> Any:
    """How much memory a county's notebook may take."""
    text = f"每个县（市、区）的计算最多占用的内存（默认{MEMORY}）。"
    return click.option("--memory", type=Count(), default=MEMORY, metavar="兆字节", help=text)(command)


def jobs_option(command: Any) -> Any:
    """How many processes work at a time."""
    text = "同时运行的进程数（默认按处理器数）。"
    return click.option("--jobs", type=Count(), metavar="个数", help=text)(command)


def external_option(command: Any) -> Any:
    """What is made leaves the city."""
    told = "送出本市：隐藏小数（params/small_counts.yml），存入输出目录的“年度/对外”。"
    return click.option("--external", is_flag=True, help=told)(command)


def pdf_option(command: Any) -> Any:
    """How the PDF is made."""
    told = "PDF的形式：final为带标记的PDF/A-2b，用于发布（默认）；draft为草稿，生成较快，不能打包发送。"
    return click.option("--pdf", type=click.Choice(["final", "draft"]), default="final", help=told)(command)


def places(data: str, out: str, params: str, external: bool = False) -> Places:
    """Return the folders of a run as absolute paths; raises UsageProblem for one that is not there."""
    found = existing(data, "--data"), existing(params, "--params"), Path(out).resolve()
    return Places(project_root(), *found, external)


def existing(folder: str, option: str) -> Path:
    """Return a folder as an absolute path; raises UsageProblem when it is not there."""
    if not Path(folder).is_dir():
        raise UsageProblem(f"目录“{folder}”不存在（选项{option}），请在项目目录中运行或写明目录。")
    return Path(folder).resolve()
