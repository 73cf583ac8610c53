"""The tables of the city's own work: measures of its 专班, visits, third parties, register of 通报 and the like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from junheng.assess.city_records import Entered, day
from junheng.assess.cycle import CountyStatus, city_statuses
from junheng.report.content.context import CityContext
from junheng.report.content.dates import period_said, said_date
from junheng.report.content.model import Table, TableCell
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import Cells, label, number_cell, numbered, row, text_cell
from junheng.report.content.tables.city_tasks import marked_count
from junheng.workbook.model import Row


def teams_table(context: CityContext) -> Table:
    """The measures of each 专班 by state, and those past their deadline."""
    counts = ("measures", "closed", "done", "going", "idle")
    rows = tuple(
        row(
            {
                "team": label(tally.team),
                **{key: number_cell(getattr(tally, key)) for key in counts},
                "overdue": marked_count(tally.overdue, "unmet"),
            }
        )
        for tally in context.city.records.teams(context.day)
    )
    return Table(context.specs["city_teams"], rows)


def visits_table(context: CityContext) -> Table:
    """The visits to each county: when, how many schools, meetings, questionnaires, what was found."""

    def cells(row: Row) -> Cells:
        numbers = {key: number_cell(row.figure(key)) for key in ("schools", "meetings", "questionnaires")}
        begun, ended = day(row, "begun"), day(row, "ended")
        time = period_said(begun, ended) if begun else BLANK
        return {"county": county_cell(context, row), "time": time, **numbers, **_texts(row, "findings")}

    return _sheet_table(context, "visits", cells)


def third_parties_table(context: CityContext) -> Table:
    """Who assessed what for the office, how, and what came of it."""
    return _sheet_table(
        context,
        "third_parties",
        lambda row: {
            **_texts(row, "party", "scope", "method", "findings"),
            "ended": day_said(day(row, "ended")),
        },
    )


def progress_table(context: CityContext) -> Table:
    """Where every county stands in the yearly cycle on the day of the report, and when its papers came in."""
    rows = tuple(row(_progress_cells(context, status)) for status in statuses(context))
    spec = context.specs["city_progress"]
    return Table(spec, rows, title=spec.title.format(on=said_date(context.day)))


def statuses(context: CityContext) -> tuple[CountyStatus, ...]:
    """Where every county stands in the yearly cycle on the day of the report."""
    return city_statuses(context.city, context.wording.cycle, context.limit, context.day)


def _progress_cells(context: CityContext, status: CountyStatus) -> Cells:
    papers, upcoming = context.city.records.received(status.county), status.next
    late = listed(
        context.say("city.progress.late", step=step.deadline.step.name, state=step.state)
        for step in status.in_state("late", "done_late")
    )
    keys = ("self_report", "application", "rectification_plan")
    return {
        "county": label(status.county.name),
        "place": status.place or context.say("city.progress.none"),
        **{key: day_said(getattr(papers, key)) for key in keys},
        "next": text_cell(upcoming.deadline.step.name if upcoming else ""),
        "day": day_said(upcoming.deadline.day if upcoming else None),
        "late": TableCell(late or BLANK, mark="unmet" if late else ""),
    }


def register_table(context: CityContext) -> Table:
    """通报、约谈、挂牌督办、问责 as they were done; for the internal annex alone."""
    rows = numbered(
        {
            "county": county_cell(context, entry.row),
            "origin": register_origin(context, entry),
            **_texts(entry.row, "kind", "ground", "document", "state"),
            "date": day_said(day(entry.row, "date")),
        }
        for entry in context.city.records.register()
    )
    return Table(context.specs["city_register"], rows)


def register_origin(context: CityContext, entry: Entered) -> str:
    """Whether a measure is of this year or one that an earlier year left open."""
    return context.say("city.register.origin", carried=entry.carried)


def supervision_register(context: CityContext) -> Table:
    """A row a measure and county, those that earlier years left open first, and whether this year's figures still show its
    ground."""
    shown = {(notice.member.county.title, notice.ground.name) for notice in context.city.notices}
    judged = {member.county.title for member in context.city.members}
    entries = context.city.records.register()
    rows = numbered(_register_cells(context, entry, shown, judged) for entry in entries)
    return Table(context.specs["supervision_register"], rows)


def _register_cells(
    context: CityContext, entry: Entered, shown: set[tuple[str, str]], judged: set[str]
) -> Cells:
    row = entry.row
    ground = context.wording.rules.named(row.text("ground"))
    county = row.text("county")
    advice = context.say(
        "city.register.advice",
        ended=entry.ended,
        known=ground is not None and county in judged,
        shown=ground is not None and (county, ground.name) in shown,
    )
    return {
        "county": county_cell(context, row),
        "origin": register_origin(context, entry),
        **_texts(row, "kind", "ground", "document", "state", "evidence"),
        **{key: day_said(day(row, key)) for key in ("date", "deadline", "closed_on")},
        "clause": label(ground.clause if ground else context.wording.rules.clause),
        "advice": advice,
    }


def _sheet_table(context: CityContext, sheet: str, cells: Callable[[Row], Cells]) -> Table:
    """A row each of a sheet of the city's workbook, numbered."""
    rows = numbered(cells(each) for each in context.city.records.rows(sheet))
    return Table(context.specs[f"city_{sheet}"], rows)


def county_cell(context: CityContext, row: Row) -> TableCell:
    """The county's short name, as every table has it."""
    short = {county.title: county.name for county in context.counties}
    return label(short.get(row.text("county"), row.text("county")) or BLANK)


def _texts(row: Row, *keys: str) -> Cells:
    return {key: text_cell(row.text(key)) for key in keys}


def day_said(on: date | None) -> str:
    """A day in an office's words; a visible blank when it is not known."""
    return BLANK if on is None else said_date(on)
