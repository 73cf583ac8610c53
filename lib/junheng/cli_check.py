"""`junheng check`: read every workbook, list what is wrong, make no report."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from junheng.batch.job import issues_file
from junheng.batch.plan import Request, require_inputs
from junheng.batch.work import lay_out_issues
from junheng.cli_show import aligned, shown_path
from junheng.errors import JunhengError
from junheng.params.counties import County
from junheng.workbook.find import find_workbook
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read import open_county_book

ORDER = tuple(Severity)


def check_workbooks(request: Request) -> int:
    """Print the issues of all counties, gravest first; return the exit code."""
    counties = require_inputs(request)
    failed = 0
    rows = [("县（市、区）", *(severity.label for severity in ORDER), "请打开")]
    for county in counties:
        try:
            book = _read(request, county)
        except JunhengError as error:
            click.echo(f"{county.name}：{error}")
            failed += 1
            continue
        failed += bool(book.blocking)
        _print_issues(book)
        numbers = (str(sum(issue.severity is severity for issue in book.issues)) for severity in ORDER)
        rows.append((county.name, *numbers, _listed(request, book)))
    click.echo("\n".join(aligned(rows)))
    click.echo(f"共{len(counties)}个县（市、区），其中{failed}个有错误，须改正后才能生成报告。")
    return 1 if failed else 0


def _read(request: Request, county: County) -> CountyBook:
    places = request.places
    path = find_workbook(places.data, request.year, county)
    return open_county_book(path, county, request.year, places.params)


def _print_issues(book: CountyBook) -> None:
    for issue in sorted(book.issues, key=_gravity):
        click.echo(f"{issue.severity.label}  {issue.message}")


def _gravity(issue: Issue) -> int:
    return ORDER.index(issue.severity)


def _listed(request: Request, book: CountyBook) -> str:
    """Write the list for the county's clerk; return its place, or a dash when there is nothing to list."""
    from junheng.report.data_files import write_issues

    target = issues_file(request.places, request.year, book.county)
    target.unlink(missing_ok=True)
    if not book.issues:
        return "—"
    with tempfile.TemporaryDirectory() as folder:
        write_issues(book, Path(folder))
        lay_out_issues(Path(folder) / "issues.csv", target)
    return shown_path(target)
