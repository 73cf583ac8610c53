"""The frames of a comparison: the same thing in both years (or before and after a trial), side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from junheng.assess.model import Cell, Disparity
from junheng.assess.trend import Both, Trend, cell_pairs, disparity_pairs, item_pairs, unit_pairs
from junheng.lab.frames.model import (
    ENGINE,
    STANDARD,
    FrameKind,
    Terms,
    aspect_columns,
    indicator_columns,
    item_columns,
    school_columns,
    stage_column,
    verdict_column,
)
from junheng.params.standard import ASPECTS
from junheng.workbook.columns import Column

CHANGES = {
    "improved": "变为达标",
    "worsened": "变为未达标",
    "opened": "新增",
    "closed": "减少",
    "other": "其他变化",
    "same": "未变",
}


def change_of(both: Both) -> str:
    """How a unit's verdict changed."""
    if both.before is None or both.now is None:
        return "opened" if both.before is None else "closed"
    old, new = str(both.before.verdict), str(both.now.verdict)
    if old == new:
        return "same"
    return {("未达标", "达标"): "improved", ("达标", "未达标"): "worsened"}.get((old, new), "other")


def _pair(
    key: str,
    heading: str,
    kind: Any,
    value: Callable[[Any], Any],
    both: Callable[[Any], Both],
    unit: str = "",
) -> tuple[Column, Column]:
    return (
        Column(
            f"{key}_before", f"上年{heading}", kind, lambda r: both(r).side("before", value), unit, ENGINE
        ),
        Column(key, heading, kind, lambda r: both(r).side("now", value), unit, ENGINE),
    )


def _verdicts(both: Callable[[Any], Both]) -> tuple[Column, Column]:
    return (
        verdict_column("verdict_before", "上年结论", lambda r: both(r).side("before", lambda x: x.verdict)),
        verdict_column("verdict", "结论", lambda r: both(r).side("now", lambda x: x.verdict)),
    )


def _itself(record: Any) -> Any:
    return record


def _unit_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        *school_columns(terms, lambda r: r.any),
        *_pair("students", "在校生数", "whole", lambda u: u.students, _itself, "人"),
        *_pair("met_count", "达标项数", "whole", lambda u: u.met_count, _itself, "项"),
        *_pair("min_ratio", "最低比值", "number", lambda u: u.min_ratio, _itself, "指标值÷标准值"),
        *_verdicts(_itself),
        Column("change", "变化", "category", change_of, source=ENGINE, words=CHANGES),
    )


def _cell_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        *school_columns(terms, lambda r: r[0]),
        *indicator_columns(terms, lambda r: r[1].any.indicator),
        *_pair("value", "指标值", "number", _value, lambda r: r[1], "见各指标"),
        Column("change", "增减", "number", lambda r: r[1].change(_value), "见各指标", ENGINE),
        *_verdicts(lambda r: r[1]),
    )


def _value(cell: Cell) -> Fraction | None:
    return cell.value


def _cv(row: Disparity) -> Fraction | None:
    return row.cv


def _disparity_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        stage_column(terms, lambda r: r.any.stage),
        *indicator_columns(terms, lambda r: r.any.indicator),
        *_pair("mean", "平均值", "number", lambda d: d.mean, _itself, "见各指标"),
        *_pair("cv", "差异系数", "number", _cv, _itself),
        Column("change", "增减", "number", lambda r: r.change(_cv), "", ENGINE),
        Column("limit", "限值", "number", lambda r: r.any.limit, "", STANDARD),
        *_verdicts(_itself),
    )


def _item_columns(terms: Terms) -> tuple[Column, ...]:
    return (*item_columns(lambda r: r.any.item), *_verdicts(_itself))


def _conclusion_columns(terms: Terms) -> tuple[Column, ...]:
    return aspect_columns(("verdict_before", "上年结论"), ("verdict", "结论"))


def _conclusions(trend: Trend, terms: Terms) -> Iterator[tuple[str, Any, Any]]:
    for aspect in ASPECTS:
        yield aspect, getattr(trend.before.national, aspect), getattr(trend.now.national, aspect)


TREND_FRAMES: Mapping[str, FrameKind] = {
    "units": FrameKind("评估单元两年对照", "一个评估单元，上年度有而本年度没有的在后",
                       _unit_columns, lambda t, _: unit_pairs(t.before, t.now, t.codes)),
    "indicators": FrameKind("评估单元的指标两年对照", "一个评估单元的一项指标",
                            _cell_columns, lambda t, _: cell_pairs(t.before, t.now, t.codes)),
    "disparity": FrameKind("校际差异系数两年对照", "一个学段的一项指标",
                           _disparity_columns, lambda t, _: disparity_pairs(t.before, t.now)),
    "items": FrameKind("项目结论两年对照（国家标准）", "一个项目", _item_columns, lambda t, _: item_pairs(t.before, t.now)),
    "conclusions": FrameKind("各方面结论两年对照（国家标准）", "一个方面", _conclusion_columns, _conclusions),
}  # fmt: skip
"""The frames of a comparison with last year, by name."""
