"""`junheng template`: the blank collection workbooks of a year, one a county."""

from __future__ import annotations

from pathlib import Path

import click

from junheng.batch.job import Places
from junheng.batch.plan import Request, chosen_counties
from junheng.by_hand import put
from junheng.cli.options import county_options, folder_options
from junheng.cli.show import shown_path
from junheng.cli.words import ChineseCommand
from junheng.errors import AbsentWorkbook, DataProblem, OutputProblem, refused
from junheng.files import write_whole
from junheng.params.city import load_city
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.standard import load_standards
from junheng.params.template import load_template
from junheng.report.content.text import aligned
from junheng.workbook.city import open_city_book
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.find import find_last_workbook, find_workbook
from junheng.workbook.template.book import Blank, known_titles, write_blank
from junheng.workbook.template.city import write_city_blank

FOLDER = "采集表"


@click.command("template", cls=ChineseCommand)
@county_options
@folder_options
def command(year: int, counties: tuple[str, ...], folders: Places) -> int:
    """生成各县（市、区）的空白采集表，列出上年度学校，写入输出目录的“采集表”。"""
    return write_templates(Request(year, folders, counties))


def write_templates(request: Request) -> int:
    """Write the blank workbooks and list them; return the exit code."""
    params, year = request.places.params, request.year
    dictionary, template = load_dictionary(params), load_template(params)
    standard = item_titles(params, year)
    folder = request.places.year_dir(year) / FOLDER
    rows = [("县（市、区）", "已列学校", "请打开")]
    failed = 0
    kept: list[str] = []
    for county in chosen_counties(request):
        last, trouble = last_book(request.places.data, request.year, county, dictionary)
        failed += bool(trouble)
        blank = Blank(county, year, dictionary, template, last, known_titles(last, standard))
        path = folder / f"{county.stem}.xlsx"
        kept.append(put(path, write_blank(blank)))
        number = str(len(last.rows("schools"))) if last else "—"
        rows.append((county.name, number, shown_path(path)))
        if trouble:
            click.echo(f"{county.name}：{trouble}采集表未列出上年度学校。")
    click.echo("\n".join(aligned(rows)))
    for sentence in filter(None, kept):
        click.echo(f"注意：{sentence}")
    click.echo(f"共写出{len(rows) - 1}个县（市、区）的{year}年度采集表，填好后放入数据目录的{year}。")
    if not request.words:
        told, trouble = _city_template(request)
        failed += bool(trouble)
        click.echo(told)
    return 1 if failed else 0


def _city_template(request: Request) -> tuple[str, str]:
    """Write the city's own workbook where it is kept, unless there is one; return what to say, and what went wrong.

    The office keeps it itself, so that it belongs among the data; what is there may be filled and is never replaced.
    """
    places, year = request.places, request.year
    city = load_city(places.params).unit(year)
    shown = f"{places.data.name}/{year}/{city.stem}.xlsx"
    try:
        kept = find_workbook(places.data, year, city)
    except AbsentWorkbook:
        last, trouble = _last_city_book(places, year, city)
        _lay_out(places.data / str(year) / f"{city.stem}.xlsx", write_city_blank(places.params, year, last))
        carried = "未结转上年度的专班台账和督办登记。" if trouble else ""
        return f"市级工作簿：已写出“{shown}”，由督导评估办公室填写。{trouble}{carried}", trouble
    return f"市级工作簿：已有“{places.data.name}/{year}/{kept.name}”，未改动。", ""


def _lay_out(path: Path, data: bytes) -> None:
    """Write a file that nobody will replace, so that no note on what we wrote need stand among the data."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise OutputProblem(
            f"“{path.name}”无法写入（{refused(error)}），请检查权限和磁盘空间后重试。"
        ) from error


def _last_city_book(places: Places, year: int, city: County) -> tuple[CountyBook | None, str]:
    path = find_last_workbook(places.data, year, city)
    try:
        return (open_city_book(path, year - 1, places.params) if path else None), ""
    except DataProblem as problem:
        return None, str(problem)


def item_titles(params: Path, year: int) -> dict[str, str]:
    """Return the short names of the standard's items by id."""
    return {item.id: item.short for item in load_standards(params, year)[0].items}


def last_book(data: Path, year: int, county: County, dictionary: Dictionary) -> tuple[CountyBook | None, str]:
    """Return last year's book, or None with a sentence when it is there and cannot be read."""
    path = find_last_workbook(data, year, county)
    if path is None:
        return None, ""
    try:
        return read_county_book(path, county, year - 1, dictionary), ""
    except DataProblem as problem:
        return None, str(problem)
