"""表Ⅰ 基本情况: the county's own figures, schools by type, pupils, classes and staff (campuses merged)."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.model import MissingInput
from junheng.assess.schools import Rules, county_missing
from junheng.report.content.census import take_census
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Table
from junheng.report.content.tables.building import number_cell, row

DECIMALS = {"population": 2, "rural_population": 2}
"""Population has 2 decimals, all else in 表Ⅰ is whole (RULES §10)."""


def basic_table(context: CountyContext) -> Table:
    """表Ⅰ: one row; a figure that cannot be had stays a visible blank, one that is hidden its mark."""
    cells = {key: number_cell(value, DECIMALS.get(key, 0)) for key, value in _figures(context).items()}
    return Table(context.specs["I"], (row(cells),))


def _figures(context: CountyContext) -> dict[str, Fraction | int | str | None]:
    """Return the figure of every column by key: a count of schools, a county figure or a sum over schools."""
    census = take_census(context.assessment, context.wording.dictionary)
    county, own = (
        context.wording.dictionary.sheet("county").by_key,
        context.assessment.book.printed_county_row,
    )
    figures: dict[str, Fraction | int | str | None] = {}
    for key in (column.key for column in context.specs["I"].columns):
        if key in census.types:
            figures[key] = census.count(key)
        # The form asks for 50人及以上; the number is the standard's least number of pupils of a 教学点.
        elif key == "points_50":
            figures[key] = census.points_from(
                context.standard.unit_rule.minimum_students[census.types["points"]]
            )
        elif key in county:
            figures[key] = own.get(key)
        else:
            figures[key] = census.total(key)
    return figures


def basic_gaps(context: CountyContext) -> tuple[MissingInput, ...]:
    """Return the inputs whose absence leaves a blank in 表Ⅰ."""
    rules = Rules(context.wording.dictionary, context.standard, context.assessment.book.county_row)
    census = take_census(context.assessment, context.wording.dictionary)
    found: dict[MissingInput, None] = {}
    for key, value in _figures(context).items():
        if value is None and key in rules.county_fields:
            found[county_missing(rules, key)] = None
        elif value is None:
            name = "students_primary" if key == "points_50" else key
            found.update(dict.fromkeys(census.missing(name)))
    return tuple(found)
