"""Exact numbers: reading them, rounding them once, and writing them (RULES §2 and §10).

Every figure is a `Fraction`. Rounding is half up on the exact value, done once, at print.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

SIGNIFICANT_DIGITS = 17
ZERO = Fraction(0)


def exact(number: int | float | str | Decimal | Fraction) -> Fraction:
    """Return the exact value that `number` was written as (a float counts as its shortest decimal)."""
    if isinstance(number, float):
        return Fraction(Decimal(repr(number)))
    return Fraction(number)


def scaled_half_up(value: Fraction, decimals: int) -> int:
    """Return `value`·10^decimals rounded half away from zero to a whole number."""
    top, bottom = value.numerator * 10**decimals, value.denominator
    whole: int = (2 * abs(top) + bottom) // (2 * bottom)
    return whole if top >= 0 else -whole


def round_half_up(value: Fraction, decimals: int) -> Fraction:
    """Return `value` rounded half up (away from zero on a tie) to `decimals` places."""
    return Fraction(scaled_half_up(value, decimals), 10**decimals)


def fixed(value: Fraction, decimals: int) -> str:
    """Write `value` with exactly `decimals` places, rounded half up; no sign on a zero."""
    whole = scaled_half_up(value, decimals)
    digits = str(abs(whole)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if whole < 0 else text


def in_full(value: Fraction, decimals: int) -> str:
    """Write `value` with `decimals` places, or with all it has: a limit is never rounded (0.50, 0.475)."""
    text = fixed(value, decimals)
    return text if Fraction(text) == value else plain(value)


def plain(value: Fraction, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Write `value` as a plain decimal with up to `digits` significant digits, without exponent."""
    with localcontext() as context:
        context.prec = digits
        number = Decimal(value.numerator) / Decimal(value.denominator)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def square_root(value: Fraction, digits: int = 30) -> Fraction:
    """Return √value to `digits` significant digits (for print; comparisons use the square)."""
    with localcontext() as context:
        context.prec = digits
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def ceil_div(value: Fraction) -> int:
    """Return the least whole number not below `value`."""
    return -((-value.numerator) // value.denominator)


COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}


def printed_contradicts(value: Fraction, threshold: Fraction, comparator: str, decimals: int) -> bool:
    """Say whether `value` rounded to `decimals` would give the other verdict (临界, RULES §2)."""
    holds = COMPARATORS[comparator]
    return holds(value, threshold) != holds(scaled_half_up(value, decimals), threshold * 10**decimals)


def honest_decimals(
    value: Fraction, threshold: Fraction, comparator: str, decimals: int, most: int = 12
) -> int:
    """Return the least number of places, from `decimals` on, whose print agrees with the verdict (RULES §10)."""
    for places in range(decimals, most):
        if not printed_contradicts(value, threshold, comparator, places):
            return places
    return most


def terminating(value: Fraction) -> bool:
    """Say whether `value` has a finite decimal form."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def exactly(value: Fraction, digits: int = 12) -> str:
    """Write `value` without losing anything: a finite decimal as it is, else the fraction and `digits` digits of it."""
    if terminating(value) and value.denominator < 10**digits:
        return plain(value, 60)
    return f"{value.numerator}/{value.denominator}≈{plain(value, digits)}"
