"""附件 1–5: the six tables, units that fail, figures, data gaps and edge values, notes on method with the 核验单."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from junheng.assess.gaps import failing_disparities
from junheng.exact import plain
from junheng.report.content.context import BaseContext, CountyContext
from junheng.report.content.model import Block, Heading, Paragraph, Table
from junheng.report.content.phrases import hanzi
from junheng.report.content.tables import FORMS
from junheng.report.content.tables.building import label, row
from junheng.report.content.tables.lists import (
    edges_table,
    excluded_table,
    failing_items_table,
    failing_schools_table,
    gaps_table,
    issues_table,
)


def tables(context: CountyContext) -> tuple[Block, ...]:
    """附件1: Tables Ⅰ–Ⅵ of the national application form."""
    return tuple(form(context) for form in FORMS.values())


def schools(context: CountyContext) -> tuple[Block, ...]:
    """附件2: units that are not 达标, schools that fail an item of their own, and what is no unit."""
    blocks = [*_with_lead(context, "schools", failing_schools_table(context))]
    for name, table in (
        ("failing_items", failing_items_table(context)),
        ("excluded", excluded_table(context)),
    ):
        blocks += _with_lead(context, name, table) if table.rows else ()
    return tuple(blocks)


def figures(context: BaseContext) -> tuple[Block, ...]:
    """附件3."""
    return context.pictures


def gaps(context: CountyContext) -> tuple[Block, ...]:
    """附件4: missing inputs, edge values, and what the workbook's checks found; what is empty is said in one line."""
    checks = (check for task in context.tasks for check in task.checks)
    parts = {
        "gaps": gaps_table(context, [entry for c in checks for entry in c.missing if entry.source]),
        "edges": edges_table(context),
        "issues": issues_table(context),
    }
    nothing = "".join(context.say(f"{name}.none") for name, table in parts.items() if not table.rows)
    blocks: list[Block] = [Paragraph(nothing)] if nothing else []
    told = [(name, table) for name, table in parts.items() if table.rows]
    for number, (name, table) in zip("一二三", told, strict=False):
        # A heading of the first level in print, numbered within the annex, but below the annex in contents and bookmarks.
        blocks.append(Heading(1, f"{number}、{context.say(f'{name}.title')}", outline=2))
        blocks += _with_lead(context, name, table)
    return tuple(blocks)


def _with_lead(context: CountyContext, name: str, table: Table) -> tuple[Block, ...]:
    if not table.rows:
        return (Paragraph(context.say(f"{name}.none")),)
    return (Paragraph(context.say(f"{name}.lead")), table)


def method(context: CountyContext) -> tuple[Block, ...]:
    """附件5: standard, settings, exceptions, data source, the rule on small counts."""
    driven = failing_disparities(context.assessment.national)
    own = context.say("method.own_notebook", cells="；".join(context.own_cells)) if context.own_cells else ""
    told = (
        context.say("method.standard", title=context.local.title),
        context.say("method.split", weights=_weights(context)),
        # What a unit's 影响 is, where problems name the units that drive a coefficient above its limit.
        context.say("method.cv") + (context.say("method.driver") if driven else ""),
        context.say("method.rounding"),
        *([context.say("method.tasks", local=context.local.title)] if context.tasks else []),
        *_exceptions(context),
        context.say("method.data", repairs=len(context.assessment.book.repaired)),
        context.small_counts,
        own,
        context.say("method.settings"),
    )
    settings = (f"（{_said(number)}）{text}" for number, text in enumerate(_settings(context), 1))
    return (*numbered_notes(told), *map(Paragraph, settings))


def check(context: CountyContext) -> tuple[Block, ...]:
    """核验单, a page of its own: by what the report can be checked and made again."""
    return (Paragraph(context.say("check.lead")), *fingerprints(context)) if context.fingerprints else ()


def _weights(context: CountyContext) -> str:
    """The weights by which stages share, those of one weight together: 小学和附设幼儿班1、初中1.1、高中1.32."""
    split = context.standard.split
    sharing: dict[str, list[str]] = {}
    for stage, name in split.names.items():
        sharing.setdefault(plain(split.weights[stage]), []).append(name)
    return "、".join(f"{'和'.join(names)}{weight}" for weight, names in sharing.items())


def numbered_notes(told: Iterable[str]) -> list[Block]:
    """Number the notes 一、二、三、; an empty one is left out."""
    return [Paragraph(f"{_said(number)}、{text}") for number, text in enumerate(filter(None, told), 1)]


def _said(number: int) -> str:
    return hanzi(Fraction(number))


def _settings(context: CountyContext) -> Iterator[str]:
    """The decisions where the sources are silent, saying where the county's differ from the usual."""
    usual = {setting.id: setting for setting in context.defaults}
    for setting in context.standard.settings:
        default = usual.get(setting.id, setting)
        phrase = "method.setting" if default.value == setting.value else "method.changed"
        value, before = setting.options[setting.value], default.options[default.value]
        yield context.say(phrase, name=setting.name, value=value, default=before)
    for amount in context.wording.amounts:
        yield context.say("method.amount", name=amount.name, value=amount.shown)


def _exceptions(context: CountyContext) -> list[str]:
    known = {exception.id: exception for exception in context.standard.exceptions}
    told = [
        context.say(
            "method.exception",
            id=use.id,
            name=known[use.id].name,
            clause=known[use.id].clause,
            basis=use.basis,
        )
        for use in context.assessment.exceptions
    ]
    return told or [context.say("method.exceptions_none")]


def fingerprints(context: BaseContext) -> tuple[Block, ...]:
    """The digests of the inputs; nothing where there are none."""
    rows = tuple(row({"what": label(what), "digest": digest}) for what, digest in context.fingerprints)
    return (Table(context.specs["fingerprints"], rows),) if rows else ()
