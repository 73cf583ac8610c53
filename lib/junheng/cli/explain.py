"""The analyst's commands: `junheng explain`, `junheng forecast`, `junheng backtest`."""

from __future__ import annotations

from typing import Any

import click

from junheng.cli.words import ChineseCommand, Year


def place_and_county(data: str, out: str, params: str, county: str, year: int) -> Any:
    """Return the workspace of one county and year; nothing is written. Raises UsageProblem and ParamsProblem."""
    from junheng.cli.options import places
    from junheng.lab.county import open_workspace

    found = places(data, out, params)
    return open_workspace(county, year, str(found.data), str(found.params), "", "assessment")


@click.command(cls=ChineseCommand, short_help="说明一个数字从哪里来。")
@click.argument("county", metavar="县")
@click.argument("year", metavar="年度", type=Year())
@click.argument("what", metavar="[指标或项目]", default="")
@click.argument("where", metavar="[学校或学段]", default="")
@click.option(
    "--stage", default="", metavar="学段", help="只看一贯制学校的一个学段：primary（小学）或junior（初中）。"
)
@click.option("--cv", is_flag=True, help="说明该指标的校际差异系数。")
@click.pass_context
def explain(
    ctx: click.Context,
    county: str,
    year: int,
    what: str,
    where: str,
    stage: str,
    cv: bool,
    data: str,
    out: str,
    params: str,
) -> None:
    """说明一个数字或结论的来源：填报单元格、原文、自动整理、分摊和计算过程（精确值）、依据和判定。

    指标或项目可写L4、G6、CV-L4、资源配置、政府保障程度等，不写则说明总体结论；学校写名称或标识码。
    例如：.venv/bin/junheng explain 370883 2024 L4 2137830001
    """
    from junheng.lab import county as wb
    from junheng.report.content.text import blocks_text

    work = place_and_county(data, out, params, county, year)
    assessment = wb.assess(work, wb.open_book(work))
    click.echo(blocks_text(wb.explained(work, assessment, what, where, stage, cv)))


@click.command(cls=ChineseCommand, short_help="预测到目标年度的在校生数和需求。")
@click.argument("county", metavar="县")
@click.argument("year", metavar="年度", type=Year())
@click.option("--to", "target", type=Year(), metavar="年份", help="预测到哪一年（默认为市定目标年度）。")
@click.pass_context
def forecast(
    ctx: click.Context, county: str, year: int, target: int | None, data: str, out: str, params: str
) -> None:
    """按params/forecast.yml中的假设预测在校生数、教师、教室和各项资源需求，列出将低于标准的学校。不写出任何文件。"""
    from junheng.lab import trials
    from junheng.report.content.forecast import forecast_blocks
    from junheng.report.content.text import blocks_text

    work = place_and_county(data, out, params, county, year)
    made = trials.forecast(work, trials.official(work), target)
    click.echo(blocks_text(forecast_blocks(made, work.wording)))


@click.command(cls=ChineseCommand, short_help="检验预测方法：用上年度预测本年度。")
@click.argument("year", metavar="年度", type=Year())
@click.pass_context
def backtest(ctx: click.Context, year: int, data: str, out: str, params: str) -> None:
    """用本县上年度采集工作簿和其余各县两个年度的变化预测本年度在校生数，与实际数比较，列出各县误差。"""
    from junheng.cli.options import places
    from junheng.errors import UsageProblem
    from junheng.lab import trials
    from junheng.params.counties import load_counties
    from junheng.report.content.text import blocks_text

    first = load_counties(places(data, out, params).params)[0]
    work = place_and_county(data, out, params, first.code, year)
    tests = trials.back_tested(work, trials.two_years(work))
    if not tests:
        raise UsageProblem(f"没有{year - 1}、{year}两个年度都可用的采集工作簿，无法检验。")
    click.echo(blocks_text(trials.back_test_blocks(work, tests)))
