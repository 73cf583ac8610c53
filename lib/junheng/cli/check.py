"""`junheng check`: read every workbook, return each to its county with the issues marked, make no report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from junheng.batch.job import Places, issues_file
from junheng.batch.lock import in_use
from junheng.batch.plan import Request, require_inputs
from junheng.by_hand import put, take_away
from junheng.cli.options import county_options, folder_options
from junheng.cli.show import shown_path
from junheng.cli.words import ChineseCommand
from junheng.errors import DataProblem, UsageProblem, refused
from junheng.params.city import load_city
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.standard import require_choices
from junheng.params.tables import load_tables
from junheng.report.content.text import aligned
from junheng.report.excel.check_overview import Checked, overview, overview_name
from junheng.workbook.alike import joined
from junheng.workbook.city import open_city_book
from junheng.workbook.feedback.book import feedback, feedback_name, refusal
from junheng.workbook.feedback.sheet import NAME as FOLDER
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.book import open_county_book
from junheng.workbook.read.find import find_last_workbook, find_workbook
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.opened import OpenedFile
from junheng.workbook.read.school_lists import SchoolLists

ORDER = tuple(Severity)


@click.command("check", cls=ChineseCommand)
@county_options
@folder_options
def command(year: int, counties: tuple[str, ...], folders: Places) -> int:
    """核查采集工作簿，写出标明问题的工作簿和全市汇总，不生成报告。"""
    return check_workbooks(Request(year, folders, counties))


def check_workbooks(request: Request) -> int:
    """Check all counties, write the returned workbooks and the overview; return the exit code."""
    counties = require_inputs(request)
    folder = _output_folder(request)
    with in_use(folder / ".lock", f"“{FOLDER}”", "核查"):  # one check at a time writes there
        return _check_all(request, counties, folder)


def _check_all(request: Request, counties: Sequence[County], folder: Path) -> int:
    places = request.places
    known, dictionary = load_counties(places.params), load_dictionary(places.params)
    lists = SchoolLists(places.data, request.year, known, dictionary)
    results = [_told(_check(request, county, folder, lists)) for county in counties]
    city = None if request.words else _told(_check_city(request, folder))
    summed = folder / overview_name(request.year, bool(request.words))
    kept = put(summed, overview(results, request.year, load_tables(places.params)))
    click.echo(_table(results, folder))
    failed = sum(result.failed for result in results)
    states = "，".join(f"{state}{number}个" for state, number in Counter(r.state for r in results).items())
    click.echo(f"共{len(results)}个县（市、区）：{states}。{'改正或报送后才能生成报告。' if failed else ''}")
    if city:
        click.echo(_city_said(city))
        failed += city.failed and bool(city.returned)  # none at all is no failure
    click.echo(f"核查汇总：{shown_path(summed)}")
    for sentence in filter(None, (kept, *(one.kept for one in (*results, *([city] if city else []))))):
        click.echo(f"注意：{sentence}")
    return 1 if failed else 0


def _output_folder(request: Request) -> Path:
    folder = request.places.year_dir(request.year) / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"输出目录无法写入（{refused(error)}），请检查权限和磁盘空间。") from error
    return folder


def _check(request: Request, county: County, folder: Path, lists: SchoolLists) -> Checked:
    """Check one county's workbook and write what it gets back."""
    places, year = request.places, request.year
    require_choices(places.params, year, county.code)
    kept = take_away(issues_file(places, year, county))  # this list takes its place

    def read(opened: OpenedFile) -> CountyBook:
        last = find_last_workbook(places.data, year, county)
        book = open_county_book(opened, county, year, places.params, last)
        return book.with_issues(*lists.foreign(county))

    checked = _checked(request, county, folder, read)
    return replace(checked, kept=kept + checked.kept)


def _check_city(request: Request, folder: Path) -> Checked:
    """Check the city's own workbook, which the office mends itself by what is marked."""
    places, year = request.places, request.year
    city = load_city(places.params).unit(year)
    return _checked(request, city, folder, lambda opened: open_city_book(opened, year, places.params))


def _checked(
    request: Request, county: County, folder: Path, read: Callable[[OpenedFile], CountyBook]
) -> Checked:
    year, target = request.year, folder / feedback_name(county)
    try:
        path = find_workbook(request.places.data, year, county)
    except UsageProblem as problem:
        return Checked(county, None, str(problem), kept=take_away(target))
    try:
        opened = open_file(path)
        book = read(opened)
        data = feedback(opened, book)
    except DataProblem as problem:
        kept = put(target, refusal(county, year, str(problem)))
        return Checked(county, None, str(problem), target.name, kept)
    return Checked(county, book, returned=target.name, kept=put(target, data))


def _told(result: Checked) -> Checked:
    """Print what was found."""
    if result.book is None:
        click.echo(f"{result.county.name}：{result.reason}")
    else:
        _print_issues(result.book)
    return result


def _city_said(city: Checked) -> str:
    """How the city's own workbook stands; without one the summary says so."""
    if city.book is None and not city.returned:
        return "市级工作簿：没有可用的，全市汇总中如实写明；没有的可用make template生成。"
    return f"市级工作簿：{city.state}，{'、'.join(f'{s.label}{city.count(s)}处' for s in ORDER)}。"


def _print_issues(book: CountyBook) -> None:
    for issue, _ in joined(sorted(book.issue_records, key=_gravity)):
        click.echo(f"{issue.severity.label}  {issue.message}")


def _gravity(issue: Issue) -> int:
    return ORDER.index(issue.severity)


def _table(results: list[Checked], folder: Path) -> str:
    rows = [("县（市、区）", "结果", *(severity.label for severity in ORDER), "请打开")]
    for result in results:
        numbers = (str(result.count(severity)) if result.book else "—" for severity in ORDER)
        place = shown_path(folder / result.returned) if result.returned else "—"
        rows.append((result.county.name, result.state, *numbers, place))
    return "\n".join(aligned(rows))
