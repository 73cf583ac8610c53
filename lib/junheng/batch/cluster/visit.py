"""A run whose folders are given by URL: inputs are brought here, reports are sent there, whatever executor does the work.

In a store a county's report is one file, `<year>/<code>_<name>.zip`, since only a single file appears at once everywhere.
"""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from junheng.batch.changes import damaged_files
from junheng.batch.cluster.store import Store, StoreProblem, is_url, local_path, url_of
from junheng.batch.contract import files_below
from junheng.batch.job import JobResult, Status, issues_file
from junheng.batch.plan import Cluster, Request, chosen_counties
from junheng.batch.rundir import run_folder
from junheng.batch.staleness import MANIFEST
from junheng.by_hand import EDITED, versions
from junheng.errors import DAMAGED_ZIP, UsageProblem
from junheng.files import packed, sha256
from junheng.lab.data_files import VERDICT_FILE

VERDICT = f"data/{VERDICT_FILE}"


@dataclass(frozen=True)
class Given:
    """The three folders as the user wrote them: a path, or any fsspec URL."""

    data: str
    params: str
    out: str


@dataclass
class Visit:
    """The request with local folders, and the way of its results to where they belong."""

    request: Request
    store: Store | None = None
    names: dict[str, set[str]] = field(default_factory=dict)
    """The files of each report in the store, by the report's name."""

    def send(self, result: JobResult) -> JobResult:
        """Send what came of a county to the store; a report that cannot be sent counts as failed."""
        if self.store is None:
            return result
        try:
            return self._send(self.store, result)
        except (StoreProblem, OSError) as problem:
            reason = f"报告已生成，但未能送到输出位置：{problem}"
            return dataclasses.replace(result, status=Status.FAILED, reason=reason, open=None)

    def _send(self, store: Store, result: JobResult) -> JobResult:
        kept = result.kept
        if result.status is Status.DONE and result.county.stem in self.names:
            kept += _keep_edited(store, self.request.places.year_name(self.request.year), result.county.stem)
        return dataclasses.replace(_send(self.request, store, result), kept=kept)

    def damaged(self, folder: Path, outputs: Mapping[str, str]) -> Iterable[str]:
        """What is missing of a report in the store; its bytes are the store's to keep."""
        if self.store is None:
            return damaged_files(folder, outputs)
        return sorted(set(outputs) - self.names.get(folder.name, set()))


@contextmanager
def visit(request: Request, given: Given, scheduler: str = "") -> Iterator[Visit]:
    """Yield the request with local folders for whatever is given by URL; raises UsageProblem.

    `request.places` says where the project is; its folders count where `given` has paths. With a `scheduler` the request
    is for the cluster, whose workers read the inputs by URL themselves.
    """
    with run_folder() as scratch:
        places = dataclasses.replace(
            request.places,
            data=_local("data", given.data, scratch),
            params=_local("params", given.params, scratch),
            out=_local("out", given.out, scratch),
        )
        request = dataclasses.replace(request, places=places)
        _bring_inputs(request, given)
        if scheduler:
            cluster = Cluster(scheduler, _url(given.data, places.data), _url(given.params, places.params))
            request = dataclasses.replace(request, cluster=cluster)
        visiting = Visit(request)
        if _remote(given.out):
            visiting.store = Store(given.out)
            visiting.request = dataclasses.replace(request, damaged=visiting.damaged)
            _bring_published(visiting)
        yield visiting


def _remote(text: str) -> bool:
    return is_url(text) and local_path(text) is None


def _local(kind: str, text: str, scratch: Path) -> Path:
    """The local folder of a place: itself, or where its content is brought to."""
    if not is_url(text):
        return Path(text).resolve()
    return local_path(text) or scratch / kind


def _url(text: str, folder: Path) -> str:
    return text if _remote(text) else url_of(folder)


def _bring_inputs(request: Request, given: Given) -> None:
    places = request.places
    if _remote(given.params):
        store = Store(given.params)
        names = store.names()
        if not names:
            raise UsageProblem(f"参数目录“{store.where()}”不存在或是空的（选项--params）。")
        store.fetch(names, places.params)
    if _remote(given.data):
        store = Store(given.data)
        codes = tuple(f"{county.code}_" for county in chosen_counties(request))
        for year in (request.year, request.year - 1):
            found = [f"{year}/{name}" for name in store.names(str(year)) if name.startswith(codes)]
            if found or store.is_folder(str(year)):
                (places.data / str(year)).mkdir(parents=True, exist_ok=True)
            store.fetch(found, places.data)
        places.data.mkdir(parents=True, exist_ok=True)
    for option, text, folder in (
        ("--data", given.data, places.data),
        ("--params", given.params, places.params),
    ):
        if not folder.is_dir():
            raise UsageProblem(f"目录“{text}”不存在（选项{option}），请在项目目录中运行或写明目录。")


def _bring_published(visiting: Visit) -> None:
    """Bring what decides whether a report is up to date, and its verdict; not the report itself."""
    request, store = visiting.request, visiting.store
    assert store is not None
    year_dir = request.places.year_dir(request.year)
    folder = request.places.year_name(request.year)
    there = set(store.names(folder))
    for county in chosen_counties(request):
        if f"{county.stem}.zip" in there:
            with store.open(f"{folder}/{county.stem}.zip") as stream:
                visiting.names[county.stem] = _take_out(stream, county.stem, year_dir / county.stem)


def _take_out(stream: IO[bytes], stem: str, folder: Path) -> set[str]:
    """Read manifest and verdict from a report's zip; return the names of all its files, none when it is broken."""
    try:
        with zipfile.ZipFile(stream) as package:
            for name in (MANIFEST, VERDICT):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(package.read(f"{stem}/{name}"))
            return {name.removeprefix(f"{stem}/") for name in package.namelist()}
    except (*DAMAGED_ZIP, KeyError):
        shutil.rmtree(folder, ignore_errors=True)
        return set()


def _keep_edited(store: Store, folder: str, stem: str) -> tuple[str, ...]:
    """Copy a report in the store that is not as its manifest says under a name of its own; return that name."""
    with store.open(f"{folder}/{stem}.zip") as stream:
        data = stream.read()
    if _as_made(data, stem):
        return ()
    taken = set(store.names(folder))
    wanted = next(name for name in versions(Path(f"{stem}{EDITED}.zip")) if name.name not in taken)
    store.write(f"{folder}/{wanted.name}", data)
    return (wanted.name,)


def _as_made(data: bytes, stem: str) -> bool:
    """Whether a report's zip holds what its manifest lists, as it lists it, and nothing else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            files = {name.removeprefix(f"{stem}/"): package.read(name) for name in package.namelist()}
            listed = json.loads(files.pop(MANIFEST))["outputs"]
    except (*DAMAGED_ZIP, KeyError, ValueError, TypeError, RuntimeError, NotImplementedError):
        return False
    return bool(listed == {name: sha256(content) for name, content in files.items()})


def _send(request: Request, store: Store, result: JobResult) -> JobResult:
    county, year = result.county, request.year
    year_dir = request.places.year_dir(year)
    report, log = year_dir / county.stem, year_dir / "logs" / f"{county.stem}.log"
    issues = issues_file(request.places, year, county)
    archive = f"{request.places.year_name(year)}/{county.stem}.zip"
    if result.status is Status.DONE:
        store.write(
            archive,
            packed((f"{county.stem}/{name}", (report / name).read_bytes()) for name in files_below(report)),
        )
        shutil.rmtree(report)
        store.remove(_name(request, issues))
    for path in (log, issues):
        if path.is_file():
            store.write(_name(request, path), path.read_bytes())
    if result.status is not Status.FAILED:
        return dataclasses.replace(result, open=store.where(archive))
    shown = _name(request, result.open) if isinstance(result.open, Path) else ""
    return dataclasses.replace(result, open=store.where(shown) if shown else None)


def _name(request: Request, path: Path) -> str:
    return path.relative_to(request.places.out).as_posix()
