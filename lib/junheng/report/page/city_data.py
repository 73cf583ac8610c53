"""What the page's reader opens: each county's verdicts, coefficients, items and schools, as they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

from junheng.assess.city import AssessedCounty
from junheng.assess.cycle import CountyStatus
from junheng.assess.disparity import COMPOSITE
from junheng.assess.gaps import shortfalls
from junheng.assess.model import Disparity, Result, Unit, Verdict, tally
from junheng.assess.units import threshold_ratio
from junheng.exact import fixed, in_full, plain
from junheng.params.counties import County
from junheng.params.standard import Indicator
from junheng.report.content.context import CityContext
from junheng.report.content.model import Table, TableRow
from junheng.report.content.names import REPORTS, check_reports, ledger_name, report_name
from junheng.report.content.numbers import BLANK, REQUIRED, cell_text, cv_text, gap_text, unit_name
from junheng.report.content.sections.overview import TOLD_ASPECTS
from junheng.report.content.statements import item_statement
from junheng.report.content.tables.building import VETO_WORDS, label, number_cell
from junheng.report.content.tables.city import CITY_TABLES, gap_said, left_out_reason
from junheng.report.content.tables.city_work import day_said, statuses
from junheng.report.page.history import Snapshot, present

SHOWN = tuple(name for name in CITY_TABLES if name != "failing")
"""The tables that stand on the page; the schools are reached through their counties."""
PAPERS = (("docx", "Word"), ("pdf", "PDF"))
PICTURE = "evidence/figures/overview.png"
"""A picture that every county's folder holds: the page tries to load it to know whether a folder is there."""
SUBJECT = "义务教育优质均衡发展"
"""What a report's name says of all reports alike: a label leaves it out."""
MARKS = {Verdict.MET: 0, Verdict.UNMET: 1, Verdict.UNKNOWN: 2}
"""How data.js writes a verdict: an index into its list `verdicts`."""


def page_tables(context: CityContext) -> dict[str, Table]:
    """Return the tables of the page, the earlier runs last; spans are written out, so that rows can be sorted."""
    shown = {name: _unspanned(CITY_TABLES[name](context)) for name in SHOWN}
    return {**shown, "history": history_table(context)}


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
    """Return all that the city's data.js holds; texts are final, numbers are for drawing and sorting only."""
    work = {status.county.code: status for status in statuses(context)}
    return {
        **_shared(context),
        "own": False,
        "counties": [_county(context, member, work[member.county.code]) for member in context.city.members],
        "absent": _absent(context),
        "history": _history(context),
    }


def own_data(context: CityContext, member: AssessedCounty, city: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the data.js of a county's own page holds: nothing of any other county, no place among them.

    `city` is what the city's page holds. Of the earlier runs only those are told on which something had changed for this
    county.
    """
    code = member.county.code
    (shown,) = (county for county in city["counties"] if county["code"] == code)
    runs = [
        {"day": run["day"], "counties": {code: run["counties"][code]}}
        for run in city["history"]
        if code in run["counties"]
    ]
    changed = [
        run for last, run in zip([{}, *runs], runs, strict=False) if last.get("counties") != run["counties"]
    ]
    return {
        **_shared(context),
        "own": True,
        "counties": [{**shown, "place": None, "folders": ["../", f"../{_folder(member.county)}"]}],
        "absent": [],
        "history": changed if len(changed) > 1 else [],
    }


def _shared(context: CityContext) -> dict[str, Any]:
    """What holds for every county: the standard and the words."""
    standard = context.standard
    return {
        "year": context.city.year,
        "verdicts": [str(verdict) for verdict in MARKS],
        "vetoes": [VETO_WORDS[verdict] for verdict in MARKS],
        "groups": {key: TOLD_ASPECTS[key] for key in dict.fromkeys(item.group for item in standard.items)},
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
                "asked": {
                    s.id: f"{REQUIRED[i.comparator]}{plain(i.thresholds[s.id])}" for s in standard.stages
                },
            }
            for i in standard.indicators
        ],
    }


def _history(context: CityContext) -> list[dict[str, Any]]:
    """The earlier runs of the year and, where there are any, the present one (without a day)."""
    runs = (*context.history, present(context.city)) if context.history else ()
    return [{"day": run.day.isoformat() if run.day else "", "counties": run.counties} for run in runs]


def map_tiles(counties: Sequence[County]) -> dict[str, tuple[int, int]]:
    """Return each county's column and row on the schematic map, from 0; a plain grid unless every county has a tile."""
    placed = {county.code: county.tile for county in counties if county.tile}
    if len(placed) < len(counties):
        # As good as square; the places then mean nothing, and the page says that it is no map.
        width = ceil(len(counties) ** 0.5)
        codes = sorted(county.code for county in counties)
        return {code: (number % width, number // width) for number, code in enumerate(codes)}
    left, top = (min(tile[axis] for tile in placed.values()) for axis in (0, 1))
    return {code: (column - left, row - top) for code, (column, row) in placed.items()}


def _absent(context: CityContext) -> list[dict[str, Any]]:
    return [
        {
            "code": gone.county.code,
            "name": gone.county.title,
            "short": gone.county.name,
            "target": gone.county.target_year,
            "reason": left_out_reason(context, gone),
        }
        for gone in context.city.left_out
    ]


def _folder(county: County) -> str:
    """The folder of a county's report, as it lies beside the city's folder."""
    return f"../../{county.stem}/"


def _county(context: CityContext, member: AssessedCounty, status: CountyStatus) -> dict[str, Any]:
    national, local = member.assessment.national, member.assessment.local
    place = next((rank.place for rank in context.city.ranking if rank.member is member), None)
    return {
        "code": member.county.code,
        "name": member.county.title,
        "short": member.county.name,
        "standards": [side.standard.title for side in (national, local)],
        "place": place,
        "verdict": MARKS[member.verdict],
        "aspects": [
            [key, name, MARKS[getattr(national, key)], MARKS[getattr(local, key)], key == "veto"]
            for key, name in TOLD_ASPECTS.items()
        ],
        "share": _share(member),
        "cv": _mean_cv(member),
        "before": _before(member),
        "spread": [_spread(member, row) for row in national.disparities],
        "levels": [
            _level(national, s.id, i) for s in national.standard.stages for i in national.standard.indicators
        ],
        "items": [
            [
                result.item.id,
                result.item.short,
                MARKS[result.verdict],
                MARKS[local.item(result.item.id).verdict],
                item_statement(result, member.assessment, context.wording.phrases),
                result.item.group,
            ]
            for result in national.items
        ],
        "units": _units(national),
        **_plan(context, member),
        "cycle": _cycle(context, status),
        "folders": [_folder(member.county)],
        "picture": PICTURE,
        "files": _files(context, member.county),
    }


def _plan(context: CityContext, member: AssessedCounty) -> dict[str, Any]:
    """The target year, how far off it is, where the county stands to it, and what it lacks."""
    for year in context.city.plan:
        for progress in year.counties:
            if progress.county.code == member.county.code:
                return {
                    "target": year.year,
                    "left": progress.left,
                    "state": context.say(f"city.state.{progress.state}"),
                    "gap": gap_said(context, member.assessment.national),
                }
    raise LookupError(member.county.code)


def _cycle(context: CityContext, status: CountyStatus) -> dict[str, Any]:
    """The steps of the year with their last days, what is due next and what is late, as of the day of the report."""
    late = [step.deadline.step.name for step in status.in_state("late")]
    upcoming = status.next
    return {
        "on": day_said(context.day),
        "place": status.place or context.say("city.progress.none"),
        "next": [upcoming.deadline.step.name, day_said(upcoming.deadline.day)] if upcoming else None,
        "late": late,
        "steps": [[s.deadline.step.name, day_said(s.deadline.day), s.state] for s in status.steps],
    }


def _files(context: CityContext, county: County) -> list[list[str]]:
    """What a county's folder holds for it, as label and file: the reports that every county gets, and the ledger."""
    asked = check_reports(context.wording.city_year.reports)
    names = [report_name(report, county, context.city.year) for report in asked if not REPORTS[report].reason]
    ledger = ledger_name(county, context.city.year)
    kinds = [*((name, kind) for name in names for kind in PAPERS), (ledger, ("xlsx", "Excel"))]
    return [
        [f"{name.removeprefix(county.name).removeprefix(SUBJECT)} {word}", f"{name}.{ending}"]
        for name, (ending, word) in kinds
    ]


def _before(member: AssessedCounty) -> dict[str, Any] | None:
    """How the county stood last year; None without last year's workbook."""
    if member.trend is None:
        return None
    before = AssessedCounty(member.trend.before)
    return {"verdict": MARKS[before.verdict], "share": _share(before), "cv": _mean_cv(before)}


def _mean_cv(member: AssessedCounty) -> str:
    places = member.assessment.national.standard.disparity.decimals
    return BLANK if member.mean_cv is None else fixed(member.mean_cv, places)


def _share(member: AssessedCounty) -> list[Any]:
    """Units 达标, units, and the share in per cent as printed (empty when not comparable)."""
    met = member.met_share
    return [member.met_units, len(member.assessment.units), "" if met is None else fixed(met * 100, 1)]


def _spread(member: AssessedCounty, row: Disparity) -> list[Any]:
    """Stage, indicator (or composite), mean, coefficient and limit as printed, verdict, last year's coefficient."""
    standard = member.assessment.national.standard
    mean = BLANK
    if row.indicator != COMPOSITE and row.mean is not None:
        mean = fixed(row.mean, standard.indicator(row.indicator).decimals)
    limit = BLANK if row.limit is None else in_full(row.limit, 2)
    verdict = None if row.verdict is None else MARKS[row.verdict]
    pairs = member.trend.disparities(row.stage) if member.trend else ()
    last = next((old for now, old in pairs if now.indicator == row.indicator), None)
    before = BLANK if last is None else cv_text(last, standard)
    return [row.stage, row.indicator, mean, cv_text(row, standard), limit, verdict, before]


def _level(result: Result, stage: str, indicator: Indicator) -> list[Any]:
    """Stage, indicator, how far the county's mean, its lowest and its highest unit reach the threshold (1: reached),
    units 未达标, open, all. A figure that is not known is None."""
    cells = [unit.cells[indicator.id] for unit in result.stage_units(stage)]
    ratios = [cell.ratio for cell in cells if cell.ratio is not None]
    mean = next((d.mean for d in result.disparities if (d.stage, d.indicator) == (stage, indicator.id)), None)
    level = threshold_ratio(mean, indicator.thresholds[stage], indicator.comparator)
    counts = tally(cell.verdict for cell in cells)
    shown = (level, min(ratios, default=None), max(ratios, default=None))
    return [stage, indicator.id, *map(_drawn, shown), counts["unmet"], counts["unknown"], len(cells)]


def _drawn(ratio: Fraction | None) -> float | None:
    """A ratio as it is drawn. One below 1 is never drawn on the threshold."""
    if ratio is None:
        return None
    # 0.99996 would be drawn as 1.000, on the threshold that it misses.
    return min(round(float(ratio), 3), 0.999) if ratio < 1 else round(float(ratio), 3)


def _units(result: Result) -> list[list[Any]]:
    """Code, name, stage, pupils, values, their verdicts as digits, verdict, what is lacking, values to thresholds."""
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
        [_drawn(unit.cells[i.id].ratio) for i in indicators],
    ]
