"""`junheng year`: the parameters of a new year, copied from the nearest, and what is to be looked at in them."""

from __future__ import annotations

from pathlib import Path

import click

from junheng.cli.options import existing, place_options
from junheng.cli.show import shown_path
from junheng.cli.words import ChineseCommand, Year
from junheng.params.city import load_city_year, prepare_year


@click.command("year", cls=ChineseCommand)
@click.option("--year", type=Year(), required=True, metavar="年份", help="新的评估年度，例如2025。")
@place_options
def command(year: int, data: str, out: str, params: str) -> None:
    """由最近一个年度复制params/年度/city.yml，日期顺延，并列出须核对的各项。"""
    known = existing(params, "--params")
    made, source = prepare_year(known, year)
    click.echo(f"已建立{year}年度的参数：{shown_path(made)}（由{source}年度复制，日期已顺延）。请逐项核对：")
    for name, value in load_city_year(known, year).model_dump(exclude_defaults=True).items():
        click.echo(f"  {name}：{value}")
    click.echo(
        f"各县采集工作簿放入{shown_path(Path(data) / str(year))}；空白采集表用make template YEAR={year}生成。"
    )
