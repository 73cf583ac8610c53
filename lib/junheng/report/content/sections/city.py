"""The sections of the city's summary (FORMS.md report 5)."""

from __future__ import annotations

from collections import Counter

from junheng.assess.city import AssessedCounty, PlanYear
from junheng.assess.city_tasks import GoalResult, city_counts, city_requirements, count_tasks
from junheng.assess.model import Disparity, Unit, Verdict, tally
from junheng.assess.trend import met_share
from junheng.exact import in_full
from junheng.params.standard import Stage
from junheng.report.content.context import CityContext, names
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import cv_text, printed_share
from junheng.report.content.phrases import listed
from junheng.report.content.sections.annex import fingerprints, numbered_notes
from junheng.report.content.sections.findings import share, unmet_counts
from junheng.report.content.tables import city as tables
from junheng.report.content.tables import city_work as work
from junheng.report.content.tables.building import introduced
from junheng.report.content.tables.city_tasks import (
    city_goals_table,
    city_requirements_table,
    city_tasks_table,
)

SHOWN = 12
"""How many coefficients above their limit are told in sentences; the table has all."""


def opening(context: CityContext) -> tuple[Block, ...]:
    """评估依据与方式."""
    method = context.say("city.method", work=_work_said(context))
    return (Paragraph(context.say("city.basis")), Paragraph(method))


def _work_said(context: CityContext) -> str:
    """What was done beside the figures: visits and third parties, by the city's workbook; nothing where it has none."""
    records = context.city.records
    visited = {row.text("county") for row in records.rows("visits")}
    sums = {key: records.total("visits", key) for key in ("schools", "meetings", "questionnaires")}
    counted = "，".join(
        context.say(f"city.visited.{key}", count=count) for key, count in sums.items() if count is not None
    )
    told = context.say("city.visited", counties=len(visited), counted=counted)
    parties = [row.text("party") for row in records.rows("third_parties")]
    return told + context.say("city.third_parties", count=len(parties), names=listed(dict.fromkeys(parties)))


def overall(context: CityContext) -> tuple[Block, ...]:
    """一、总体情况: who is in, how many are 达标, every county's verdicts."""
    city = context.city
    gone, members = [left.county for left in city.left_out], len(city.members)
    coverage = context.say(
        "city.coverage", total=members + len(gone), members=members, left_out=len(gone), names=names(gone)
    )
    told = verdicts_said(context)
    # The stricter local standard is told where it decides otherwise; elsewhere it would say the same twice.
    other = [m for m in city.members if m.verdict is not m.assessment.local.overall]
    told += context.say(
        "city.local",
        standard=context.local.title,
        only=len(other),
        names=listed(f"{m.county.title}（{m.assessment.local.overall}）" for m in other),
    )
    absent = (tables.left_out_table(context),) if gone else ()
    lead = Paragraph(told + context.say("city.conclusions_lead"))
    return (Paragraph(coverage), *absent, lead, tables.conclusions_table(context))


def verdicts_said(context: CityContext) -> str:
    """How many counties are 达标, and which."""
    members, verdicts = context.city.members, context.city.verdicts()
    return context.say(
        "city.overall",
        members=len(members),
        rate=share(len(verdicts[Verdict.MET]), len(members)),
        met_names=names(verdicts[Verdict.MET]),
        unknown_names=names(verdicts[Verdict.UNKNOWN]),
        **tally(member.verdict for member in members),
    )


def resource(context: CityContext) -> tuple[Block, ...]:
    """（一）资源配置: units by stage, the weakest indicators, counties whose units all pass."""
    members, stages = context.city.members, context.standard.stages
    told = ""
    for stage in stages:
        units = context.city.units(stage.id)
        counts = tally(unit.verdict for unit in units)
        told += context.say("city.units", stage=stage.name, units=len(units), rate=met_share(units), **counts)
    full = [m for m in members if m.met_share == 1]
    told += context.say("city.units_full", members=len(members), full=len(full), names=names(full))
    weak = "".join(_weakest(context, stage) for stage in stages)
    where = context.say("city.matrix_where") + context.cite("city_units")
    return (Paragraph(told), Paragraph(weak), Paragraph(where))


def _weakest(context: CityContext, stage: Stage) -> str:
    units = context.city.units(stage.id)
    if not units:
        return ""
    unmet = unmet_counts(units)
    most = max(unmet.values())
    told = (_weak_said(context, stage, key) for key, count in unmet.items() if most and count == most)
    return context.say("city.weak", stage=stage.name, count=most, worst="；".join(told))


def _weak_said(context: CityContext, stage: Stage, indicator: str) -> str:
    """An indicator with the units below its standard, and those among them that are not 达标, with their counties."""
    below = [
        (member.county.code, unit)
        for member in context.city.members
        for unit in member.assessment.national.stage_units(stage.id)
        if unit.cells[indicator].verdict is Verdict.UNMET
    ]
    failing = [(code, unit) for code, unit in below if unit.verdict is Verdict.UNMET]
    return context.say(
        "city.weak_one",
        indicator=context.standard.indicator(indicator).name,
        below=len(below),
        counties=_counties(below),
        open=sum(unit.verdict is Verdict.UNKNOWN for _, unit in below),
        failing=len(failing),
        failing_counties=_counties(failing),
    )


def _counties(found: list[tuple[str, Unit]]) -> int:
    return len({code for code, _ in found})


def disparity(context: CityContext) -> tuple[Block, ...]:
    """（二）校际均衡: how many coefficients are above their limit, and which."""
    rows = [
        (member, row)
        for member in context.city.members
        for row in member.assessment.national.disparities
        if row.verdict is not None
    ]
    over = [(member, row) for member, row in rows if row.verdict is Verdict.UNMET]
    counties = list({member.county.code: member for member, _ in over}.values())
    told = context.say(
        "city.disparity",
        total=len(rows),
        over=len(over),
        unknown=sum(row.verdict is Verdict.UNKNOWN for _, row in rows),
        counties=len(counties),
        names=names(counties),
    )
    told += "".join(_over_said(context, member, row) for member, row in over[:SHOWN])
    return (Paragraph(told + context.cite("city_disparity")),)


def _over_said(context: CityContext, member: AssessedCounty, row: Disparity) -> str:
    return context.say(
        "city.disparity_one",
        county=member.county.title,
        stage=context.standard.stage(row.stage).name,
        indicator=context.standard.indicator(row.indicator).name,
        cv=cv_text(row, context.standard),
        limit=in_full(row.limit, 2) if row.limit is not None else "",
    )


def ranking(context: CityContext) -> tuple[Block, ...]:
    """二、排名; counties that are open stand in a table of their own, without a place."""
    order, apart = context.city.ranking, context.city.unranked
    lead = context.say(
        "city.ranking_lead",
        members=len(order),
        places=len({rank.place for rank in order}),
        first=names(rank.member for rank in order if rank.place == order[0].place),
        last=names(rank.member for rank in order if rank.place == order[-1].place),
    )
    lead += context.say("city.unranked", count=len(apart), names=names(apart))
    shown = (tables.ranking_table(context), tables.unranked_table(context))
    where = context.say("city.ranking_where")
    return (Paragraph(lead), *(table for table in shown if table.rows), Paragraph(where))


def plan(context: CityContext) -> tuple[Block, ...]:
    """三、目标任务进展: the plan of the city's opinions, year by year."""
    told = "".join(_plan_year(context, year) for year in context.city.plan)
    return (Paragraph(told + context.say("city.plan_lead")), tables.plan_table(context))


def _plan_year(context: CityContext, year: PlanYear) -> str:
    """The counties of one target year by verdict; what is open or left out is not said to have failed."""
    left = year.year - context.city.year
    groups = {
        verdict: [progress.county for progress in year.counties if progress.verdict is verdict]
        for verdict in (*Verdict, None)
    }
    parts = (
        context.say("city.plan_part", verdict=str(verdict or ""), left=left, count=len(own), names=names(own))
        for verdict, own in groups.items()
        if own
    )
    return context.say(
        "city.plan_year",
        target=str(year.year),
        left=left,
        total=len(year.counties),
        reached=len(groups[Verdict.MET]),
        unmet=len(groups[Verdict.UNMET]),
        counted="，".join(parts),
    )


def tasks(context: CityContext) -> tuple[Block, ...]:
    """五、市定任务 (RULES §9): reported and computed, and the counts of the whole city."""
    if not context.wording.tasks.tasks:
        return (Paragraph(context.say("tasks.none")),)
    counts = count_tasks(context.wording.tasks, context.tasks)
    done, undone, silent = (sum(count.reported[word] for count in counts) for word in (True, False, None))
    told = context.say("city.tasks", total=len(counts), done=done, undone=undone, silent=silent)
    told += context.say("city.tasks_unmet", count=sum(bool(count.unmet) for count in counts))
    records, goals = context.city.records, city_counts(context.wording.tasks, context.city)
    answered = sum(goal.answered for goal in goals)
    told += _goals_said(context, "city.goals", "city.goal", goals, answered=answered)
    told += context.say("city.records", known=records.book is not None, cause=records.cause)
    blocks = (Paragraph(told), city_tasks_table(context), city_goals_table(context))
    if records.book is None:
        return blocks
    asked = city_requirements(context.wording.tasks, context.city)
    required = _goals_said(context, "city.requirements", "city.requirement", asked)
    teams = records.teams(context.day)
    keys = ("closed", "done", "going", "idle", "overdue")
    sums = {key: sum(getattr(tally, key) for tally in teams) for key in keys}
    measures = context.say("city.teams", count=sum(tally.measures for tally in teams), **sums)
    table = (work.teams_table(context),) if teams else ()
    return (*blocks, Paragraph(required), Paragraph(measures), *table)


STATES = {"met": Verdict.MET, "unmet": Verdict.UNMET, "going": None, "unknown": Verdict.UNKNOWN}
"""How many goals are reached, not reached, under way, open."""


def _goals_said(
    context: CityContext, phrase: str, part: str, goals: tuple[GoalResult, ...], **more: int
) -> str:
    counted = {name: sum(goal.verdict is state for goal in goals) for name, state in STATES.items()}
    told = (context.say(f"{part}.{name}", count=count) for name, count in counted.items() if count)
    return context.say(phrase, total=len(goals), told="，".join(told), **counted, **more)


def trend(context: CityContext) -> tuple[Block, ...]:
    """四、与上年度比较."""
    city = context.city
    pairs = [(member, member.trend.before) for member in city.members if member.trend]
    moved: dict[tuple[Verdict, Verdict], list[AssessedCounty]] = {}
    for member, old in pairs:
        moved.setdefault((old.national.overall, member.verdict), []).append(member)
    moves = [
        context.say("city.trend_moved", before=str(before), now=str(now), count=len(own), names=names(own))
        for now in Verdict
        for before in Verdict
        if before is not now and (own := moved.get((before, now)))
    ]
    told = context.say(
        "city.trend",
        compared=len(pairs),
        same=sum(len(own) for (before, now), own in moved.items() if before is now),
        moves="；".join(moves),
    )
    if not pairs:
        return (Paragraph(told),)
    told += context.say(
        "city.trend_share",
        now=printed_share(met_share(unit for member, _ in pairs for unit in member.assessment.units)),
        before=printed_share(met_share(unit for _, old in pairs for unit in old.units)),
    )
    return (Paragraph(told + context.say("city.trend_lead")), tables.city_trend_table(context))


def common(context: CityContext) -> tuple[Block, ...]:
    """五、共性问题."""
    found = context.city.common
    most = Counter(len(problem.counties) for problem in found)
    told = context.say(
        "city.common",
        count=len(found),
        least=context.city.rules.common_from,
        first=tables.problem_name(context, found[0]) if found else "",
        counties=max(most, default=0),
        most=most[max(most, default=0)],
    )
    return introduced(told, tables.common_table(context))


def next_steps(context: CityContext) -> tuple[Block, ...]:
    """七、下一步要求."""
    counts = tally(member.verdict for member in context.city.members)
    return (
        Paragraph(context.say("city.next", **counts)),
        Paragraph(context.say("city.next_common", count=len(context.city.common))),
    )


def annex_tables(context: CityContext) -> tuple[Block, ...]:
    """附件1: county × stage × indicator; what the city's workbook says row by row."""
    records = context.city.records
    sheets = {"visits": work.visits_table, "third_parties": work.third_parties_table}
    done = [table(context) for sheet, table in sheets.items() if records.rows(sheet)]
    answers = [city_requirements_table(context)] if records.book else []
    return (tables.matrix_table(context), tables.city_disparity_table(context), *done, *answers)


def annex_method(context: CityContext) -> tuple[Block, ...]:
    """附件3: how places and plan come about, and the inputs."""
    told = (
        context.say("city.method_standard", title=context.local.title),
        context.say("city.method_matrix"),
        context.say("city.ranking_rule"),
        context.say("city.method_plan"),
        context.say("city.method_left_out"),
        context.say("method.rounding"),
        context.say("method.cv"),
        context.small_counts,
        context.say("city.method_prints"),
    )
    return (*numbered_notes(told), *fingerprints(context))


def internal_notices(context: CityContext) -> tuple[Block, ...]:
    """The counties listed for 通报 (policy 五（二）), by ground, with what is proposed."""
    codes = {notice.member.county.code for notice in context.city.notices}
    counties = [member for member in context.city.members if member.county.code in codes]
    clause = context.city.rules.clause
    told = context.say("city.notices", counties=len(counties), names=names(counties), clause=clause)
    if not counties:
        return (Paragraph(told),)
    return (
        Paragraph(told),
        tables.notices_table(context),
        Paragraph(context.say("city_internal.decision")),
    )


def internal_register(context: CityContext) -> tuple[Block, ...]:
    """What was done already: 通报、约谈、挂牌督办、问责 by the city's workbook."""
    entries = context.city.records.register()
    told = context.say(
        "city_internal.register",
        count=len(entries),
        carried=sum(entry.carried for entry in entries),
        known=context.city.records.book is not None,
    )
    return introduced(told, work.register_table(context))


def internal_rule(context: CityContext) -> tuple[Block, ...]:
    """The grounds, as params/city_rules.yml has them."""
    grounds = "；".join(f"{ground.name}（{ground.rule}）" for ground in context.city.rules.grounds)
    told = context.say("city_internal.rule", grounds=grounds, on=context.wording.city_year.report_date)
    return (Paragraph(told),)
