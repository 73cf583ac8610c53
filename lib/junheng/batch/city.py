"""The city's summary: one job of its own, made, checked and published like a county's."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from junheng.batch import assessed, staleness
from junheng.batch.changes import changes
from junheng.batch.contract import FolderContents
from junheng.batch.execute import check_parameters
from junheng.batch.job import Job, JobResult, Places, Status
from junheng.batch.plan import Request, workbooks_of
from junheng.batch.run import alone
from junheng.batch.tools import make_ready
from junheng.batch.work import Toolbox, standard_tools
from junheng.batch.workers import LocalExecutor
from junheng.batch.year import messages_file
from junheng.errors import OutputProblem, UsageProblem
from junheng.files import open_log
from junheng.lab.notebooks import CITY, FOLDER, require_sealed
from junheng.params.city import load_city
from junheng.params.counties import load_counties
from junheng.report.content.names import (
    CITY_FOLDER,
    NOT_ENTERED,
    OWN_PAGES,
    PAGE_FOLDER,
    ReportFile,
    city_name,
)
from junheng.report.page import history
from junheng.report.page.files import INDEX, PAGE_FILES
from junheng.workbook.city import earlier_city_books

CELL_SECONDS = 1200
"""All counties are assessed in one cell."""


@dataclass(frozen=True)
class CityJob(Job):
    """The city's summary of one year; `county` stands for the city itself. `keys` are what counties depend on, by code."""

    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        return CITY_FOLDER

    @property
    def notebook(self) -> Path:
        return self.places.root / FOLDER / CITY

    @property
    def contents(self) -> FolderContents:
        """The summary, its workbook and the page; where it does not leave the city what the office keeps and issues too."""
        files = ("report", "internal", "register", "bulletin")
        name, internal, register, bulletin = (city_name(f, self.county.name, self.year) for f in files)
        page = (f"{PAGE_FOLDER}/{file}" for file in PAGE_FILES)
        own = () if self.places.external else (f"{internal}.docx", f"{register}.xlsx")
        issued = {} if self.places.external else {bulletin: ReportFile("督导通报", reason=NOT_ENTERED)}
        return FolderContents((name,), (*own, f"{name}.xlsx", *page), issued)

    @property
    def told(self) -> bool:
        """All counties in one notebook take a while: each is told of."""
        return True

    @property
    def process_title(self) -> str:
        """The title of the page that shows how all was computed."""
        return f"{self.county.name}{self.year}年度督导评估汇总过程"

    @property
    def assessed(self) -> Path:
        """Where what earlier runs assessed is kept."""
        return self.year_dir / assessed.FOLDER

    def prepare(self, staging: Path) -> None:
        """Take along how the city stood at earlier runs of the year."""
        for path in history.files(self.published):
            (staging / history.HISTORY).mkdir(exist_ok=True)
            shutil.copyfile(path, staging / history.HISTORY / path.name)

    def add(self, staging: Path, summary: dict[str, Any]) -> None:
        """Keep how it stands now, under today: the only place where a summary knows of the day of its run."""
        if "snapshot" in summary:
            history.keep(staging, date.today(), summary.pop("snapshot"))

    def added(self, staging: Path) -> tuple[str, ...]:
        """Earlier runs, and the page of every county that is in it."""
        pages = (
            staging / OWN_PAGES / c.stem / name
            for c in load_counties(self.places.params)
            for name in PAGE_FILES
        )
        found = (*history.files(staging), *(path for path in pages if path.is_file()))
        return tuple(path.relative_to(staging).as_posix() for path in found)

    def own_digests(self) -> dict[str, str]:
        """The digests, now, of every county's workbooks and parameters."""
        return _flat(digests_by_county(self.places, self.year))

    def verdicts(self, folder: Path) -> tuple[str, str]:
        """The city itself is not judged."""
        return "", ""

    def counts(self, folder: Path, summary: Mapping[str, Any]) -> dict[str, Any]:
        """How many counties are in it, and which are not and why."""
        return dict(summary)

    def parameters(self, staging: Path) -> dict[str, str | int]:
        """The notebook's parameters."""
        own = super().parameters(staging)
        kept = {name: own[name] for name in own if name not in ("COUNTY", "REPORTS")}
        return {**kept, "CACHE_DIR": str(self.assessed)}

    def logical_parameters(self) -> dict[str, str | int]:
        """The same with names instead of places; where earlier assessments are kept changes nothing that is delivered."""
        return {**super().logical_parameters(), "CACHE_DIR": ""}


@dataclass(frozen=True)
class CityResult:
    """What came of it: `fresh` False means that it was up to date; `left_out` maps counties to the reasons.

    `kept`: as in `JobResult`. `workbook` says why the city's own workbook was not used; empty when it was, or is not there.
    """

    fresh: bool
    word: Path
    page: Path
    members: int
    left_out: Mapping[str, str]
    kept: tuple[str, ...] = ()
    workbook: str = ""


def run_city(
    request: Request, tools: Toolbox | None = None, tell: Callable[[str], object] = lambda text: None
) -> CityResult:
    """Make the city's summary unless it is up to date; `tell` hears what is done, county by county.

    Raises UsageProblem before anything is computed, else JunhengError with what failed; what was published stays.
    """
    with alone(request) as runtime:
        job = city_job(request)
        _require_own(job)
        require_sealed(job.notebook)
        if not request.force and not _changes(job):
            return _result(job, False)
        check_parameters(job.notebook, job.logical_parameters())
        if tools is None:
            make_ready(job.places.root, runtime)
        _tell_plan(job, request.force, tell)
        kept = _made(job, tools or standard_tools(job.places.params, job.year), runtime, tell)
        assessed.settle(job.assessed)
        return _result(job, True, kept)


def _require_own(job: CityJob) -> None:
    """Cities may share an output folder for their counties' reports, but a year's summary in it is one city's."""
    there = staleness.asked_of(staleness.read_manifest(job.published) or {}).get("city", job.county.name)
    if there != job.county.name:
        raise UsageProblem(
            f"“{job.logical_folder}”是{there}的汇总，不予覆盖；请用--out（make的OUT=）另行指定输出目录。"
        )


def _tell_plan(job: CityJob, force: bool, tell: Callable[[str], object]) -> None:
    """Make ready what earlier runs assessed, and say per county what is done; `force` trusts none of it."""
    assessed.prepare(job.assessed, job.keys, force)
    before = (staleness.read_manifest(job.published) or {}).get("inputs", {})
    counties = load_counties(job.places.params)
    own = digests_by_county(job.places, job.year)
    for number, line in enumerate(assessed.plan_said(job.assessed, job.keys, counties, before, own), 1):
        tell(f"[{number}/{len(counties)}] {line}\n")


def _made(job: CityJob, tools: Toolbox, runtime: Path, tell: Callable[[str], object]) -> tuple[str, ...]:
    """Let a worker make the summary, as it makes a county's report; return what people had changed or added.

    Raises OutputProblem with what failed.
    """
    messages = messages_file(job.year_dir, job.places.params)
    open_log(messages, "a").close()
    results: list[JobResult] = []
    LocalExecutor(1, tools, runtime, messages, tell).run([job], results.append)
    if results[0].status is Status.FAILED:
        raise OutputProblem(results[0].reason)
    return results[0].kept


def _changes(job: CityJob) -> list[str]:
    return changes(job.published, job.inputs, job.workbook, job.contents.all)


def city_job(request: Request) -> CityJob:
    """Return the job with the digests of all it depends on: the workbooks and parameters of every county and the city."""
    places, year = request.places, request.year
    city = load_city(places.params)
    shared = staleness.shared_digests(places.root, places.root / FOLDER / CITY)
    own = digests_by_county(places, year)
    leaving = staleness.external_digests(places.params, places.external)
    parameters: dict[str, Any] = {"city": city.name, "year": year}
    parameters |= staleness.external(places.external) | staleness.drafted(request.draft)
    inputs = staleness.Inputs({**shared, **_flat(own), **leaving}, parameters)
    keys = assessed.county_keys(shared, own, (*leaving.values(), str(places.params), str(places.external)))
    return CityJob(year, city.unit(year), places, inputs, (), CELL_SECONDS, request.memory, keys=keys)


def digests_by_county(places: Places, year: int) -> dict[str, dict[str, str]]:
    """The digests of the workbooks and parameters of every county and of the city itself, by code."""
    found: dict[str, dict[str, str]] = {}
    city = load_city(places.params).unit(year)
    for county in (*load_counties(places.params), city):
        books: tuple[Path, ...] = ()
        with contextlib.suppress(UsageProblem):  # no workbook: the summary says so
            books = workbooks_of(places, year, county)
            if county.code == city.code:  # what earlier years left open in 督办登记 is carried over
                books += tuple(path for _, path in earlier_city_books(places.data, places.params, year))
        found[county.code] = staleness.county_digests(year, county, places.params, books)
    return found


def _flat(own: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {name: digest for digests in own.values() for name, digest in digests.items()}


def _result(job: CityJob, fresh: bool, kept: tuple[str, ...] = ()) -> CityResult:
    counts = (staleness.read_manifest(job.published) or {}).get("counts", {})
    return CityResult(
        fresh,
        job.main_file,
        job.published / PAGE_FOLDER / INDEX,
        counts.get("members", 0),
        counts.get("left_out", {}),
        kept,
        counts.get("city_workbook", ""),
    )
