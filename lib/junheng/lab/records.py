"""The city's own workbook, for its summary and for the state of the year's work; light, for the command line reads it too."""

from __future__ import annotations

from pathlib import Path

from junheng.assess.city_records import CityRecords
from junheng.errors import AbsentWorkbook, JunhengError
from junheng.params.city import load_city
from junheng.workbook.city import open_city_book
from junheng.workbook.model import usable
from junheng.workbook.read.find import find_workbook


def city_records(data: Path, params: Path, year: int) -> CityRecords:
    """Return what the city's own workbook says; one with errors is not used, like a county's."""
    try:
        book = open_city_book(find_workbook(data, year, load_city(params).unit(year)), year, params)
        return CityRecords(usable(book))
    except AbsentWorkbook:
        return CityRecords()
    except JunhengError as error:
        return CityRecords(cause="faulty", detail=str(error))
