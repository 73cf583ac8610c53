"""The cell rules of the data contract: from what a cell shows to a typed content, a repair, or a fault.

Nothing is guessed: a repair is made only where one reading is possible, and it is logged. A value that cannot
be read is a fault and stays missing; it never becomes zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from junheng.errors import did_you_mean
from junheng.exact import ZERO, plain
from junheng.params.dictionary import Dictionary, Field, Term
from junheng.workbook.model import Content
from junheng.workbook.read.grid import GridCell
from junheng.workbook.read.numbers import NumberText, parse_number
from junheng.workbook.read.text import Units, fold_key, fold_spaces, half_width, is_missing_mark

SCIENTIFIC = re.compile(r"^[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+$")
CHINESE_DATE = re.compile(r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?$")
EXACT_DIGITS = 15
"""As many Excel keeps of a number; of a longer code stored as one the end is lost."""
YES_NO = {"是": True, "否": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be used: the kind of issue (params/dictionary/issues.yml), and what its texts quote (Chinese)."""

    kind: str
    found: str
    expected: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell turned out to hold: its content, the text found, what was mended, or what is wrong."""

    content: Content = None
    text: str = ""
    repair: str | None = None
    fault: Fault | None = None


BLANK = Reading()


@dataclass(frozen=True)
class CellRules:
    """What reading a cell depends on: the year of the book, the closed word lists, the units."""

    year: int
    dictionary: Dictionary
    units: Units

    @classmethod
    def of(cls, dictionary: Dictionary, year: int) -> CellRules:
        """Make the rules for the books of a year."""
        return cls(year, dictionary, Units.of(dictionary))

    def read(self, cell: GridCell | None, field: Field) -> Reading:
        """Return what `cell` holds for the column `field`."""
        if cell is None:
            return BLANK
        if cell.kind == "error":
            return self.faulty(cell, field, "excel_error")
        if cell.kind == "unstored":
            return self.faulty(GridCell(cell.kind, "没有计算结果的公式"), field, "no_stored_value")
        if cell.kind == "text" and is_missing_mark(cell.text):
            return Reading(None, cell.text)
        return READERS[field.type](self, cell, field)

    def faulty(self, cell: GridCell, field: Field, kind: str, **words: str) -> Reading:
        """Return that a cell cannot be used, and why."""
        return Reading(text=cell.text, fault=Fault(kind, cell.text, self.expected(field), words))

    def expected(self, field: Field) -> str:
        """Say in Chinese what a column takes."""
        if field.vocabulary:
            return f"“{'”“'.join(self._words(field))}”之一"
        if field.type == "yesno":
            return "“是”或“否”"
        if field.type == "date":
            return f"日期，如“{self.year + 1}年1月31日”"
        if field.type == "code":
            return f"{field.digits}位数字的文本" if field.digits else "文本编码"
        return self._expected_number(field) if field.is_number else "文字"

    def limits(self, field: Field) -> tuple[Fraction, Fraction | None]:
        """Return the least and the greatest value of a number column; a count is never negative."""
        top = Fraction(self.year) if field.max == "year" else field.max
        return (ZERO if field.min is None else field.min, top)

    def terms(self, field: Field) -> tuple[Term, ...]:
        """Return the closed list of words of a column; none when it takes any."""
        return self.dictionary.vocabularies[field.vocabulary] if field.vocabulary else ()

    def _words(self, field: Field) -> list[str]:
        return [term.label for term in self.terms(field)]

    def _expected_number(self, field: Field) -> str:
        low, high = self.limits(field)
        kind = "整数" if field.type == "int" else "数值"
        bounds = f"不小于{plain(low)}的" if high is None else f"{plain(low)}至{plain(high)}之间的"
        return f"{bounds}{kind}{f'（{field.unit}）' if field.unit else ''}"


def _read_number(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    if cell.kind == "number":
        # A whole number goes by int: Fraction reads a text with a regular expression, many times slower.
        number = NumberText(Fraction(int(cell.text) if cell.text.isdecimal() else cell.text))
    else:
        written = _written_number(rules, cell, field)
        if isinstance(written, Reading):
            return written
        number = written
    wrong = _number_fault(rules, field, number.value)
    if wrong:
        share = {"percent": plain(number.value), "share": plain(number.value / 100)}
        return rules.faulty(cell, field, wrong, **share)
    return Reading(number.value, cell.text, "；".join(number.repairs) or None)


def _written_number(rules: CellRules, cell: GridCell, field: Field) -> NumberText | Reading:
    """Return the number that a text or a percentage stands for, still to be checked; else what the cell is read as."""
    if cell.kind == "date":
        return rules.faulty(cell, field, "date_in_number")
    # A column of levels (Ⅰ, Ⅱ …) takes the word as well as its number.
    term = _term(rules, cell.text, field) if field.vocabulary else None
    if term:
        return Reading(Fraction(term.value), cell.text)
    parsed = parse_number(cell.text, rules.units) if cell.kind in ("text", "percent") else None
    if parsed is None:
        return rules.faulty(cell, field, "bad_word" if field.vocabulary else "bad_number")
    if parsed.percent and field.type != "ratio":
        formatted = cell.kind == "percent"
        return rules.faulty(cell, field, "bad_number.format" if formatted else "bad_number.percent")
    if parsed.unit and parsed.unit != field.unit:
        return rules.faulty(cell, field, "wrong_unit", unit=f"“{field.unit}”" if field.unit else "不带单位")
    # Where the format says percent, nothing was mended: it says it beyond doubt.
    return replace(parsed, repairs=()) if cell.kind == "percent" else parsed


def _number_fault(rules: CellRules, field: Field, value: Fraction) -> str:
    """Return what is wrong with a number, empty for nothing; in a column of terms it must be one of them."""
    low, high = rules.limits(field)
    if field.vocabulary and plain(value) not in {term.value for term in rules.terms(field)}:
        return "bad_word"
    if value.numerator < 0:
        return "negative"
    if field.type == "int" and value.denominator != 1:
        return "fraction"
    if low <= value and (high is None or value <= high):
        return ""
    # 95 for 95% is the usual slip, but 1.2 may be 120% or 1.2%: it is asked about, never converted.
    return "out_of_range.percent" if field.type == "ratio" and 1 < value <= 100 else "out_of_range"


def _read_code(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    if cell.kind == "number":
        return _code_from_number(rules, cell, field)
    code = half_width("".join(cell.text.split()))
    if SCIENTIFIC.match(code):
        return rules.faulty(cell, field, "bad_code.scientific")
    if not (code.isascii() and code.isdigit()) or (field.digits and len(code) != field.digits):
        return rules.faulty(cell, field, "bad_code")
    return Reading(code, cell.text, None if code == cell.text else "编码去除空格或改为半角")


def _code_from_number(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    """Read a code that is stored as a number, from which Excel drops leading zeros and digits beyond the fifteenth."""
    digits = cell.text
    if not digits.isdigit() or len(digits) > EXACT_DIGITS:
        shown = GridCell(cell.kind, f"{float(digits):g}")
        kind = "bad_code.scientific" if "e" in shown.text else "bad_code"
        return replace(rules.faulty(shown, field, kind), text=digits)
    if field.digits in (None, len(digits)):
        return Reading(digits, digits, "数字格式的编码改为文本")
    short = len(digits) < (field.digits or 0)
    return rules.faulty(cell, field, "bad_code.zeros" if short else "bad_code.length")


def _read_enum(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    term = _term(rules, cell.text, field)
    if term is None:
        guess = did_you_mean(fold_spaces(cell.text), rules._words(field))
        return rules.faulty(cell, field, "bad_word.near" if guess else "bad_word", guess=guess)
    # A code of the statistics (211) or a level's number says it as exactly as the word; another spelling is a repair.
    exact_word = cell.text in (term.value, term.label) or cell.text.isdecimal()
    return Reading(term.value, cell.text, None if exact_word else f"规范为“{term.label}”")


def _term(rules: CellRules, text: str, field: Field) -> Term | None:
    folded = fold_key(text)
    for term in rules.terms(field):
        if any(folded == fold_key(word) for word in (term.value, term.label, *term.also)):
            return term
    return None


def _read_yes_no(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    word = fold_spaces(cell.text)
    if cell.kind != "text" or word not in YES_NO:
        return rules.faulty(cell, field, "bad_yesno")
    return Reading(YES_NO[word], cell.text, None if word == cell.text else "去除空格")


def _read_date(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    """Read a day, a date cell of Excel or as people write it (2025年1月31日, 2025-1-31, 2025.1.31), as ISO text."""
    day = _day(half_width(fold_spaces(cell.text))) if cell.kind in ("text", "date") else ""
    return Reading(day, cell.text) if day else rules.faulty(cell, field, "bad_date")


def _read_text(rules: CellRules, cell: GridCell, field: Field) -> Reading:
    if cell.kind in ("number", "percent", "date", "bool"):
        return Reading(cell.text, cell.text)
    line = fold_spaces(cell.text)
    # A day that was typed is kept as one that Excel stored as a date: as ISO text.
    if day := _day(line):
        return Reading(day, cell.text)
    return Reading(line, cell.text, None if line == cell.text else "去除多余空格")


def _day(text: str) -> str:
    """Return the day a text names as ISO text; empty for any other text, and for a day that no calendar has."""
    found = CHINESE_DATE.match(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


READERS: dict[str, Callable[[CellRules, GridCell, Field], Reading]] = {
    "int": _read_number,
    "decimal": _read_number,
    "ratio": _read_number,
    "code": _read_code,
    "enum": _read_enum,
    "yesno": _read_yes_no,
    "date": _read_date,
    "text": _read_text,
}
