"""The tables of the city's summary (FORMS.md report 5), for Word, Excel, notebook and page alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from junheng.assess.city import CityAssessment, CommonProblem, LeftOut, Member, Notice, Progress
from junheng.assess.disparity import COMPOSITE
from junheng.assess.gaps import failing_disparities, missing_inputs, shortfalls
from junheng.assess.model import Result, Unit, Verdict
from junheng.exact import in_full
from junheng.params.counties import County
from junheng.report.content.city_context import CityContext
from junheng.report.content.model import Mark, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, amount_said, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    MARKS,
    edge_notes,
    expanded,
    label,
    number_cell,
    text_cell,
    verdict_cell,
    veto_cell,
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
from junheng.report.content.tables.resources import spread_cell
from junheng.report.content.tables.trends import change_cell, share_cell

ASPECTS = ("resource", "government", "quality", "social", "veto", "overall")


def conclusions_table(context: CityContext) -> Table:
    """Every county's verdicts, aspect by aspect; a county that is left out stays in sight."""
    rows = []
    for county, member in _all_counties(context.city):
        cells = {"county": label(county.name), "target": TableCell(str(county.target_year))}
        if member is None:
            rows.append(TableRow({**cells, **dict.fromkeys((*ASPECTS, "local"), _absent())}))
            continue
        national, local = member.assessment.national, member.assessment.local
        verdicts = {
            key: (veto_cell if key == "veto" else verdict_cell)(getattr(national, key)) for key in ASPECTS
        }
        rows.append(TableRow({**cells, **verdicts, "local": verdict_cell(local.overall)}))
    title = context.city.members[0].assessment.local.standard.title
    return Table(expanded(context.specs["city_conclusions"], context.standard, local=title), tuple(rows))


def _all_counties(city: CityAssessment) -> list[tuple[County, Member | None]]:
    """Return all counties in the order of their codes; None stands for one that is left out."""
    found: list[tuple[County, Member | None]] = [(m.county, m) for m in city.members]
    found += [(gone.county, None) for gone in city.left_out]
    return sorted(found, key=lambda pair: pair[0].code)


def _absent() -> TableCell:
    return TableCell("未纳入", mark="unknown")


def matrix_table(context: CityContext) -> Table:
    """County × stage × indicator: how many units do not reach the standard, and how many units are 达标."""
    standard = context.standard
    rows = []
    for member in context.city.members:
        cells = {"county": label(member.county.name)}
        for stage in standard.stages:
            units = member.assessment.national.stage_units(stage.id)
            cells |= {f"{stage.id}_{i.id}": indicator_cell(units, i.id) for i in standard.indicators}
            cells[stage.id] = met_cell(units)
        rows.append(TableRow(cells))
    return Table(expanded(context.specs["city_matrix"], standard), tuple(rows))


def indicator_cell(units: Iterable[Unit], indicator: str) -> TableCell:
    """How many units are below the standard in one indicator, those that are open in brackets."""
    verdicts = [unit.cells[indicator].verdict for unit in units]
    if not verdicts:
        return TableCell(BLANK)
    unmet, unknown = verdicts.count(Verdict.UNMET), verdicts.count(Verdict.UNKNOWN)
    mark: Mark = "unmet" if unmet else "unknown" if unknown else ""
    return TableCell(f"{unmet}（{unknown}）" if unknown else str(unmet), Fraction(unmet), mark)


def met_cell(units: Iterable[Unit]) -> TableCell:
    """Units that are 达标 of all units of a stage."""
    verdicts = [unit.verdict for unit in units]
    if not verdicts:
        return TableCell(BLANK)
    worst = Verdict.UNMET if Verdict.UNMET in verdicts else Verdict.UNKNOWN
    met = verdicts.count(Verdict.MET)
    return TableCell(f"{met}/{len(verdicts)}", mark="" if met == len(verdicts) else MARKS[worst])


def city_disparity_table(context: CityContext) -> Table:
    """County × stage × indicator: the coefficients of variation."""
    standard = context.standard
    rows = []
    for member in context.city.members:
        result = member.assessment.national
        spread = {f"{row.stage}_{row.indicator}": spread_cell(result, row) for row in result.disparities}
        blanks = {
            f"{stage.id}_{name}": TableCell(BLANK)
            for stage in standard.stages
            for name in (*(i.id for i in standard.indicators), COMPOSITE)
        }
        rows.append(TableRow({"county": label(member.county.name), **blanks, **spread}))
    limits = "、".join(
        f"{s.name}不大于{in_full(standard.disparity.limits[s.id], 2)}" for s in standard.stages
    )
    cells = [cell for row in rows for cell in row.cells.values()]
    spec = expanded(context.specs["city_disparity"], standard)
    return Table(spec, tuple(rows), notes=(f"限值：{limits}。", *edge_notes(cells)))


def ranking_table(context: CityContext) -> Table:
    """The counties by rank, with what decides it."""
    places = context.standard.disparity.decimals
    rows = []
    for entry in context.city.ranking:
        member = entry.member
        units = member.assessment.units
        rows.append(
            TableRow(
                {
                    "place": TableCell(str(entry.place), Fraction(entry.place)),
                    "county": label(member.county.name),
                    "overall": verdict_cell(member.verdict),
                    "met": number_cell(member.met_units),
                    "units": number_cell(len(units)),
                    "rate": _certain_cell(context, member),
                    "mean_cv": number_cell(member.mean_cv, places),
                    "over": number_cell(len(failing_disparities(member.assessment.national))),
                }
            )
        )
    return Table(context.specs["city_ranking"], tuple(rows))


def _certain_cell(context: CityContext, member: Member) -> TableCell:
    """The share a county is ranked by; the least it can be while units are open."""
    cell = share_cell(member.certain_share)
    if member.met_share is not None:
        return cell
    return replace(cell, text=context.say("city.at_least", share=cell.text), mark="unknown")


def unranked_table(context: CityContext) -> Table:
    """The counties that have no place because their verdict is open, with what is known of them."""
    rows = []
    for member in context.city.unranked:
        verdicts = [unit.verdict for unit in member.assessment.units]
        rows.append(
            TableRow(
                {
                    "county": label(member.county.title),
                    "met": number_cell(member.met_units),
                    "unmet": number_cell(verdicts.count(Verdict.UNMET)),
                    "unknown": number_cell(verdicts.count(Verdict.UNKNOWN)),
                    "units": number_cell(len(verdicts)),
                    "over": number_cell(len(failing_disparities(member.assessment.national))),
                    "missing": number_cell(len(missing_inputs(member.assessment))),
                }
            )
        )
    return Table(context.specs["city_unranked"], tuple(rows))


def plan_table(context: CityContext) -> Table:
    """The counties by target year, with where they stand and what they lack."""
    results = {member.county.code: member.assessment.national for member in context.city.members}
    rows: list[TableRow] = []
    for plan_year in context.city.plan:
        for number, progress in enumerate(plan_year.counties):
            head = {} if number else {"target": label(str(plan_year.year), len(plan_year.counties))}
            result = results.get(progress.county.code)
            rows.append(TableRow({**head, **_progress_cells(context, progress, result)}))
    return Table(context.specs["city_plan"], tuple(rows))


def _progress_cells(context: CityContext, progress: Progress, result: Result | None) -> dict[str, TableCell]:
    mark: Mark = {"missed": "unmet", "open": "unknown", "absent": "unknown"}.get(progress.state, "")  # type: ignore[assignment]
    return {
        "county": label(progress.county.name),
        "overall": _absent() if progress.verdict is None else verdict_cell(progress.verdict),
        "state": TableCell(context.say(f"city.state.{progress.state}"), mark=mark),
        "left": text_cell(_gap_said(context, result) if result else ""),
    }


def _gap_said(context: CityContext, result: Result) -> str:
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
    rows = tuple(_trend_row(member, context) for member in city.members)
    return Table(expanded(context.specs["city_trend"], city.standard, **words), rows)


def _trend_row(member: Member, context: CityContext) -> TableRow:
    before = Member(member.trend.before) if member.trend else None
    places = context.standard.disparity.decimals
    now_share, old_share = share_cell(member.met_share), share_cell(before.met_share if before else None)
    now_cv = number_cell(member.mean_cv, places)
    old_cv = number_cell(before.mean_cv if before else None, places)
    return TableRow(
        {
            "county": label(member.county.name),
            "overall_before": verdict_cell(before.verdict) if before else TableCell(BLANK, mark="unknown"),
            "overall_now": verdict_cell(member.verdict),
            "share_before": old_share,
            "share_now": now_share,
            "share_change": change_cell(now_share, old_share, "个百分点"),
            "cv_before": old_cv,
            "cv_now": now_cv,
            "cv_change": change_cell(now_cv, old_cv),
        }
    )


def common_table(context: CityContext) -> Table:
    """What several counties fail, most counties first."""
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number), Fraction(number)),
                "problem": TableCell(problem_name(context, problem)),
                "count": number_cell(len(problem.counties)),
                "counties": TableCell(listed(county.name for county in problem.counties)),
                "units": number_cell(problem.units) if problem.kind == "indicator" else TableCell(BLANK),
                "gap": TableCell(_common_gap(context, problem)),
            }
        )
        for number, problem in enumerate(context.city.common, 1)
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


def _common_gap(context: CityContext, problem: CommonProblem) -> str:
    if problem.kind != "indicator":
        return BLANK
    return amount_said(problem.gap, context.standard.indicator(problem.id).gap_unit)


def notices_table(context: CityContext) -> Table:
    """The counties listed for 通报, by ground."""
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number), Fraction(number)),
                "county": label(notice.member.county.name),
                "ground": TableCell(notice.ground.name),
                "facts": TableCell(notice_fact(context, notice)),
                "clause": TableCell(notice.ground.clause),
                "action": TableCell(notice.ground.action),
            }
        )
        for number, notice in enumerate(context.city.notices, 1)
    )
    return Table(context.specs["city_notices"], rows)


def notice_fact(context: CityContext, notice: Notice) -> str:
    """Say what in this county's figures is the ground."""
    county = notice.member.county
    return context.say(
        f"city.fact.{notice.ground.id}",
        names="；".join(result.item.name for result in notice.vetoes),
        target=str(county.target_year),
        late=context.city.year - county.target_year,
        count=notice.member.overdue,
    )


def left_out_table(context: CityContext) -> Table:
    """The counties that are not part of the summary, with the reason."""
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number), Fraction(number)),
                "county": label(gone.county.name),
                "reason": TableCell(left_out_reason(context, gone)),
            }
        )
        for number, gone in enumerate(context.city.left_out, 1)
    )
    return Table(context.specs["city_left_out"], rows)


def left_out_reason(context: CityContext, gone: LeftOut) -> str:
    """Say in an office's words why a county is left out; files and places are for the operator alone."""
    return context.say(f"city.left_out.{gone.cause}")


def city_failing_table(context: CityContext) -> Table:
    """Every unit of the city that is 未达标, a row for each unmet indicator (for filtering, so nothing is merged)."""
    rows: list[TableRow] = []
    for member in context.city.members:
        standard = member.assessment.national.standard
        for short in shortfalls(member.assessment.national):
            unit = short.unit
            head = {
                "number": TableCell(str(len(rows) + 1), Fraction(len(rows) + 1)),
                "county": TableCell(member.county.name),
                "school_code": TableCell(unit.school_code),
                "school": TableCell(unit_name(unit, standard)),
                "stage": TableCell(standard.stage(unit.stage).name),
                "students": number_cell(unit.students),
            }
            rows.append(TableRow({**head, **short_cells(short)}))
    cells = [row.cells["value"] for row in rows]
    return Table(context.specs["city_failing"], tuple(rows), notes=edge_notes(cells))


CITY_TABLES = {
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
