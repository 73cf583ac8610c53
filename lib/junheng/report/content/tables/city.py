"""The tables of the city's summary (FORMS.md report 5), for Word, Excel, notebook and page alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from junheng.assess.city import AssessedCounty, CommonProblem, LeftOut, Notice, PlanProgress
from junheng.assess.disparity import COMPOSITE
from junheng.assess.gaps import failing_disparities, missing_inputs, shortfalls
from junheng.assess.model import Result, Unit, Verdict
from junheng.params.standard import ASPECTS
from junheng.report.content.context import BaseContext, CityContext
from junheng.report.content.model import Mark, Table, TableCell
from junheng.report.content.numbers import BLANK, amount_said, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    Cells,
    aspect_cell,
    compared,
    expanded,
    grouped,
    label,
    number_cell,
    numbered,
    place_cell,
    row,
    share_cell,
    text_cell,
    verdict_cell,
)
from junheng.report.content.tables.city_tasks import (
    city_goals_table,
    city_requirements_table,
    city_tasks_table,
)
from junheng.report.content.tables.city_work import (
    progress_table,
    teams_table,
    third_parties_table,
    visits_table,
)
from junheng.report.content.tables.lists import short_cells
from junheng.report.content.tables.resources import limits_said, spread_cell

ABSENT = TableCell("未纳入", mark="unknown")
"""What stands for a county that is left out, so that it stays in sight."""


def conclusions_table(context: CityContext) -> Table:
    """Every county's verdicts, aspect by aspect; a county that is left out stays in sight."""
    members = {member.county.code: member for member in context.city.members}
    rows = tuple(
        row(
            {
                "county": label(county.name),
                "target": str(county.target_year),
                **_verdict_cells(members.get(county.code)),
            }
        )
        for county in sorted(context.counties, key=lambda county: county.code)
    )
    spec = expanded(context.specs["city_conclusions"], context.standard, local=context.local.title)
    return Table(spec, rows)


def _verdict_cells(member: AssessedCounty | None) -> Cells:
    if member is None:
        return dict.fromkeys((*ASPECTS, "local"), ABSENT)
    national, local = member.assessment.national, member.assessment.local
    return {**{key: aspect_cell(national, key) for key in ASPECTS}, "local": verdict_cell(local.overall)}


def matrix_table(context: CityContext) -> Table:
    """County × stage × indicator: how many units do not reach the standard, and how many units are 达标."""
    standard = context.standard
    rows = []
    for member in context.city.members:
        cells = {"county": label(member.county.name)}
        for stage in standard.stages:
            units = member.assessment.national.stage_units(stage.id)
            cells |= {f"{stage.id}_{i.id}": _unmet_cell(units, i.id) for i in standard.indicators}
            cells[stage.id] = _met_cell(units)
        rows.append(row(cells))
    return Table(expanded(context.specs["city_matrix"], standard), tuple(rows))


def _unmet_cell(units: Iterable[Unit], indicator: str) -> TableCell:
    """How many units are below the standard in one indicator, those that are open in brackets."""
    verdicts = Counter(unit.cells[indicator].verdict for unit in units)
    if not verdicts:
        return TableCell(BLANK)
    unmet, unknown = verdicts[Verdict.UNMET], verdicts[Verdict.UNKNOWN]
    # A certain failure is never hidden by an open one (RULES §2): it decides the shade.
    mark: Mark = "unmet" if unmet else "unknown" if unknown else ""
    return TableCell(f"{unmet}（{unknown}）" if unknown else str(unmet), Fraction(unmet), mark)


def _met_cell(units: Iterable[Unit]) -> TableCell:
    """Units that are 达标 of all units of a stage."""
    verdicts = Counter(unit.verdict for unit in units)
    if not verdicts:
        return TableCell(BLANK)
    met, total = verdicts[Verdict.MET], verdicts.total()
    mark: Mark = "" if met == total else "unmet" if verdicts[Verdict.UNMET] else "unknown"
    return TableCell(f"{met}/{total}", mark=mark)


def city_disparity_table(context: CityContext) -> Table:
    """County × stage × indicator: the coefficients of variation."""
    standard = context.standard
    columns = (*(i.id for i in standard.indicators), COMPOSITE)
    blanks = {f"{stage.id}_{name}": BLANK for stage in standard.stages for name in columns}
    rows = []
    for member in context.city.members:
        result = member.assessment.national
        spread = {f"{each.stage}_{each.indicator}": spread_cell(result, each) for each in result.disparities}
        rows.append(row({"county": label(member.county.name), **blanks, **spread}))
    note = context.say("table.city_limits", limits=limits_said(context))
    return Table(expanded(context.specs["city_disparity"], standard), tuple(rows), notes=(note,))


def ranking_table(context: CityContext) -> Table:
    """The counties by rank, with what decides it."""
    rows = tuple(
        row(
            {
                "place": place_cell(entry.place),
                "county": label(entry.member.county.name),
                "overall": verdict_cell(entry.member.verdict),
                "rate": _certain_cell(context, entry.member),
                "mean_cv": number_cell(entry.member.mean_cv, context.standard.disparity.decimals),
                **_counts(entry.member),
            }
        )
        for entry in context.city.ranking
    )
    return Table(context.specs["city_ranking"], rows)


def _counts(member: AssessedCounty) -> Cells:
    verdicts = Counter(unit.verdict for unit in member.assessment.units)
    return {
        "met": number_cell(verdicts[Verdict.MET]),
        "unmet": number_cell(verdicts[Verdict.UNMET]),
        "unknown": number_cell(verdicts[Verdict.UNKNOWN]),
        "units": number_cell(verdicts.total()),
        "over": number_cell(len(failing_disparities(member.assessment.national))),
    }


def _certain_cell(context: CityContext, member: AssessedCounty) -> TableCell:
    """The share a county is ranked by; the least it can be while units are open."""
    cell = share_cell(member.certain_share)
    if member.met_share is not None:
        return cell
    return replace(cell, text=context.say("city.at_least", share=cell.text), mark="unknown")


def unranked_table(context: CityContext) -> Table:
    """The counties that have no place because their verdict is open, with what is known of them."""
    rows = tuple(
        row(
            {
                "county": label(member.county.title),
                "missing": number_cell(len(missing_inputs(member.assessment))),
                **_counts(member),
            }
        )
        for member in context.city.unranked
    )
    return Table(context.specs["city_unranked"], rows)


def plan_table(context: CityContext) -> Table:
    """The counties by target year, with where they stand and what they lack."""
    results = {member.county.code: member.assessment.national for member in context.city.members}
    rows = grouped(
        (
            {"target": label(str(plan_year.year))},
            [_progress_cells(context, each, results.get(each.county.code)) for each in plan_year.counties],
        )
        for plan_year in context.city.plan
    )
    return Table(context.specs["city_plan"], rows)


MARK_OF_STATE: dict[str, Mark] = {"missed": "unmet", "open": "unknown", "absent": "unknown"}


def _progress_cells(context: CityContext, progress: PlanProgress, result: Result | None) -> Cells:
    mark = MARK_OF_STATE.get(progress.state, "")
    return {
        "county": label(progress.county.name),
        "overall": ABSENT if progress.verdict is None else verdict_cell(progress.verdict),
        "state": TableCell(context.say(f"city.state.{progress.state}"), mark=mark),
        "left": text_cell(gap_said(context, result) if result else ""),
    }


def gap_said(context: CityContext, result: Result) -> str:
    """Count what keeps a county from the national standard: units, coefficients, items."""
    counts = {
        "units": sum(unit.verdict is Verdict.UNMET for unit in result.units),
        "cvs": len(failing_disparities(result)),
        "items": sum(item.verdict is Verdict.UNMET for item in result.items),
    }
    if any(counts.values()):
        return context.say("city.gap", **counts)
    return context.say("city.gap_none", verdict=result.overall)


def city_trend_table(context: CityContext) -> Table:
    """This year beside last year, county by county; one without last year's workbook has blanks."""
    city = context.city
    words = {"year": str(city.year), "last": str(city.year - 1)}
    rows = tuple(row(_trend_cells(member, context)) for member in city.members)
    return Table(expanded(context.specs["city_trend"], city.standard, **words), rows)


def _trend_cells(member: AssessedCounty, context: CityContext) -> Cells:
    before = AssessedCounty(member.trend.before) if member.trend else None
    share = share_cell(before.met_share if before else None), share_cell(member.met_share)
    places = context.standard.disparity.decimals
    cv = number_cell(before.mean_cv if before else None, places), number_cell(member.mean_cv, places)
    return {
        "county": label(member.county.name),
        "overall_before": verdict_cell(before.verdict) if before else TableCell(BLANK, mark="unknown"),
        "overall_now": verdict_cell(member.verdict),
        **compared(*share, "个百分点", prefix="share_"),
        **compared(*cv, prefix="cv_"),
    }


def common_table(context: CityContext) -> Table:
    """What several counties fail, most counties first."""
    rows = numbered(
        {
            "problem": problem_name(context, problem),
            "count": number_cell(len(problem.counties)),
            "counties": listed(county.name for county in problem.counties),
            **_common_gap(context, problem),
        }
        for problem in context.city.common
    )
    return Table(context.specs["city_common"], rows)


def problem_name(context: CityContext, problem: CommonProblem) -> str:
    """Name a common problem: 小学生均教学及辅助用房面积不足."""
    standard = context.standard
    if problem.kind == "item":
        item = next(item for item in standard.items if item.id == problem.id)
        return context.say("city.common.item", name=item.short)
    stage, indicator = standard.stage(problem.stage).name, standard.indicator(problem.id)
    return context.say(f"city.common.{problem.kind}", stage=stage, name=indicator.name)


def _common_gap(context: CityContext, problem: CommonProblem) -> Cells:
    if problem.kind != "indicator":
        return {"units": BLANK, "gap": BLANK}
    gap = amount_said(problem.gap, context.standard.indicator(problem.id).gap_unit)
    return {"units": number_cell(problem.units), "gap": gap}


def notices_table(context: CityContext) -> Table:
    """The counties listed for 通报, by ground."""
    rows = numbered(
        {
            "county": label(notice.member.county.name),
            "ground": notice.ground.name,
            "facts": notice_fact(context, notice),
            "clause": notice.ground.clause,
            "action": notice.ground.action,
            "letters": "；".join(_letter_said(context, notice, kind) for kind in notice.ground.letters),
        }
        for notice in context.city.notices
    )
    return Table(context.specs["city_notices"], rows)


def _letter_said(context: CityContext, notice: Notice, kind: str) -> str:
    """Whether a proposed letter has been issued (the office has entered it with this ground), and under which number."""
    rows = (row for rows in context.city.records.letters(kind, notice.member.county) for row in rows)
    issued = next((row for row in rows if notice.ground.name in row.text("ground")), None)
    number = issued.text("document") if issued else ""
    return context.say("city_internal.letter", kind=kind, issued=issued is not None, number=number)


def notice_fact(context: BaseContext, notice: Notice) -> str:
    """Say what in this county's figures is the ground."""
    county = notice.member.county
    return context.say(
        f"city.fact.{notice.ground.id}",
        names="；".join(result.item.name for result in notice.vetoes),
        target=str(county.target_year),
        late=int(context.year) - county.target_year,
        count=notice.member.overdue,
    )


def left_out_table(context: CityContext) -> Table:
    """The counties that are not part of the summary, with the reason."""
    rows = numbered(
        {"county": label(gone.county.name), "reason": left_out_reason(context, gone)}
        for gone in context.city.left_out
    )
    return Table(context.specs["city_left_out"], rows)


def left_out_reason(context: CityContext, gone: LeftOut) -> str:
    """Say in an office's words why a county is left out; files and places are for the operator alone."""
    return context.say(f"city.left_out.{gone.cause}")


def city_failing_table(context: CityContext) -> Table:
    """Every unit of the city that is 未达标, a row for each unmet indicator (for filtering, so nothing is merged)."""
    rows = numbered(cells for member in context.city.members for cells in _failing_cells(member))
    return Table(context.specs["city_failing"], rows)


def _failing_cells(member: AssessedCounty) -> Iterator[Cells]:
    standard = member.assessment.national.standard
    for short in shortfalls(member.assessment.national):
        unit = short.unit
        yield {
            "county": member.county.name,
            "school_code": unit.school_code,
            "school": unit_name(unit, standard),
            "stage": standard.stage(unit.stage).name,
            "students": number_cell(unit.students),
            **short_cells(short),
        }


CITY_TABLES: dict[str, Callable[[CityContext], Table]] = {
    "conclusions": conclusions_table,
    "matrix": matrix_table,
    "disparity": city_disparity_table,
    "ranking": ranking_table,
    "unranked": unranked_table,
    "plan": plan_table,
    "tasks": city_tasks_table,
    "goals": city_goals_table,
    "requirements": city_requirements_table,
    "teams": teams_table,
    "progress": progress_table,
    "visits": visits_table,
    "third_parties": third_parties_table,
    "trend": city_trend_table,
    "common": common_table,
    "left_out": left_out_table,
    "failing": city_failing_table,
}
"""What notebook, workbook and page show, by name. What is only proposed (notices) is for the internal annex alone."""
