"""Which school of this year's book is which school of last year's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from junheng.workbook.model import CountyBook, Row

School = tuple[str, str]
"""A school's code and name, as its row has them; either may be empty."""


def named(rows: Iterable[Row]) -> list[School]:
    """Return the code and name of each row; empty texts where they are missing."""
    return [(row.text("school_code"), row.text("school_name")) for row in rows]


def same_schools(now: Sequence[School], before: Sequence[School]) -> dict[str, str]:
    """Return last year's code of each school that both years have, by this year's code.

    A school is known by its code; one whose code is new by its name, where each year's county has that name once:
    a school that changes its type gets a new code.
    """
    old = {code for code, _ in before if code}
    found = {code: code for code, _ in now if code in old}
    left = {name: code for code, name in before if code and code not in found}
    once = _used_once(now) & _used_once(before)
    renewed = {
        code: left[name] for code, name in now if code and code not in found and name in left and name in once
    }
    return found | renewed


def last_codes(now: CountyBook, before: CountyBook) -> dict[str, str]:
    """Return last year's code of each school that both books have, by this year's code."""
    return same_schools(named(now.rows("schools")), named(before.rows("schools")))


def _used_once(schools: Iterable[School]) -> set[str]:
    return {name for name, count in Counter(name for _, name in schools if name).items() if count == 1}
