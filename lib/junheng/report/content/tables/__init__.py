"""Every table of a county's reports as data: the standard form (表Ⅰ–Ⅵ) and the tables of body and annexes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from junheng.assess.model import Assessment
from junheng.params.dictionary import Dictionary
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.tables.basic import basic_table
from junheng.report.content.tables.items import items_table, social_table
from junheng.report.content.tables.lists import (
    edges_table,
    excluded_table,
    failing_items_table,
    failing_schools_table,
    gaps_table,
    issues_table,
)
from junheng.report.content.tables.resources import (
    disparity_table,
    resource_table,
    schools_table,
    spread_table,
    unit_counts_table,
)
from junheng.report.content.tables.tasks import cycle_table, tasks_table, undone_table
from junheng.report.content.tables.trends import trend_table


def annex_tables(
    assessment: Assessment,
    dictionary: Dictionary,
    phrases: PhraseBook,
    specs: Mapping[str, TableSpec],
    wanted: Sequence[str] = ("I", "II-1", "II-2", "III", "IV", "V", "VI"),
    both: bool = True,
) -> tuple[Table, ...]:
    """Return 表Ⅰ, Ⅱ-1, Ⅱ-2, Ⅲ, Ⅳ, Ⅴ, Ⅵ of the national application form, in this order, or those of them `wanted`.

    With `both` an item says its local verdict too where that differs, which the form itself does not know.
    """
    forms: dict[str, Callable[[TableSpec], Table]] = {
        "I": lambda spec: basic_table(assessment, dictionary, spec),
        "II-1": lambda spec: unit_counts_table(assessment, phrases, spec),
        "II-2": lambda spec: schools_table(assessment, dictionary, phrases, spec),
        "III": lambda spec: spread_table(assessment, phrases, spec),
        "IV": lambda spec: items_table(assessment, phrases, spec, "government", both),
        "V": lambda spec: items_table(assessment, phrases, spec, "quality", both),
        "VI": lambda spec: social_table(assessment, phrases, spec),
    }
    return tuple(forms[form](specs[form]) for form in wanted)


__all__ = [
    "annex_tables",
    "cycle_table",
    "disparity_table",
    "edges_table",
    "excluded_table",
    "failing_items_table",
    "failing_schools_table",
    "gaps_table",
    "issues_table",
    "resource_table",
    "tasks_table",
    "trend_table",
    "undone_table",
]
