"""Every table of a county's reports as data: the standard form (表Ⅰ–Ⅵ) and the tables of body and annexes."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.content.context import CountyContext
from junheng.report.content.model import Table
from junheng.report.content.tables.basic import basic_table
from junheng.report.content.tables.items import items_table, social_table
from junheng.report.content.tables.resources import schools_table, spread_table, unit_counts_table

FORMS: dict[str, Callable[[CountyContext], Table]] = {
    "I": basic_table,
    "II-1": unit_counts_table,
    "II-2": schools_table,
    "III": spread_table,
    "IV": lambda context: items_table(context, "IV", "government"),
    "V": lambda context: items_table(context, "V", "quality"),
    "VI": social_table,
}
"""表Ⅰ, Ⅱ-1, Ⅱ-2, Ⅲ, Ⅳ, Ⅴ, Ⅵ of the national application form, in this order; items say both verdicts where they differ."""
NATIONAL_FORMS = {
    **FORMS,
    "IV": lambda context: items_table(context, "IV", "government", both=False),
    "V": lambda context: items_table(context, "V", "quality", both=False),
}
"""The same as the form itself has them: with the national verdicts alone."""
