"""表Ⅰ 基本情况: the county's own figures, schools by type, pupils, classes and staff (campuses merged)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from junheng.assess.model import Assessment, MissingInput
from junheng.assess.schools import School, county_missing
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Missing
from junheng.params.tables import TableSpec
from junheng.report.content.census import POINT, SCHOOL_TYPES, SPECIAL, Census, take_census
from junheng.report.content.model import Table, TableRow
from junheng.report.content.tables.building import number_cell
from junheng.workbook.model import Hidden

DECIMALS = {"population": 2, "rural_population": 2}
"""Population has 2 decimals, all else in 表Ⅰ is whole (RULES §10)."""


def basic_table(assessment: Assessment, dictionary: Dictionary, spec: TableSpec) -> Table:
    """表Ⅰ: one row; a figure that cannot be had stays a visible blank."""
    figures = basic_figures(assessment, dictionary, spec)
    cells = {key: number_cell(value, DECIMALS.get(key, 0)) for key, value in figures.items()}
    return Table(spec, (TableRow(cells),))


def basic_figures(
    assessment: Assessment, dictionary: Dictionary, spec: TableSpec
) -> dict[str, Fraction | int | str | None]:
    """Return the figure of every column by key: a count of schools, a county figure or a sum over schools.

    A figure that is hidden is its mark.
    """
    census = take_census(assessment, dictionary)
    county = dictionary.sheet("county").by_key
    least = assessment.national.standard.unit_rule.minimum_students[POINT]
    figures: dict[str, Fraction | int | str | None] = {}
    for column in spec.columns:
        if column.key in SCHOOL_TYPES:
            figures[column.key] = census.count(SCHOOL_TYPES[column.key])
        elif column.key == "points_50":
            figures[column.key] = census.points_from(least)
        elif column.key in county:
            figures[column.key] = _number(assessment.book.printed_county_row.get(column.key))
        else:
            figures[column.key] = census.total(column.key, skip=[SPECIAL])
    return figures


def _number(content: object) -> Fraction | str | None:
    return content if isinstance(content, Fraction | Hidden) else None


def basic_gaps(assessment: Assessment, dictionary: Dictionary, spec: TableSpec) -> tuple[MissingInput, ...]:
    """Return the inputs whose absence leaves a blank in 表Ⅰ."""
    census = take_census(assessment, dictionary)
    rules = census.schools[0].rules if census.schools else None
    found: dict[MissingInput, None] = {}
    for key, value in basic_figures(assessment, dictionary, spec).items():
        if value is not None or rules is None:
            continue
        if key in rules.county_fields:
            found[county_missing(rules, key)] = None
        else:
            found.update(
                dict.fromkeys(_school_gaps(census, "students_primary" if key == "points_50" else key))
            )
    return tuple(found)


def _school_gaps(census: Census, key: str) -> Iterator[MissingInput]:
    for school in census.schools:
        if school.school_type != SPECIAL:
            yield from school.missing(_absent(school, key))


def _absent(school: School, key: str) -> tuple[str, ...]:
    try:
        return (key,) if school.lookup(key) is None else ()
    except Missing as error:
        return error.names
