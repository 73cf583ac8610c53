"""What the figures show, as DataFrames: one row a mark, a bar or a dot.

Numbers are floats of the exact values, to be drawn; what is printed beside them (`text`, `change`) and every class is
made from the exact values here, so that no figure judges or rounds anew. A number that is not known is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor

import pandas as pd

from junheng.assess.model import Assessment, Disparity, Result, Unit, Verdict
from junheng.assess.trend import Trend
from junheng.exact import fixed, honest_decimals
from junheng.params.standard import Indicator, Stage, Standard
from junheng.report.content.numbers import BLANK, EDGE_MARK, cv_text, difference

WHOLE = "unit"
"""Stands for an indicator where a row is about the unit's verdict as a whole."""
BINS = 20
"""Bins of the distribution per 1 of the ratio: 0.05 each, so that one begins at each of the limits."""
PLACES = ("城区", "镇区", "乡村")
UNSTATED = "未注明"
LARGE = 10
"""From here on a ratio to the threshold is no longer printed as a number."""


def row_names(result: Result) -> dict[str, str]:
    """The rows of a figure with the unit's verdict first: key and label."""
    return {WHOLE: "评估单元综合达标"} | {i.id: i.short for i in result.standard.indicators}


def shares_frame(assessment: Assessment, trend: Trend | None) -> pd.DataFrame:
    """The share of units that meet each indicator, this year and last.

    Columns: stage, key (`WHOLE` or an indicator), label, units, met, unknown (counts), share and before (per cent; NaN
    while a unit is open), text and before_text, change (percentage points; 不可比 with open units; blank without last year).
    """
    rows = []
    for stage in assessment.national.standard.stages:
        now = assessment.national.stage_units(stage.id)
        last = trend.before.national.stage_units(stage.id) if trend else ()
        for key, label in row_names(assessment.national).items() if now else ():
            mine, theirs = _verdicts(now, key), _verdicts(last, key)
            share, before = _met_share(mine), _met_share(theirs)
            text, old = _share_text(share), _share_text(before)
            rows.append({
                "stage": stage.id, "key": key, "label": label, "units": len(mine),
                "met": mine.count(Verdict.MET), "unknown": mine.count(Verdict.UNKNOWN),
                "share": _float(share), "text": text if mine else "—",
                "before": _float(before), "before_text": old if theirs else "",
                "change": _change(text, old) if theirs and mine else "",
            })  # fmt: skip
    columns = ("stage", "key", "label", "units", "met", "unknown", "share", "text", "before", "before_text",
               "change")  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _verdicts(units: Sequence[Unit], key: str) -> list[Verdict]:
    if key == WHOLE:
        return [unit.verdict for unit in units]
    return [unit.cells[key].verdict for unit in units if key in unit.cells]


def _met_share(verdicts: Sequence[Verdict]) -> Fraction | None:
    if not verdicts or Verdict.UNKNOWN in verdicts:
        return None
    return Fraction(verdicts.count(Verdict.MET) * 100, len(verdicts))


def _share_text(share: Fraction | None) -> str:
    return Verdict.UNKNOWN.value if share is None else fixed(share, 1)


def _float(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)


def _change(text: str, before: str) -> str:
    """The difference of two printed figures with its sign; 不可比 when one of them is not known."""
    change = difference(text, before)
    return "不可比" if change is None else change.signed


def disparity_frame(assessment: Assessment, trend: Trend | None) -> pd.DataFrame:
    """The coefficients of variation of each indicator against their limits, this year and last.

    Columns: stage, key, label, cv, before, limit, over (bool), text, before_text (blank without last year), change.
    """
    standard = assessment.national.standard
    rows = []
    for stage in standard.stages:
        old = {row.indicator: last for row, last in trend.disparities(stage.id)} if trend else {}
        for indicator in standard.indicators if assessment.national.has_peers(stage.id) else ():
            row, last = assessment.national.disparity(stage.id, indicator.id), old.get(indicator.id)
            text, old_text = (_cv_text(one, standard) if one else "" for one in (row, last))
            known = last is not None and last.cv is not None and row.cv is not None
            rows.append({
                "stage": stage.id, "key": indicator.id, "label": indicator.short,
                "cv": _float(row.cv), "before": _float(last.cv if last else None), "limit": _float(row.limit),
                "over": row.verdict is Verdict.UNMET, "text": text, "before_text": old_text,
                "change": _change(text, old_text) if known else "",
            })  # fmt: skip
    columns = ("stage", "key", "label", "cv", "before", "limit", "over", "text", "before_text", "change")
    return pd.DataFrame(rows, columns=columns)


def _cv_text(row: Disparity, standard: Standard) -> str:
    """Write a coefficient as the tables do, without their mark, which a figure has no note for."""
    if row.cv is None:
        return BLANK if row.undefined else Verdict.UNKNOWN.value
    return cv_text(row, standard).removesuffix(EDGE_MARK)


def ratios_frame(assessment: Assessment) -> pd.DataFrame:
    """Each unit's value of each indicator by its threshold.

    Columns: stage, school_code, key, label, ratio, bin (whole number of 1/BINS, -1: not known), kind: met, near (not met,
    but at least the share of the threshold that one indicator may sink to), low, unknown.
    """
    result = assessment.national
    least = result.standard.unit_rule.floor
    rows = [
        {
            "stage": unit.stage, "school_code": unit.school_code, "key": indicator.id, "label": indicator.short,
            "ratio": _float(cell.ratio), "bin": -1 if cell.ratio is None else floor(cell.ratio * BINS),
            "kind": _kind(cell.ratio, cell.verdict, least),
        }
        for unit in result.units
        for indicator in result.standard.indicators
        for cell in [unit.cells[indicator.id]]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=("stage", "school_code", "key", "label", "ratio", "bin", "kind"))


def _kind(ratio: Fraction | None, verdict: Verdict, least: Fraction) -> str:
    if ratio is None:
        return "unknown"
    return "met" if verdict is Verdict.MET else "near" if ratio >= least else "low"


def location_frame(assessment: Assessment) -> pd.DataFrame:
    """The mean of each indicator by its threshold, by location: the ratio of totals (RULES §3).

    Columns: stage, place, units, key, label, ratio (NaN while a unit is open), below (bool), text.
    """
    result = assessment.national
    rows = []
    for stage in result.standard.stages:
        for place in places(result.units):
            own = [u for u in result.stage_units(stage.id) if (u.location or UNSTATED) == place]
            for indicator in result.standard.indicators if own else ():
                ratio = _mean_ratio(own, indicator, stage)
                text = Verdict.UNKNOWN.value if ratio is None else _ratio_text(ratio)
                rows.append({
                    "stage": stage.id, "place": place, "units": len(own), "key": indicator.id,
                    "label": indicator.short, "ratio": _float(ratio),
                    "below": ratio is not None and ratio < 1, "text": text,
                })  # fmt: skip
    return pd.DataFrame(rows, columns=("stage", "place", "units", "key", "label", "ratio", "below", "text"))


def places(units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the locations that have units, the known ones first."""
    found = {unit.location or UNSTATED for unit in units}
    return (*(place for place in PLACES if place in found), *sorted(found.difference(PLACES)))


def _mean_ratio(units: Sequence[Unit], indicator: Indicator, stage: Stage) -> Fraction | None:
    amount = pupils = Fraction(0)
    for unit in units:
        cell = unit.cells[indicator.id]
        if cell.value is None or cell.numerator is None or unit.students is None:
            return None
        amount += cell.numerator * indicator.factor
        pupils += unit.students
    # The ratio of totals, not the mean of ratios: a small school weighs as little as it has pupils (RULES §3).
    mean, threshold = amount / pupils, indicator.thresholds[stage.id]
    if indicator.comparator == ">=":
        return mean / threshold
    return threshold / mean if mean else None


def _ratio_text(ratio: Fraction) -> str:
    if ratio >= LARGE:
        return f"{LARGE}以上"
    return fixed(ratio, honest_decimals(ratio, Fraction(1), ">=", 2))


def items_frame(assessment: Assessment) -> pd.DataFrame:
    """The items of the national standard: key, group, label, verdict, stricter (only the local standard finds it unmet)."""
    local = {item.item.id: item.verdict for item in assessment.local.items}
    rows = [
        (i.item.id, i.item.group, i.item.short, i.verdict,
         local.get(i.item.id) is Verdict.UNMET and i.verdict is not Verdict.UNMET)
        for i in assessment.national.items
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["key", "group", "label", "verdict", "stricter"])


def tally(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """Count the three verdicts, all three always there."""
    found = list(verdicts)
    return {verdict: found.count(verdict) for verdict in Verdict}


def no_units(stage: Stage) -> str:
    """Say that a stage has no units, in a figure and in its description."""
    return f"本年度无{stage.name}评估单元"


def scope(assessment: Assessment) -> str:
    """Return the county and year a caption names."""
    return f"{assessment.county.title}{assessment.year}年"
