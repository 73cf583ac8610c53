"""The frames of an assessment: units, indicators, disparity, items, parts, conclusions, gaps, missing, excluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from junheng.assess.gaps import Shortfall, missing_inputs, shortfalls
from junheng.assess.model import Assessment, Cell, ItemResult, PartResult, Unit, Verdict, paired_parts
from junheng.exact import plain
from junheng.lab.frames.model import (
    BOOK,
    ENGINE,
    STANDARD,
    FrameKind,
    Terms,
    aspect_columns,
    indicator_columns,
    item_columns,
    school_columns,
    stage_column,
    students_column,
    verdict_column,
)
from junheng.params.formula_text import SIGN_OF
from junheng.params.standard import ASPECTS, Indicator
from junheng.report.content.numbers import BLANK
from junheng.report.content.statements import NO_SUBJECT, item_statement, said_threshold
from junheng.workbook.columns import Column

JOINT = "；"
PER_SUBJECT = "逐个核定"
"""Stands for a threshold that depends on the school (⌈classes/12⌉, 100 × the base amount)."""


# ---- one row a unit ----


def _unit_columns(terms: Terms) -> tuple[Column, ...]:
    place = f"{BOOK}〔学校〕"
    return (
        *school_columns(terms, lambda unit: unit),
        Column("sponsor", "举办者类型", "category", lambda u: u.sponsor, source=place, words=terms.words("sponsor")),
        Column("combined", "是否一贯制", "yesno", lambda u: u.combined, source=place),
        students_column(lambda unit: unit),
        Column("grades", "年级数", "whole", lambda u: u.grades, "个", place),
        Column("classes", "班数", "whole", lambda u: u.classes, "个", place),
        *(_value_column(indicator) for indicator in terms.national.indicators),
        Column("met_count", "达标项数", "whole", lambda u: u.met_count, "项", ENGINE),
        Column("min_ratio", "最低比值", "number", lambda u: u.min_ratio, "指标值÷标准值", ENGINE),
        Column("unmet", "未达标指标", "text", lambda u: _named(u, Verdict.UNMET), source=ENGINE),
        Column("unknown", "无法判定指标", "text", lambda u: _named(u, Verdict.UNKNOWN), source=ENGINE),
        verdict_column("verdict", "结论", lambda u: u.verdict),
    )  # fmt: skip


def _value_column(indicator: Indicator) -> Column:
    key, source = indicator.id, f"{indicator.name}（{indicator.clause}）"
    return Column(key, key, "number", lambda u: u.cells[key].value, indicator.unit, source)


def _named(unit: Unit, verdict: Verdict) -> str:
    return "、".join(name for name, cell in unit.cells.items() if cell.verdict is verdict)


# ---- one row an indicator of a unit ----


@dataclass(frozen=True)
class UnitCell:
    """An indicator of a unit."""

    unit: Unit
    cell: Cell


def _unit_cells(assessment: Assessment, terms: Terms) -> Iterator[UnitCell]:
    return (UnitCell(unit, cell) for unit in assessment.units for cell in unit.cells.values())


def _indicator_columns(terms: Terms) -> tuple[Column, ...]:
    known = terms.indicators
    return (
        *school_columns(terms, lambda r: r.unit),
        *indicator_columns(terms, lambda r: r.cell.indicator),
        Column("numerator", "分子", "number", lambda r: r.cell.numerator, "见“分子单位”列", f"{BOOK}〔学校〕，一贯制学校按学段分摊"),
        Column("numerator_unit", "分子单位", "text", lambda r: known[r.cell.indicator].numerator_unit, source=STANDARD),
        students_column(lambda r: r.unit),
        Column("value", "指标值", "number", lambda r: r.cell.value, "见“单位”列", ENGINE),
        Column("threshold", "标准值", "number", lambda r: r.cell.threshold, "见“单位”列", STANDARD),
        Column("unit", "单位", "text", lambda r: known[r.cell.indicator].unit, source=STANDARD),
        Column("ratio", "比值", "number", lambda r: r.cell.ratio, "指标值÷标准值", ENGINE),
        Column("exception", "例外情形", "text", lambda r: r.cell.exception, source="该县年度参数"),
        verdict_column("verdict", "结论", lambda r: r.cell.verdict),
    )  # fmt: skip


# ---- one row a coefficient of variation ----


def _disparity_columns(terms: Terms) -> tuple[Column, ...]:
    unit = "见各指标"
    return (
        stage_column(terms, lambda row: row.stage),
        *indicator_columns(terms, lambda row: row.indicator),
        Column("mean", "平均值", "number", lambda row: row.mean, unit, ENGINE),
        Column("sd", "标准差", "number", lambda row: row.sd, unit, ENGINE),
        Column("cv", "差异系数", "number", lambda row: row.cv, "", ENGINE),
        Column("limit", "限值", "number", lambda row: row.limit, "", STANDARD),
        Column("units", "评估单元数", "whole", lambda row: row.units, "个", ENGINE),
        verdict_column("verdict", "结论", lambda row: row.verdict),
        Column("reason", "说明", "text", lambda row: row.reason or None, source=ENGINE),
    )


# ---- one row an item, one row a requirement of an item ----


@dataclass(frozen=True)
class BothItems:
    """An item under both standards, with its statement."""

    national: ItemResult
    local: ItemResult
    statement: str


def _items(assessment: Assessment, terms: Terms) -> Iterator[BothItems]:
    for national in assessment.national.items:
        local = assessment.local.item(national.item.id)
        yield BothItems(national, local, item_statement(national, assessment, terms.phrases))


def _item_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        *item_columns(lambda r: r.national.item),
        Column("value", "指标值", "text", _value, "见“parts”表", ENGINE),
        Column("national_threshold", "国家标准值", "text", lambda r: _thresholds(r.national), "见“parts”表", STANDARD),
        verdict_column("national_verdict", "国家标准结论", lambda r: r.national.verdict),
        Column("local_threshold", "地方标准值", "text", lambda r: _thresholds(r.local), "见“parts”表", STANDARD),
        verdict_column("local_verdict", "地方标准结论", lambda r: r.local.verdict),
        Column("statement", "指标值或简要结论", "text", lambda r: r.statement, source=ENGINE),
    )  # fmt: skip


def _value(row: BothItems) -> str:
    """The figures of all parts, those the local standard alone asks at the end; empty when all are open."""
    texts = [_part_value(mine or theirs) for mine, theirs in paired_parts(row.national, row.local)]
    return JOINT.join(text or BLANK for text in texts) if any(texts) else ""


def _part_value(part: PartResult) -> str:
    """The figure of a total, the number that fail an `each` (empty while open), or the sheet's own word."""
    if part.empty:
        return NO_SUBJECT if part.verdict is Verdict.MET else ""
    if isinstance(part.value, Fraction):
        # An `each` with missing rows and no failing one is open: 0 would say that none fails.
        return "" if part.part.kind == "each" and part.missing and not part.failures else plain(part.value)
    return part.value or ""


def _thresholds(result: ItemResult) -> str:
    return JOINT.join(_threshold(part) for part in result.parts)


def _threshold(part: PartResult) -> str:
    if isinstance(part.threshold, Fraction):
        return plain(part.threshold)
    return said_threshold(part.threshold) or (PER_SUBJECT if part.part.kind == "each" else "")


@dataclass(frozen=True)
class BothParts:
    """A requirement of an item under both standards; `national` is None where only the local one asks it."""

    item: str
    national: PartResult | None
    local: PartResult

    @property
    def leading(self) -> PartResult:
        """The part under the national standard, where that asks it."""
        return self.national or self.local


def _parts(assessment: Assessment, terms: Terms) -> Iterator[BothParts]:
    for result in assessment.national.items:
        for mine, theirs in paired_parts(result, assessment.local.item(result.item.id)):
            yield BothParts(result.item.id, mine, theirs)


def _part_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        Column("item", "编号", "text", lambda r: r.item, source=STANDARD),
        Column("part", "要求", "text", lambda r: r.leading.part.name, source=STANDARD),
        Column("value", "数值", "number", lambda r: _total_value(r.leading), "见“单位”列", ENGINE),
        Column("unit", "单位", "text", lambda r: r.leading.part.unit or None, source=STANDARD),
        Column("comparator", "比较", "text", lambda r: SIGN_OF[r.leading.part.comparator], source=STANDARD),
        Column("national_threshold", "国家标准值", "number", lambda r: r.national and r.national.threshold, "同“数值”", STANDARD),
        verdict_column("national_verdict", "国家标准结论", lambda r: r.national and r.national.verdict),
        Column("local_threshold", "地方标准值", "number", lambda r: r.local.threshold, "同“数值”", STANDARD),
        verdict_column("local_verdict", "地方标准结论", lambda r: r.local.verdict),
        Column("rows", "核定对象数", "whole", lambda r: r.leading.rows, "个", ENGINE),
        Column("failures", "不符合数", "whole", lambda r: len(r.leading.failures), "个", ENGINE),
        Column("failing", "不符合的对象", "text", lambda r: "、".join(f.subject for f in r.leading.failures) or None, source=ENGINE),
    )  # fmt: skip


def _total_value(part: PartResult) -> Any:
    """The figure of a requirement on totals; what is asked of each school has no one figure (see `failures`)."""
    return part.value if part.part.kind == "total" else None


# ---- conclusions, gaps, missing inputs, schools left out ----


def _conclusions(assessment: Assessment, terms: Terms) -> Iterator[tuple[str, Verdict, Verdict]]:
    for aspect in ASPECTS:
        yield aspect, getattr(assessment.national, aspect), getattr(assessment.local, aspect)


def _conclusion_columns(terms: Terms) -> tuple[Column, ...]:
    return aspect_columns(("national_verdict", "国家标准结论"), ("local_verdict", "地方标准结论"))


def _gap_columns(terms: Terms) -> tuple[Column, ...]:
    return (
        *school_columns(terms, lambda s: s.unit),
        students_column(lambda s: s.unit),
        *indicator_columns(terms, lambda s: s.indicator.id),
        Column("value", "指标值", "number", lambda s: s.cell.value, "见“单位”列", ENGINE),
        Column("threshold", "标准值", "number", lambda s: s.cell.threshold, "见“单位”列", STANDARD),
        Column("unit", "单位", "text", lambda s: s.indicator.unit, source=STANDARD),
        Column("ratio", "比值", "number", lambda s: s.cell.ratio, "指标值÷标准值", ENGINE),
        Column("gap_name", "缺口项", "text", lambda s: s.indicator.gap_name, source=STANDARD),
        Column("gap", "缺口", "number", lambda s: s.gap, "见“缺口单位”列", f"{ENGINE}，人、间向上取整"),
        Column("gap_unit", "缺口单位", "text", lambda s: s.indicator.gap_unit, source=STANDARD),
    )


def _gaps(assessment: Assessment, terms: Terms) -> tuple[Shortfall, ...]:
    return shortfalls(assessment.national)


def _missing_columns(terms: Terms) -> tuple[Column, ...]:
    def place(part: str) -> Any:
        return lambda missing: getattr(missing.source, part, None)

    return (
        Column("subject", "对象", "text", lambda m: m.subject, source=BOOK),
        Column("key", "键", "text", lambda m: m.key, source="数据字典"),
        Column("header", "数据项", "text", lambda m: m.header, source="数据字典"),
        Column("file", "文件", "text", place("file"), source=BOOK),
        Column("sheet", "工作表", "text", place("sheet"), source=BOOK),
        Column("cell", "单元格", "text", place("cell"), source=BOOK),
        Column("reason", "原因", "text", lambda m: m.reason, source=ENGINE),
    )


def _excluded_columns(terms: Terms) -> tuple[Column, ...]:
    place = f"{BOOK}〔学校〕"
    return (
        Column("school_code", "学校标识码", "text", lambda e: e.school_code, source=place),
        Column("school_name", "学校名称", "text", lambda e: e.school_name, source=place),
        Column("school_type", "学校类型", "category", lambda e: e.school_type,
               source=f"{place}办学类型", words=terms.words("school_type")),
        Column("students", "在校生数", "whole", lambda e: e.students, "人", place),
        Column("reason", "原因", "text", lambda e: e.reason, source=ENGINE),
    )  # fmt: skip


ASSESSMENT_FRAMES: Mapping[str, FrameKind] = {
    "units": FrameKind("评估单元", "一个评估单元（一所学校的一个学段），先小学后初中，按学校标识码排列",
                       _unit_columns, lambda a, _: a.units),
    "indicators": FrameKind("评估单元的指标", "一个评估单元的一项指标", _indicator_columns, _unit_cells),
    "disparity": FrameKind("校际差异系数", "一个学段的一项指标，每学段末行为综合",
                           _disparity_columns, lambda a, _: a.national.disparities),
    "items": FrameKind("政府保障程度、教育质量、社会认可度、一票否决", "一个项目，按标准的顺序", _item_columns, _items),
    "parts": FrameKind("项目的各项要求", "一个项目的一项要求", _part_columns, _parts),
    "conclusions": FrameKind("各方面结论", "一个方面，末行为总体结论", _conclusion_columns, _conclusions),
    "gaps": FrameKind("缺口", "未达标单元的一项未达标指标", _gap_columns, _gaps),
    "missing": FrameKind("缺少的数据", "一个缺少的数据，每个只列一次", _missing_columns,
                         lambda a, _: missing_inputs(a)),
    "excluded": FrameKind("不单独评估的学校", "一所不成为评估单元的学校", _excluded_columns,
                          lambda a, _: a.national.excluded),
}  # fmt: skip
"""The frames of an assessment, by name."""
