"""The sections of the city's summary (FORMS.md report 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from junheng.assess.city import Member, PlanYear, share
from junheng.assess.city_records import TeamTally
from junheng.assess.city_tasks import city_counts, city_requirements, count_tasks
from junheng.assess.model import Verdict
from junheng.exact import in_full
from junheng.params.standard import Indicator
from junheng.report.content.city_context import CityContext, names
from junheng.report.content.model import Block, Contents, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import cv_text, printed_share
from junheng.report.content.phrases import listed
from junheng.report.content.sections.findings import share as ratio
from junheng.report.content.sections.findings import tally
from junheng.report.content.tables import city as tables
from junheng.report.content.tables import city_work as work
from junheng.report.content.tables.city_tasks import (
    city_goals_table,
    city_requirements_table,
    city_tasks_table,
)

SHOWN = 12
"""How many coefficients above their limit are told in sentences; the table has all."""


def contents(context: CityContext) -> tuple[Block, ...]:
    """A contents list: the summary of the whole city runs over 15 pages."""
    return (Contents(levels=1),)


def opening(context: CityContext) -> tuple[Block, ...]:
    """评估依据与方式."""
    local = context.city.members[0].assessment.local.standard
    basis = context.say(
        "city.basis",
        national=context.standard.basis,
        local=local.basis,
        office=context.wording.city.office,
        year=str(context.city.year),
    )
    method = context.say("city.method", source=_source(context), work=_work_said(context))
    return (Paragraph(basis), Paragraph(method))


def _work_said(context: CityContext) -> str:
    """What was done beside the figures: visits and third parties, by the city's workbook; nothing where it has none."""
    records = context.city.records
    visits, parties = records.rows("visits"), records.rows("third_parties")
    visited = dict.fromkeys(row.text("county") for row in visits)
    sums = {key: records.total("visits", key) for key in ("schools", "meetings", "questionnaires")}
    counted = "，".join(
        context.say(f"city.visited.{key}", count=count) for key, count in sums.items() if count is not None
    )
    told = context.say("city.visited", counties=len(visited), counted=counted)
    names = listed(dict.fromkeys(row.text("party") for row in parties))
    return told + context.say("city.third_parties", count=len(parties), names=names)


def _source(context: CityContext) -> str:
    return context.wording.city_year.data_source


def overall(context: CityContext) -> tuple[Block, ...]:
    """一、总体情况: who is in, how many are 达标, every county's verdicts."""
    city = context.city
    gone = [left.county for left in city.left_out]
    members = len(city.members)
    coverage = context.say(
        "city.coverage", total=members + len(gone), members=members, left_out=len(gone), names=names(gone)
    )
    verdicts = city.verdicts()
    met, unknown = verdicts[Verdict.MET], verdicts[Verdict.UNKNOWN]
    told = context.say(
        "city.overall",
        members=members,
        rate=ratio(len(met), members),
        met_names=names(met),
        unknown_names=names(unknown),
        **tally([member.verdict for member in city.members]),
    )
    other = [m for m in city.members if m.verdict is not m.assessment.local.overall]
    local = context.say(
        "city.local",
        standard=city.members[0].assessment.local.standard.title,
        only=len(other),
        names=listed(f"{m.county.title}（{m.assessment.local.overall}）" for m in other),
    )
    absent = (tables.left_out_table(context),) if gone else ()
    lead = Paragraph(told + local + context.say("city.conclusions_lead"))
    return (Paragraph(coverage), *absent, lead, tables.conclusions_table(context))


def resource(context: CityContext) -> tuple[Block, ...]:
    """（一）资源配置: units by stage, the weakest indicators, counties whose units all pass."""
    city = context.city
    stages = "".join(_stage_said(context, stage.id, stage.name) for stage in context.standard.stages)
    full = [m for m in city.members if m.met_share == 1]
    everyone = context.say("city.units_full", members=len(city.members), full=len(full), names=names(full))
    weak = "".join(_weakest(context, stage.id, stage.name) for stage in context.standard.stages)
    where = context.say("city.matrix_where") + context.cite("city_units")
    return (Paragraph(stages + everyone), Paragraph(weak), Paragraph(where))


def _stage_said(context: CityContext, stage: str, name: str) -> str:
    units = context.city.units(stage)
    counts = tally([unit.verdict for unit in units])
    return context.say("city.units", stage=name, units=len(units), rate=share(units), **counts)


def _weakest(context: CityContext, stage: str, name: str) -> str:
    if not context.city.units(stage):
        return ""
    unmet = {
        i.id: sum(unit.cells[i.id].verdict is Verdict.UNMET for unit in context.city.units(stage))
        for i in context.standard.indicators
    }
    most = max(unmet.values())
    worst = [indicator for indicator in context.standard.indicators if most and unmet[indicator.id] == most]
    told = "；".join(_weak_said(context, stage, indicator) for indicator in worst)
    return context.say("city.weak", stage=name, count=most, worst=told)


def _weak_said(context: CityContext, stage: str, indicator: Indicator) -> str:
    """An indicator with the units below its standard, and those among them that are not 达标, with their counties."""
    below = [
        (member, unit)
        for member in context.city.members
        for unit in member.assessment.national.stage_units(stage)
        if unit.cells[indicator.id].verdict is Verdict.UNMET
    ]
    failing = [(member, unit) for member, unit in below if unit.verdict is Verdict.UNMET]
    return context.say(
        "city.weak_one",
        indicator=indicator.name,
        below=len(below),
        counties=len({member.county.code for member, _ in below}),
        open=sum(unit.verdict is Verdict.UNKNOWN for _, unit in below),
        failing=len(failing),
        failing_counties=len({member.county.code for member, _ in failing}),
    )


def disparity(context: CityContext) -> tuple[Block, ...]:
    """（二）校际均衡: how many coefficients are above their limit, and which."""
    rows = [
        (member, row)
        for member in context.city.members
        for row in member.assessment.national.disparities
        if row.verdict is not None
    ]
    over = [(member, row) for member, row in rows if row.verdict is Verdict.UNMET]
    counties = list(dict.fromkeys(member.county.code for member, _ in over))
    told = context.say(
        "city.disparity",
        total=len(rows),
        over=len(over),
        unknown=sum(row.verdict is Verdict.UNKNOWN for _, row in rows),
        counties=len(counties),
        names=names(m for m in context.city.members if m.county.code in counties),
    )
    told += "".join(
        context.say(
            "city.disparity_one",
            county=member.county.title,
            stage=context.standard.stage(row.stage).name,
            indicator=context.standard.indicator(row.indicator).name,
            cv=cv_text(row, context.standard),
            limit=in_full(row.limit, 2) if row.limit is not None else "",
        )
        for member, row in over[:SHOWN]
    )
    return (Paragraph(told + context.cite("city_disparity")),)


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
    shown = (tables.ranking_table(context), *([tables.unranked_table(context)] if apart else []))
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
    counts = count_tasks(context.wording.tasks, context.tasks)
    reported = {word: sum(count.reported[word] for count in counts) for word in (True, False, None)}
    told = context.say(
        "city.tasks",
        total=len(counts),
        done=reported[True],
        undone=reported[False],
        silent=reported[None],
    )
    told += context.say("city.tasks_unmet", count=sum(bool(count.unmet) for count in counts))
    told += _counts_said(context) + context.say(
        "city.records", known=context.city.records.book is not None, cause=context.city.records.cause
    )
    blocks: tuple[Block, ...] = (Paragraph(told), city_tasks_table(context), city_goals_table(context))
    if context.city.records.book is None:
        return blocks
    teams = context.city.records.teams(context.day)
    measures = context.say("city.teams", count=sum(tally.measures for tally in teams), **_team_sums(teams))
    table = (work.teams_table(context),) if teams else ()
    return (*blocks, Paragraph(_requirements_said(context)), Paragraph(measures), *table)


STATES: Mapping[str, Verdict | None] = {
    "met": Verdict.MET,
    "unmet": Verdict.UNMET,
    "going": None,
    "unknown": Verdict.UNKNOWN,
}
"""How many goals are reached, not reached, under way, open."""


def _counts_said(context: CityContext) -> str:
    goals = city_counts(context.wording.tasks, context.city)
    counted = {name: sum(goal.verdict is state for goal in goals) for name, state in STATES.items()}
    return context.say(
        "city.goals",
        total=len(goals),
        met=counted["met"],
        answered=sum(goal.answered for goal in goals),
        told="，".join(
            context.say(f"city.goal.{name}", count=count) for name, count in counted.items() if count
        ),
    )


def _requirements_said(context: CityContext) -> str:
    found = city_requirements(context.wording.tasks, context.city)
    counted = {name: sum(one.verdict is state for one in found) for name, state in STATES.items()}
    told = "，".join(
        context.say(f"city.requirement.{name}", count=count) for name, count in counted.items() if count
    )
    return context.say("city.requirements", total=len(found), told=told, **counted)


def _team_sums(teams: Iterable[TeamTally]) -> dict[str, int]:
    teams = tuple(teams)
    keys = ("closed", "done", "going", "idle", "overdue")
    return {key: sum(getattr(tally, key) for tally in teams) for key in keys}


def trend(context: CityContext) -> tuple[Block, ...]:
    """四、与上年度比较."""
    city = context.city
    pairs = [(member, member.trend.before) for member in city.members if member.trend]
    moved: dict[tuple[Verdict, Verdict], list[Member]] = {}
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
        last=str(city.year - 1),
        same=sum(len(own) for (before, now), own in moved.items() if before is now),
        moves="；".join(moves),
    )
    if not pairs:
        return (Paragraph(told),)
    shares = context.say(
        "city.trend_share",
        now=printed_share(share(unit for member, _ in pairs for unit in member.assessment.units)),
        before=printed_share(share(unit for _, old in pairs for unit in old.units)),
    )
    lead = context.say("city.trend_lead")
    return (Paragraph(told + shares + lead), tables.city_trend_table(context))


def common(context: CityContext) -> tuple[Block, ...]:
    """五、共性问题."""
    found = context.city.common
    told = context.say(
        "city.common",
        count=len(found),
        least=context.city.rules.common_from,
        first=tables.problem_name(context, found[0]) if found else "",
        counties=len(found[0].counties) if found else 0,
        most=sum(len(problem.counties) == len(found[0].counties) for problem in found),
    )
    return (Paragraph(told), tables.common_table(context)) if found else (Paragraph(told),)


def next_steps(context: CityContext) -> tuple[Block, ...]:
    """七、下一步要求."""
    counts = tally([member.verdict for member in context.city.members])
    deadline = context.wording.city_year.rectification_deadline
    return (
        Paragraph(context.say("city.next", deadline=deadline, **counts)),
        Paragraph(context.say("city.next_common", count=len(context.city.common))),
    )


def annex_tables(context: CityContext) -> tuple[Block, ...]:
    """附件1: county × stage × indicator; what the city's workbook says row by row."""
    records = context.city.records
    sheets = {"visits": work.visits_table, "third_parties": work.third_parties_table}
    done = [table(context) for sheet, table in sheets.items() if records.rows(sheet)]
    answers = [city_requirements_table(context)] if records.book else []
    return (tables.matrix_table(context), tables.city_disparity_table(context), *done, *answers)


def annex_figures(context: CityContext) -> tuple[Block, ...]:
    """附件2."""
    return context.pictures


def annex_method(context: CityContext) -> tuple[Block, ...]:
    """附件3: how places and plan come about, and the inputs."""
    local = context.city.members[0].assessment.local.standard
    told = [
        context.say(
            "city.method_standard", national=context.standard.basis, title=local.title, local=local.basis
        ),
        context.say("city.method_matrix"),
        context.say("city.ranking_rule"),
        context.say("city.method_plan"),
        context.say("city.method_left_out"),
        context.say("method.rounding"),
        context.say("method.cv"),
        *([context.small_counts] if context.small_counts else []),
        context.say("city.method_prints"),
    ]
    rows = tuple(
        TableRow({"what": TableCell(what, mark="label"), "digest": TableCell(digest)})
        for what, digest in context.fingerprints
    )
    numbered = [Paragraph(f"{number}. {text}") for number, text in enumerate(told, 1)]
    return (*numbered, Table(context.specs["fingerprints"], rows))
