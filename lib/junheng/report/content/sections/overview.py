"""Opening, 一、基本情况 and 二、总体结论."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.assess.gaps import missing_inputs
from junheng.assess.model import ItemResult, Result, Verdict
from junheng.report.content.census import ORDINARY, POINT, SPECIAL, Census, take_census
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import expanded, verdict_cell, veto_cell

KINDS = ("primary", "junior", "nine", "complete", "twelve")
"""The order in which school types are told."""
TOTALS = {"students": ("在校生", "人"), "classes": ("教学班", "个"), "teachers": ("专任教师", "人")}
STAGES = ("", "_primary", "_junior")
ASPECTS = (
    ("resource", "资源配置与校际均衡"),
    ("government", "政府保障程度"),
    ("quality", "教育质量"),
    ("social", "社会认可度"),
    ("veto", "一票否决"),
    ("overall", "总体结论"),
)


def opening(context: Context) -> tuple[Block, ...]:
    """评估依据与方式."""
    result, wording = context.assessment.national, context.wording
    basis = context.say(
        "opening.basis",
        national=result.standard.basis,
        local=context.assessment.local.standard.basis,
        office=wording.city.office,
        county=context.county,
        year=str(context.assessment.year),
    )
    return (Paragraph(basis), Paragraph(context.say("opening.method", source=wording.city_year.data_source)))


def basic(context: Context) -> tuple[Block, ...]:
    """一、基本情况: schools, pupils, units, campuses."""
    census = take_census(context.assessment, context.wording.dictionary)
    said = _schools_said(context, census) + _totals_said(context, census)
    blocks = [Paragraph(said), Paragraph(_units_said(context))]
    if census.campuses:
        blocks.append(Paragraph(context.say("basic.campuses", campuses=census.campuses)))
    return tuple(blocks)


def _schools_said(context: Context, census: Census) -> str:
    """The schools by type, those of which there are none left out."""
    least = context.assessment.national.standard.unit_rule.minimum_students[POINT]
    counts = {name: count for key in KINDS if (count := census.count(name := ORDINARY[key]))}
    points, special = census.count(POINT), census.count(SPECIAL)
    others = [context.say("basic.points", points=points, from_least=census.points_from(least), least=least)]
    return context.say(
        "basic.schools",
        year=str(context.assessment.year),
        county=context.county,
        total=sum(counts.values()),
        types=len(counts),
        kinds=listed(context.say("basic.kind", name=name, count=count) for name, count in counts.items()),
        only=listed(counts),
        others=listed(
            [
                *(others if points else []),
                *([context.say("basic.kind", name=SPECIAL, count=special)] if special else []),
            ]
        ),
    )


def _totals_said(context: Context, census: Census) -> str:
    """Pupils, classes and teachers as far as all schools report them; what cannot be added up is named."""
    known, missing = [], []
    for key, (name, unit) in TOTALS.items():
        total, primary, junior = (census.total(f"{key}{stage}", skip=[SPECIAL]) for stage in STAGES)
        if total is None:
            missing.append(name)
        else:
            figures = {"total": total, "primary": primary, "junior": junior}
            known.append(context.say("basic.total", name=name, unit=unit, **figures))
    return context.say("basic.totals", known="；".join(known), missing=listed(missing))


def _units_said(context: Context) -> str:
    result = context.assessment.national
    counts = {
        "units": len(result.units),
        "excluded": len(result.excluded),
        **{stage.id: len(result.stage_units(stage.id)) for stage in result.standard.stages},
    }
    stages, others = (context.say(name, **counts) for name in ("basic.unit_stages", "basic.excluded"))
    return context.say("basic.units", stages=stages, others=others, **counts)


def conclusion(context: Context, said: str = "conclusion.national") -> tuple[Block, ...]:
    """二、总体结论: national (by the phrase `said`), local, target year, and a table of the aspects."""
    assessment = context.assessment
    national, local = assessment.national, assessment.local
    text = context.say(
        said, verdict=national.overall, county=context.county, year=str(assessment.year)
    ) + context.say(
        "conclusion.local",
        national=national.overall,
        verdict=local.overall,
        standard=local.standard.title,
        items=listed(r.item.short for r in only_local_failures(national, local)),
    )
    certain = _certain(context)
    target = context.say(
        "conclusion.target",
        verdict=national.overall,
        target=str(assessment.county.target_year),
        left=assessment.county.target_year - assessment.year,
        past=assessment.year - assessment.county.target_year,
    )
    lead = Paragraph(context.say("conclusion.lead") + context.cite("overview"))
    told = [Paragraph(each) for each in (text, certain, target) if each]
    return (*told, lead, aspects_table(context))


def _certain(context: Context) -> str:
    """What has failed for certain beside what is open; empty when nothing is missing or nothing has failed."""
    national = context.assessment.national
    names = {"veto": "一票否决（存在相关情形）"} if national.veto is Verdict.UNMET else {}
    named = {
        verdict: [names.get(key, name) for key, name in ASPECTS[:-1] if getattr(national, key) is verdict]
        for verdict in Verdict
    }
    return context.say(
        "conclusion.certain",
        verdict=national.overall,
        missing=len(missing_inputs(context.assessment)),
        failed=listed(named[Verdict.UNMET]),
        open=listed(named[Verdict.UNKNOWN]),
    )


def only_local_failures(national: Result, local: Result) -> Iterable[ItemResult]:
    """Return the items that fail the local standard alone."""
    return [
        result
        for result, other in zip(local.items, national.items, strict=True)
        if result.verdict is Verdict.UNMET and other.verdict is not Verdict.UNMET
    ]


def aspects_table(context: Context) -> Table:
    """The verdict of every aspect under both standards."""
    national, local = context.assessment.national, context.assessment.local
    rows = []
    for key, name in ASPECTS:
        cells = {"aspect": TableCell(name, mark="label")}
        for column, result in (("national", national), ("local", local)):
            verdict: Verdict = getattr(result, key)
            cells[column] = veto_cell(verdict) if key == "veto" else verdict_cell(verdict)
        rows.append(TableRow(cells, kind="total" if key == "overall" else "data"))
    spec = expanded(context.wording.specs["aspects"], national.standard, local=local.standard.title)
    return Table(spec, tuple(rows))
