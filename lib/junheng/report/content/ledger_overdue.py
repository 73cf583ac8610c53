"""How many items of last year's ledger are past their deadline, not closed and still unmet (policy 五（二）整改不力)."""

from __future__ import annotations

from datetime import date

from junheng.assess.model import Assessment
from junheng.report.content.ledger_topics import Key, current_topics
from junheng.report.content.phrases import PhraseBook
from junheng.report.excel.ledger import CLOSED, keyed_rows
from junheng.report.excel.sheets import as_date


def overdue_items(assessment: Assessment, phrases: PhraseBook, on: date) -> int:
    """Count such items as of the day `on`; one whose deadline cannot be read is not counted."""
    topics = current_topics(assessment, phrases)
    found: set[Key] = set()
    for row, key in keyed_rows(assessment):
        deadline = as_date(row.text("deadline"))
        if row.text("state") == CLOSED or deadline is None or deadline >= on:
            continue
        topic = topics.get(key)
        if topic is not None and topic.failing:
            found.add(topic.key)
    return len(found)
