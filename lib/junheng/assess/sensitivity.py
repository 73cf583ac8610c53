"""How firm the verdicts are: one teacher, one room or 2% of the pupils more or fewer, and what each school adds to a CV.

Every probe is assessed by the engine's own functions on the changed row, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from junheng.assess.model import Assessment, Disparity, Unit, Verdict
from junheng.assess.schools import Rules, School, merged_schools
from junheng.assess.units import build_units
from junheng.exact import ZERO, ceil_div, square_root
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Indicator, Standard
from junheng.workbook.model import Row

PUPILS = Fraction(2, 100)
"""The change of pupils that is tried, of the stage's number, at least one pupil."""
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Probe:
    """A small change of one school: `change` added to `field` of its main row. `what`: an indicator's id or `pupils`."""

    school_code: str
    stage: str
    what: str
    field: str
    change: Fraction


@dataclass(frozen=True, slots=True)
class UnitFlip:
    """A unit (before and after) whose verdict the probe changes; not always the probed stage of a combined school."""

    probe: Probe
    before: Unit
    after: Unit


@dataclass(frozen=True, slots=True)
class SpreadFlip:
    """A coefficient of variation whose verdict the probe changes; CV² before and after."""

    probe: Probe
    stage: str
    indicator: str
    before: Fraction
    after: Fraction
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Influence:
    """What a unit adds to a coefficient of variation.

    `without`: the CV of all others (to 30 digits), `change` = CV − without (positive: the unit drives it up);
    `share`: the unit's part of Σ P(x/P − X̄)², exact.
    """

    unit: Unit
    without: Fraction
    change: Fraction
    share: Fraction


@dataclass(frozen=True)
class Sensitivity:
    """Verdicts that a small change of one school would turn."""

    units: tuple[UnitFlip, ...]
    spreads: tuple[SpreadFlip, ...]


def sensitivity(assessment: Assessment, dictionary: Dictionary) -> Sensitivity:
    """Try every probe of every school; units and CVs that are 无法判定 before or after are left out."""
    standard = assessment.national.standard
    exceptions = standard.switched_on(use.id for use in assessment.exceptions)
    rules = Rules(dictionary, standard, assessment.book.county_row)
    before = {unit.key: unit for unit in assessment.units}
    sums = {
        (row.stage, row.indicator): _Sums.of(assessment, row)
        for row in assessment.national.disparities
        if row.verdict in (Verdict.MET, Verdict.UNMET)
    }
    units: list[UnitFlip] = []
    spreads: list[SpreadFlip] = []
    for school in merged_schools(assessment.book, rules):
        for probe in _probes(school, before, standard):
            changed = _changed(school, probe)
            after, _ = build_units((changed,), standard, exceptions)
            units += _unit_flips(probe, before, after)
            spreads += _spread_flips(probe, before, after, sums, standard)
    return Sensitivity(tuple(units), tuple(spreads))


def _probes(school: School, before: Mapping[tuple[str, str], Unit], standard: Standard) -> Iterator[Probe]:
    row = school.main.row
    seen: set[tuple[str, Fraction]] = set()
    for stage in (s.id for s in standard.stages if (school.code, s.id) in before):
        if stage not in school.main.stages:
            continue
        pupils = row.figure(f"students_{stage}")
        if pupils:
            step = Fraction(ceil_div(pupils * PUPILS))
            for change in (step, -step):
                if pupils + change > 0:
                    yield Probe(school.code, stage, "pupils", f"students_{stage}", change)
        for indicator in (i for i in standard.indicators if i.whole):
            for change in (ONE, -ONE):
                field = _field(row, indicator, stage, change)
                if field and (field, change) not in seen:
                    seen.add((field, change))
                    yield Probe(school.code, stage, indicator.id, field, change)


def _field(row: Row, indicator: Indicator, stage: str, change: Fraction) -> str | None:
    """Return the column with most of what the indicator counts (people, rooms), if the change leaves it at 0 or more."""
    counts = {
        name: count for name in indicator.formula(stage).names if (count := row.figure(name)) is not None
    }
    most = max(counts, key=counts.__getitem__, default=None)
    return most if most and counts[most] + change >= 0 else None


def _changed(school: School, probe: Probe) -> School:
    main = school.main
    content = main.row.figure(probe.field)
    assert content is not None
    changed = replace(main, row=main.row.changed({probe.field: content + probe.change}))
    return replace(school, members=(changed, *school.members[1:]))


def _unit_flips(
    probe: Probe, before: Mapping[tuple[str, str], Unit], after: tuple[Unit, ...]
) -> Iterator[UnitFlip]:
    for unit in after:
        old = before.get(unit.key)
        if old and old.verdict is not unit.verdict and Verdict.UNKNOWN not in (old.verdict, unit.verdict):
            yield UnitFlip(probe, old, unit)


@dataclass(frozen=True)
class _Sums:
    """Σx, ΣP and Σx²/P of a stage and indicator: enough to exchange or leave out one unit."""

    amount: Fraction
    pupils: Fraction
    squares: Fraction

    @staticmethod
    def of(assessment: Assessment, row: Disparity) -> _Sums:
        total = _Sums(ZERO, ZERO, ZERO)
        for unit in assessment.national.stage_units(row.stage):
            total = total.plus(unit, row.indicator, 1)
        return total

    def plus(self, unit: Unit, indicator: str, sign: int) -> _Sums:
        x, p = unit.cells[indicator].numerator, unit.students
        assert x is not None and p
        return _Sums(self.amount + sign * x, self.pupils + sign * p, self.squares + sign * x * x / p)

    @property
    def cv_squared(self) -> Fraction | None:
        return self.squares * self.pupils / self.amount**2 - 1 if self.amount else None


def _spread_flips(
    probe: Probe,
    before: Mapping[tuple[str, str], Unit],
    after: tuple[Unit, ...],
    sums: Mapping[tuple[str, str], _Sums],
    standard: Standard,
) -> Iterator[SpreadFlip]:
    for unit in after:
        old = before.get(unit.key)
        for indicator in standard.indicators if old else ():
            own = sums.get((unit.stage, indicator.id))
            if old is None or own is None or not _differs(unit, old, indicator.id):
                continue
            now = own.cv_squared
            then = own.plus(old, indicator.id, -1).plus(unit, indicator.id, 1).cv_squared
            limit = standard.disparity.limits[unit.stage] ** 2
            if now is not None and then is not None and (now <= limit) != (then <= limit):
                verdict = Verdict.MET if then <= limit else Verdict.UNMET
                yield SpreadFlip(probe, unit.stage, indicator.id, now, then, verdict)


def _differs(unit: Unit, old: Unit, indicator: str) -> bool:
    after = unit.cells[indicator].numerator
    return after is not None and (after, unit.students) != (old.cells[indicator].numerator, old.students)


def influences(assessment: Assessment, row: Disparity) -> tuple[Influence, ...]:
    """Return what each unit adds to a coefficient of variation, the greatest first; () when it is 无法判定."""
    units = assessment.national.stage_units(row.stage)
    if row.cv_squared is None or row.cv is None or row.mean is None or len(units) < 2:
        return ()
    total = _Sums.of(assessment, row)
    factor = assessment.national.standard.indicator(row.indicator).factor
    spread = row.cv_squared * row.mean**2 * total.pupils
    found = []
    for unit in units:
        rest = total.plus(unit, row.indicator, -1).cv_squared
        x, p = unit.cells[row.indicator].numerator, unit.students
        assert x is not None and p
        part = p * (x * factor / p - row.mean) ** 2
        without = square_root(rest) if rest is not None else ZERO
        found.append(Influence(unit, without, row.cv - without, part / spread if spread else ZERO))
    return tuple(sorted(found, key=lambda i: i.change, reverse=True))
