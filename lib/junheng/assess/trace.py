"""Where every resource figure comes from: the rows, the split, the sums, exactly as `units` and `disparity` take them.

A trace holds values and references, no words: `report.explain` writes it. It is made by the same functions as the
figure itself and carries the engine's own result, so that the two can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from junheng.assess.model import Assessment, Cell, Disparity, Unit, known_sum
from junheng.assess.schools import Member, Rules, School, merged_schools
from junheng.assess.units import Contribution, contributions, stage_share
from junheng.params.dictionary import Dictionary, Field
from junheng.params.formula import quiet
from junheng.params.formula_text import expanded_names
from junheng.params.standard import Indicator
from junheng.workbook.model import MISSING, Row, Value


@dataclass(frozen=True, slots=True)
class Input:
    """One figure of one row: what its cell held (`value`) and what counted (`used`, None when missing).

    The two differ where a blank means 0 and where the school's type does not have the field's stage.
    """

    subject: str
    field: Field
    value: Value
    used: Any


@dataclass(frozen=True, slots=True)
class SplitTrace:
    """How a row's shared resources are split: (column, weight, pupils) of all who share, and this stage's part."""

    terms: tuple[tuple[str, Fraction, Fraction | None], ...]
    part: Fraction | None


@dataclass(frozen=True)
class CellTrace:
    """One indicator of one unit: its rows, its pupils, and the engine's cells under both standards."""

    unit: Unit
    indicator: Indicator
    contributions: tuple[Contribution, ...]
    pupils: tuple[Input, ...]
    national: Cell
    local: Cell
    local_unit: Unit

    @property
    def numerator(self) -> Fraction | None:
        """The sum of what the rows add; None while one of them could not be determined."""
        return known_sum(part.result for part in self.contributions)

    def inputs(self, part: Contribution) -> tuple[Input, ...]:
        """The cells behind one row's amount, and those that would decide whether it counts."""
        return member_inputs(part.member, (*part.formula.names, *part.unsure))

    def split(self, part: Contribution) -> SplitTrace | None:
        """How the row's resource is shared among its stages; None when it is not."""
        member, split = part.member, part.member.rules.standard.split
        if not self.indicator.split or member.sharers == (part.stage,):
            return None
        terms = tuple(
            (split.pupils[s], split.weights[s], member.lookup(split.pupils[s])) for s in member.sharers
        )
        return SplitTrace(terms, quiet(stage_share, member, part.stage))


@dataclass(frozen=True, slots=True)
class Deviation:
    """One unit's part in a coefficient of variation: amount x, pupils P, value x/P, P·(x/P − mean)² (None while open)."""

    unit: Unit
    amount: Fraction | None
    students: Fraction | None
    value: Fraction | None
    weighted: Fraction | None


@dataclass(frozen=True)
class DisparityTrace:
    """A coefficient of variation with every unit's part in it, the sums and the engine's result."""

    indicator: Indicator
    rows: tuple[Deviation, ...]
    amount: Fraction | None
    students: Fraction | None
    national: Disparity
    local: Disparity


class Tracer:
    """Traces the figures of one assessment; the schools are merged once."""

    def __init__(self, assessment: Assessment, dictionary: Dictionary) -> None:
        self.assessment = assessment
        self.rules = Rules(dictionary, assessment.national.standard, assessment.book.county_row)
        self.schools = merged_schools(assessment.book, self.rules)
        # Of two schools with one code the first, to which the engine joins their campuses.
        self._by_code = {school.code: school for school in reversed(self.schools)}
        self.exceptions = self.rules.standard.switched_on(use.id for use in assessment.exceptions)

    def school(self, code: str) -> School:
        """Return the merged school with this code; raises KeyError."""
        return self._by_code[code]

    def cell(self, unit: Unit, indicator: Indicator) -> CellTrace:
        """Trace one indicator of one unit."""
        school = self.school(unit.school_code)
        local = next(u for u in self.assessment.local.units if u.key == unit.key)
        return CellTrace(
            unit=unit,
            indicator=indicator,
            contributions=tuple(contributions(school, unit.stage, indicator, self.exceptions)),
            pupils=tuple(
                pupils
                for member in school.members_of(unit.stage)
                for pupils in member_inputs(member, (f"students_{unit.stage}",))
            ),
            national=unit.cells[indicator.id],
            local=local.cells[indicator.id],
            local_unit=local,
        )

    def disparity(self, stage: str, indicator: Indicator) -> DisparityTrace:
        """Trace one coefficient of variation; raises StopIteration when the stage has no unit."""
        national = self.assessment.national.disparity(stage, indicator.id)
        units = self.assessment.national.stage_units(stage)
        rows = tuple(_deviation(unit, indicator, national.mean) for unit in units)
        return DisparityTrace(
            indicator=indicator,
            rows=rows,
            amount=known_sum(row.amount for row in rows),
            students=known_sum(row.students for row in rows),
            national=national,
            local=self.assessment.local.disparity(stage, indicator.id),
        )


def member_inputs(member: Member, names: tuple[str, ...]) -> tuple[Input, ...]:
    """Return the cells of one school row behind `names` (derived names by what they are made of)."""
    fields = member.rules.school_fields
    keys = expanded_names(names, member.rules.standard.derived)
    return tuple(row_input(member.row, fields[key], member.lookup(key)) for key in keys if key in fields)


def row_input(row: Row, field: Field, used: Any, subject: str | None = None) -> Input:
    """Return one cell of a row as an input."""
    name = row.text("school_name") if subject is None else subject
    return Input(name, field, row.values.get(field.key, MISSING), used)


def _deviation(unit: Unit, indicator: Indicator, mean: Fraction | None) -> Deviation:
    cell, students = unit.cells[indicator.id], unit.students
    amount = None if cell.numerator is None else cell.numerator * indicator.factor
    if mean is None or cell.value is None or students is None:
        return Deviation(unit, amount, students, cell.value, None)
    return Deviation(unit, amount, students, cell.value, students * (cell.value - mean) ** 2)
