"""An assessment as it may leave the city: verdicts as they are, small counts and what gives them away hidden.

Everything that is printed draws on the assessment, so hiding there hides in every format. What is hidden stays
computable (`Hidden.exact`), so that verdicts, plans and comparisons remain those of the whole data.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from junheng.assess.model import Assessment, ItemResult, PartResult, Result
from junheng.assess.small_counts import must_hide
from junheng.assess.suppress_texts import (
    COUNTY,
    Suppression,
    names_of,
    schools_of,
    without_issues,
    without_numbers,
)
from junheng.params.small_counts import CountGroup, FreeTexts
from junheng.params.standard import Item
from junheng.workbook.model import CountyBook, Hidden, Row, Value


def suppressed(assessment: Assessment, how: Suppression) -> Assessment:
    """Return the assessment as it may leave the city (unchanged when the rule is switched off)."""
    return _Pass(assessment, how).made() if how.rules.on else assessment


class _Pass:
    """One pass over an assessment. What is hidden: keys of 县级数据, schools by code, items and words whose texts may tell it."""

    def __init__(self, assessment: Assessment, how: Suppression) -> None:
        self.assessment, self.how, self.mark = assessment, how, how.rules.mark
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
        # 口径说明 prints the pupils of schools that are no unit (特殊教育学校): a small one there tells as much.
        schools = [_number(entry.students) for entry in excluded if entry.school_code in codes]
        counts = {key: row.figure(key) for key in group.keys}
        return must_hide(counts, group, self.how.rules.limit, schools)

    def _codes(self, group: CountGroup) -> frozenset[str]:
        """The schools whose pupils belong to the group."""
        return frozenset(row.text("school_code") for row in schools_of(self.assessment.book, group))

    def made(self) -> Assessment:
        book, national, local = self.assessment.book, self.assessment.national, self.assessment.local
        sides = self._result(national), self._result(local)
        return replace(self.assessment, book=self._book(book), national=sides[0], local=sides[1])

    def _hidden(self, value: Fraction | str | None) -> Fraction | str | None:
        return Hidden(self.mark, value) if isinstance(value, Fraction) else value

    def _rests(self, over: str, formula: str | None) -> bool:
        """Whether a figure is made of what is hidden."""
        return over == COUNTY and not self.keys.isdisjoint(names_of(formula))

    # --- the verdicts' figures ---

    def _result(self, result: Result) -> Result:
        excluded = (
            replace(one, students=self._hidden(one.students)) if one.school_code in self.schools else one
            for one in result.excluded
        )
        return replace(result, items=tuple(map(self._item, result.items)), excluded=tuple(excluded))

    def _item(self, result: ItemResult) -> ItemResult:
        known = result.item.figures
        figures = {
            name: self._hidden(value) if self._rests(known[name].over, known[name].value) else value
            for name, value in result.figures.items()
        }
        return replace(result, parts=tuple(map(self._part, result.parts)), figures=figures)

    def _part(self, part: PartResult) -> PartResult:
        if not self._rests(part.part.over, part.part.value):
            return part
        failures = tuple(replace(failure, value=self._hidden(failure.value)) for failure in part.failures)
        # Verdicts stay, as they are published; `nearest` is worked out from the counts that are known, so it would tell them.
        return replace(part, value=self._hidden(part.value), nearest=None, failures=failures)

    # --- the workbook's figures and texts ---

    def _book(self, book: CountyBook) -> CountyBook:
        sheets = {**book.sheets, COUNTY: tuple(map(self._counts, book.rows(COUNTY)))}
        for place in self.how.rules.texts:
            sheets[place.sheet] = tuple(self._texts(row, place) for row in book.rows(place.sheet))
        return without_issues(replace(book, sheets=sheets), self.how)

    def _counts(self, row: Row) -> Row:
        hidden = {
            key: Value(Hidden(self.mark, value.content), value.source, self.mark, value.repair)
            for key, value in row.values.items()
            if key in self.keys and isinstance(value.content, Fraction)
        }
        return replace(row, values={**row.values, **hidden})

    def _texts(self, row: Row, place: FreeTexts) -> Row:
        """Take the numbers out of what was written about an item, a task or pupils that have something to hide.

        A ledger is carried over from years whose counts nobody knows here: there any such item counts.
        """
        about = row.text(place.key)
        whole = about in self._subjects or (place.carried and self._may_tell(about))
        values = {
            field: replace(value, content=without_numbers(value.content, self.mark), text=self.mark)
            for field in place.fields
            if (value := row.values.get(field)) is not None
            and value.content is not None
            and (whole or any(word in str(value.content) for word in self.words))
        }
        return replace(row, values={**row.values, **values})

    @cached_property
    def _subjects(self) -> frozenset[str]:
        """The items and tasks that have something to hide."""
        return self.items | {
            task.id
            for task in self.how.tasks.tasks
            for check in task.checks
            if check.item in self.items or check.names & self.keys
        }

    def _may_tell(self, text: str) -> bool:
        """Whether a line of the ledger is about an item that rests on counts of a group, or names its pupils."""
        if any(word in text for group in self.how.rules.groups for word in group.words):
            return True
        item = re.match(r"\s*([A-Z]+\d+)", text)
        return item is not None and any(
            result.item.id == item[1] and _item_names(result.item) & self.how.keys
            for result in self.assessment.national.items
        )


def _number(content: object) -> Fraction | None:
    return content if isinstance(content, Fraction) else None


def _item_names(item: Item) -> set[str]:
    """The keys of 县级数据 that an item's requirements and figures are made of."""
    formulas = [part.value for part in item.parts if part.over == COUNTY]
    formulas += [figure.value or "" for figure in item.figures.values() if figure.over == COUNTY]
    return {name for formula in formulas for name in names_of(formula)}
