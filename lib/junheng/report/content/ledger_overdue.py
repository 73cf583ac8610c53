"""The items of last year's ledger that are past their deadline, not closed and still unmet (policy 五（二）整改不力)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from junheng.assess.model import Assessment
from junheng.report.content.dates import as_date
from junheng.report.content.ledger import CLOSED, keyed_rows
from junheng.report.content.ledger_topics import Key, Topic, current_topics
from junheng.report.content.phrases import PhraseBook


def overdue_items(assessment: Assessment, phrases: PhraseBook, on: date) -> Mapping[Key, tuple[Topic, date]]:
    """Return such items as of the day `on` with their deadlines; one whose deadline cannot be read is none of them."""
    topics = current_topics(assessment, phrases)
    found: dict[Key, tuple[Topic, date]] = {}
    for row, key in keyed_rows(assessment):
        deadline = as_date(row.text("deadline"))
        if row.text("state") == CLOSED or deadline is None or deadline >= on:
            continue
        topic = topics.get(key)
        if topic is not None and topic.failing:
            found.setdefault(topic.key, (topic, deadline))
    return found
