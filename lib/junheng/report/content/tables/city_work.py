"""The tables of the city's own work: measures of its 专班, visits, third parties, register of 通报 and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction

from junheng.assess.city_records import day
from junheng.assess.cycle import CountyStatus, city_statuses
from junheng.params.tasks import chinese_date
from junheng.report.content.city_context import CityContext
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import label, number_cell, text_cell
from junheng.workbook.model import Row


def teams_table(context: CityContext) -> Table:
    """The measures of each 专班 by state, and those past their deadline."""
    rows = tuple(
        TableRow(
            {
                "team": label(tally.team),
                **{
                    key: number_cell(getattr(tally, key))
                    for key in ("measures", "closed", "done", "going", "idle")
                },
                "overdue": TableCell(
                    str(tally.overdue), Fraction(tally.overdue), "unmet" if tally.overdue else ""
                ),
            }
        )
        for tally in context.city.records.teams(context.day)
    )
    return Table(context.specs["city_teams"], rows)


def visits_table(context: CityContext) -> Table:
    """The visits to each county: when, how many schools, meetings, questionnaires, what was found."""
    return _sheet_table(
        context,
        "visits",
        {
            "county": _county(context),
            "time": lambda row: TableCell(period_said(day(row, "begun"), day(row, "ended"))),
            **{key: _number(key) for key in ("schools", "meetings", "questionnaires")},
            "findings": _text("findings"),
        },
    )


def third_parties_table(context: CityContext) -> Table:
    """Who assessed what for the office, how, and what came of it."""
    texts = {key: _text(key) for key in ("party", "scope", "method", "findings")}
    return _sheet_table(context, "third_parties", {**texts, "ended": _day("ended")})


def progress_table(context: CityContext) -> Table:
    """Where every county stands in the yearly cycle on the day of the report, and when its papers came in."""
    year = context.wording.city_year
    limit = chinese_date(
        year.rectification_deadline, f"params/{context.city.year}/city.yml的rectification_deadline"
    )
    statuses = city_statuses(context.city, context.wording.cycle, limit, context.day)
    rows = tuple(_progress_row(context, status) for status in statuses)
    spec = context.specs["city_progress"]
    return Table(spec, rows, title=spec.title.format(on=day_said(context.day)))


def _progress_row(context: CityContext, status: CountyStatus) -> TableRow:
    papers = context.city.records.received(status.county)
    upcoming = status.next
    late = listed(
        context.say("city.progress.late", step=step.deadline.step.name, state=step.state)
        for step in status.in_state("late", "done_late")
    )
    return TableRow(
        {
            "county": label(status.county.name),
            "place": text_cell(status.place or context.say("city.progress.none")),
            **{
                key: TableCell(day_said(getattr(papers, key)))
                for key in ("self_report", "application", "rectification_plan")
            },
            "next": text_cell(upcoming.deadline.step.name if upcoming else ""),
            "day": TableCell(day_said(upcoming.deadline.day if upcoming else None)),
            "late": TableCell(late or BLANK, mark="unmet" if late else ""),
        }
    )


def register_table(context: CityContext) -> Table:
    """通报、约谈、挂牌督办、问责 as they were done; for the internal annex alone."""
    texts = {key: _text(key) for key in ("kind", "ground", "document", "state")}
    return _sheet_table(context, "register", {"county": _county(context), **texts, "date": _day("date")})


def _sheet_table(context: CityContext, sheet: str, cells: Mapping[str, Callable[[Row], TableCell]]) -> Table:
    """A row each of a sheet of the city's workbook, numbered."""
    rows: Iterable[Row] = context.city.records.rows(sheet)
    return Table(
        context.specs[f"city_{sheet}"],
        tuple(
            TableRow(
                {
                    "number": TableCell(str(number), Fraction(number)),
                    **{key: cell(row) for key, cell in cells.items()},
                }
            )
            for number, row in enumerate(rows, 1)
        ),
    )


def _county(context: CityContext) -> Callable[[Row], TableCell]:
    """The county's short name, as every table has it."""
    short = {county.title: county.name for county in context.counties}
    return lambda row: label(short.get(row.text("county"), row.text("county")) or BLANK)


def _text(key: str) -> Callable[[Row], TableCell]:
    return lambda row: text_cell(row.text(key))


def _number(key: str) -> Callable[[Row], TableCell]:
    def cell(row: Row) -> TableCell:
        content = row.get(key)
        return number_cell(content if isinstance(content, Fraction) else None)

    return cell


def _day(key: str) -> Callable[[Row], TableCell]:
    return lambda row: TableCell(day_said(day(row, key)))


def day_said(on: date | None) -> str:
    """A day in an office's words; a visible blank when it is not known."""
    return BLANK if on is None else f"{on.year}年{on.month}月{on.day}日"


def period_said(begun: date | None, ended: date | None) -> str:
    """From when to when; one day alone when both are the same or the end is not known."""
    if begun is None or ended is None or begun == ended:
        return day_said(begun)
    if begun.year != ended.year:
        return f"{day_said(begun)}至{day_said(ended)}"
    if begun.month != ended.month:
        return f"{day_said(begun)}至{ended.month}月{ended.day}日"
    return f"{day_said(begun)}至{ended.day}日"
