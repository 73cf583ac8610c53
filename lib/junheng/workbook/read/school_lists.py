"""Whose schools a workbook lists: each county's list held against those of the other counties in the data folder.

Titles can be retyped and last year's workbook may be missing; the same schools in two counties' workbooks cannot both
be right. Of the other workbooks only codes and names are read, each once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from junheng.errors import JunhengError
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary
from junheng.workbook.matching import School
from junheng.workbook.model import Issue
from junheng.workbook.read.context import ReadContext
from junheng.workbook.read.find import find_workbook
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.headers import HeaderReader
from junheng.workbook.read.identity import LEAST_SCHOOLS, SHEET, most, report_schools, schools_named
from junheng.workbook.read.issues import Reporter
from junheng.workbook.read.sheets import find_sheet
from junheng.workbook.read.text import fold_key, fold_spaces


@dataclass(frozen=True)
class SchoolList:
    """The schools of one workbook: its file name and year, code and name of each school."""

    file: str
    year: int
    schools: tuple[School, ...]

    @property
    def known(self) -> frozenset[str]:
        """All codes and names on the list."""
        return frozenset(word for school in self.schools for word in school) - {""}

    def shared(self, other: SchoolList) -> tuple[School, ...]:
        """Return the schools that the other list has too, by code or by name."""
        known = other.known
        return tuple(school for school in self.schools if not known.isdisjoint(school))

    def is_mostly_in(self, other: SchoolList) -> bool:
        """Say whether most of its schools are on the other list too."""
        return most(len(self.shared(other)), len(self.schools))


@dataclass
class SchoolLists:
    """The lists of all counties of a data folder, each read when it is first asked for; `known` are those, by code and year."""

    data_dir: Path
    year: int
    counties: Sequence[County]
    dictionary: Dictionary
    known: dict[tuple[str, int], SchoolList | None] = field(default_factory=dict, repr=False)

    def of(self, county: County, year: int) -> SchoolList | None:
        """Return a county's list; None when there is no workbook, or none whose schools can be told."""
        key = county.code, year
        if key not in self.known:
            self.known[key] = self._list(county, year)
        return self.known[key]

    def foreign(self, county: County) -> tuple[Issue, ...]:
        """Return an error when most schools of a county's workbook are another county's; nothing otherwise."""
        own = self.of(county, self.year)
        if own is None:
            return ()
        # When two books list the same schools, one of them is wrong; the county whose schools they are is left in peace.
        for other in self.counties:
            theirs = None if other.code == county.code else self._nearest(other)
            if theirs and own.is_mostly_in(theirs) and not self._is_the_owner(county, own, other, theirs):
                reporter = Reporter(own.file, self.dictionary.issues)
                shared, whole = own.shared(theirs), len(own.schools)
                words = {"other": other.title, "file": theirs.file}
                report_schools(reporter, "identity_schools.same", county, shared, whole, **words)
                return tuple(reporter.issues)
        return ()

    def _nearest(self, county: County) -> SchoolList | None:
        """Return this year's list; last year's where the county has handed in nothing yet."""
        return self.of(county, self.year) or self.of(county, self.year - 1)

    def _is_the_owner(self, county: County, own: SchoolList, other: County, theirs: SchoolList) -> bool:
        """Say whether the schools are the county's and the other workbook is the one that is out of place."""
        return self._speaks_for(county, own, other) and not self._speaks_for(other, theirs, county)

    def _speaks_for(self, county: County, schools: SchoolList, other: County) -> bool:
        """Say whether last year's workbook, or else the schools' names, make them the county's."""
        last = self.of(county, schools.year - 1)
        if last is not None:
            return schools.is_mostly_in(last)
        named = [len(schools_named(one, schools.schools)) for one in (county, other)]
        return named[0] > named[1]

    def _list(self, county: County, year: int) -> SchoolList | None:
        try:
            path = find_workbook(self.data_dir, year, county)
            schools = tuple(self._schools(path))
        except JunhengError:  # the county's own check says what is wrong with it
            return None
        return SchoolList(path.name, year, schools) if len(schools) >= LEAST_SCHOOLS else None

    def _schools(self, path: Path) -> list[School]:
        opened = open_file(path, ask=False)  # another county's password is nobody's business here
        unheard = ReadContext.of(path.name, self.dictionary, self.year)
        sheet = self.dictionary.sheet(SHEET)
        part = find_sheet(opened, sheet, unheard)
        if part is None:
            return []
        grid = opened.grid(part)
        table = HeaderReader(unheard, grid, sheet.fields).locate()
        columns = table.columns if table else {}
        if table is None or not {"school_code", "school_name"} <= columns.keys():
            return []
        digits = sheet.by_key["school_code"].digits or 0
        found = []
        for number in (n for n in grid.rows if n > table.last_header_row):
            code, name = (grid.cell(number, columns[key]) for key in ("school_code", "school_name"))
            text = fold_key(code.text) if code else ""
            if text.isdecimal() and len(text) == digits:
                found.append((text, fold_spaces(name.text) if name else ""))
        return found
