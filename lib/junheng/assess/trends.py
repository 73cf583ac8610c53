"""What two years' workbooks of other counties show of how schools' pupils change; the forecast's evidence beside its assumptions.

Two things are estimated, stage by stage: how much of the change that the average grade foretells did come about
(`weight`), and by how much schools of a location grew or shrank beside it (`drift`: towns draw pupils from villages).
The rest is each school's own; its tenth and ninetieth percentile make the band of a single school (`scatter`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from junheng.exact import ZERO, round_half_up, square_root
from junheng.params.brief import Brief
from junheng.params.forecast import Case

WEIGHTS = tuple(Fraction(tenth, 10) for tenth in range(10, -1, -1))
POOLED = 20
"""The drift of a location counts with its number of schools, that of the whole stage with this many beside it."""
ONE = Fraction(1)


@dataclass(frozen=True, slots=True, repr=False)
class Seen(Brief):
    """A row and stage of two years: pupils then, pupils foretold by the average grade alone, pupils now."""

    stage: str
    location: str
    before: Fraction
    foretold: Fraction
    now: Fraction


@dataclass(frozen=True, repr=False)
class Trends(Brief):
    """Shares a year, by stage or (stage, location). Without any county: all of the foretold change, nothing beside it."""

    counties: int = 0
    weight: Mapping[str, Fraction] = field(default_factory=dict)
    drift: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    scatter: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)

    def step(self, stage: str, location: str, count: Fraction, foretold: Fraction) -> Fraction:
        """Return next year's pupils of a school with `count` now and `foretold` by its average grade."""
        change = self.weight.get(stage, ONE) * (foretold - count)
        return max(count + change + self.drift.get((stage, location), ZERO) * count, ZERO)

    def own(self, stage: str, case: Case, years: int) -> Fraction:
        """Return by what share a single school may lie off in this case after `years` (independent years: √years)."""
        low, high = self.scatter.get(stage, (ZERO, ZERO))
        share = {"low": low, "middle": ZERO, "high": high}[case]
        return share * square_root(Fraction(years))


def estimate(counties: Iterable[Sequence[Seen]]) -> Trends:
    """Return the trends of these counties; the weight is the one with the least error, pupil by pupil."""
    groups = [group for group in counties if group]
    by_stage: dict[str, list[Seen]] = defaultdict(list)
    for one in (one for group in groups for one in group):
        by_stage[one.stage].append(one)
    weight: dict[str, Fraction] = {}
    drift: dict[tuple[str, str], Fraction] = {}
    scatter: dict[str, tuple[Fraction, Fraction]] = {}
    for stage, seen in by_stage.items():
        tried = [(weighing, _drift(seen, weighing)) for weighing in WEIGHTS]
        weight[stage], best = min(tried, key=lambda pair: _error(seen, *pair))
        drift |= {(stage, location): share for location, share in best.items()}
        scatter[stage] = _scatter(seen, weight[stage], best)
    return Trends(len(groups), weight, drift, scatter)


def _drift(seen: Sequence[Seen], weight: Fraction) -> dict[str, Fraction]:
    """Return the yearly change beside the foretold one, by location, to a hundredth of a per cent."""
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[one.location].append(one)
    every = _share(seen, weight)
    return {
        place: round_half_up((len(group) * _share(group, weight) + POOLED * every) / (len(group) + POOLED), 4)
        for place, group in groups.items()
    }


def _share(group: Sequence[Seen], weight: Fraction) -> Fraction:
    beside = sum((one.now - one.before - weight * (one.foretold - one.before) for one in group), ZERO)
    return beside / sum((one.before for one in group), ZERO)


def _made(one: Seen, weight: Fraction, drift: Mapping[str, Fraction]) -> Fraction:
    return one.before + weight * (one.foretold - one.before) + drift[one.location] * one.before


def _error(seen: Sequence[Seen], weight: Fraction, drift: Mapping[str, Fraction]) -> Fraction:
    return sum((abs(_made(one, weight, drift) - one.now) for one in seen), ZERO)


def _scatter(
    seen: Sequence[Seen], weight: Fraction, drift: Mapping[str, Fraction]
) -> tuple[Fraction, Fraction]:
    """Return the tenth and ninetieth percentile of now ÷ forecast − 1, to a tenth of a per cent."""
    off = sorted(one.now / made - 1 for one in seen if (made := _made(one, weight, drift)) > 0)
    if not off:
        return ZERO, ZERO
    # The ends are cut off alike on both sides; the band always holds the forecast itself.
    tenth = len(off) // 10
    return min(round_half_up(off[tenth], 3), ZERO), max(round_half_up(off[-1 - tenth], 3), ZERO)
