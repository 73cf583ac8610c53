"""Numbers as text: which spellings are accepted and mended, which are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from junheng.workbook.read.text import Units, fold_spaces, half_width

NUMBER = re.compile(r"^([+-]?)([0-9]+(?:\.[0-9]+)?|\.[0-9]+)$")
GROUPED = re.compile(r"^([+-]?[0-9]{1,3})((?:[, ][0-9]{3})+)(\.[0-9]+)?$")
SUFFIXED = re.compile(r"^([+-]?[0-9][0-9,. ]*?|[+-]?\.[0-9]+) ?([^0-9,. +-][^0-9]*|m2|M2)$")
MOST_DIGITS = 30
"""No figure has as many; a longer one would only cost time in every computation with it."""


@dataclass(frozen=True)
class NumberText:
    """A number read from text: its value, what was mended (Chinese), the unit after it, percent or not."""

    value: Fraction
    repairs: tuple[str, ...] = ()
    unit: str | None = None
    percent: bool = False


def parse_number(text: str, units: Units) -> NumberText | None:
    """Return the number `text` stands for, or None when it is not one number beyond doubt."""
    repairs: list[str] = []
    line = fold_spaces(text)
    if line != text:
        repairs.append("去除空格")
    narrow = half_width(line).replace("−", "-")  # U+2212, as typesetting programs write a minus
    if narrow != line:
        repairs.append("全角字符改为半角")
    body, unit, percent = _without_suffix(narrow, units, repairs)
    if body is None:
        return None
    value = _plain_value(body, repairs)
    if value is None:
        return None
    return NumberText(value / 100 if percent else value, tuple(repairs or ["文本改为数值"]), unit, percent)


def _without_suffix(text: str, units: Units, repairs: list[str]) -> tuple[str | None, str | None, bool]:
    """Split a closing unit or percent sign from a number; (None, …) when what follows is neither."""
    match = SUFFIXED.match(text)
    if match is None:
        return text, None, False
    body, suffix = match[1].strip(), match[2].strip()
    if suffix == "%":
        repairs.append("百分数改为小数")
        return body, None, True
    unit = units.find(suffix)
    if unit is None:
        return None, None, False
    repairs.append(f"去除单位“{suffix}”")
    return body, unit, False


def _plain_value(text: str, repairs: list[str]) -> Fraction | None:
    grouped = GROUPED.match(text)
    # 1,234 and 1 234 are one number; 1,234 567 may be two.
    if grouped and ("," in text) != (" " in text):
        repairs.append("去除千位分隔符")
        text = text.replace(",", "").replace(" ", "")
    match = NUMBER.match(text)
    if match is None or len(match[2]) > MOST_DIGITS:
        return None
    return Fraction(Decimal(match[1] + match[2]))
