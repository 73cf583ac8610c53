"""Where each county stands in the yearly cycle, from what is in data/, outputs/ and the city's workbook.

Marks and how they are known: collected - the workbook is among the data; checked - it was returned by `make check`, or
a report was made of it; self_report, application - 收文 of the city's workbook; assessed - a report is published;
fed_back - a package was made for the county; rectifying, closed - the county's ledger. Nothing is known of papers
without the city's workbook, nor of rectification without a ledger: that is said, never taken for late. A ledger that
stands as it was published tells of last year's rectification; of this one, once the county has the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from junheng.assess.city_records import CityRecords
from junheng.assess.cycle import CountyStatus, Evidence, deadlines, paper_marks
from junheng.assess.model import Verdict
from junheng.batch.job import Job, Places, issues_file
from junheng.batch.staleness import Inputs, read_manifest
from junheng.delivery.names import SENT
from junheng.delivery.record import SendingRecord, read_record
from junheng.errors import AbsentWorkbook, JunhengError
from junheng.files import sha256_file
from junheng.lab.records import city_records
from junheng.params.city import load_city_year
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.tasks import chinese_date, load_cycle
from junheng.report.content.names import ledger_name
from junheng.workbook.city import CLOSED
from junheng.workbook.feedback.book import feedback_name
from junheng.workbook.feedback.sheet import NAME as FEEDBACK
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.find import find_workbook


@dataclass(frozen=True)
class YearStatus:
    """All counties as of a day, and whether there is a city's workbook to know of papers by."""

    year: int
    today: date
    counties: tuple[CountyStatus, ...]
    records: CityRecords


def year_status(places: Places, year: int, today: date) -> YearStatus:
    """Gather where every county stands; raises ParamsProblem and UsageProblem for faulty parameters and records."""
    cycle = load_cycle(places.params)
    rectification = load_city_year(places.params, year).rectification_deadline
    limit = chinese_date(rectification, f"params/{year}/city.yml的rectification_deadline")
    days = deadlines(cycle, year, limit, today)
    records = city_records(places.data, places.params, year)
    sent = read_record(places.year_dir(year) / SENT, year)
    found = []
    for county in load_counties(places.params):
        verdict, told = _verdict(places, year, county), _fed_back(sent, county)
        marks = {
            **_collected(places, year, county, verdict is not None),
            **paper_marks(records, county, today),
            "assessed": Evidence(verdict is not None),
            "fed_back": told,
            **_ledger(places, year, county, records, bool(told.done)),
        }
        found.append(CountyStatus(county, cycle, marks, verdict, days))
    return YearStatus(year, today, tuple(found), records)


def _verdict(places: Places, year: int, county: County) -> Verdict | None:
    """The national verdict of the published report; None without one."""
    job = Job(year, county, places, Inputs({}, {}))
    if read_manifest(job.published) is None:
        return None
    try:
        return Verdict(job.verdicts(job.published)[0])
    except JunhengError:
        return None


def _collected(places: Places, year: int, county: County, assessed: bool) -> Mapping[str, Evidence]:
    try:
        find_workbook(places.data, year, county)
    except AbsentWorkbook:
        return {"collected": Evidence(False), "checked": Evidence(False)}
    except JunhengError as error:  # two candidates, a name that contradicts its code
        return {"collected": Evidence(False, told=str(error)), "checked": Evidence(False)}
    returned = (places.year_dir(year) / FEEDBACK / feedback_name(county)).is_file()
    faulty = issues_file(places, year, county).is_file()
    told = "有错误，待更正" if faulty else ""
    return {"collected": Evidence(True), "checked": Evidence(assessed or returned or faulty, told=told)}


def _fed_back(sent: SendingRecord, county: County) -> Evidence:
    package = sent.latest(county.code)
    if package is None:
        return Evidence(False)
    return Evidence(True, told="已回执" if package.receipt else "未回执")


def _ledger(
    places: Places, year: int, county: County, records: CityRecords, fed_back: bool
) -> Mapping[str, Evidence]:
    """How far rectification is: by the ledger in next year's workbook, else by the published one (kept up by hand)."""
    planned = records.received(county).rectification_plan is not None
    path, rows = _ledger_rows(places, year, county)
    if path is None:
        return {"rectifying": Evidence(planned or None), "closed": Evidence()}
    closed = sum(state == CLOSED for state in rows)
    told = f"整改事项{len(rows)}项，已销号{closed}项" if rows else "没有整改事项"
    kept_up = fed_back or not _as_published(path)
    begun = planned or (kept_up and any(state not in ("", "未整改") for state in rows))
    return {"rectifying": Evidence(begun, told=told), "closed": Evidence(closed == len(rows), told=told)}


def _as_published(path: Path) -> bool:
    """Say whether a published ledger is still the one that the run wrote."""
    outputs = (read_manifest(path.parent) or {}).get("outputs", {})
    return bool(outputs.get(path.name) == sha256_file(path))


def _ledger_rows(places: Places, year: int, county: County) -> tuple[Path | None, list[str]]:
    """The ledger and the states of its items; no file when there is none that can be read."""
    known = load_dictionary(places.params)
    ledger = Dictionary(sheets=(known.sheet("ledger"),), vocabularies=known.vocabularies, issues=known.issues)
    published = places.year_dir(year) / county.stem / f"{ledger_name(county, year)}.xlsx"
    for path in (*_next_workbook(places, year, county), published):
        try:
            rows = read_county_book(path, county, year, ledger).rows("ledger") if path.is_file() else ()
        except JunhengError:
            continue
        if rows or (path == published and path.is_file()):
            return path, [row.text("state") for row in rows]
    return None, []


def _next_workbook(places: Places, year: int, county: County) -> tuple[Path, ...]:
    try:
        return (find_workbook(places.data, year + 1, county),)
    except JunhengError:
        return ()
