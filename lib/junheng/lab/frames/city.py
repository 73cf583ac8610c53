"""The frames of the city: its counties in a row each, and every frame of an assessment stacked over the counties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from junheng.assess.city import Cause, CityAssessment, Member
from junheng.assess.model import Assessment
from junheng.lab.frames.assessment import ASPECTS, ASSESSMENT_FRAMES
from junheng.lab.frames.model import ENGINE, FrameKind, Terms, verdict_column
from junheng.params.counties import County
from junheng.workbook.columns import Column

COUNTY_LIST = "全市县（市、区）名单"
COUNTY_COLUMNS = (
    Column("county_code", "县（市、区）代码", "text", lambda r: r.county.code, source=COUNTY_LIST),
    Column("county", "县（市、区）", "text", lambda r: r.county.title, source=COUNTY_LIST),
)


@dataclass(frozen=True)
class OfCounty:
    """A record with the county it belongs to."""

    county: County
    record: Any


def stacked(kind: FrameKind) -> FrameKind:
    """The same frame over several counties, told apart by the first two columns."""

    def columns(terms: Terms) -> tuple[Column, ...]:
        return (*COUNTY_COLUMNS, *(_inner(column) for column in kind.columns(terms)))

    def records(assessments: Iterable[Assessment], terms: Terms) -> Iterator[OfCounty]:
        return (OfCounty(a.county, record) for a in assessments for record in kind.records(a, terms))

    return FrameKind(kind.title, f"{kind.row}；各县（市、区）依次排列", columns, records)


def _inner(column: Column) -> Column:
    value: Callable[[Any], Any] = column.value
    return Column(
        column.key, column.heading, column.kind, lambda r: value(r.record), column.unit, column.source, column.words
    )  # fmt: skip


STACKED_FRAMES: Mapping[str, FrameKind] = {name: stacked(kind) for name, kind in ASSESSMENT_FRAMES.items()}
"""The frames of several assessments, by name."""


def _counties(city: CityAssessment, terms: Terms) -> Iterator[tuple[int | None, Member]]:
    places = {rank.member.county.code: rank.place for rank in city.ranking}
    return ((places.get(member.county.code), member) for member in city.members)


def _county_columns(terms: Terms) -> tuple[Column, ...]:
    def national(aspect: str) -> Callable[[Any], Any]:
        return lambda r: getattr(r[1].assessment.national, aspect)

    return (
        Column("county_code", "县（市、区）代码", "text", lambda r: r[1].county.code, source=COUNTY_LIST),
        Column("county", "县（市、区）", "text", lambda r: r[1].county.title, source=COUNTY_LIST),
        Column("target_year", "规划达标年度", "whole", lambda r: r[1].county.target_year, "年", COUNTY_LIST),
        Column("place", "排名", "whole", lambda r: r[0], "", ENGINE),
        *(verdict_column(aspect, name, national(aspect)) for aspect, name in ASPECTS.items()),
        verdict_column("overall_local", "地方标准总体结论", lambda r: r[1].assessment.local.overall),
        Column("units", "评估单元数", "whole", lambda r: len(r[1].assessment.units), "个", ENGINE),
        Column("met_units", "达标单元数", "whole", lambda r: r[1].met_units, "个", ENGINE),
        Column("met_share", "达标单元占比", "number", lambda r: r[1].met_share, "比值（1为全部）", ENGINE),
        Column("mean_cv", "平均差异系数", "number", lambda r: r[1].mean_cv, "", ENGINE),
        Column("overdue", "逾期未销号", "whole", lambda r: r[1].overdue, "项", "上年度整改台账"),
    )


def _left_out_columns(terms: Terms) -> tuple[Column, ...]:
    causes = {name: terms.phrases.say(f"city.left_out.{name}") for name in get_args(Cause)}
    return (
        *COUNTY_COLUMNS,
        Column("cause", "原因", "category", lambda gone: gone.cause, source=ENGINE, words=causes),
        Column("detail", "详情", "text", lambda gone: gone.detail, source=ENGINE),
    )


def _of_members(kind: FrameKind) -> FrameKind:
    def records(city: CityAssessment, terms: Terms) -> Iterable[Any]:
        return kind.records([member.assessment for member in city.members], terms)

    return FrameKind(kind.title, kind.row, kind.columns, records)


CITY_FRAMES: Mapping[str, FrameKind] = {
    "counties": FrameKind("各县（市、区）", "一个县（市、区），按全市名单的顺序", _county_columns, _counties),
    **{name: _of_members(kind) for name, kind in STACKED_FRAMES.items()},
    "left_out": FrameKind(
        "未纳入的县（市、区）", "一个未纳入的县（市、区）", _left_out_columns, lambda c, _: c.left_out
    ),
}
"""The frames of the city, by name."""
