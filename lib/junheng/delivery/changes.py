"""What changed in figures between two packages of a county, read from the data files of both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.exact import fixed
from junheng.lab import data_files
from junheng.params.standard import ASPECTS
from junheng.report.content.model import BLANK

_MOST_DECIMALS = 12


@dataclass(frozen=True)
class Compared:
    """A data file: how its rows are told apart, which columns count, and what they are called (Chinese)."""

    kind: str
    key: tuple[str, ...]
    name: tuple[str, ...]
    columns: Mapping[str, str]


COMPARED: dict[str, Compared] = {
    "data/units.csv": Compared(
        "评估单元", ("school_code", "stage"), ("school_name", "stage"),
        {"students": "在校生数", "met_count": "达标指标数", "verdict": "结论"},
    ),
    "data/indicators.csv": Compared(
        "指标值", ("school_code", "stage", "indicator"), ("school_name", "stage", "indicator"),
        {"value": "指标值", "threshold": "标准值", "verdict": "结论"},
    ),
    "data/disparity.csv": Compared(
        "差异系数", ("stage", "indicator"), ("stage", "indicator"),
        {"mean": "平均值", "cv": "差异系数", "limit": "限值", "verdict": "结论"},
    ),
    "data/items.csv": Compared(
        "评估项目", ("item",), ("item",),
        {"value": "数值", "national_threshold": "国家标准值", "national_verdict": "国家标准结论",
         "jining_threshold": "市标准值", "jining_verdict": "市标准结论", "statement": "简要结论"},
    ),
}  # fmt: skip
VERDICT_FILE = f"data/{data_files.VERDICT_FILE}"
VERDICTS = ASPECTS | {"overall": "总体结论（国家标准）", "overall_jining": "总体结论（市标准）"}
_WORDS = {"primary": "小学", "junior": "初中", "composite": "综合"}


def changed_figures(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Return one row a changed figure or verdict (keys kind, subject, item, before, after), verdicts first."""
    rows = _verdicts(old.get(VERDICT_FILE), new.get(VERDICT_FILE))
    for name, compared in COMPARED.items():
        rows += _table(compared, _records(old.get(name)), _records(new.get(name)))
    return rows


def _verdicts(old: bytes | None, new: bytes | None) -> list[dict[str, str]]:
    before, after = (json.loads(data) if data else {} for data in (old, new))
    return [
        _row("总结论", "本县（市、区）", label, str(before.get(key, "")), str(after.get(key, "")))
        for key, label in VERDICTS.items()
        if before.get(key) != after.get(key)
    ]


def _records(data: bytes | None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))) if data else []


def _table(
    compared: Compared, old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    before = {tuple(row.get(key, "") for key in compared.key): row for row in old}
    after = {tuple(row.get(key, "") for key in compared.key): row for row in new}
    rows: list[dict[str, str]] = []
    for key in [*before, *(key for key in after if key not in before)]:
        first, second = before.get(key, {}), after.get(key, {})
        named = second or first
        subject = "".join(_word(named.get(name, "")) for name in compared.name)
        for column, label in compared.columns.items():
            one, other = first.get(column, ""), second.get(column, "")
            if one != other or bool(first) != bool(second):
                rows.append(_row(compared.kind, subject, label, *_shown(one, other)))
    return rows


def _word(text: str) -> str:
    return f"（{_WORDS[text]}）" if text in _WORDS else text


def _row(kind: str, subject: str, item: str, before: str, after: str) -> dict[str, str]:
    return {
        "kind": kind, "subject": subject, "item": item, "before": before or BLANK, "after": after or BLANK,
    }  # fmt: skip


def _shown(one: str, other: str) -> tuple[str, str]:
    """Two figures with as few decimals (two or more) as still tell them apart; texts as they are."""
    first, second = _number(one), _number(other)
    shown = [number for number in (first, second) if number is not None]
    if len(shown) < 2 or all(number.denominator == 1 for number in shown):
        return tuple(_short(text, number) for text, number in ((one, first), (other, second)))  # type: ignore[return-value]
    for decimals in range(2, _MOST_DECIMALS):
        pair = fixed(shown[0], decimals), fixed(shown[1], decimals)
        if pair[0] != pair[1]:
            return pair
    return one, other


def _short(text: str, number: Fraction | None) -> str:
    return text if number is None or number.denominator == 1 else fixed(number, 4)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
