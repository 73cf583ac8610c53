"""What failed, and only that: of an item with several parts the failed ones with their figures, and which schools.

A problem never repeats what is in order: the item's whole sentence (`statements`) stands in 表Ⅳ and 表Ⅴ, here is its fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.assess.gaps import MONEY
from junheng.assess.items import OF_SCHOOLS
from junheng.assess.model import Assessment, Failure, ItemResult, PartResult, Verdict, paired_parts
from junheng.exact import plain
from junheng.params.standard import Item
from junheng.report.content.numbers import PRINT, REQUIRED, amount_said, beside_limit, requirement
from junheng.report.content.phrases import PhraseBook, listed
from junheng.report.content.statements import (
    NEAREST,
    failed_conclusion,
    level_said,
    part_figures,
    said_threshold,
    variation_said,
)


@dataclass(frozen=True)
class FailedPart:
    """A failed requirement: `result` under the standard it fails; `local` when only the local standard fails it."""

    item: Item
    result: PartResult
    local: bool


@dataclass(frozen=True)
class SchoolFailures:
    """A school that fails requirements of one item, each once, however many it fails."""

    code: str
    name: str
    failures: tuple[tuple[FailedPart, Failure], ...]


def failed_parts(national: ItemResult, local: ItemResult) -> tuple[FailedPart, ...]:
    """Return the parts of an item that fail for certain, under the national standard where that fails too."""
    found = []
    for mine, theirs in paired_parts(national, local):
        # What the national standard misses already is told by its threshold; the stricter local one adds nothing to it.
        if mine is not None and mine.verdict is Verdict.UNMET:
            found.append(FailedPart(national.item, mine, local=False))
        elif theirs.verdict is Verdict.UNMET:
            found.append(FailedPart(national.item, theirs, local=True))
    return tuple(found)


def item_failures(item_id: str, assessment: Assessment) -> tuple[FailedPart, ...]:
    """Return the failed parts of an item by its id."""
    return failed_parts(assessment.national.item(item_id), assessment.local.item(item_id))


def failures_said(parts: Iterable[FailedPart], assessment: Assessment, phrases: PhraseBook) -> str:
    """Say what failed, with figure and requirement: 数学校际差异率0.162（应低于0.15），科学Ⅱ级（应不低于Ⅲ级）."""
    return "，".join(dict.fromkeys(_part_said(part, assessment, phrases) for part in parts))


def _part_said(failed: FailedPart, assessment: Assessment, phrases: PhraseBook) -> str:
    part = failed.result.part
    if part.kind == "total":
        return _total_said(failed, assessment, phrases)
    if part.over in OF_SCHOOLS:
        return _count_said(failed, assessment, phrases)
    if part.over == "qualitative":
        return failed_conclusion(failed.item.id, assessment, phrases)
    told = [_row_said(failed, failure, assessment, phrases) for failure in failed.result.failures]
    return listed(told) or phrases.say("failed.rows", name=part.name)


def _total_said(failed: FailedPart, assessment: Assessment, phrases: PhraseBook) -> str:
    value, asked = part_figures(failed.item.id, failed.result.part.id, assessment)
    unit = failed.result.part.unit
    return phrases.say(
        _own("failed", failed, phrases, "failed.total"),
        name=_label(failed),
        value=f"{value}{unit}",
        **_asked_words(failed, assessment, f"{asked}{unit}"),
    )


def _label(failed: FailedPart) -> str:
    """The part's name, left out where the item already says it (初中三年巩固率未达标：93.2%)."""
    name = failed.result.part.name
    return "" if name == failed.item.short else name


def _asked_words(failed: FailedPart, assessment: Assessment, asked: str) -> dict[str, Any]:
    """The requirement and its word, and the standard that makes it where that is the local one alone."""
    title = assessment.local.standard.title if failed.local else ""
    return {"asked": asked, "word": requirement(failed.result.part.comparator, asked), "by": title}


def _count_said(failed: FailedPart, assessment: Assessment, phrases: PhraseBook) -> str:
    """How many schools fail one requirement."""
    return phrases.say(
        _own("failed_count", failed, phrases, "failed_count"),
        name=failed.result.part.name,
        count=len({failure.code for failure in failed.result.failures}),
        **_asked_words(failed, assessment, asked_of_all(failed.result)),
    )


def asked_of_all(result: PartResult) -> str:
    """Write a threshold that is the same for every row, with its unit."""
    if not isinstance(result.threshold, Fraction):
        return said_threshold(result.threshold)
    return f"{plain(result.threshold * PRINT[result.part.show][0])}{result.part.unit}"


def _row_said(failed: FailedPart, failure: Failure, assessment: Assessment, phrases: PhraseBook) -> str:
    """A failing row of another sheet than 学校: a subject of the monitoring."""
    return phrases.say(
        _own("failed", failed, phrases, "failed.row"),
        name=failure.code or failure.subject,
        part=failed.result.part.name,
        value=_row_figure(failed, failure.value),
        **_asked_words(failed, assessment, _row_figure(failed, failure.threshold)),
    )


def _row_figure(failed: FailedPart, value: Fraction | str | None) -> str:
    part = failed.result.part
    if part.id == "level" and isinstance(value, Fraction):
        return level_said(value)
    if part.id == "variation" and value != failed.result.threshold:
        return variation_said(value, failed.result)
    return value_said(value, failed.result)


def school_failures(parts: Sequence[FailedPart]) -> tuple[SchoolFailures, ...]:
    """Return the schools that fail any of `parts`, each once, in the order they are found."""
    found: dict[str, SchoolFailures] = {}
    for failed in parts:
        if failed.result.part.over not in OF_SCHOOLS:
            continue
        for failure in failed.result.failures:
            known = found.get(failure.code) or SchoolFailures(failure.code, failure.subject, ())
            found[failure.code] = replace(known, failures=(*known.failures, (failed, failure)))
    return tuple(found.values())


def school_said(school: SchoolFailures, phrases: PhraseBook) -> str:
    """Name a school with all that it fails: 某某小学（音乐专用教室2间，应不少于3间；美术专用教室1间，应不少于3间）."""
    return f"{school.name}（{school_figures(school, phrases)}）"


def school_figures(school: SchoolFailures, phrases: PhraseBook) -> str:
    """Say all that a school has and what is asked of it."""
    return "；".join(failure_said(failed, failure, phrases) for failed, failure in school.failures)


def failures_by_school(assessment: Assessment) -> dict[str, tuple[tuple[Item, SchoolFailures], ...]]:
    """Return, by school code, the items a school fails under either standard, in the standard's order."""
    found: dict[str, tuple[tuple[Item, SchoolFailures], ...]] = {}
    for result in assessment.national.items:
        for school in school_failures(item_failures(result.item.id, assessment)):
            found[school.code] = (*found.get(school.code, ()), (result.item, school))
    return found


def failure_said(failed: FailedPart, failure: Failure, phrases: PhraseBook) -> str:
    """Say what a school has and what is asked of it."""
    result = failed.result
    return phrases.say(
        "failed.school",
        name=_own_label(failed, phrases),
        value=(NEAREST[result.part.comparator] if failure.missing else "") + _had_said(failure, result),
        word=_LEAST.get(result.part.comparator, REQUIRED[result.part.comparator]),
        asked=value_said(failure.threshold, result),
        nothing="是" if result.part.comparator == "<=" and failure.threshold == 0 else "否",
    )


def _had_said(failure: Failure, result: PartResult) -> str:
    """What a school has; a ratio with the decimals of every ratio, more where they would contradict (RULES §10)."""
    value, asked = failure.value, failure.threshold
    if result.part.show == "percent" and isinstance(value, Fraction) and isinstance(asked, Fraction):
        factor, decimals = PRINT["percent"]
        said = beside_limit(value * factor, asked * factor, result.part.comparator, decimals)
        return f"{said}{result.part.unit}"
    return value_said(value, result)


_LEAST = {">=": "不少于"}


def _own_label(failed: FailedPart, phrases: PhraseBook) -> str:
    name = _own("failed_label", failed, phrases, "")
    return phrases.say(name) if name else failed.result.part.name


def _own(prefix: str, failed: FailedPart, phrases: PhraseBook, otherwise: str) -> str:
    """The phrase of this part where params have one, else the general one."""
    name = f"{prefix}.{failed.item.id}.{failed.result.part.id}"
    return name if name in phrases else otherwise


def value_said(value: Fraction | str | None, result: PartResult) -> str:
    """Write a figure of one row with its unit: money from 1万元 on in 万元."""
    if not isinstance(value, Fraction):
        return f"{value}{result.part.unit}"
    if result.part.show == "percent":
        return f"{plain(value * 100, 4)}{result.part.unit}"
    if result.part.unit == MONEY:
        return amount_said(value, MONEY)
    return f"{plain(value, 8)}{result.part.unit}"
