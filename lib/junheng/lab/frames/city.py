"""The frames of the city: its counties in a row each, and every frame of an assessment stacked over the counties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from junheng.assess.city import AssessedCounty, Cause, CityAssessment
from junheng.assess.city_tasks import GoalResult, city_counts, city_requirements
from junheng.assess.model import Assessment
from junheng.lab.frames.assessment import ASSESSMENT_FRAMES
from junheng.lab.frames.model import ENGINE, FrameKind, Terms, verdict_column
from junheng.params.counties import County
from junheng.params.standard import ASPECTS
from junheng.workbook.columns import Column
from junheng.workbook.frames import book_columns
from junheng.workbook.model import Row

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


def _counties(city: CityAssessment, terms: Terms) -> Iterator[tuple[int | None, AssessedCounty]]:
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


CITY_BOOK = "市级工作簿"


def _goal_columns(terms: Terms) -> tuple[Column, ...]:
    place = f"{CITY_BOOK}〔市级目标〕"
    plan = "params/tasks.yml"
    return (
        Column("task", "任务序号", "text", lambda r: r.task.id, source=plan),
        Column("goal", "目标", "text", lambda r: r.goal.name, source=plan),
        Column("target", "目标值", "number", lambda r: r.goal.target, "见“单位”列", plan),
        Column("unit", "单位", "text", lambda r: r.goal.unit or None, source=plan),
        Column("by", "完成年度", "whole", lambda r: r.goal.by, "年", plan),
        Column("own", "市级填报", "number", lambda r: r.own, "见“单位”列", place),
        Column("total", "县级填报合计", "number", lambda r: r.total if r.reporting else None,
               "见“单位”列", "采集工作簿〔目标任务〕"),
        Column("reporting", "填报县数", "whole", lambda r: r.reporting, "个", ENGINE),
        Column("state", "状态", "category", lambda r: r.row.get("state"), source=place,
               words={term.value: term.label for term in terms.city.vocabularies["goal_state"]}),
        Column("told", "完成情况", "text", lambda r: r.row.get("told"), source=place),
        verdict_column("verdict", "结论", lambda r: r.verdict),
    )  # fmt: skip


def _goals(city: CityAssessment, terms: Terms) -> Iterable[GoalResult]:
    found = (*city_counts(terms.tasks, city), *city_requirements(terms.tasks, city))
    order = [goal.id for goal in terms.tasks.city_goals]
    return sorted(found, key=lambda result: order.index(result.goal.id))


def _of_sheet(name: str) -> FrameKind:
    """A sheet of the city's workbook as it stands."""

    def records(city: CityAssessment, terms: Terms) -> Iterable[Row]:
        return city.records.rows(name)

    return FrameKind(
        SHEETS[name],
        f"{CITY_BOOK}该表的一行；没有市级工作簿的为空表",
        lambda terms: book_columns(terms.city)[name],
        records,
    )


SHEETS = {
    "teams": "专班台账",
    "visits": "实地督导",
    "third_parties": "第三方评估",
    "register": "督办登记",
    "received": "收文",
}

CITY_FRAMES: Mapping[str, FrameKind] = {
    "counties": FrameKind("各县（市、区）", "一个县（市、区），按全市名单的顺序", _county_columns, _counties),
    **{name: _of_members(kind) for name, kind in STACKED_FRAMES.items()},
    "goals": FrameKind(
        "全市性目标和市级任务", "一项全市性目标或市级任务，按任务的顺序", _goal_columns, _goals
    ),
    **{name: _of_sheet(name) for name in SHEETS},
    "left_out": FrameKind(
        "未纳入的县（市、区）", "一个未纳入的县（市、区）", _left_out_columns, lambda c, _: c.left_out
    ),
}
"""The frames of the city, by name."""
