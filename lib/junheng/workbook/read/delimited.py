"""Text as a grid: which encoding it is in, and its lines cut at commas, tabs or semicolons."""

from __future__ import annotations

import codecs
import csv
import io
import re

from junheng.errors import DataProblem
from junheng.workbook.read.grid import Grid, GridBuilder, GridCell
from junheng.workbook.read.package import clean

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",\t;|"
PROBE_LINES = 20
# Neither leading zeros nor more than nine digits: those are codes, and as text they keep all they have.
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?")
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_text(file: str, data: bytes) -> str:
    """Return the text in its encoding: UTF-8, UTF-16 (by mark or by its zeros) or GB18030; raises DataProblem."""
    encodings = [name for mark, name in BOMS if data.startswith(mark)] or _likely_encodings(data)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not _looks_binary(text):
            return text
    raise DataProblem(f"{file}不是电子表格，文字编码也无法识别，请用Excel或WPS打开后另存为.xlsx格式。")


def _likely_encodings(data: bytes) -> list[str]:
    # GB18030 comes last: it decodes almost any bytes, UTF-8 hardly any but its own.
    # UTF-16 without a mark: every Latin character and digit has a zero, behind it in little endian.
    probe = data[:4096]
    even, odd = probe[0::2].count(0), probe[1::2].count(0)
    if even + odd:
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8", "gb18030"]


def _looks_binary(text: str) -> bool:
    probe = text[:20_000]
    # A few control characters stand in honest exports (\x0b for a line break within a cell), so two in a hundred pass.
    return len(BINARY.findall(probe)) * 50 > len(probe)


def read_delimited(file: str, text: str) -> Grid:
    """Return the grid of a CSV or tab-separated text; raises DataProblem when its quotes or cells are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    built = GridBuilder(file)
    try:
        for number, line in enumerate(reader, 1):
            built.add(number, {column: typeless(part) for column, part in enumerate(line, 1) if part.strip()})
    except csv.Error as error:
        raise DataProblem(
            f"{file}第{reader.line_num}行附近的引号不成对或单元格过长，请用Excel或WPS打开后另存为.xlsx格式。"
        ) from error
    return built.grid("")


def typeless(text: str) -> GridCell:
    """Return the cell of a format without types: a short plain number is a number, all else (codes …) is text."""
    bare = clean(text).strip(" \t\r\n")
    return GridCell("number", bare) if PLAIN_NUMBER.fullmatch(bare) else GridCell("text", clean(text))


def _delimiter(text: str) -> str:
    """Return the delimiter that occurs most in the first lines, outside quotes."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].splitlines()[:PROBE_LINES]]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])
