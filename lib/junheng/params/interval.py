"""Intervals: all values a figure may still have while some of its inputs are missing.

A missing count, area or amount may be anything from 0 up. Formulas evaluated over intervals instead of numbers show
whether a requirement fails whatever the missing inputs turn out to be (RULES §2: an unknown never hides a certain
failure). Written here because exact fractions and a third answer, "it depends", are both needed: mpmath.iv and
portion work in floats or know no arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from junheng.exact import ceil_div

Bound = Fraction | float
"""An exact end of an interval, or ±math.inf where there is none."""


class Open(Exception):
    """A comparison (or a quotient) of intervals that is true of some of their values and not of others."""


class Interval:
    """The closed interval [low, high]; comparisons say True or False where that is certain, and raise Open else."""

    __slots__ = ("high", "low")

    def __init__(self, low: Bound, high: Bound) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, value: Interval | Fraction | int) -> Interval:
        """Return a number as the interval that holds nothing else."""
        return value if isinstance(value, Interval) else cls(Fraction(value), Fraction(value))

    def with_zero(self) -> Interval:
        """Return the least interval that holds this one and 0 (a row that may or may not count)."""
        return Interval(min(self.low, Fraction(0)), max(self.high, Fraction(0)))

    def rounded_up(self) -> Interval:
        """Return the interval of the next whole numbers."""
        low, high = (end if isinstance(end, float) else Fraction(ceil_div(end)) for end in self._ends())
        return Interval(low, high)

    def _ends(self) -> Iterator[Bound]:
        yield self.low
        yield self.high

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | Fraction | int) -> Interval:
        term = Interval.of(other)
        return Interval(self.low + term.low, self.high + term.high)

    def __sub__(self, other: Interval | Fraction | int) -> Interval:
        return self + -Interval.of(other)

    def __rsub__(self, other: Fraction | int) -> Interval:
        return -self + other

    def __mul__(self, other: Interval | Fraction | int) -> Interval:
        factor = Interval.of(other)
        products = [_product(mine, theirs) for mine in self._ends() for theirs in factor._ends()]
        return Interval(min(products), max(products))

    def __truediv__(self, other: Interval | Fraction | int) -> Interval:
        return self * Interval.of(other)._inverse()

    def __rtruediv__(self, other: Fraction | int) -> Interval:
        return self._inverse() * other

    __radd__, __rmul__ = __add__, __mul__

    def _inverse(self) -> Interval:
        """Return 1 ÷ this; raises Open where this may be 0, for then there may be no quotient at all."""
        if self.low <= 0 <= self.high:
            raise Open
        low, high = (Fraction(0) if isinstance(end, float) else 1 / end for end in self._ends())
        return Interval(high, low)

    def __lt__(self, other: Interval | Fraction | int) -> bool:
        than = Interval.of(other)
        return _certain(self.high < than.low, self.low >= than.high)

    def __le__(self, other: Interval | Fraction | int) -> bool:
        than = Interval.of(other)
        return _certain(self.high <= than.low, self.low > than.high)

    def __gt__(self, other: Interval | Fraction | int) -> bool:
        return not self <= other

    def __ge__(self, other: Interval | Fraction | int) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Interval | Fraction | int):
            return NotImplemented
        than = Interval.of(other)
        apart = self.high < than.low or than.high < self.low
        return _certain(self.low == self.high == than.low == than.high, apart)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # equality may be open


ANY = Interval(Fraction(0), math.inf)
"""What a missing count, area or amount may be."""


def greatest(*values: Interval | Fraction | int) -> Interval:
    """Return the interval of the greatest of some values."""
    known = [Interval.of(value) for value in values]
    return Interval(max(v.low for v in known), max(v.high for v in known))


def least(*values: Interval | Fraction | int) -> Interval:
    """Return the interval of the least of some values."""
    return -greatest(*(-Interval.of(value) for value in values))


def _product(mine: Bound, theirs: Bound) -> Bound:
    """Return a product of two ends; 0 times no end is 0, for 0 of anything is 0."""
    return Fraction(0) if mine == 0 or theirs == 0 else mine * theirs


def _certain(holds: bool, fails: bool) -> bool:
    if holds or fails:
        return holds
    raise Open
