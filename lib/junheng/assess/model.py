"""What an assessment consists of. Every number is an exact `Fraction`; None means it could not be determined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from junheng.exact import ZERO
from junheng.params.brief import Brief, Shown
from junheng.params.city import ExceptionUse
from junheng.params.counties import County
from junheng.params.standard import Item, Part, Standard
from junheng.workbook.model import CountyBook, Source


class Verdict(StrEnum):
    """The three verdicts (RULES §2)."""

    MET = "达标"
    UNMET = "未达标"
    UNKNOWN = "无法判定"


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """未达标 if any part is, 达标 only if all parts are, otherwise 无法判定 (RULES §4)."""
    seen = set(verdicts)
    if Verdict.UNMET in seen:
        return Verdict.UNMET
    return Verdict.MET if seen == {Verdict.MET} else Verdict.UNKNOWN


def tally(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Count verdicts as met, unmet, unknown."""
    counts = Counter(verdicts)
    return {"met": counts[Verdict.MET], "unmet": counts[Verdict.UNMET], "unknown": counts[Verdict.UNKNOWN]}


def known_sum(terms: Iterable[Fraction | None]) -> Fraction | None:
    """Return the sum, None when any term is missing."""
    known = [*terms]
    return None if None in known else sum(filter(None, known), ZERO)


@dataclass(frozen=True, slots=True, repr=False)
class MissingInput(Brief):
    """An input without which a figure cannot be determined: whose, which key, where it should stand."""

    subject: str
    key: str
    header: str
    source: Source | None
    reason: str = "缺少数据"


@dataclass(frozen=True, slots=True, repr=False)
class Cell(Brief):
    """One indicator of one unit. `numerator` is in the indicator's numerator_unit, after the split; value in its unit.

    `sources` are the workbook cells it is computed from, in order. `best` of an open cell is the best ratio it can
    still have, whatever the missing inputs turn out to be; None: nothing is certain.
    """

    indicator: str
    numerator: Fraction | None
    value: Fraction | None
    threshold: Fraction
    ratio: Fraction | None
    verdict: Verdict
    missing: tuple[MissingInput, ...] = ()
    exception: str | None = None
    sources: tuple[Source, ...] = ()
    best: Fraction | None = None


@dataclass(frozen=True, repr=False)
class Unit(Shown):
    """An evaluation unit: one stage of one (merged) school. `cells` is keyed by indicator id, in the standard's order."""

    school_code: str
    school_name: str
    stage: str
    school_type: str
    sponsor: str
    location: str
    students: Fraction | None
    grades: Fraction | None
    classes: Fraction | None
    combined: bool
    cells: Mapping[str, Cell]
    met_count: int
    min_ratio: Fraction | None
    verdict: Verdict
    campuses: tuple[str, ...] = ()

    def about(self) -> str:
        return f"{self.school_name} {self.stage}：{len(self.cells)}项达标{self.met_count}项，{self.verdict}"

    @property
    def key(self) -> tuple[str, str]:
        """School code and stage, by which a unit is found."""
        return (self.school_code, self.stage)


@dataclass(frozen=True, slots=True, repr=False)
class Excluded(Brief):
    """A school (or stage) that is no unit, with the reason in Chinese. `students` is a text where it is hidden."""

    school_code: str
    school_name: str
    school_type: str
    students: Fraction | str | None
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Disparity(Brief):
    """校际差异系数 of a stage and indicator. `mean` Σx/ΣP; `cv_squared` exact; `sd`, `cv` to 30 digits (for print).

    `undefined`: the mean is 0, so that no coefficient exists (RULES §3: neither met nor missing); for the composite,
    that one of the coefficients does not exist. `verdict` is None there and for every composite, which has no limit.
    `reason` says in Chinese why there is no coefficient.
    """

    stage: str
    indicator: str
    units: int
    limit: Fraction | None = None
    verdict: Verdict | None = None
    mean: Fraction | None = None
    sd: Fraction | None = None
    cv_squared: Fraction | None = None
    cv: Fraction | None = None
    reason: str = ""
    undefined: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Failure(Brief):
    """A row that does not meet a part: subject (school name or group), its value and what was asked of it.

    With `missing` inputs it fails whatever they turn out to be, and `value` is the nearest it can come to the threshold.
    """

    code: str
    subject: str
    value: Fraction | str | None
    threshold: Fraction | str | None
    missing: bool = False


@dataclass(frozen=True, repr=False)
class PartResult(Brief):
    """One requirement of an item. `value`: the figure of a total, the number of failing rows of an `each`, or a text.

    `rows` are in scope; `empty`: none is, and no value. A total that fails whatever its `missing` inputs turn out to
    be has no value but a `nearest`: the nearest it can come to the threshold.
    """

    part: Part
    verdict: Verdict
    value: Fraction | str | None
    threshold: Fraction | str | None
    failures: tuple[Failure, ...] = ()
    missing: tuple[MissingInput, ...] = ()
    rows: int = 0
    exceptions: tuple[str, ...] = ()
    empty: bool = False
    nearest: Fraction | None = None


@dataclass(frozen=True, repr=False)
class ItemResult(Brief):
    """One item with its parts, and the figures its statement needs (None: not determinable; a text: hidden)."""

    item: Item
    verdict: Verdict
    parts: tuple[PartResult, ...]
    figures: Mapping[str, Fraction | str | None] = field(default_factory=dict)


def paired_parts(national: ItemResult, local: ItemResult) -> tuple[tuple[PartResult | None, PartResult], ...]:
    """Return each requirement of the local standard beside the national one; None where only the local one asks it."""
    mine = {part.part.id: part for part in national.parts}
    return tuple((mine.get(part.part.id), part) for part in local.parts)


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """The county seen by one standard."""

    standard: Standard
    units: tuple[Unit, ...]
    excluded: tuple[Excluded, ...]
    disparities: tuple[Disparity, ...]
    items: tuple[ItemResult, ...]
    resource: Verdict
    government: Verdict
    quality: Verdict
    social: Verdict
    veto: Verdict
    overall: Verdict

    def about(self) -> str:
        met = sum(unit.verdict is Verdict.MET for unit in self.units)
        return (
            f"依据{self.standard.title}：评估单元{len(self.units)}个，达标{met}个，"
            f"资源配置{self.resource}，总体{self.overall}"
        )

    def stage_units(self, stage: str) -> tuple[Unit, ...]:
        """Return the units of one stage, by school code."""
        return tuple(unit for unit in self.units if unit.stage == stage)

    def has_peers(self, stage: str) -> bool:
        """Tell whether a stage has units to compare: a single unit's coefficients of variation are 0 and say nothing."""
        return len(self.stage_units(stage)) > 1

    def disparity(self, stage: str, indicator: str) -> Disparity:
        """Return the coefficient of a stage that has units, and of an indicator."""
        return next(d for d in self.disparities if (d.stage, d.indicator) == (stage, indicator))

    def item(self, item_id: str) -> ItemResult:
        """Return the result of an item, which every standard of the year has."""
        return next(result for result in self.items if result.item.id == item_id)

    def group(self, group: str) -> tuple[ItemResult, ...]:
        """Return the items of a group (government, quality, social, veto) in the order of the form."""
        return tuple(result for result in self.items if result.item.group == group)


@dataclass(frozen=True, repr=False)
class Assessment(Shown):
    """A county and year under the national and the local standard; `book` leads every number back to its cell.

    `trial`: its figures or its standards were changed on purpose; no report may be written of it.
    """

    county: County
    year: int
    book: CountyBook
    national: Result
    local: Result
    exceptions: tuple[ExceptionUse, ...] = ()
    trial: bool = False
    calls = (
        'wb.frame(assessment, "units")',
        'wb.show(work, assessment, "conclusion", "disparity")',
        'wb.explain(work, assessment, "L4", "学校名称")',
        "trend = wb.compare(work, assessment)",
    )

    def about(self) -> str:
        tried = "（试算，不是正式评估结果）" if self.trial else ""
        return f"{self.county.title}{self.year}年度评估{tried}，{self.national.about()}；依据地方标准总体{self.local.overall}"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units under the national standard."""
        return self.national.units
