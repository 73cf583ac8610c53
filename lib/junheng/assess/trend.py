"""This year beside last year: what changed in units, coefficients of variation, items and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

from junheng.assess.model import Assessment, Disparity, ItemResult, Unit, Verdict
from junheng.params.brief import Brief, Shown
from junheng.workbook.matching import last_codes

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Both(Brief):
    """One thing in both years (before and after a trial); a side is None where it is not. `any` is this year's, else last year's."""

    before: Any
    now: Any

    @property
    def any(self) -> Any:
        return self.now if self.now is not None else self.before

    def change(self, value: Callable[[Any], Fraction | None]) -> Fraction | None:
        """This year's value less last year's; None while one is missing."""
        old, new = self.side("before", value), self.side("now", value)
        return None if old is None or new is None else new - old

    def side(self, name: str, value: Callable[[Any], Any]) -> Any:
        """The value of one side (`before` or `now`); None where it is not."""
        record = getattr(self, name)
        return None if record is None else value(record)


def paired(before: Iterable[T], now: Iterable[T], key: Callable[[T], Any]) -> Iterator[Both]:
    """Set records with the same key side by side, in this year's order, then what is gone."""
    old, new = {key(r): r for r in before}, {key(r): r for r in now}
    return (Both(old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))


def unit_pairs(before: Assessment, now: Assessment, codes: Mapping[str, str] | None = None) -> Iterator[Both]:
    """The units of both; `codes` are last year's codes of the schools that are the same, by this year's."""
    if codes is None:
        return paired(before.units, now.units, lambda unit: unit.key)
    this_year = {old: code for code, old in codes.items()}
    old = {(this_year.get(u.school_code, f"上年{u.school_code}"), u.stage): u for u in before.units}
    new = {unit.key: unit for unit in now.units}
    return (Both(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old]))


def disparity_pairs(before: Assessment, now: Assessment) -> Iterator[Both]:
    """The coefficients of variation of both, by stage and indicator."""
    sides = before.national.disparities, now.national.disparities
    return paired(*sides, lambda row: (row.stage, row.indicator))


def item_pairs(before: Assessment, now: Assessment) -> Iterator[Both]:
    """The items of both."""
    return paired(before.national.items, now.national.items, lambda result: result.item.id)


def cell_pairs(
    before: Assessment, now: Assessment, codes: Mapping[str, str] | None = None
) -> Iterator[tuple[Unit, Both]]:
    """The indicators of every unit, with the unit they belong to."""
    for unit in unit_pairs(before, now, codes):
        old, new = (unit.side(name, lambda u: u.cells.values()) or () for name in ("before", "now"))
        for cell in paired(old, new, lambda c: c.indicator):
            yield unit.any, cell


@dataclass(frozen=True, repr=False)
class StageTrend(Brief):
    """Units of one stage in both years, those that changed their verdict, came and went; `lost` are no longer judged."""

    stage: str
    now: tuple[Unit, ...]
    before: tuple[Unit, ...]
    improved: tuple[Both, ...]
    worsened: tuple[Both, ...]
    lost: tuple[Both, ...]
    opened: tuple[Unit, ...]
    closed: tuple[Unit, ...]

    @property
    def share_now(self) -> Fraction | None:
        """The share of this year's units that are 达标; None (not comparable) without units or while one is open."""
        return met_share(self.now)

    @property
    def share_before(self) -> Fraction | None:
        """The same share of last year's units."""
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
        pairs = disparity_pairs(self.before, self.now)
        return tuple((both.now, both.before) for both in pairs if both.now and both.now.stage == stage)


def compare(now: Assessment, before: Assessment) -> Trend:
    """Set `now` beside `before` (the same county, the year before), unit by unit and item by item."""
    codes = last_codes(now.book, before.book)
    units = [*unit_pairs(before, now, codes)]
    stages = tuple(
        _stage(stage.id, [both for both in units if both.any.stage == stage.id])
        for stage in now.national.standard.stages
    )
    items = tuple(
        (both.now, both.before)
        for both in item_pairs(before, now)
        if both.now and both.before and both.now.verdict is not both.before.verdict
    )
    return Trend(now, before, stages, items, codes)


def _stage(stage: str, units: list[Both]) -> StageTrend:
    kept = [both for both in units if both.now and both.before]
    verdicts = [(both.before.verdict, both.now.verdict) for both in kept]

    def turned(*ways: tuple[Verdict, Verdict]) -> tuple[Both, ...]:
        return tuple(both for both, way in zip(kept, verdicts, strict=True) if way in ways)

    return StageTrend(
        stage=stage,
        now=tuple(both.now for both in units if both.now),
        before=tuple(both.before for both in units if both.before),
        improved=turned((Verdict.UNMET, Verdict.MET)),
        worsened=turned((Verdict.MET, Verdict.UNMET)),
        lost=turned((Verdict.MET, Verdict.UNKNOWN), (Verdict.UNMET, Verdict.UNKNOWN)),
        opened=tuple(both.now for both in units if both.before is None),
        closed=tuple(both.before for both in units if both.now is None),
    )
