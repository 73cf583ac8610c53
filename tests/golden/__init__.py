"""Golden cases: the sample county read through the project's own reader."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.params.counties import find_county, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.standard import load_standards
from junheng.params.tables import load_tables
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.read.book import open_county_book

HERE = Path(__file__).resolve().parent
PARAMS = HERE.parents[1] / "params"
DICTIONARY = load_dictionary(PARAMS)
PHRASES = PhraseBook(load_phrases(PARAMS))
SPECS = load_tables(PARAMS)


@cache
def sample(year: int = 2024) -> Assessment:
    """The sample county, assessed."""
    county = find_county(load_counties(PARAMS), "370883")
    book = open_county_book(HERE / f"370883_{year}.xlsx", county, year, PARAMS)
    return assess(book, DICTIONARY, load_standards(PARAMS, year))


def expected() -> dict[str, Any]:
    """What an independent calculation gives for the sample county in 2024."""
    found: dict[str, Any] = json.loads((HERE / "370883_2024.json").read_text(encoding="utf-8"))
    return found


def records(name: str) -> list[dict[str, str]]:
    """The rows of a golden CSV file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
