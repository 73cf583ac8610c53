"""What a documented frame is: a title, what a row stands for, its columns and its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Assessment, Verdict
from junheng.params.dictionary import Dictionary, load_city_dictionary, load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.standard import ASPECTS, GROUPS, Indicator, Standard
from junheng.params.tasks import TaskPlan, load_tasks
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.columns import Column
from junheng.workbook.frames import params_of

VERDICTS = {verdict.value: verdict.value for verdict in (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET)}
"""From the worst to the best: `frame[frame["结论"] < "达标"]` is what is not met."""
BOOK, ENGINE, STANDARD = "采集工作簿", "评估程序", "评估标准"


@dataclass(frozen=True)
class Terms:
    """What columns draw on: the two standards, the dictionaries of the counties' and the city's workbooks, the sentences."""

    national: Standard
    local: Standard
    dictionary: Dictionary
    phrases: PhraseBook
    city: Dictionary
    tasks: TaskPlan

    @property
    def stages(self) -> Mapping[str, str]:
        """The names of the stages by id."""
        return {stage.id: stage.name for stage in self.national.stages}

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """The indicators of the national standard by id."""
        return {indicator.id: indicator for indicator in self.national.indicators}

    def words(self, vocabulary: str) -> Mapping[str, str]:
        """The stored words of a vocabulary and how they are shown."""
        return {term.value: term.label for term in self.dictionary.vocabularies[vocabulary]}


def terms_of(assessment: Assessment, phrases: PhraseBook | None = None) -> Terms:
    """Return the terms an assessment was made in; raises ParamsProblem."""
    params = params_of(assessment.book)
    return Terms(
        assessment.national.standard,
        assessment.local.standard,
        load_dictionary(params),
        phrases or PhraseBook(load_phrases(params)),
        load_city_dictionary(params),
        load_tasks(params),
    )


@dataclass(frozen=True)
class FrameKind:
    """A frame that can be asked for by name. `row` says in Chinese what one row is, and their order."""

    title: str
    row: str
    columns: Callable[[Terms], tuple[Column, ...]]
    records: Callable[[Any, Terms], Iterable[Any]]


def verdict_column(key: str, heading: str, value: Callable[[Any], Any]) -> Column:
    """A verdict of the exact engine, as an ordered category."""
    return Column(key, heading, "ordered", value, source=ENGINE, words=VERDICTS)


def stage_column(terms: Terms, value: Callable[[Any], Any]) -> Column:
    """The stage, as a category in the standard's order."""
    return Column("stage", "学段", "ordered", value, source=STANDARD, words=terms.stages)


def indicator_columns(terms: Terms, value: Callable[[Any], str]) -> tuple[Column, ...]:
    """The indicator's id (L1 …, 综合 for the composite) as an ordered category, and its name."""
    ids = {**{name: name for name in terms.indicators}, COMPOSITE: "综合"}
    names = {**{name: found.name for name, found in terms.indicators.items()}, COMPOSITE: "综合差异系数"}
    return (
        Column("indicator", "指标", "ordered", value, source=STANDARD, words=ids),
        Column("indicator_name", "指标名称", "text", lambda r: names.get(value(r)), source=STANDARD),
    )


def school_columns(terms: Terms, unit: Callable[[Any], Any]) -> tuple[Column, ...]:
    """Whose row it is: the unit's school, stage, type, location."""
    place = f"{BOOK}〔学校〕"
    return (
        Column("school_code", "学校标识码", "text", lambda r: unit(r).school_code, source=place),
        Column("school_name", "学校名称", "text", lambda r: unit(r).school_name, source=place),
        stage_column(terms, lambda r: unit(r).stage),
        Column("school_type", "学校类型", "category", lambda r: unit(r).school_type,
               source=f"{place}办学类型", words=terms.words("school_type")),
        Column("location", "城乡类型", "category", lambda r: unit(r).location,
               source=place, words=terms.words("location")),
    )  # fmt: skip


def item_columns(item: Callable[[Any], Any]) -> tuple[Column, ...]:
    """Which item a row is about: its id, group and name."""
    return (
        Column("item", "编号", "text", lambda r: item(r).id, source=STANDARD),
        Column("group", "类别", "category", lambda r: item(r).group, source=STANDARD, words=GROUPS),
        Column("name", "项目", "text", lambda r: item(r).name, source=STANDARD),
    )


def aspect_columns(*verdicts: tuple[str, str]) -> tuple[Column, ...]:
    """An aspect (first in the record) and its verdicts, given by key and heading."""
    return (
        Column("aspect", "方面", "ordered", lambda r: r[0], source=STANDARD, words=ASPECTS),
        *(verdict_column(key, heading, _at(n)) for n, (key, heading) in enumerate(verdicts, 1)),
    )


def _at(place: int) -> Callable[[Any], Any]:
    return lambda record: record[place]


def students_column(unit: Callable[[Any], Any]) -> Column:
    """The pupils of a unit."""
    return Column("students", "在校生数", "whole", lambda r: unit(r).students, "人", f"{BOOK}〔学校〕")
