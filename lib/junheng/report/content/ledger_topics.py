"""What the ledger can hold: every requirement of the county with present value, standard, gap and verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from junheng.assess.gaps import rounded_up, shortfall
from junheng.assess.items import OF_SCHOOLS
from junheng.assess.model import Assessment, Disparity, Failure, PartResult, Unit, Verdict, paired_parts
from junheng.exact import COMPARATORS, in_full, plain
from junheng.params.standard import Indicator, Item, Standard
from junheng.report.content.model import TableCell
from junheng.report.content.numbers import (
    BLANK,
    EDGE_MARK,
    PRINT,
    amount_said,
    beside_limit,
    cell_text,
    cv_text,
    difference,
    in_print,
)
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import level_said, said_threshold, variation_said
from junheng.report.content.tables.building import origin, unit_origin
from junheng.workbook.model import Hidden

WHOLE_COUNTY = "全县"
SPREAD = "差异系数"
VETO = "veto"
NAMED = re.compile(r"\s*([A-Z]+\d+)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """What an item of the ledger is known by; a county's own item has neither school code nor stage."""

    school_code: str
    stage: str
    label: str


@dataclass(frozen=True)
class Topic:
    """A requirement as it stands. `met` None = cannot be determined; `failing`: it belongs into the ledger.

    `lacking` is what a unit lacks of an indicator as a number that may be added, rounded up as it is printed, and its unit.
    `allowed`: unmet, but its school is 达标 all the same (one indicator at 85% or more). `undefined`: there is nothing
    to judge, a coefficient whose mean is 0.
    """

    key: Key
    school_name: str
    met: bool | None
    failing: bool
    standard_value: TableCell = field(default_factory=lambda: TableCell(""))
    current_value: TableCell = field(default_factory=lambda: TableCell(""))
    gap: TableCell = field(default_factory=lambda: TableCell(""))
    lacking: tuple[Fraction, str] | None = None
    department: str = ""
    measure: str = ""
    allowed: bool = False
    undefined: bool = False

    def cells(self) -> dict[str, TableCell | str]:
        """The topic as a row: whose it is, what is asked, what there is and what it lacks."""
        return {
            "school": self.school_name,
            "stage": self.key.stage or BLANK,
            "indicator": self.key.label,
            "standard": self.standard_value,
            "current": self.current_value,
            "gap": self.gap,
        }


def indicator_label(indicator: Indicator) -> str:
    """Return what the column 指标 says of an indicator: L4 生均教学及辅助用房面积."""
    return f"{indicator.id} {indicator.name}"


def spread_label(indicator: Indicator) -> str:
    """Return what the column 指标 says of an indicator's coefficient of variation."""
    return f"{indicator_label(indicator)}{SPREAD}"


def part_label(item: Item, part: PartResult) -> str:
    """Return what the column 指标 says of one requirement of an item."""
    return f"{item.id} {part.part.name}"


def topic_label(text: str, standard: Standard) -> str:
    """Return what the column 指标 says in the ledger's words: `L4`, its name or short name mean the same."""
    match = NAMED.fullmatch(text)
    rest = match.group(2) if match else text.strip()
    for indicator in standard.indicators:
        # Counties write the label anew each year: the id decides where there is one, else the name or short name.
        named = (
            match.group(1) == indicator.id if match else rest.startswith((indicator.name, indicator.short))
        )
        if named:
            return spread_label(indicator) if rest.endswith(SPREAD) else indicator_label(indicator)
    for item in standard.items:
        if match and match.group(1) == item.id and not rest:
            return f"{item.id} {item.parts[0].name}"
    return " ".join(text.split())


def current_topics(assessment: Assessment, phrases: PhraseBook) -> Mapping[Key, Topic]:
    """Return every requirement by key: units, coefficients of variation, items (each school failing one)."""
    found = [
        *_unit_topics(assessment, phrases),
        *_spread_topics(assessment, phrases),
        *_item_topics(assessment, phrases),
    ]
    return {topic.key: topic for topic in found}


def _met(verdict: Verdict | None) -> bool | None:
    return {Verdict.MET: True, Verdict.UNMET: False}.get(verdict) if verdict else None


def _unit_topics(assessment: Assessment, phrases: PhraseBook) -> Iterator[Topic]:
    standard = assessment.national.standard
    for unit in assessment.units:
        for indicator in standard.indicators:
            cell = unit.cells[indicator.id]
            met = _met(cell.verdict)
            yield Topic(
                key=Key(unit.school_code, standard.stage(unit.stage).name, indicator_label(indicator)),
                school_name=unit.school_name,
                met=met,
                failing=met is False and unit.verdict is Verdict.UNMET,
                allowed=met is False and unit.verdict is Verdict.MET,
                standard_value=_value_cell(plain(cell.threshold), indicator.unit, cell.threshold),
                current_value=replace(
                    _value_cell(cell_text(cell, indicator), indicator.unit, cell.value),
                    origin=unit_origin(assessment, phrases, unit, indicator.id),
                ),
                gap=_unit_gap(unit, indicator),
                lacking=_lacking(unit, indicator),
                department=assessment.county.department(indicator.department),
                measure=indicator.measure,
            )


def _value_cell(text: str, unit: str, number: Fraction | None) -> TableCell:
    """A figure with its unit; the mark of an edge value goes behind the unit."""
    edge = EDGE_MARK if text.endswith(EDGE_MARK) else ""
    return TableCell(BLANK) if text == BLANK else TableCell(f"{text.removesuffix(edge)}{unit}{edge}", number)


def _unit_gap(unit: Unit, indicator: Indicator) -> TableCell:
    lacking = _lacking(unit, indicator)
    return TableCell(amount_said(*lacking), in_print(*lacking)[0]) if lacking else TableCell(BLANK)


def _lacking(unit: Unit, indicator: Indicator) -> tuple[Fraction, str] | None:
    gap = shortfall(unit, indicator)
    return (rounded_up(gap, indicator.gap_unit), indicator.gap_unit) if gap else None


def _spread_topics(assessment: Assessment, phrases: PhraseBook) -> Iterator[Topic]:
    standard = assessment.national.standard
    for row in assessment.national.disparities:
        if row.limit is None:
            continue
        indicator = standard.indicator(row.indicator)
        met = _met(row.verdict)
        yield Topic(
            key=Key("", standard.stage(row.stage).name, spread_label(indicator)),
            school_name=WHOLE_COUNTY,
            met=met,
            failing=met is False,
            standard_value=TableCell(in_full(row.limit, 2), row.limit),
            current_value=TableCell(
                cv_text(row, standard),
                row.cv,
                origin=origin(assessment, phrases, f"CV-{row.indicator}", stage=row.stage),
            ),
            gap=_spread_gap(row, standard),
            department=assessment.county.department(indicator.department),
            measure=phrases.say("ledger.disparity"),
            undefined=row.undefined,
        )


def _spread_gap(row: Disparity, standard: Standard) -> TableCell:
    if row.cv is None or row.limit is None or row.verdict is not Verdict.UNMET:
        return TableCell(BLANK)
    return _gap(cv_text(row, standard), in_full(row.limit, 2), "")


def _gap(value: str, asked: str, unit: str) -> TableCell:
    """What a figure lacks to what is asked, both as printed (no rounding hides an unmet figure, RULES §10)."""
    gap = difference(value, asked)
    return TableCell(BLANK) if not gap else TableCell(f"{gap.amount}{unit}", abs(gap.value))


def _item_topics(assessment: Assessment, phrases: PhraseBook) -> Iterator[Topic]:
    """Items by the national standard, and by the local one where only that fails."""
    for local in assessment.local.items:
        national = assessment.national.item(local.item.id)
        for mine, theirs in paired_parts(national, local):
            if theirs.part.kind == "each" and theirs.part.over in OF_SCHOOLS:
                yield from _school_topics(assessment, phrases, local.item, mine, theirs)
            else:
                yield from _county_topics(assessment, phrases, local.item, mine, theirs)


def _school_topics(
    assessment: Assessment, phrases: PhraseBook, item: Item, national: PartResult | None, local: PartResult
) -> Iterator[Topic]:
    worse = {failure.code: failure for failure in (national.failures if national else ())}
    for failure in local.failures:
        only_local = None if failure.code in worse else assessment
        standard, current, gap = _figures(local, worse.get(failure.code, failure), only_local)
        yield Topic(
            key=Key(failure.code, "", part_label(item, local)),
            school_name=failure.subject,
            met=False,
            failing=True,
            standard_value=standard,
            current_value=replace(current, origin=origin(assessment, phrases, item.id, failure.code)),
            gap=gap,
            department=assessment.county.department(item.department),
            measure=item.measure or phrases.say("ledger.school_item", name=item.name),
        )


def _county_topics(
    assessment: Assessment, phrases: PhraseBook, item: Item, national: PartResult | None, local: PartResult
) -> Iterator[Topic]:
    """One topic for a total; one a failing row (subject, veto) for what is asked of each row of a sheet."""
    part = national if national is not None and national.verdict is not Verdict.MET else local
    only_local = assessment if part is local and local.verdict is Verdict.UNMET else None
    phrase = "ledger.veto" if item.group == VETO else "ledger.county_item"
    # The value of what is asked of each row is how many rows fail: no present value that could stand in the ledger.
    value = None if part.part.kind == "each" and isinstance(part.value, Fraction) else part.value
    for failure in part.failures or (Failure("", WHOLE_COUNTY, value, part.threshold),):
        standard, current, gap = _figures(part, failure, only_local)
        named = part.part.over == "monitoring" and failure.code
        label = part_label(item, part) + (f"（{failure.code}）" if named else "")
        yield Topic(
            key=Key("", "", label),
            school_name=WHOLE_COUNTY,
            met=_met(part.verdict),
            failing=part.verdict is Verdict.UNMET,
            standard_value=standard,
            current_value=replace(current, origin=origin(assessment, phrases, item.id)),
            gap=gap,
            department=assessment.county.department(item.department),
            measure=item.measure or phrases.say(phrase, name=item.name),
        )


def is_item(label: str, standard: Standard) -> bool:
    """Say whether a label names an item (which has no stage) rather than an indicator."""
    return label.split(" ")[0] in {item.id for item in standard.items}


def met_topic(key: Key, assessment: Assessment) -> Topic | None:
    """Return the topic of a school or subject that an item no longer finds failing, or None."""
    schools = {row.text("school_code"): row.text("school_name") for row in assessment.book.rows("schools")}
    for local in assessment.local.items:
        for part in local.parts:
            who = _subject(key, local.item, part, schools)
            if who:
                is_open = any(who in missing.subject for missing in part.missing)
                return Topic(
                    key, schools.get(key.school_code, WHOLE_COUNTY), None if is_open else True, False
                )
    return None


def _subject(key: Key, item: Item, part: PartResult, schools: Mapping[str, str]) -> str:
    """Name the school (or subject in brackets) that `key` means, when `part` asks something of it."""
    name = part_label(item, part)
    if part.part.over in OF_SCHOOLS:
        return schools.get(key.school_code, "") if key.label == name else ""
    subject = key.label.removeprefix(f"{name}（").removesuffix("）")
    return subject if part.part.over == "monitoring" and key.label == f"{name}（{subject}）" else ""


def _figures(
    part: PartResult, failure: Failure, only_local: Assessment | None
) -> tuple[TableCell, TableCell, TableCell]:
    """Standard, value and gap of a part; `only_local` names the local standard beside its threshold."""
    value, threshold = failure.value, failure.threshold
    mark = f"（{only_local.local.standard.title}）" if only_local else ""
    if isinstance(value, Hidden) and isinstance(threshold, Fraction):
        asked = plain(threshold * PRINT[part.part.show][0])
        own = TableCell(f"{value}{part.part.unit}")
        return TableCell(f"{asked}{part.part.unit}{mark}"), own, TableCell(str(value))
    if not isinstance(value, Fraction) or not isinstance(threshold, Fraction):
        return TableCell(_words(threshold) + mark), TableCell(_words(value)), TableCell(BLANK)
    if part.part.over == "monitoring":
        return _monitored(part, value, threshold, mark)
    factor, places = PRINT[part.part.show]
    text = beside_limit(value * factor, threshold * factor, part.part.comparator, places)
    unit = part.part.unit
    met = COMPARATORS[part.part.comparator](value, threshold)
    gap_unit = "个百分点" if part.part.show == "percent" else unit
    asked = plain(threshold * factor)
    return (
        TableCell(f"{asked}{unit}{mark}", threshold * factor),
        _value_cell(text, unit, value * factor),
        TableCell(BLANK) if met else _gap(text, asked, gap_unit),
    )


def _monitored(
    part: PartResult, value: Fraction, threshold: Fraction, mark: str
) -> tuple[TableCell, TableCell, TableCell]:
    """The same of a subject of the monitoring, as the report says it: Ⅱ级, Ⅲ级, 1级; 0.162, 0.15, 0.012."""
    met = COMPARATORS[part.part.comparator](value, threshold)
    if part.part.id == "level":
        asked, own = TableCell(f"{level_said(threshold)}{mark}"), TableCell(level_said(value))
    else:
        asked, own = (
            TableCell(f"{plain(threshold)}{mark}", threshold),
            TableCell(variation_said(value, part), value),
        )
    gap = _gap(plain(value), plain(threshold), part.part.unit)
    return asked, own, TableCell(BLANK) if met else gap


def _words(value: Fraction | str | None) -> str:
    if isinstance(value, Fraction):
        return plain(value)
    return said_threshold(value) or BLANK
