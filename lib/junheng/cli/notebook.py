"""`junheng notebook`: a county's own notebook made, compared and updated; the standard ones sealed."""

from __future__ import annotations

from typing import Any

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options, year_option
from junheng.cli.show import shown_path
from junheng.cli.words import ChineseGroup
from junheng.lab import notebooks
from junheng.params.city import load_city_year
from junheng.params.counties import County, find_county, load_counties
from junheng.project import project_root


@click.group("notebook", cls=ChineseGroup)
def command() -> None:
    """某县情况特殊时，由标准笔记本为它建立自己的笔记本；批量生成时只对该县该年度运行。"""


def _options(call: Any) -> Any:
    county = click.option("--county", required=True, metavar="代码或名称", help="哪个县（市、区）。")
    return county(year_option(folder_options(call)))


def _county(folders: Places, county: str) -> County:
    return find_county(load_counties(folders.params), county)


@command.command("new", short_help="为某县建立自己的笔记本。")
@_options
def new(county: str, year: int, folders: Places) -> None:
    """由标准笔记本复制一份，填好参数，存入notebooks/年度/代码_名称.ipynb。"""
    found = _county(folders, county)
    load_city_year(folders.params, year)  # a year without params is no year for a notebook
    made = notebooks.make_own(folders.root, year, found)
    click.echo(f"已建立{found.name}{year}年度的笔记本：{shown_path(made)}")
    click.echo("用make lab打开修改；批量生成时只对该县该年度运行它，增加、改动的单元格列入附件“口径说明”。")


@command.command("diff", short_help="列出某县笔记本与标准笔记本的差别。")
@_options
def diff(county: str, year: int, folders: Places) -> None:
    """逐格列出增加、改动、删除的代码单元格，再逐行列出差别。"""
    own = notebooks.find_own(folders.root, year, _county(folders, county))
    click.echo(notebooks.told_differences(own))


@command.command("update", short_help="把新的标准笔记本合并进某县笔记本。")
@_options
def update(county: str, year: int, folders: Places) -> None:
    """按单元格合并；同一单元格两边都有改动的，不作合并并指明该格。"""
    own = notebooks.find_own(folders.root, year, _county(folders, county))
    done = notebooks.update(folders.root, own)
    click.echo("已并入新的标准笔记本。" if done else "标准笔记本没有变化，无需合并。")
    for change in notebooks.own_changes(own):
        click.echo(f"  {change}")


@command.command("seal", short_help="把现有的标准笔记本确认为正式版本。")
def seal() -> None:
    """记下标准笔记本各代码单元格的指纹（notebooks/seals.json）；此后改动过的标准笔记本不能用来生成正式报告。"""
    click.echo(f"已确认标准笔记本：{shown_path(notebooks.seal(project_root() / notebooks.FOLDER))}")
