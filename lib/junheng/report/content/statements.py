"""The sentence of an item (指标值或简要结论): one source for the tables, items.csv and the running text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from junheng.assess.model import Assessment, ItemResult, MissingInput, PartResult, Verdict, paired_parts
from junheng.exact import COMPARATORS, fixed, plain, round_half_up
from junheng.params.standard import Item
from junheng.report.content.numbers import BLANK, EDGE_MARK, PRINT, beside_limit
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.model import Row

VARIATION_DECIMALS = 3
"""Places of a 校际差异率 of the monitoring, as of a coefficient of variation (RULES §10)."""
LEVELS = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ")
MOST_PLACES = 12
"""Enough for any share of whole counts: two that differ at all differ within twelve places."""
NO_DATA = "缺少数据"
FORM_BLANK = "____"
"""A blank of the application form that cannot be filled in; why, says the list of missing data."""
NO_SUBJECT = "没有此类学校"
NEAREST = {">=": "至多", ">": "至多", "<=": "至少", "<": "至少"}
"""How the nearest a figure can come to its threshold is said, when it fails whatever is missing."""


def item_statement(result: ItemResult, assessment: Assessment, phrases: PhraseBook) -> str:
    """Return the sentence of an item, the same whichever standard's `result` is given.

    What is missing and which exceptions were used is said at the end.
    """
    national, local = _pair(result.item.id, assessment)
    said = phrases.say(_phrase(national.item, phrases), **_values(national, local, assessment, phrases))
    said += _certainly_said(national, phrases)
    missing = missing_said((m for part in national.parts for m in part.missing), phrases)
    if missing:
        said += phrases.say("item.missing", verdict=str(national.verdict), missing=missing)
    return said + _exceptions_said(national, local, phrases)


def form_statement(result: ItemResult, assessment: Assessment, phrases: PhraseBook) -> tuple[str, str]:
    """Return an item as the application form words it, and what has to be said beside the form's own words.

    The form's blanks are filled in, those that cannot be stay blank; an item without blanks has its sentence.
    """
    name = f"blanks.{result.item.id}"
    national, local = _pair(result.item.id, assessment)
    if name in phrases:
        values = {"rate": None, **_values(national, local, assessment, phrases)}
        if said := phrases.leaving(FORM_BLANK).say(name, **values):
            return said, _certainly_said(national, phrases) + _exceptions_said(national, local, phrases)
    return item_statement(result, assessment, phrases), ""


def _certainly_said(national: ItemResult, phrases: PhraseBook) -> str:
    return "".join(_certain_said(part, phrases) for part in national.parts if part.nearest is not None)


def _exceptions_said(national: ItemResult, local: ItemResult, phrases: PhraseBook) -> str:
    used = sorted({used for part in (*national.parts, *local.parts) for used in part.exceptions})
    return phrases.say("item.exceptions", ids="、".join(used)) if used else ""


def _certain_said(part: PartResult, phrases: PhraseBook) -> str:
    """Say that a total fails whatever its missing inputs turn out to be."""
    assert part.nearest is not None
    factor, places = PRINT[part.part.show]
    nearest = part.nearest * factor
    limit = _figure(part.threshold) * factor
    return phrases.say(
        "item.certain",
        name=part.part.name,
        nearest=NEAREST[part.part.comparator] + beside_limit(nearest, limit, part.part.comparator, places),
        asked=_asked(part),
        unit=part.part.unit,
    )


def _pair(item_id: str, assessment: Assessment) -> tuple[ItemResult, ItemResult]:
    return assessment.national.item(item_id), assessment.local.item(item_id)


def _phrase(item: Item, phrases: PhraseBook) -> str:
    """The item's own phrase, else its group's, else one made of its parts (an item added through params)."""
    for name in (f"item.{item.id}", f"item.{item.group}"):
        if name in phrases:
            return name
    return "item.default"


def _values(
    national: ItemResult, local: ItemResult, assessment: Assessment, phrases: PhraseBook
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "verdict": str(national.verdict),
        "differs": int(_thresholds(national) != _thresholds(local)),
        "local": assessment.local.standard.title,
        "named": _named(national),
        "parts": "；".join(part_said(part, phrases) for part in national.parts),
        **dict.fromkeys((f"n_{part.id}" for part in national.item.parts), None),
        **_part_values(national.parts, ""),
        **_part_values(local.parts, "_local"),
        **national.figures,
        **_judged_figures(national, local),
        **_sheet_values(national.item, assessment),
        **{name: national.item.reference(name, assessment.year) for name in national.item.references},
    }
    values |= _parts_said(national, values, phrases)
    conclusion = f"conclusion.{national.item.id}"
    if conclusion in phrases:
        values["conclusion_said"] = phrases.say(conclusion, **values)
    if national.item.id == "Q9":
        values |= _monitoring(national, assessment, phrases)
    return values


def _parts_said(national: ItemResult, values: dict[str, Any], phrases: PhraseBook) -> dict[str, str | None]:
    """Say the parts that have a phrase of their own (part.G3.music), as values of the item's phrase."""
    found: dict[str, str | None] = {f"said_{part.id}": None for part in national.item.parts}
    for part in (result.part for result in national.parts):
        name = f"part.{national.item.id}.{part.id}"
        if name in phrases:
            own = {
                key: values.get(f"{key}_{part.id}") for key in ("n", "open", "rows", "asked", "v", "empty")
            }
            found[f"said_{part.id}"] = phrases.say(name, **values, **own)
    return found


def _thresholds(result: ItemResult) -> list[Fraction | str | None]:
    return [part.threshold for part in result.parts]


def _named(result: ItemResult) -> str:
    """Name the school when exactly one fails."""
    names = {failure.code: failure.subject for part in result.parts for failure in part.failures}
    return f"（{next(iter(names.values()))}）" if len(names) == 1 else ""


def _part_values(parts: Iterable[PartResult], suffix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in parts:
        name = f"{part.part.id}{suffix}"
        values[f"v_{name}"] = str(part.verdict)
        values[f"n_{name}"] = len(part.failures)
        values[f"rows_{name}"] = part.rows
        values[f"open_{name}"] = _open_rows(part)
        values[f"empty_{name}"] = int(part.empty)
        values[f"asked_{name}"] = _asked(part)
    return values


def _open_rows(part: PartResult) -> int:
    """How many rows of an `each` are open: they lack an input, and it decides them."""
    return len({m.subject for m in part.missing} - {failure.subject for failure in part.failures})


def _asked(part: PartResult) -> str:
    if not isinstance(part.threshold, Fraction):
        return said_threshold(part.threshold) or BLANK
    return plain(part.threshold * PRINT[part.part.show][0])


def said_threshold(threshold: object) -> str:
    """Write a threshold that is no number: 达标, or 是 and 否 for what must be so or not."""
    if isinstance(threshold, bool):
        return "是" if threshold else "否"
    return str(threshold or "")


def _judged_figures(national: ItemResult, local: ItemResult) -> dict[str, str]:
    """Write the figures that a verdict hangs on, so that no rounding contradicts it under either standard."""
    texts: dict[str, str] = {}
    for national_part, theirs in paired_parts(national, local):
        mine = national_part or theirs
        if mine.part.kind != "total" or not isinstance(mine.value, Fraction):
            continue
        value, threshold = _printed_pair(mine, theirs)
        # A figure of the phrase that is computed like the judged one is written like it; an item without figures of
        # its own has `rate`.
        same = [name for name, figure in national.item.figures.items() if figure.value == mine.part.value]
        texts |= dict.fromkeys(same or [n for n in ("rate",) if n not in national.item.figures], value)
        asked = [n for n, figure in national.item.figures.items() if figure.value == mine.part.threshold]
        texts |= dict.fromkeys(asked, threshold)
    return texts


def part_figures(item_id: str, part_id: str, assessment: Assessment) -> tuple[str, str]:
    """Return value and threshold of a total as printed, so that no rounding contradicts either standard's verdict.

    The threshold is the national one where that fails, else the local one.
    """
    pairs = paired_parts(*_pair(item_id, assessment))
    mine, theirs = next((m or t, t) for m, t in pairs if t.part.id == part_id)
    failing = mine if mine.verdict is Verdict.UNMET else theirs
    word = ""
    if failing.nearest is not None:
        word = NEAREST[failing.part.comparator]
        mine, theirs = replace(mine, value=failing.nearest), replace(theirs, value=failing.nearest)
    value, threshold = _printed_pair(mine, theirs)
    if mine.verdict is not Verdict.UNMET:
        threshold = _printed_pair(theirs, mine)[1]
    return word + value, _trimmed(threshold)


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def failed_conclusion(item_id: str, assessment: Assessment, phrases: PhraseBook) -> str:
    """Say what fails in the words of 定性指标: the county's summary, or the phrase of the item, without the last 。."""
    national, local = _pair(item_id, assessment)
    values = _values(national, local, assessment, phrases)
    said = values.get("conclusion_said") or phrases.say(_phrase(national.item, phrases), **values)
    return str(said).removesuffix("。")


def _printed_pair(mine: PartResult, theirs: PartResult) -> tuple[str, str]:
    """Return value and threshold in print, with places added (and ※) until they agree with both verdicts."""
    factor, usual = PRINT[mine.part.show]
    value, threshold = _figure(mine.value) * factor, _figure(mine.threshold) * factor
    limits = {threshold, _figure(theirs.threshold) * factor}
    places = usual
    # One sentence stands in tables under both standards, so its figure may contradict neither limit.
    while places < MOST_PLACES and any(_misleads(value, x, mine.part.comparator, places) for x in limits):
        places += 1
    return fixed(value, places) + (EDGE_MARK if places > usual else ""), fixed(threshold, places)


def _misleads(value: Fraction, limit: Fraction, comparator: str, places: int) -> bool:
    """Say whether value and limit, both as printed, would suggest the other verdict."""
    holds = COMPARATORS[comparator]
    printed = holds(round_half_up(value, places), round_half_up(limit, places))
    exact_limit = holds(round_half_up(value, places), limit)
    return holds(value, limit) != printed or holds(value, limit) != exact_limit


def _figure(value: object) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(0)


def _sheet_values(item: Item, assessment: Assessment) -> dict[str, Any]:
    """What the sheets 定性指标 and 一票否决 say of the item."""
    said = _sheet_row(assessment, "qualitative", item.id)
    veto = _sheet_row(assessment, "vetoes", item.id)
    present = veto.get("present")
    return {
        "conclusion": said.get("conclusion"),
        "summary": sentence(said.text("summary")),
        "present": None if present is None else "是" if present else "否",
        "explanation": sentence(veto.text("explanation")),
    }


def _sheet_row(assessment: Assessment, sheet: str, item_id: str) -> Row:
    rows = (row for row in assessment.book.rows(sheet) if row.text("item") == item_id)
    return next(rows, Row({}))


def sentence(text: str) -> str:
    """Close a text with 。 unless it ends a sentence already."""
    text = text.strip()
    return text if not text or text[-1] in "。！？；.!?" else f"{text}。"


def level_said(level: Fraction) -> str:
    """Write a level of the monitoring: Ⅲ级."""
    whole = int(level)
    return f"{LEVELS[whole] if 0 < whole < len(LEVELS) and whole == level else plain(level)}级"


def _monitoring(national: ItemResult, assessment: Assessment, phrases: PhraseBook) -> dict[str, Any]:
    """The subjects that were monitored with level and variation, and those that were not."""
    limit = next((p for p in national.parts if p.part.id == "variation"), None)
    named = phrases.say("blanks.subjects").split("、") if "blanks.subjects" in phrases else []
    told, left, form = [], [], []
    for row in assessment.book.rows("monitoring"):
        level, variation = row.get("level"), row.get("variation")
        subject = row.text("subject")
        values = {
            "subject": subject,
            "level": level_said(level) if isinstance(level, Fraction) else "",
            "variation": variation_said(variation, limit),
        }
        open_ = level is None and variation is None
        if open_:
            left.append(subject)
        else:
            told.append(phrases.say("item.Q9.subject", **values))
        if subject in named or not open_:  # the form names six; others stand there when they were monitored
            blanks = {key: text or None for key, text in values.items()}
            form.append(phrases.leaving(FORM_BLANK).say("blanks.subject", **blanks))
    return {
        "subjects": "；".join(told),
        "form_subjects": "；".join(form),
        "monitored": len(told),
        "unmonitored": "、".join(left),
    }


def variation_said(value: object, limit: PartResult | None) -> str:
    """Write a 校际差异率, never contradicting its limit; empty when it is missing."""
    if not isinstance(value, Fraction):
        return ""
    if limit is None or not isinstance(limit.threshold, Fraction):
        return fixed(value, VARIATION_DECIMALS)
    return beside_limit(value, limit.threshold, limit.part.comparator, VARIATION_DECIMALS)


def part_said(part: PartResult, phrases: PhraseBook) -> str:
    """Say a part without a phrase of its own: its name and figure, or how many fail."""
    figure = part.value if isinstance(part.value, str) else ""
    if part.part.kind == "total" and isinstance(part.value, Fraction):
        figure = f"{_printed_pair(part, part)[0]}{part.part.unit}"
    return phrases.say(
        "item.part",
        name=part.part.name,
        verdict=str(part.verdict),
        nothing=part.empty and part.verdict is Verdict.MET,
        open=part.verdict is Verdict.UNKNOWN or part.value is None,
        figure=figure,
        failing=len(part.failures),
    )


def missing_said(missing: Iterable[MissingInput], phrases: PhraseBook) -> str:
    """Say which inputs are missing, the schools of the same field together; empty when none is."""
    grouped: dict[str, dict[str, None]] = {}
    others: dict[str, None] = {}
    for entry in missing:
        if entry.reason == NO_DATA:
            grouped.setdefault(entry.header, {})[entry.subject] = None
        else:
            # What is not a cell of the workbook has its own name as header, which is not said twice.
            name = "" if entry.header == entry.subject else f"“{entry.header}”"
            others[f"{entry.subject}{name}{entry.reason}"] = None
    told = (
        phrases.say("item.lacking", header=header, first=next(iter(names)), count=len(names))
        for header, names in grouped.items()
    )
    return "；".join([*told, *others])
