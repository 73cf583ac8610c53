"""An assessment as it may leave the city: verdicts as they are, small counts and what gives them away hidden.

Everything that is printed draws on the assessment, so hiding there hides in every format. What is hidden stays
computable (`Hidden.exact`), so that verdicts, plans and comparisons remain those of the whole data.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from junheng.assess.model import Assessment, Excluded, Failure, ItemResult, PartResult, Result
from junheng.assess.small_counts import must_hide
from junheng.assess.suppress_texts import (
    COUNTY,
    Suppression,
    names_of,
    schools_of,
    without_issues,
    without_numbers,
)
from junheng.params.formula import parse_formula
from junheng.params.small_counts import CountGroup, FreeTexts
from junheng.params.standard import Item, Part
from junheng.workbook.model import CountyBook, Hidden, Row, Value


def suppressed(assessment: Assessment, how: Suppression) -> Assessment:
    """Return the assessment as it may leave the city (unchanged when the rule is switched off)."""
    if not how.rules.on:
        return assessment
    found = _HiddenParts(assessment, how)
    return replace(
        assessment,
        book=_book(assessment.book, found, how),
        national=_result(assessment.national, found, how),
        local=_result(assessment.local, found, how),
    )


class _HiddenParts:
    """What is hidden in one county: keys of 县级数据, schools by code, items and words whose texts may tell it."""

    def __init__(self, assessment: Assessment, how: Suppression) -> None:
        self.assessment, self.rules = assessment, how.rules
        groups = [group for group in how.rules.groups if self._hides(group)]
        self.keys = frozenset(key for group in groups for key in group.hidden)
        self.words = frozenset(word for group in groups for word in group.words)
        self.schools = frozenset(code for group in groups for code in self._codes(group))
        self.items = frozenset(
            result.item.id
            for result in (*assessment.national.items, *assessment.local.items)
            if self.keys & _item_names(result.item)
        )

    def _hides(self, group: CountGroup) -> bool:
        row, codes = self.assessment.book.county_row, self._codes(group)
        excluded = self.assessment.national.excluded
        schools = [_number(entry.students) for entry in excluded if entry.school_code in codes]
        counts = {key: _number(row.get(key)) for key in group.keys}
        return must_hide(counts, group, self.rules.limit, schools)

    def _codes(self, group: CountGroup) -> frozenset[str]:
        """The schools whose pupils belong to the group."""
        return frozenset(row.text("school_code") for row in schools_of(self.assessment.book, group))


def _number(content: object) -> Fraction | None:
    return content if isinstance(content, Fraction) else None


def _part_names(part: Part) -> set[str]:
    return set(parse_formula(part.value).names)


def _item_names(item: Item) -> set[str]:
    names = {name for part in item.parts if part.over == COUNTY for name in _part_names(part)}
    formulas = [figure.value for figure in item.figures.values() if figure.over == COUNTY and figure.value]
    return names | {name for formula in formulas for name in parse_formula(formula).names}


def _result(result: Result, found: _HiddenParts, how: Suppression) -> Result:
    return replace(
        result,
        items=tuple(_item(item, found, how.rules.mark) for item in result.items),
        excluded=tuple(_excluded(entry, found, how.rules.mark) for entry in result.excluded),
    )


def _excluded(entry: Excluded, found: _HiddenParts, mark: str) -> Excluded:
    return (
        replace(entry, students=_hidden(entry.students, mark))
        if entry.school_code in found.schools
        else entry
    )


def _item(result: ItemResult, found: _HiddenParts, mark: str) -> ItemResult:
    if result.item.id not in found.items:
        return result

    def figure(name: str, value: Fraction | str | None) -> Fraction | str | None:
        own = result.item.figures[name]
        return _hidden(value, mark) if own.over == COUNTY and found.keys & {*names_of(own.value)} else value

    figures = {name: figure(name, value) for name, value in result.figures.items()}
    return replace(result, parts=tuple(_part(part, found, mark) for part in result.parts), figures=figures)


def _part(part: PartResult, found: _HiddenParts, mark: str) -> PartResult:
    if part.part.over != COUNTY or not found.keys & _part_names(part.part):
        return part
    return replace(
        part,
        value=_hidden(part.value, mark),
        nearest=None,
        failures=tuple(_failure(f, mark) for f in part.failures),
    )


def _failure(failure: Failure, mark: str) -> Failure:
    return replace(failure, value=_hidden(failure.value, mark))


def _hidden(value: Fraction | str | None, mark: str) -> Fraction | str | None:
    return Hidden(mark, value) if isinstance(value, Fraction) else value


def _book(book: CountyBook, found: _HiddenParts, how: Suppression) -> CountyBook:
    mark = how.rules.mark
    sheets = dict(book.sheets)
    sheets[COUNTY] = tuple(_counts(row, found.keys, mark) for row in book.rows(COUNTY))
    for place in how.rules.texts:
        sheets[place.sheet] = tuple(_texts(row, place, found, how) for row in book.rows(place.sheet))
    return without_issues(replace(book, sheets=sheets), how)


def _counts(row: Row, keys: frozenset[str], mark: str) -> Row:
    hidden = {
        key: Value(Hidden(mark, value.content), value.source, mark, value.repair)
        for key, value in row.values.items()
        if key in keys and isinstance(value.content, Fraction)
    }
    return replace(row, values={**row.values, **hidden})


def _texts(row: Row, place: FreeTexts, found: _HiddenParts, how: Suppression) -> Row:
    """Take the numbers out of what was written about an item, a task or pupils that have something to hide.

    A ledger is carried over from years whose counts nobody knows here: there any such item counts.
    """
    about = row.text(place.key)
    whole = about in _subjects(found, how) or (place.carried and _rests(about, found, how))
    values = {
        field: replace(value, content=without_numbers(value.content, how.rules.mark), text=how.rules.mark)
        for field in place.fields
        if (value := row.values.get(field)) is not None
        and value.content is not None
        and (whole or any(word in str(value.content) for word in found.words))
    }
    return replace(row, values={**row.values, **values})


def _subjects(found: _HiddenParts, how: Suppression) -> frozenset[str]:
    """The items and tasks that have something to hide."""
    tasks = {
        task.id
        for task in how.tasks.tasks
        for check in task.checks
        if check.item in found.items or check.names & found.keys
    }
    return found.items | tasks


def _rests(text: str, found: _HiddenParts, how: Suppression) -> bool:
    """Whether a line of the ledger is about an item that rests on counts of a group, or names its pupils."""
    if any(word in text for group in how.rules.groups for word in group.words):
        return True
    item = re.match(r"\s*([A-Z]+\d+)", text)
    results = found.assessment.national.items
    return item is not None and any(
        result.item.id == item[1] and _item_names(result.item) & how.keys for result in results
    )
