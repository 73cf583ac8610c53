"""Figures whose unit the source does not state and whose size speaks against the usual one: they are left open.

元 taken for 万元 is a county ten thousand times as well equipped. `junheng check` warns of it in a workbook; an import
knows whether the unit stood anywhere, and takes no figure whose unit it would have to guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from junheng.params.checks import Check
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary
from junheng.workbook.check.run import run_checks
from junheng.workbook.importing.model import ImportedFigure, ImportedSchool, MissingFigure
from junheng.workbook.model import CountyBook, Row, Source, Value

SHEET = "schools"
Place = tuple[str, str]
"""A school's code and a key."""


def without_suspects(
    schools: Sequence[ImportedSchool],
    county: County,
    year: int,
    dictionary: Dictionary,
    checks: Sequence[Check],
) -> tuple[ImportedSchool, ...]:
    """Return the schools without figures of an unstated unit that fail the checks of magnitude.

    Where most figures of a sheet's column fail, none of the column is taken: its small ones are in that unit too.
    """
    presumed = {
        (school.code, key): _column(figure)
        for school in schools
        for key, figure in school.figures.items()
        if figure.presumed
    }
    book = CountyBook(county, year, "", "", {SHEET: _rows(schools, dictionary)})
    checks = [check for check in checks if check.magnitude]
    failed = [place for place in _complaints(book, checks, dictionary) if place in presumed]
    whole, bad = Counter(presumed.values()), Counter(presumed[place] for place in failed)
    columns = {column for column, number in bad.items() if 2 * number > whole[column]}
    suspects = {place for place, column in presumed.items() if column in columns} | {*failed}
    units = {field.key: field.unit or "" for field in dictionary.sheet(SHEET).fields}
    return tuple(_left_open(school, suspects, units) for school in schools)


def _column(figure: ImportedFigure) -> tuple[str, str, str]:
    source = figure.sources[0]
    return source.file, source.sheet, figure.key


def _rows(schools: Sequence[ImportedSchool], dictionary: Dictionary) -> tuple[Row, ...]:
    """Return the schools as rows of 学校 in which the place of each value is its key and its school."""
    keys = dictionary.sheet(SHEET).by_key
    return tuple(
        Row({key: Value(school.get(key), Source(key, school.code, "")) for key in keys}, number)
        for number, school in enumerate(schools, 1)
    )


def _complaints(book: CountyBook, checks: Sequence[Check], dictionary: Dictionary) -> Iterator[Place]:
    """Yield the figures that a check complains of."""
    by_header = {field.header: field.key for field in dictionary.sheet(SHEET).fields}
    for issue in run_checks(book, checks, dictionary):
        header = issue.subject.rpartition("“")[2].rstrip("”")
        yield issue.sheet, by_header[header]


def _left_open(school: ImportedSchool, suspects: set[Place], units: dict[str, str]) -> ImportedSchool:
    gone = {key: figure for key, figure in school.figures.items() if (school.code, key) in suspects}
    kept = {key: figure for key, figure in school.figures.items() if key not in gone}
    lacks = {
        key: MissingFigure(
            key,
            f"原表没有写明单位，“{figure.text}”按{units[key]}计，生均值异常，可能是其他单位，请核对单位后填写",
            figure.sources,
            suspect=True,
        )
        for key, figure in gone.items()
    }
    return ImportedSchool(school.code, kept, {**school.lacks, **lacks})
