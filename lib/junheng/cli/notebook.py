"""`junheng notebook`: a county's own notebook made, compared and updated; the standard ones sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from junheng.cli.options import place_options, places
from junheng.cli.words import ChineseGroup, Year

if TYPE_CHECKING:
    from junheng.params.counties import County


@click.group(cls=ChineseGroup, short_help="建立、比较、更新某县自己的笔记本。")
def notebook() -> None:
    """某县情况特殊时，由标准笔记本为它建立自己的笔记本；批量生成时只对该县该年度运行。"""


def _of_county(params: str, county: str) -> tuple[Path, County]:
    """The project's folder and the county; raises UsageProblem."""
    from junheng.params.counties import find_county, load_counties
    from junheng.project import project_root

    return project_root(), find_county(load_counties(Path(params)), county)


def _options(command: Any) -> Any:
    year = click.option("--year", type=Year(), required=True, metavar="年份", help="评估年度，例如2024。")
    county = click.option("--county", required=True, metavar="代码或名称", help="哪个县（市、区）。")
    return county(year(place_options(command)))


@notebook.command("new", short_help="为某县建立自己的笔记本。")
@_options
def new(county: str, year: int, data: str, out: str, params: str) -> None:
    """由标准笔记本复制一份，填好参数，存入notebooks/年度/代码_名称.ipynb。"""
    from junheng.cli.show import shown_path
    from junheng.lab.notebooks import make_own
    from junheng.params.city import load_city_year

    given = places(data, out, params).params
    root, found = _of_county(str(given), county)
    load_city_year(given, year)  # a year without params is no year for a notebook
    made = make_own(root, year, found)
    click.echo(f"已建立{found.name}{year}年度的笔记本：{shown_path(made)}")
    click.echo("用make lab打开修改；批量生成时只对该县该年度运行它，增加、改动的单元格列入附件“口径说明”。")


@notebook.command("diff", short_help="列出某县笔记本与标准笔记本的差别。")
@_options
def diff(county: str, year: int, data: str, out: str, params: str) -> None:
    """逐格列出增加、改动、删除的代码单元格，再逐行列出差别。"""
    from junheng.lab.notebooks import find_own, told_differences

    root, found = _of_county(str(places(data, out, params).params), county)
    click.echo(told_differences(find_own(root, year, found)))


@notebook.command("update", short_help="把新的标准笔记本合并进某县笔记本。")
@_options
def update(county: str, year: int, data: str, out: str, params: str) -> None:
    """按单元格合并；同一单元格两边都有改动的，不作合并并指明该格。"""
    from junheng.lab.notebooks import find_own, own_changes
    from junheng.lab.notebooks import update as merge

    root, found = _of_county(str(places(data, out, params).params), county)
    own = find_own(root, year, found)
    done = merge(root, own)
    click.echo("已并入新的标准笔记本。" if done else "标准笔记本没有变化，无需合并。")
    for change in own_changes(own):
        click.echo(f"  {change}")


@notebook.command("seal", short_help="把现有的标准笔记本确认为正式版本。")
def seal() -> None:
    """记下标准笔记本各代码单元格的指纹（notebooks/seals.json）；此后改动过的标准笔记本不能用来生成正式报告。"""
    from junheng.cli.show import shown_path
    from junheng.lab.notebooks import FOLDER
    from junheng.lab.notebooks import seal as write_seals
    from junheng.project import project_root

    click.echo(f"已确认标准笔记本：{shown_path(write_seals(project_root() / FOLDER))}")
