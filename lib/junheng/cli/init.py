"""`junheng init`: the parameters and folders for another city."""

from __future__ import annotations

from pathlib import Path

import click

from junheng.cli.words import ChineseCommand, Year
from junheng.errors import UsageProblem
from junheng.params.new_city import city_code, read_counties, write_skeleton
from junheng.project import project_root


@click.command("init", cls=ChineseCommand)
@click.option("--city", required=True, metavar="市名", help="市的名称，例如泰安市。")
@click.option("--counties", required=True, metavar="文件", help="各县代码、名称、目标年度的CSV文件。")
@click.option("--dir", "folder", required=True, metavar="目录", help="新建的目录。")
@click.option("--year", type=Year(), default=2024, metavar="年份", help="评估年度（默认2024）。")
@click.option("--code", default="", metavar="代码", help="市的6位代码（默认由各县代码推断）。")
def command(city: str, counties: str, folder: str, year: int, code: str) -> None:
    """建立另一个市的params/和data/：通用的照搬，本市特有的留待填写；之后各命令用--params、--data、--out指定。"""
    root, target = project_root(), Path(folder)
    found = read_counties(Path(counties))
    if code and not (code.isascii() and code.isdecimal() and len(code) == 6):
        raise UsageProblem(f"选项“--code”应为6位数字，现为“{code}”。")
    params = target / "params"
    write_skeleton(
        root / "params", root / "templates" / "params", params, city, code or city_code(found), found, year
    )
    (target / "data" / str(year)).mkdir(parents=True, exist_ok=True)
    click.echo(f"已为{city}建立“{folder}”：{len(found)}个县（市、区），{year}年度。请核对：")
    for name, what in _TO_CHECK.items():
        click.echo(f"  {folder}/params/{name.format(year=year)}：{what}")
    places = f"--params {folder}/params --data {folder}/data --out {folder}/outputs"
    click.echo(f"空白采集表：junheng template --year {year} {places}")
    click.echo(f"生成报告：junheng run --year {year} {places}")


_TO_CHECK = {
    "city.yml": "落款单位、上级督导机构",
    "counties.yml": "各县政府、教育主管部门的名称，目标年度",
    "standards/local.yml": "地方标准的名称、依据和更严的要求",
    "tasks.yml": "本市规定的任务和全市性目标（可以没有）",
    "cycle.yml": "年度工作时限及依据",
    "city_rules.yml": "通报的情形及依据",
    "{year}/city.yml": "成文日期、整改时限",
}
