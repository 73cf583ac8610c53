"""The reports of a county: the sections of each, who signs it and to whom, and the county that gets one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from junheng.errors import ParamsProblem, did_you_mean
from junheng.report.content.context import CountyContext
from junheng.report.content.document import Report, Section, Sections, compose_document, contents, phrases
from junheng.report.content.model import Document, Table
from junheng.report.content.sections import (
    achievements,
    annex,
    application,
    creation,
    duties,
    findings,
    inspection,
    overview,
    plans,
    problems,
    rectified,
    supervision,
    tasks,
    yearly,
)


def told(section: Section) -> Section:
    """The sentences of a section: its tables stand in an annex."""
    return lambda context: tuple(block for block in section(context) if not isinstance(block, Table))


def tabled(*sections: Section) -> Section:
    """The tables of sections, for an annex."""
    return lambda context: tuple(
        block for section in sections for block in section(context) if isinstance(block, Table)
    )


RESULTS: Sections[CountyContext] = {
    "resource": told(findings.resource),
    "disparity": told(findings.disparity),
    "government": lambda context: findings.items(context, "government", "表Ⅳ"),
    "quality": lambda context: findings.items(context, "quality", "表Ⅴ"),
    "social": findings.social,
    "veto": findings.veto,
}
ANNEXES: Sections[CountyContext] = {
    "annex_tables": annex.tables,
    "annex_schools": annex.schools,
    "annex_results": tabled(findings.resource, findings.disparity, tasks.state, yearly.trend),
    "annex_figures": annex.figures,
    "annex_gaps": annex.gaps,
    "annex_method": annex.method,
    "annex_check": annex.check,
}
ALL = (
    Report(
        "assessment",
        {
            "contents": contents(2),
            "opening": phrases("opening.basis", "opening.method"),
            "inspection": inspection.inspection,
            "achievements": achievements.achievements,
            "basic": overview.basic,
            "conclusion": overview.conclusion,
            **RESULTS,
            "tasks": tasks.tasks,
            "trend": told(yearly.trend),
            "problems": problems.problems,
            "rectification": problems.rectification,
            **ANNEXES,
        },
        signer="office",
        addressee="government",
    ),
    Report(
        "self",
        {
            "contents": contents(2),
            "opening": phrases("self.opening"),
            "basic": overview.basic,
            "tasks": told(partial(tasks.state, voice="self.")),
            "rectified": rectified.last_year,
            "conclusion": partial(overview.conclusion, said="self.national", aim="self.target"),
            **RESULTS,
            "trend": told(yearly.trend),
            "undone": partial(tasks.undone, voice="self."),
            "problems": problems.problems,
            "measures": problems.measures,
            "cycle": tasks.cycle,
            **ANNEXES,
        },
        signer="government",
        addressee="office",
        day="self_report_date",
    ),
    Report(
        "schools",
        {"opening": plans.opening, "contents": plans.contents, "schools": plans.pages},
        signer="government",
    ),
    Report(
        "creation",
        {
            "opening": phrases("creation.opening"),
            "standing": creation.standing,
            "aims": phrases("creation.aims"),
            "key_tasks": creation.key_tasks,
            "schedule": creation.schedule,
            "funds": creation.funds,
            "division": creation.division,
            "outlook": creation.outlook,
            "means": phrases("creation.means"),
            "annex_schools": creation.shortfalls,
            "annex_measures": creation.measures,
            "annex_assumptions": creation.assumptions,
        },
        signer="government",
        day="rectification_plan_deadline",
        wanted=lambda context: context.creation is not None,
    ),
    Report(
        "rectify_plan",
        {
            "opening": phrases("rectify_plan.opening"),
            "problems": rectified.problem_titles,
            "tasks": told(rectified.demands),
            "means": phrases("rectify_plan.means"),
            "annex_tasks": tabled(rectified.demands),
        },
        signer="government",
        addressee="office",
        day="rectification_plan_deadline",
        wanted=rectified.to_do,
    ),
    Report(
        "rectify_report",
        {
            "opening": phrases("rectify_report.opening"),
            "results": told(rectified.results),
            "next": rectified.next_steps,
            "annex_results": tabled(rectified.results),
        },
        signer="government",
        addressee="office",
        day="self_report_date",
        wanted=rectified.had_items,
    ),
    Report("duties", {}, signer="government", wanted=rectified.to_do, letters=duties.letters),
    Report(
        "interview",
        {},
        signer="office",
        addressee="government",
        wanted=supervision.talked,
        letters=supervision.talks,
    ),
    Report(
        "supervision",
        {},
        signer="office",
        addressee="government",
        wanted=supervision.watched,
        letters=supervision.watches,
    ),
    Report("form", {"tables": application.tables}, signer="government", day="application_date"),
    Report(
        "application",
        {"opening": phrases("application.opening"), "state": application.state},
        signer="government",
        addressee="office",
        day="application_date",
        wanted=application.passed,
    ),
    Report(
        "recommendation",
        {
            "opening": application.received,
            "state": application.state,
            "checked": application.checked,
            "opinion": phrases("recommendation.opinion"),
        },
        signer="office",
        addressee="superior",
        wanted=application.passed,
    ),
)
COMPOSERS: Mapping[str, Callable[[CountyContext], Document]] = {
    report.id: partial(compose_document, report) for report in ALL
}
WANTED: Mapping[str, Callable[[CountyContext], bool]] = {report.id: report.wanted for report in ALL}
"""Whether a county gets a report (names.ReportFile.reason says why not)."""
SECTIONS = tuple(dict.fromkeys(name for report in ALL for name in report.sections if name != "contents"))
"""Every section that holds text, of any report."""


def checked_remarks(names: Iterable[str], file: str) -> None:
    """Make sure that remarks stand in sections that some report has; raises ParamsProblem."""
    for name in names:
        if name not in SECTIONS:
            raise ParamsProblem(
                f"参数文件{file}的remarks中“{name}”不是报告的章节。{did_you_mean(name, SECTIONS)}可选{'、'.join(SECTIONS)}。"
            )
