"""Days as offices write them and print them."""

from __future__ import annotations

import re
from datetime import date

DATE = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?:\s*日)?(?:\s+00:00:00)?")


def said_date(day: date) -> str:
    """Write a date as in official documents: 2025年4月25日."""
    return f"{day.year}年{day.month}月{day.day}日"


def as_date(text: str) -> date | None:
    """Return the date a text writes (2025年12月31日, 2025-12-31, 2025/12/31), or None."""
    match = DATE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def period_said(begun: date, ended: date | None) -> str:
    """From when to when, the year and the month said once (2025年3月6日至8日); one day alone when no other is known."""
    if ended is None or begun == ended:
        return said_date(begun)
    if begun.year != ended.year:
        return f"{said_date(begun)}至{said_date(ended)}"
    if begun.month != ended.month:
        return f"{said_date(begun)}至{ended.month}月{ended.day}日"
    return f"{said_date(begun)}至{ended.day}日"
