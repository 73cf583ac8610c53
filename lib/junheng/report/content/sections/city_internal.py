"""The internal annex of the city's summary: what is only proposed, for the office to decide; it goes to no county."""

from __future__ import annotations

from junheng.report.content.city_context import CityContext, names
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.tables.city import notices_table
from junheng.report.content.tables.city_work import register_table


def scope(context: CityContext) -> tuple[Block, ...]:
    """Whom this is for."""
    return (Paragraph(context.say("city_internal.scope", office=context.wording.city.office)),)


def notices(context: CityContext) -> tuple[Block, ...]:
    """The counties listed for 通报 (policy 五（二）), by ground, with what is proposed."""
    codes = {notice.member.county.code for notice in context.city.notices}
    counties = [member for member in context.city.members if member.county.code in codes]
    clause = context.city.rules.clause
    told = context.say("city.notices", counties=len(counties), names=names(counties), clause=clause)
    if not counties:
        return (Paragraph(told),)
    decision = context.say("city_internal.decision", office=context.wording.city.office)
    return (Paragraph(told), notices_table(context), Paragraph(decision))


def register(context: CityContext) -> tuple[Block, ...]:
    """What was done already: 通报、约谈、挂牌督办、问责 by the city's workbook."""
    rows = context.city.records.rows("register")
    told = context.say("city_internal.register", count=len(rows), known=context.city.records.book is not None)
    return (Paragraph(told), *([register_table(context)] if rows else []))


def rule(context: CityContext) -> tuple[Block, ...]:
    """The grounds, as params/city_rules.yml has them."""
    grounds = "；".join(f"{ground.name}（{ground.rule}）" for ground in context.city.rules.grounds)
    told = context.say("city_internal.rule", grounds=grounds, on=context.wording.city_year.report_date)
    return (Paragraph(told),)
