"""What the page's reader opens: each county's verdicts, coefficients, items and schools, as they are printed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from junheng.assess.city import AssessedCounty
from junheng.assess.disparity import COMPOSITE
from junheng.assess.gaps import shortfalls
from junheng.assess.model import Disparity, Result, Unit, Verdict
from junheng.exact import fixed, in_full, plain
from junheng.params.counties import County
from junheng.report.content.context import CityContext
from junheng.report.content.model import Table, TableRow
from junheng.report.content.numbers import BLANK, cell_text, cv_text, gap_text, unit_name
from junheng.report.content.sections.overview import TOLD_ASPECTS
from junheng.report.content.statements import item_statement
from junheng.report.content.tables.building import VETO_WORDS, label, number_cell
from junheng.report.content.tables.city import CITY_TABLES, left_out_reason
from junheng.report.content.tables.city_work import day_said
from junheng.report.page.history import Snapshot, present

SHOWN = tuple(name for name in CITY_TABLES if name != "failing")
"""The tables that stand on the page; the schools are reached through their counties."""
MARKS = {Verdict.MET: 0, Verdict.UNMET: 1, Verdict.UNKNOWN: 2}
"""How data.js writes a verdict: an index into its list `verdicts`."""


class CountyLinks:
    """Finds the county of a table's row by the name in its column `county`."""

    def __init__(self, context: CityContext) -> None:
        city = context.city
        self.counties = tuple(m.county for m in city.members) + tuple(g.county for g in city.left_out)
        self._by_name = {name: c for c in self.counties for name in (c.name, c.title)}
        self._verdicts = {m.county.code: str(m.verdict) for m in city.members}

    def of_row(self, row: TableRow) -> County | None:
        """Return the county a row is about, None for a row about several."""
        cell = row.cells.get("county")
        return self._by_name.get(cell.text) if cell else None

    def verdict(self, county: County) -> str:
        return self._verdicts.get(county.code, "未纳入")


def page_tables(context: CityContext) -> dict[str, Table]:
    """Return the tables of the page; spans are written out, so that rows can be sorted."""
    return {name: _unspanned(CITY_TABLES[name](context)) for name in SHOWN}


def _unspanned(table: Table) -> Table:
    rows: list[TableRow] = []
    for row in table.rows:
        missing = {c.key for c in table.spec.columns} - row.cells.keys()
        inherited = {key: rows[-1].cells[key] for key in missing if rows and key in rows[-1].cells}
        cells = {key: replace(cell, rows=1) for key, cell in {**inherited, **row.cells}.items()}
        rows.append(replace(row, cells=cells))
    return replace(table, rows=tuple(rows))


def history_table(context: CityContext) -> Table:
    """How the city stood at the earlier runs of the year and how it stands now; empty without earlier ones."""
    before = tuple(context.history)
    rows = tuple(_history_row(snapshot) for snapshot in (*before, present(context.city))) if before else ()
    return Table(context.specs["city_history"], rows)


def _history_row(snapshot: Snapshot) -> TableRow:
    counts = {"met": Verdict.MET, "unmet": Verdict.UNMET, "unknown": Verdict.UNKNOWN, "left_out": None}
    return TableRow(
        {
            "day": label(day_said(snapshot.day) if snapshot.day else "本次"),
            **{key: number_cell(snapshot.count(verdict)) for key, verdict in counts.items()},
            "met_units": number_cell(snapshot.total("met")),
            "units": number_cell(snapshot.total("units")),
        }
    )


def page_data(context: CityContext) -> dict[str, Any]:
    """Return all that data.js holds; texts are final, numbers are for drawing and sorting only."""
    standard = context.standard
    return {
        "year": context.city.year,
        "verdicts": [str(verdict) for verdict in MARKS],
        "vetoes": [VETO_WORDS[verdict] for verdict in MARKS],
        "stages": [
            {"id": s.id, "name": s.name, "limit": in_full(standard.disparity.limits[s.id], 2)}
            for s in standard.stages
        ],
        "indicators": [
            {
                "id": i.id,
                "name": i.name,
                "short": i.short,
                "unit": i.unit,
                "asked": {s.id: plain(i.thresholds[s.id]) for s in standard.stages},
            }
            for i in standard.indicators
        ],
        "counties": [_county(context, member) for member in context.city.members],
        "absent": _absent(context),
        "history": [
            {"day": snapshot.day.isoformat() if snapshot.day else "", "counties": snapshot.counties}
            for snapshot in context.history
        ],
    }


def _absent(context: CityContext) -> list[dict[str, Any]]:
    return [
        {
            "code": gone.county.code,
            "name": gone.county.title,
            "target": gone.county.target_year,
            "reason": left_out_reason(context, gone),
        }
        for gone in context.city.left_out
    ]


def _county(context: CityContext, member: AssessedCounty) -> dict[str, Any]:
    national, local = member.assessment.national, member.assessment.local
    before = AssessedCounty(member.trend.before) if member.trend else None
    states = {p.county.code: p.state for year in context.city.plan for p in year.counties}
    return {
        "code": member.county.code,
        "name": member.county.title,
        "standards": [side.standard.title for side in (national, local)],
        "target": member.county.target_year,
        "state": context.say(f"city.state.{states[member.county.code]}"),
        "place": next((rank.place for rank in context.city.ranking if rank.member is member), None),
        "verdict": MARKS[member.verdict],
        "aspects": [
            [name, MARKS[getattr(national, key)], MARKS[getattr(local, key)], key == "veto"]
            for key, name in TOLD_ASPECTS.items()
        ],
        "share": _share(member),
        "before": _share(before) if before else None,
        "spread": [_spread(national, row) for row in national.disparities],
        "items": [
            [
                result.item.id,
                result.item.short,
                MARKS[result.verdict],
                MARKS[local.item(result.item.id).verdict],
                item_statement(result, member.assessment, context.wording.phrases),
                result.item.group == "veto",
            ]
            for result in national.items
        ],
        "units": _units(national),
    }


def _share(member: AssessedCounty) -> list[Any]:
    """Units 达标, units, and the share in per cent as printed (empty when not comparable)."""
    met = member.met_share
    return [member.met_units, len(member.assessment.units), "" if met is None else fixed(met * 100, 1)]


def _spread(result: Result, row: Disparity) -> list[Any]:
    """Stage, indicator (or composite), mean, coefficient and limit as printed, verdict."""
    mean = BLANK
    if row.indicator != COMPOSITE and row.mean is not None:
        mean = fixed(row.mean, result.standard.indicator(row.indicator).decimals)
    limit = BLANK if row.limit is None else in_full(row.limit, 2)
    verdict = None if row.verdict is None else MARKS[row.verdict]
    return [row.stage, row.indicator, mean, cv_text(row, result.standard), limit, verdict]


def _units(result: Result) -> list[list[Any]]:
    """Code, name, stage, pupils, values, their verdicts as digits, verdict, and what is lacking."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for short in shortfalls(result):
        lacking.setdefault(short.unit.key, []).append(gap_text(short))
    return [_unit(result, unit, "，".join(lacking.get(unit.key, ()))) for unit in result.units]


def _unit(result: Result, unit: Unit, lacking: str) -> list[Any]:
    indicators = result.standard.indicators
    return [
        unit.school_code,
        unit_name(unit, result.standard),
        unit.stage,
        BLANK if unit.students is None else fixed(unit.students, 0),
        [cell_text(unit.cells[i.id], i) for i in indicators],
        "".join(str(MARKS[unit.cells[i.id].verdict]) for i in indicators),
        MARKS[unit.verdict],
        lacking,
    ]
