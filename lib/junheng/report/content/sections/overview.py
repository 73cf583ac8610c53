"""一、基本情况 and 二、总体结论."""

from __future__ import annotations

from junheng.assess.gaps import missing_inputs
from junheng.assess.model import ItemResult, Result, Verdict
from junheng.params.standard import ASPECTS
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.phrases import listed
from junheng.report.content.tables.basic import Census, take_census
from junheng.report.content.tables.building import aspect_cell, expanded, label, row
from junheng.report.content.tables.resources import consistent

KINDS = ("primary", "junior", "nine", "complete", "twelve")
"""The order in which school types are told."""
TOTALS = {"students": ("在校生", "人"), "classes": ("教学班", "个"), "teachers": ("专任教师", "人")}
STAGES = ("", "_primary", "_junior")
TOLD_ASPECTS = {**ASPECTS, "resource": "资源配置与校际均衡"}


def basic(context: CountyContext) -> tuple[Block, ...]:
    """一、基本情况: schools, pupils, units, campuses."""
    census = take_census(context.assessment, context.wording.dictionary)
    said = [_schools_said(context, census) + _totals_said(context, census), _units_said(context)]
    if census.campuses:
        said.append(context.say("basic.campuses", campuses=census.campuses))
    return tuple(map(Paragraph, said))


def _schools_said(context: CountyContext, census: Census) -> str:
    """The schools by type, those of which there are none left out."""
    least = context.standard.unit_rule.minimum_students[census.types["points"]]
    counts = {census.types[key]: count for key in KINDS if (count := census.count(key))}
    points, special, others = census.count("points"), census.count("special"), []
    if points:
        others.append(
            context.say("basic.points", points=points, from_least=census.points_from(least), least=least)
        )
    if special:
        others.append(context.say("basic.kind", name=census.types["special"], count=special))
    return context.say(
        "basic.schools",
        total=sum(counts.values()),
        types=len(counts),
        kinds=listed(context.say("basic.kind", name=name, count=count) for name, count in counts.items()),
        only=listed(counts),
        others=listed(others),
    )


def _totals_said(context: CountyContext, census: Census) -> str:
    """Pupils, classes and teachers as far as all schools report them; what cannot be added up is named."""
    known, missing = [], []
    for key, (name, unit) in TOTALS.items():
        total, primary, junior = (census.total(f"{key}{stage}") for stage in STAGES)
        if total is None:
            missing.append(name)
        else:
            figures = {"total": total, "primary": primary, "junior": junior}
            known.append(context.say("basic.total", name=name, unit=unit, **figures))
    return context.say("basic.totals", known="；".join(known), missing=listed(missing))


def _units_said(context: CountyContext) -> str:
    result = context.assessment.national
    kinds = consistent(context)
    counts = {
        "units": len(result.units),
        "excluded": len(result.excluded),
        "combined": sum(unit.school_type in kinds for unit in result.units),
        **{stage.id: len(result.stage_units(stage.id)) for stage in result.standard.stages},
    }
    stages, others = (context.say(name, **counts) for name in ("basic.unit_stages", "basic.excluded"))
    return context.say("basic.units", stages=stages, others=others, **counts)


def conclusion(
    context: CountyContext, said: str = "conclusion.national", aim: str = "conclusion.target"
) -> tuple[Block, ...]:
    """二、总体结论: national (by the phrase `said`), local, target year (`aim`), and a table of the aspects."""
    assessment = context.assessment
    national, local = assessment.national, assessment.local
    text = context.say(said, verdict=national.overall)
    text += context.say(
        "conclusion.local",
        national=national.overall,
        verdict=local.overall,
        standard=local.standard.title,
        items=listed(r.item.short for r in only_local_failures(national, local)),
    )
    aimed = context.say(aim, verdict=national.overall)
    lead = context.say("conclusion.lead") + context.cite("overview")
    told = [Paragraph(each) for each in (text, _certain(context), aimed, lead) if each]
    return (*told, aspects_table(context))


def _certain(context: CountyContext) -> str:
    """What has failed for certain beside what is open; empty when nothing is missing or nothing has failed."""
    national = context.assessment.national
    # 一票否决未达标 would read as praise: what has failed is said with what was found.
    told = TOLD_ASPECTS | ({"veto": "一票否决（存在相关情形）"} if national.veto is Verdict.UNMET else {})
    failed, unknown = (
        listed(told[key] for key in ASPECTS if key != "overall" and getattr(national, key) is verdict)
        for verdict in (Verdict.UNMET, Verdict.UNKNOWN)
    )
    return context.say(
        "conclusion.certain",
        verdict=national.overall,
        missing=len(missing_inputs(context.assessment)),
        failed=failed,
        open=unknown,
    )


def only_local_failures(national: Result, local: Result) -> list[ItemResult]:
    """Return the items that fail the local standard alone."""
    return [
        result
        for result, other in zip(local.items, national.items, strict=True)
        if result.verdict is Verdict.UNMET and other.verdict is not Verdict.UNMET
    ]


def aspects_table(context: CountyContext) -> Table:
    """The verdict of every aspect under both standards."""
    sides = {"national": context.assessment.national, "local": context.assessment.local}
    rows = tuple(
        row(
            {"aspect": label(name), **{side: aspect_cell(result, key) for side, result in sides.items()}},
            "total" if key == "overall" else "data",
        )
        for key, name in TOLD_ASPECTS.items()
    )
    spec = expanded(context.specs["aspects"], context.standard, local=sides["local"].standard.title)
    return Table(spec, rows)
