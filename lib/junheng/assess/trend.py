"""This year beside last year: what changed in units, coefficients of variation, items and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from junheng.assess.model import Assessment, Disparity, ItemResult, Unit, Verdict
from junheng.params.brief import Brief, Shown
from junheng.workbook.matching import last_codes


@dataclass(frozen=True, slots=True, repr=False)
class UnitChange(Brief):
    """A pair of this year's and last year's record of the same thing; `before` None when it is new."""

    now: Unit
    before: Unit


@dataclass(frozen=True, repr=False)
class StageTrend(Brief):
    """Units of one stage in both years, those that changed their verdict, came and went; `lost` are no longer judged."""

    stage: str
    now: tuple[Unit, ...]
    before: tuple[Unit, ...]
    improved: tuple[UnitChange, ...]
    worsened: tuple[UnitChange, ...]
    lost: tuple[UnitChange, ...]
    opened: tuple[Unit, ...]
    closed: tuple[Unit, ...]

    @property
    def share_now(self) -> Fraction | None:
        """The share of this year's units that are 达标; None (not comparable) without units or while one is open."""
        return met_share(self.now)

    @property
    def share_before(self) -> Fraction | None:
        return met_share(self.before)


def met_share(units: Iterable[Unit]) -> Fraction | None:
    """Return the share of units that are 达标; None without units or while one of them is 无法判定."""
    verdicts = [unit.verdict for unit in units]
    if not verdicts or Verdict.UNKNOWN in verdicts:
        return None
    return Fraction(verdicts.count(Verdict.MET), len(verdicts))


@dataclass(frozen=True, repr=False)
class Trend(Shown):
    """Two assessments compared. `items` holds (this, last) for the items whose verdict changed.

    `codes` are last year's codes of the schools that both years have, by this year's.
    """

    now: Assessment
    before: Assessment
    stages: tuple[StageTrend, ...]
    items: tuple[tuple[ItemResult, ItemResult], ...]
    codes: Mapping[str, str]
    calls = (
        'wb.frame(trend, "units")',
        'wb.frame(trend, "disparity")',
        "wb.show_trend(work, assessment, trend)",
    )

    def about(self) -> str:
        improved, worsened = (sum(len(getattr(s, k)) for s in self.stages) for k in ("improved", "worsened"))
        return (
            f"{self.now.county.title}{self.now.year}年度与{self.before.year}年度比较："
            f"评估单元{len(self.now.units)}个（上年{len(self.before.units)}个），变为达标{improved}个，变为未达标{worsened}个"
        )

    def unit_before(self, unit: Unit) -> Unit | None:
        """Return last year's unit of the same school and stage; None when there was none."""
        return self._old_units.get((self.codes.get(unit.school_code, ""), unit.stage))

    @cached_property
    def _old_units(self) -> dict[tuple[str, str], Unit]:
        return {unit.key: unit for unit in self.before.national.units}

    def disparities(self, stage: str) -> tuple[tuple[Disparity, Disparity | None], ...]:
        """Return (this, last) of each coefficient of variation of `stage`."""
        old = {(d.stage, d.indicator): d for d in self.before.national.disparities}
        return tuple(
            (d, old.get((d.stage, d.indicator))) for d in self.now.national.disparities if d.stage == stage
        )


def compare(now: Assessment, before: Assessment) -> Trend:
    """Set `now` beside `before` (the same county, the year before), unit by unit and item by item."""
    codes = last_codes(now.book, before.book)
    stages = tuple(_stage(stage.id, now, before, codes) for stage in now.national.standard.stages)
    old_items = {result.item.id: result for result in before.national.items}
    items = tuple(
        (result, old_items[result.item.id])
        for result in now.national.items
        if result.item.id in old_items and result.verdict is not old_items[result.item.id].verdict
    )
    return Trend(now, before, stages, items, codes)


def _stage(stage: str, now: Assessment, before: Assessment, codes: Mapping[str, str]) -> StageTrend:
    mine, theirs = now.national.stage_units(stage), before.national.stage_units(stage)
    old: Mapping[str, Unit] = {unit.school_code: unit for unit in theirs}
    pairs = [(unit, old.get(codes.get(unit.school_code, ""))) for unit in mine]
    both = [UnitChange(unit, earlier) for unit, earlier in pairs if earlier is not None]
    kept = {change.before.school_code for change in both}
    return StageTrend(
        stage=stage,
        now=mine,
        before=theirs,
        improved=tuple(c for c in both if c.now.verdict is Verdict.MET and c.before.verdict is Verdict.UNMET),
        worsened=tuple(c for c in both if c.now.verdict is Verdict.UNMET and c.before.verdict is Verdict.MET),
        lost=tuple(
            c for c in both if c.now.verdict is Verdict.UNKNOWN and c.before.verdict is not Verdict.UNKNOWN
        ),
        opened=tuple(unit for unit, earlier in pairs if earlier is None),
        closed=tuple(unit for unit in theirs if unit.school_code not in kept),
    )
