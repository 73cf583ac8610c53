"""What last year's workbook adds to an import: who and what a school is, never a figure; and the schools it knew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from junheng.workbook.importing.model import ImportedFigure, ImportedSchool, LostSchool
from junheng.workbook.matching import named, same_schools
from junheng.workbook.model import MISSING, CountyBook, Row
from junheng.workbook.read.origins import CARRIED

SHEET = "schools"


def with_last_year(
    schools: Sequence[ImportedSchool], last: CountyBook, keys: Sequence[str]
) -> tuple[ImportedSchool, ...]:
    """Return the schools with what their sources do not say under `keys` taken from last year's row of the school.

    A cell that a source has but leaves empty or unclear stays open: last year's content is only told with the reason.
    """
    codes = _last_codes(schools, last)
    rows = _rows(last, {old: new for new, old in codes.items()})
    return tuple(
        _carried(school, rows[codes[school.code]], keys) if school.code in codes else school
        for school in schools
    )


def _rows(last: CountyBook, renewed: Mapping[str, str]) -> dict[str, Row]:
    """Last year's rows by code; a main school that has a new code is named by it."""
    found = {}
    for row in last.rows(SHEET):
        parent = row.values.get("parent_code", MISSING)
        now = replace(parent, content=renewed.get(str(parent.content), parent.content))
        found[row.text("school_code")] = replace(row, values={**row.values, "parent_code": now})
    return found


def _last_codes(schools: Sequence[ImportedSchool], last: CountyBook) -> dict[str, str]:
    now = [(school.code, school.name) for school in schools]
    return same_schools(now, named(last.rows(SHEET)))


def _carried(school: ImportedSchool, row: Row, keys: Sequence[str]) -> ImportedSchool:
    figures, lacks = dict(school.figures), dict(school.lacks)
    for key in keys:
        value = row.values.get(key)
        if key in figures or value is None or value.content is None:
            continue
        source = (value.source,) if value.source else ()
        lack = lacks.get(key)
        if lack is not None and lack.sources:
            lacks[key] = replace(lack, reason=f"{lack.reason}（上年度为“{value.text}”）")
        else:
            figures[key] = ImportedFigure(key, value.content, source, value.text, CARRIED)
            lacks.pop(key, None)
    return ImportedSchool(school.code, figures, lacks)


def carried_number(schools: Sequence[ImportedSchool]) -> int:
    """Return how many values were taken from last year."""
    return sum(figure.remark == CARRIED for school in schools for figure in school.figures.values())


def lost_schools(schools: Sequence[ImportedSchool], last: CountyBook) -> Iterator[LostSchool]:
    """Yield last year's schools that no source holds."""
    known = set(_last_codes(schools, last).values())
    by_name = {school.name: school.code for school in schools}
    for row in last.rows(SHEET):
        code, name = row.text("school_code"), row.text("school_name")
        if code and code not in known:
            yield LostSchool(code, name, row.source("school_code"), by_name.get(name, ""))
