"""Saying a phrase: the case is chosen by the values, and every number is formatted in one place (RULES §10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from junheng.errors import ParamsProblem, did_you_mean, named
from junheng.exact import fixed, plain
from junheng.params.formula import parse_formula, quiet
from junheng.params.phrases import PLACEHOLDER, Phrase, PhraseCase

NO_VALUE = "——（缺数据）"

DIGITS = "零一二三四五六七八九"


def hanzi(value: Fraction) -> str:
    """Write a whole number below 100 in Chinese figures: 七, 十二, 三十; any other as it is."""
    if value.denominator != 1 or not 0 <= value < 100:
        return plain(value)
    tens, ones = divmod(int(value), 10)
    head = "" if not tens else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


FORMATS: dict[str, Callable[[Fraction], str]] = {
    "int": lambda value: fixed(value, 0),
    "d1": lambda value: fixed(value, 1),
    "d2": lambda value: fixed(value, 2),
    "d3": lambda value: fixed(value, 3),
    "percent": lambda value: fixed(value * 100, 1),
    "plain": plain,
    "hanzi": hanzi,
}


def nested(text: str) -> str:
    """Return `text` with quotes inside quotes told apart (GB/T 15834): “存在‘有编不补’的情形”.

    A text whose quotes do not pair is left as it is: there ’ may be an apostrophe.
    """
    depth, told = 0, []
    for sign in text:
        if sign in "“‘":
            told.append("“‘"[depth % 2])
            depth += 1
        elif sign in "”’":
            depth -= 1
            if depth < 0:
                return text
            told.append("”’"[depth % 2])
        else:
            told.append(sign)
    return text if depth else "".join(told)


def listed(names: Iterable[str], most: int | None = None) -> str:
    """Join names with 、; beyond `most` names the rest is counted (等N所 is left to the phrase)."""
    names = list(names)
    return "、".join(names if most is None else names[:most])


def formatted(value: Any, style: str | None = None, blank: str = NO_VALUE) -> str:
    """Write one value: text as it is, numbers by `style` (plain when none is named), None as a visible blank."""
    if value is None:
        return blank
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return str(value)
    return FORMATS[style or "plain"](Fraction(value))


class PhraseBook:
    """All phrases; `say` picks the first case whose condition holds and fills in the values.

    `blank` stands where a value is missing.
    """

    def __init__(self, phrases: Mapping[str, Phrase], blank: str = NO_VALUE) -> None:
        self._phrases = phrases
        self._blank = blank

    def leaving(self, blank: str) -> PhraseBook:
        """The same phrases, with another sign where a value is missing."""
        return PhraseBook(self._phrases, blank)

    def __contains__(self, name: str) -> bool:
        return name in self._phrases

    def say(self, name: str, /, **values: Any) -> str:
        """Return the sentence; raises ParamsProblem for an unknown phrase or placeholder, or when no case holds."""

        def filled(match: re.Match[str]) -> str:
            key, style = match.group(1), match.group(2)
            if key not in values or (style and style not in FORMATS):
                hint = did_you_mean(key, values)
                raise ParamsProblem(f"句式“{name}”中的“{match.group(0)}”无法填写。{hint}")
            return formatted(values[key], style, self._blank)

        for case in named(self._phrases, name, "句式", problem=ParamsProblem):
            if _holds(case, values):
                return nested(PLACEHOLDER.sub(filled, case.text))
        raise ParamsProblem(f"句式“{name}”没有适用于当前数值的写法，请补充不带条件的写法。")


def _holds(case: PhraseCase, values: Mapping[str, Any]) -> bool:
    """Say whether a case is for these values; one that needs a value which is not given is not."""
    return case.when is None or bool(quiet(parse_formula(case.when), lambda name: _number(values.get(name))))


def _number(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else value
