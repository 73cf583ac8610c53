"""Whether the counts of a group of pupils may be printed: all of them, or none.

Hiding single cells is not enough: who knows the rule can reason back from what is left, from the verdicts, and from
which cells were chosen. So one small count, also one that only a subtraction would give, hides its whole group.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from junheng.params.small_counts import CountGroup

Counts = Mapping[str, Fraction | None]


def must_hide(counts: Counts, group: CountGroup, limit: int, more: Iterable[Fraction | None] = ()) -> bool:
    """Return whether the group holds a count from 1 to `limit` − 1.

    `counts` are the county's figures by key; `more` are counts of the same pupils printed elsewhere (of single schools).
    """
    own = [counts.get(key) for key in sorted(group.keys)]
    schools = [count for count in more if count is not None]
    told = (count for count in (*own, *schools, *_left(counts, group, schools)) if count is not None)
    return any(0 < count < limit for count in told)


def _left(counts: Counts, group: CountGroup, schools: Sequence[Fraction]) -> Iterator[Fraction]:
    """What subtraction gives: the rest of every sum; with a count missing, every difference of two others.

    Any other difference is a sum of such rests, so it is no smaller. A key that counts the same pupils once more stands in
    no sum: it is held against every count, and against what the schools have together.
    """
    known = {key: count for key in group.counts if (count := counts.get(key)) is not None}
    for one in group.sums:
        if {one.whole, *one.of} <= known.keys():
            yield known[one.whole] - sum(known[key] for key in one.of)
    if len(known) < len(group.counts):
        yield from (abs(one - other) for one, other in itertools.combinations(known.values(), 2))
    for same in (count for key in group.same if (count := counts.get(key)) is not None):
        yield from (abs(same - count) for count in (*known.values(), *([sum(schools)] if schools else [])))
