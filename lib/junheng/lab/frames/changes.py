"""Frames back in: an edited frame of schools becomes a book whose changed values say 试算, and what that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from junheng.assess.model import Assessment
from junheng.assess.trend import Both, cell_pairs, disparity_pairs, item_pairs, unit_pairs
from junheng.assess.whatif import with_schools as book_with_schools
from junheng.errors import UsageProblem, did_you_mean
from junheng.lab.frames.model import FrameKind, Terms, verdict_column
from junheng.params.dictionary import load_dictionary
from junheng.params.standard import ASPECTS
from junheng.report.content.numbers import unit_name
from junheng.workbook.columns import Column
from junheng.workbook.frames import params_of
from junheng.workbook.model import CountyBook

if TYPE_CHECKING:
    import pandas as pd

CODE = "school_code"
COUNTY = "全县"
"""Whose a figure is that no school has."""


def with_schools(book: CountyBook, frame: pd.DataFrame) -> CountyBook:
    """把改过的学校表放回采集工作簿，得到一本试算用的工作簿；原来的book不变。

    frame：由`book.schools`或`wb.frame(book, "schools")`改来，可改数值（空值即缺数据）、增加行（新建学校）、删去行（撤销学校）；
    列可以只留一部分，未列出的列不变。改过的值标明“试算值”，含试算值的工作簿不能写成正式报告。
    学校标识码重复、列名不认识、数值不合要求时给出提示，不作改动。

    例：
        schools = book.schools
        schools.loc["2137830001", "students_primary"] = 1100
        changed = wb.with_schools(book, schools)
        tried = wb.assess(work, changed)
    """
    dictionary = load_dictionary(params_of(book))
    keys = {name: field.key for name, field in dictionary.sheet("schools").by_name.items()}
    table = frame if _names_code(frame.columns, keys) else _with_codes(frame).reset_index()
    unknown = [str(name) for name in table.columns if name not in keys]
    if not _names_code(table.columns, keys):
        raise UsageProblem("表中没有学校标识码：应为索引，或名为“学校标识码”的列。")
    if unknown:
        hint = did_you_mean(unknown[0], keys)
        raise UsageProblem(
            f"“{unknown[0]}”不是采集工作簿〔学校〕的数据项。{hint}自己加的列请先去掉：frame.drop(columns=[…])。"
        )
    table = table.rename(columns=keys)
    twice = table.columns[table.columns.duplicated()].tolist()
    if twice:
        raise UsageProblem(f"“{twice[0]}”在表中有两列，请只留一列。")
    return book_with_schools(book, dictionary, _rows(table))


def _with_codes(frame: pd.DataFrame) -> pd.DataFrame:
    """Name an index of codes that has lost its name, as pd.concat with a row of one's own leaves it."""
    from pandas.api.types import is_numeric_dtype

    return frame if frame.index.name or is_numeric_dtype(frame.index) else frame.rename_axis(CODE)


def _names_code(columns: Any, keys: dict[str, str]) -> bool:
    return any(keys.get(name) == CODE for name in columns)


def _rows(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The figures of each school by code; NA becomes None. Raises UsageProblem for a code missing or there twice."""
    import pandas as pd

    rows: dict[str, dict[str, Any]] = {}
    for values in table.astype(object).to_dict("records"):
        row = {str(key): None if pd.isna(value) else _plain(value) for key, value in values.items()}
        code = str(row[CODE] or "").strip()
        if not code:
            raise UsageProblem("表中有一行没有学校标识码，请补上（新建学校可自拟一个未用过的10位号码）。")
        if code in rows:
            raise UsageProblem(f"学校标识码“{code}”在表中出现两次，请只留一行。")
        rows[code] = {**row, CODE: code}
    return rows


def _plain(value: Any) -> Any:
    """A value of numpy's types as Python's own."""
    return value.item() if hasattr(value, "item") else value


@dataclass(frozen=True)
class TrialDifference:
    """One figure or verdict that a trial changed; `unit` of the figures."""

    kind: str
    subject: str
    stage: str
    what: str
    before: Fraction | None
    after: Fraction | None
    verdict_before: Any = None
    verdict_after: Any = None


def differences(official: Assessment, tried: Assessment) -> Iterator[TrialDifference]:
    """Yield everything that differs: conclusions, units, their indicators, coefficients of variation, items."""
    every = (*_aspects(official, tried), *(_sides(*one) for one in _pairs(official, tried)))
    return (d for d in every if (d.before, d.verdict_before) != (d.after, d.verdict_after))


Pair = tuple[tuple[str, str, str, str], Both, Callable[[Any], Any], Callable[[Any], Any]]
"""What is compared (kind, subject, stage, what), both sides, and how its figure and its verdict are taken from a side."""


def _pairs(official: Assessment, tried: Assessment) -> Iterator[Pair]:
    standard = official.national.standard
    indicators = {i.id: i.id for i in standard.indicators}
    for both in unit_pairs(official, tried):
        head = ("评估单元", unit_name(both.any, standard), both.any.stage)
        yield (*head, "在校生数"), both, lambda unit: unit.students, _none
        # The count of indicators carries the unit's verdict, so that a verdict that turns is told once.
        yield (*head, "达标项数"), both, lambda unit: Fraction(unit.met_count), _verdict
    for unit, both in cell_pairs(official, tried):
        head = ("指标", unit_name(unit, standard), unit.stage)
        yield (*head, both.any.indicator), both, lambda cell: cell.value, _verdict
    for both in disparity_pairs(official, tried):
        what = indicators.get(both.any.indicator, "综合")
        yield ("差异系数", COUNTY, both.any.stage, what), both, lambda row: row.cv, _verdict
    for both in item_pairs(official, tried):
        what = f"{both.any.item.id} {both.any.item.name}（{standard.title}）"
        yield ("项目", COUNTY, "", what), both, _none, _verdict


def _none(side: Any) -> None:
    return None


def _verdict(side: Any) -> Any:
    return side.verdict


def _sides(head: tuple[str, str, str, str], both: Both, value: Any, verdict: Any) -> TrialDifference:
    figures, verdicts = ([both.side(side, take) for side in ("before", "now")] for take in (value, verdict))
    return TrialDifference(*head, *figures, *verdicts)


def _aspects(official: Assessment, tried: Assessment) -> Iterator[TrialDifference]:
    for before, now in ((official.national, tried.national), (official.local, tried.local)):
        for aspect, name in ASPECTS.items():
            what, verdicts = (
                f"{name}（{before.standard.title}）",
                (getattr(before, aspect), getattr(now, aspect)),
            )
            yield TrialDifference("结论", COUNTY, "", what, None, None, *verdicts)


KINDS = {kind: kind for kind in ("结论", "评估单元", "指标", "差异系数", "项目")}


def _columns(terms: Terms) -> tuple[Column, ...]:
    return (
        Column("kind", "类别", "category", lambda d: d.kind, source="评估程序", words=KINDS),
        Column("subject", "对象", "text", lambda d: d.subject, source="采集工作簿"),
        Column("stage", "学段", "ordered", lambda d: d.stage, source="评估标准", words=terms.stages),
        Column("what", "内容", "text", lambda d: d.what, source="评估标准"),
        Column("before", "试算前", "number", lambda d: d.before, "见各指标", "评估程序"),
        Column("after", "试算后", "number", lambda d: d.after, "见各指标", "评估程序"),
        verdict_column("verdict_before", "试算前结论", lambda d: d.verdict_before),
        verdict_column("verdict_after", "试算后结论", lambda d: d.verdict_after),
    )


BEFORE_AFTER = FrameKind(
    "试算前后对照", "一个有变化的数值或结论", _columns, lambda pair, _: differences(*pair)
)
"""What a trial changed; nothing that stayed the same is listed."""
