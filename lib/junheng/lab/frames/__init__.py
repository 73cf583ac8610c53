"""Everything an analyst sees as DataFrames; docs/frames.md lists every frame and column.

Verdicts are judged in fractions by the engine and only shown here; no frame decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from junheng.assess.city import CityAssessment
from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.errors import UsageProblem, named
from junheng.lab.frames.assessment import ASSESSMENT_FRAMES
from junheng.lab.frames.changes import BEFORE_AFTER
from junheng.lab.frames.changes import with_schools as with_schools
from junheng.lab.frames.city import CITY_FRAMES, STACKED_FRAMES
from junheng.lab.frames.model import FrameKind, terms_of
from junheng.lab.frames.trend import TREND_FRAMES
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.columns import make_frame
from junheng.workbook.frames import book_frame
from junheng.workbook.model import CountyBook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["before_after", "frame", "frame_of", "stacked_frame", "with_schools"]


def frame(of: Any, name: str = "units", *, keys: bool = False, exact: bool = False) -> pd.DataFrame:
    """把评估结果变成DataFrame，可筛选、排序、分组、合并、作图、导出。

    of：`book`（采集工作簿）、`assessment`（评估）、`trend`（与上年度比较，可为None以外的结果）或`city`（全市汇总）。
    name：表名。评估有units、indicators、disparity、items、parts、conclusions、gaps、missing、excluded；
    采集工作簿有schools、county、issues、repairs等；各表各列的含义、单位、来源见docs/frames.md。
    keys=True：列名用数据字典的键；exact=True：数值为分数（Fraction），与评估程序所用的完全一致。
    结论是有序类别（未达标<无法判定<达标），由评估程序按精确值判定。

    例：
        units = wb.frame(assessment, "units")
        units[(units["学段"] == "小学") & (units["L5"] < 7.5)].sort_values("在校生数")
    """
    return frame_of(of, name, keys, exact)


def frame_of(
    of: Any, name: str, keys: bool = False, exact: bool = False, phrases: PhraseBook | None = None
) -> pd.DataFrame:
    """What `frame` gives; `phrases` spares reading the sentences again. Raises UsageProblem."""
    if isinstance(of, CountyBook):
        return _titled(book_frame(of, name, keys, exact), name)
    kinds, assessment = _kinds_of(of)
    kind = named(kinds, name, "表")
    terms = terms_of(assessment, phrases)
    made = make_frame(kind.columns(terms), kind.records(of, terms), keys, exact)
    return _titled(made, kind.title)


def _titled(made: pd.DataFrame, title: str) -> pd.DataFrame:
    made.attrs |= {"title": title, "columns": list(made.columns)}
    return made


def _kinds_of(of: Any) -> tuple[Mapping[str, FrameKind], Assessment]:
    """The frames there are of a thing, and an assessment in whose terms they speak; raises UsageProblem."""
    if isinstance(of, Assessment):
        return ASSESSMENT_FRAMES, of
    if isinstance(of, Trend):
        return TREND_FRAMES, of.now
    if isinstance(of, CityAssessment):
        return CITY_FRAMES, of.members[0].assessment
    if of is None:
        raise UsageProblem("没有上年度可用的采集工作簿，不能与上年度比较。")
    raise UsageProblem(
        f"frame的第一个参数应为采集工作簿、评估、与上年度比较或全市汇总，现为{type(of).__name__}。"
        '例如wb.frame(assessment, "units")。'
    )


def stacked_frame(
    assessments: Iterable[Assessment], name: str, *, keys: bool = False, exact: bool = False
) -> pd.DataFrame:
    """Return one frame over several assessments, with the county in front; raises UsageProblem."""
    assessments = list(assessments)
    kind = named(STACKED_FRAMES, name, "表")
    terms = terms_of(assessments[0])
    return _titled(make_frame(kind.columns(terms), kind.records(assessments, terms), keys, exact), kind.title)


def before_after(official: Any, tried: Any, *, keys: bool = False, exact: bool = False) -> pd.DataFrame:
    """列出试算前后有变化的评估单元、指标、差异系数、项目和结论，没有变化的不列。

    official：正式评估；tried：试算后的评估（`wb.assess(work, changed)`或试算结果）。

    例：
        changes = wb.before_after(assessment, tried)
        changes[changes["类别"] == "结论"]
    """
    sides = [getattr(side, "assessment", side) for side in (official, tried)]
    for side in sides:
        if not isinstance(side, Assessment):
            raise UsageProblem(
                f"before_after需要试算前、试算后的两个评估，现有一个为{type(side).__name__}。"
                "例如wb.before_after(assessment, wb.assess(work, changed))。"
            )
    terms = terms_of(sides[0])
    made = make_frame(BEFORE_AFTER.columns(terms), BEFORE_AFTER.records(sides, terms), keys, exact)
    return _titled(made, f"{BEFORE_AFTER.title}（试算，不是正式评估结果）")
