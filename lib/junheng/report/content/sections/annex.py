"""附件 1–5: the six tables, units that fail, figures, data gaps and edge values, notes on method with the 核验单."""

from __future__ import annotations

from junheng.assess.gaps import failing_disparities
from junheng.params.city import ExceptionUse
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Heading, Paragraph, Table, TableCell, TableRow
from junheng.report.content.tables import (
    annex_tables,
    edges_table,
    excluded_table,
    failing_items_table,
    failing_schools_table,
    gaps_table,
    issues_table,
)


def tables(context: Context) -> tuple[Block, ...]:
    """附件1: Tables Ⅰ–Ⅵ of the national application form."""
    wording = context.wording
    return annex_tables(context.assessment, wording.dictionary, wording.phrases, wording.specs)


def schools(context: Context) -> tuple[Block, ...]:
    """附件2: units that are not 达标, schools that fail an item of their own, and what is no unit."""
    failing = failing_schools_table(context.assessment, context.wording.specs)
    blocks = list(_with_lead(context, "schools", failing))
    items = failing_items_table(context.assessment, context.wording.specs, context.wording.phrases)
    if items.rows:
        blocks += [Paragraph(context.say("failing_items.lead")), items]
    if context.assessment.national.excluded:
        blocks.append(Paragraph(context.say("excluded.lead")))
        blocks.append(excluded_table(context.assessment, context.wording.specs))
    return tuple(blocks)


def figures(context: Context) -> tuple[Block, ...]:
    """附件3."""
    return context.pictures


def gaps(context: Context) -> tuple[Block, ...]:
    """附件4: missing inputs, edge values, and what the workbook's checks found; what is empty is said in one line."""
    specs, assessment = context.wording.specs, context.assessment
    checks = (check for task in context.tasks for check in task.checks)
    more = [entry for check in checks for entry in check.missing if entry.source]
    parts = {
        "gaps": gaps_table(assessment, specs, context.wording.dictionary, more),
        "edges": edges_table(assessment, specs),
        "issues": issues_table(assessment, specs, context.wording.phrases),
    }
    nothing = "".join(context.say(f"{name}.none") for name, table in parts.items() if not table.rows)
    blocks: list[Block] = [Paragraph(nothing)] if nothing else []
    told = [(name, table) for name, table in parts.items() if table.rows]
    for number, (name, table) in zip("一二三", told, strict=False):
        blocks.append(Heading(2, f"（{number}）{context.say(f'{name}.title')}"))
        blocks += _with_lead(context, name, table)
    return tuple(blocks)


def _with_lead(context: Context, name: str, table: Table) -> tuple[Block, ...]:
    if not table.rows:
        return (Paragraph(context.say(f"{name}.none")),)
    return (Paragraph(context.say(f"{name}.lead")), table)


def method(context: Context) -> tuple[Block, ...]:
    """附件5: standard, settings, exceptions, data source, the rule on small counts."""
    national, local = context.assessment.national.standard, context.assessment.local.standard
    told = [
        context.say("method.standard", national=national.basis, title=local.title, local=local.basis),
        context.say("method.split"),
        context.say("method.cv") + _drivers(context),
        context.say("method.rounding"),
        context.say("method.tasks"),
        *_exceptions(context),
        context.say(
            "method.data",
            source=context.wording.city_year.data_source,
            repairs=len(context.assessment.book.repaired),
        ),
        *([context.small_counts] if context.small_counts else []),
        *_own_notebook(context),
        context.say("method.settings"),
    ]
    numbered = [f"{number}. {text}" for number, text in enumerate(told, 1)]
    settings = [f"（{number}）{text}" for number, text in enumerate(_settings(context), 1)]
    return tuple(Paragraph(text) for text in (*numbered, *settings))


def check(context: Context) -> tuple[Block, ...]:
    """核验单, a page of its own: by what the report can be checked and made again."""
    if not context.fingerprints:
        return ()
    title = Heading(1, context.say("check.title"), page=True)
    return (title, Paragraph(context.say("check.lead")), _fingerprints(context))


def _drivers(context: Context) -> str:
    """What a unit's 影响 is, where problems name the units that drive a coefficient above its limit."""
    return context.say("method.driver") if failing_disparities(context.assessment.national) else ""


def _own_notebook(context: Context) -> list[str]:
    """That the county has a notebook of its own, and what it does otherwise."""
    if not context.own_cells:
        return []
    return [context.say("method.own_notebook", cells="；".join(context.own_cells))]


def _settings(context: Context) -> list[str]:
    chosen = context.assessment.national.standard
    defaults = {setting.id: setting for setting in context.defaults}
    said = []
    for setting in chosen.settings:
        default = defaults.get(setting.id, setting)
        phrase = "method.setting" if default.value == setting.value else "method.changed"
        value = setting.options[setting.value]
        said.append(
            context.say(phrase, name=setting.name, value=value, default=default.options[default.value])
        )
    amounts = (context.say("method.amount", name=a.name, value=a.shown) for a in context.wording.amounts)
    return [*said, *amounts]


def _exceptions(context: Context) -> list[str]:
    uses: tuple[ExceptionUse, ...] = context.assessment.exceptions
    if not uses:
        return [context.say("method.exceptions_none")]
    known = {exception.id: exception for exception in context.assessment.national.standard.exceptions}
    return [
        context.say(
            "method.exception",
            id=use.id,
            name=known[use.id].name,
            clause=known[use.id].clause,
            basis=use.basis,
        )
        for use in uses
    ]


def _fingerprints(context: Context) -> Table:
    rows = tuple(
        TableRow({"what": TableCell(what, mark="label"), "digest": TableCell(digest)})
        for what, digest in context.fingerprints
    )
    return Table(context.wording.specs["fingerprints"], rows)
