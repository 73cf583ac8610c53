"""Chance that is the same on every run.

Each draw has a name, so a change in one school never ripples into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(*name: object) -> Random:
    """Return the random source that belongs to `name`."""
    return Random("|".join(str(part) for part in name))


def between(bounds: Sequence[float], *name: object) -> float:
    """Draw a number within `bounds`; a plain number stands for itself."""
    if isinstance(bounds, int | float | str):
        return float(bounds)
    return dice(*name).uniform(float(bounds[0]), float(bounds[1]))


def whole(bounds: Sequence[float], *name: object) -> int:
    """Draw a whole number within `bounds`."""
    return round(between(bounds, *name))


def happens(share: float, *name: object) -> bool:
    """Say whether a thing of probability `share` happens."""
    return dice(*name).random() < share


def shuffled(items: Sequence[T], *name: object) -> list[T]:
    """Return `items` in a random order."""
    return dice(*name).sample(list(items), len(items))


def up(number: Fraction, step: Fraction) -> Fraction:
    """Round up to a multiple of `step`."""
    return -(-number // step) * step


def down(number: Fraction, step: Fraction) -> Fraction:
    """Round down to a multiple of `step`."""
    return number // step * step
