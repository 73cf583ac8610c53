"""What the import tests share: the county, one call, and what the written workbook says."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from junheng.params.counties import find_county, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.mapping import Mapping, load_mapping
from junheng.params.template import load_template
from junheng.workbook.importing.model import Imported
from junheng.workbook.importing.open import FIRST_ROW
from junheng.workbook.importing.run import import_files
from junheng.workbook.importing.write import Form, write_import
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import open_county_book

PARAMS = Path(__file__).resolve().parents[3] / "params"
DICTIONARY = load_dictionary(PARAMS)
COUNTY = find_county(load_counties(PARAMS), "邹城市")
YEAR = 2024
FORM = Form(DICTIONARY, load_template(PARAMS))


def imported(
    *sources: Path, mapping: Mapping | None = None, county: str = "邹城市", **options: Any
) -> Imported:
    """Import sources with the project's parameters."""
    chosen = find_county(load_counties(PARAMS), county)
    return import_files(sources, chosen, YEAR, PARAMS, mapping, **options)


def mapping_of(path: Path) -> Mapping:
    return load_mapping(path, DICTIONARY)


def figures(result: Imported, code: str = "2137830001") -> dict[str, Any]:
    """Return a school's contents by key."""
    school = next(one for one in result.schools if one.code == code)
    return {key: figure.content for key, figure in school.figures.items()}


def lack(result: Imported, key: str, code: str = "2137830001") -> str:
    """Return why a school has no figure for a key."""
    school = next(one for one in result.schools if one.code == code)
    assert key not in school.figures, school.figures.get(key)
    return school.lacks[key].reason


def reasons(result: Imported) -> list[str]:
    return [item.reason for item in result.left_out]


def written(result: Imported, folder: Path) -> Path:
    """Write the workbook into a folder."""
    path = folder / "370883_邹城市.xlsx"
    path.write_bytes(write_import(result, FORM))
    return path


def rows_of(path: Path, sheet: str) -> list[Sequence[Any]]:
    """Return a sheet's rows below its header."""
    book = load_workbook(BytesIO(path.read_bytes()))
    first = FIRST_ROW if sheet in {one.name for one in DICTIONARY.sheets} else 2
    return list(book[sheet].iter_rows(min_row=first, values_only=True))


def reread(path: Path) -> CountyBook:
    return open_county_book(path, COUNTY, YEAR, PARAMS)
