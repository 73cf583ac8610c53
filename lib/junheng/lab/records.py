"""The city's own workbook, for its summary and for the state of the year's work; light, for the command line reads it too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from junheng.assess.city_records import CityRecords, Entered
from junheng.errors import AbsentWorkbook, JunhengError
from junheng.params.city import load_city
from junheng.workbook.city import earlier_city_books, open_city_book
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


def with_left_open(
    records: CityRecords, data: Path, params: Path, year: int
) -> tuple[CityRecords, list[str]]:
    """The records with what earlier years left open in 督办登记; and which of their workbooks could not be used, and why."""
    open_: tuple[Entered, ...] = ()
    faults = []
    for earlier, _ in earlier_city_books(data, params, year):
        found = replace(city_records(data, params, earlier), left_open=open_)
        faults += [f"{earlier}年度市级工作簿未采用，督办台账没有结转其中的事项：{found.detail}"] * bool(
            found.detail
        )
        open_ = tuple(replace(entry, carried=True) for entry in found.register() if not entry.ended)
    return replace(records, left_open=open_), faults
