"""督办台账: what the office has entered in 督办登记, with ground, clause, letter, state and 销号."""

from __future__ import annotations

from junheng.assess.city_records import day
from junheng.report.content.context import CityContext
from junheng.report.content.model import Table
from junheng.report.content.tables.building import Cells, label, numbered, text_cell
from junheng.report.content.tables.city_work import county_cell, day_said
from junheng.workbook.model import Row

ENDED = "已办结"
"""The state of a measure that is closed (vocabulary register_state)."""


def supervision_register(context: CityContext) -> Table:
    """A row a measure and county, in the order of the sheet, and whether this year's figures still show its ground."""
    shown = {(notice.member.county.title, notice.ground.name) for notice in context.city.notices}
    judged = {member.county.title for member in context.city.members}
    rows = numbered(_cells(context, row, shown, judged) for row in context.city.records.rows("register"))
    return Table(context.specs["supervision_register"], rows)


def _cells(context: CityContext, row: Row, shown: set[tuple[str, str]], judged: set[str]) -> Cells:
    ground = context.wording.rules.named(row.text("ground"))
    county = row.text("county")
    advice = context.say(
        "city.register.advice",
        ended=row.text("state") == ENDED,
        known=ground is not None and county in judged,
        shown=ground is not None and (county, ground.name) in shown,
    )
    return {
        "county": county_cell(context, row),
        **{key: text_cell(row.text(key)) for key in ("kind", "ground", "document", "state", "evidence")},
        **{key: day_said(day(row, key)) for key in ("date", "deadline", "closed_on")},
        "clause": label(ground.clause if ground else context.wording.rules.clause),
        "advice": advice,
    }
