"""A run whose folders are given by URL: inputs are brought here, reports are sent there, whatever executor does the work.

In a store a county's report is one file, `<year>/<code>_<name>.zip`, since only a single file appears at once everywhere.
"""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from junheng.batch.cluster.store import Store, StoreProblem, is_url, local_path, url_of
from junheng.batch.contract import files_below
from junheng.batch.job import JobResult, Places, Status, issues_file
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
    there: set[str] = field(default_factory=set)
    """The names of all files of the year in the store, as far as this run knows."""

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
        archive = self._archive(result.county.stem)
        if result.status is Status.DONE:
            result = dataclasses.replace(result, kept=result.kept + self._keep_edited(store, archive))
            self._send_report(store, result.county.stem, archive)
        if result.status is not Status.CURRENT:
            self._send_beside(store, result)
        if result.status is not Status.FAILED:
            return dataclasses.replace(result, open=store.where(archive))
        name = self._name(result.open) if isinstance(result.open, Path) else ""
        return dataclasses.replace(result, open=store.where(name) if name else None)

    def _send_report(self, store: Store, stem: str, archive: str) -> None:
        report = self.request.places.year_dir(self.request.year) / stem
        files = ((f"{stem}/{name}", (report / name).read_bytes()) for name in files_below(report))
        store.write(archive, packed(files))
        shutil.rmtree(report)

    def _send_beside(self, store: Store, result: JobResult) -> None:
        """Have log and list of issues there as they are here, with what by_hand.py keeps beside that list."""
        places, county = self.request.places, result.county
        issues = issues_file(places, self.request.year, county)
        log = places.year_dir(self.request.year) / "logs" / f"{county.stem}.log"
        here = {self._name(path): path for path in (log, *issues.parent.rglob(f"{issues.stem}*"))}
        start = f"{self._name(issues.parent)}/"
        for name in sorted(self.there - here.keys()):
            if name.startswith(start) and name.rpartition("/")[2].startswith(issues.stem):
                store.remove(name)
                self.there.remove(name)
        for name, path in here.items():
            if path.is_file():
                store.write(name, path.read_bytes())

    def _keep_edited(self, store: Store, archive: str) -> tuple[str, ...]:
        """Copy a report in the store that is not as its manifest says under a name of its own; return that name."""
        if archive not in self.there:
            return ()
        with store.opened(archive) as stream:
            data = stream.read()
        if _as_made(data):
            return ()
        wanted = Path(f"{archive.removesuffix('.zip')}{EDITED}.zip")
        name = next(one.as_posix() for one in versions(wanted) if one.as_posix() not in self.there)
        store.write(name, data)
        return (name.rpartition("/")[2],)

    def bring_published(self, store: Store) -> None:
        """Bring what decides whether a report is up to date, its verdict, and lists of issues; not the report itself."""
        self.store = store
        self.there = set(store.names(self.request.places.year_name(self.request.year)))
        places, year = self.request.places, self.request.year
        counties = chosen_counties(self.request)
        for county in counties:
            if (archive := self._archive(county.stem)) in self.there:
                with store.opened(archive) as stream:
                    _take_out(stream, places.year_dir(year), county.stem)
        start = f"{self._name(issues_file(places, year, counties[0]).parent)}/"
        store.fetch([name for name in self.there if name.startswith(start)], places.out)

    def _archive(self, stem: str) -> str:
        return f"{self.request.places.year_name(self.request.year)}/{stem}.zip"

    def _name(self, path: Path) -> str:
        return path.relative_to(self.request.places.out).as_posix()


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
        _bring_inputs(request.year, places, given)
        cluster = Cluster(scheduler, _url(given.data, places.data), _url(given.params, places.params))
        remote = _remote(given.out)
        visiting = Visit(
            dataclasses.replace(
                request, places=places, cluster=cluster if scheduler else None, in_store=remote
            )
        )
        if remote:
            visiting.bring_published(Store(given.out))
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


def _bring_inputs(year: int, places: Places, given: Given) -> None:
    if _remote(given.params):
        store = Store(given.params)
        names = store.names()
        if not names:
            raise UsageProblem(f"参数目录“{store.where()}”不存在或是空的（选项--params）。")
        store.fetch(names, places.params)
    if _remote(given.data):
        # All workbooks, also for a single county: which is its own, and whether its schools are another's, only all tell.
        store = Store(given.data)
        store.fetch([name for year in (year, year - 1) for name in store.names(str(year))], places.data)
        places.data.mkdir(parents=True, exist_ok=True)
    for option, text, folder in (
        ("--data", given.data, places.data),
        ("--params", given.params, places.params),
    ):
        if not folder.is_dir():
            raise UsageProblem(f"目录“{text}”不存在（选项{option}），请在项目目录中运行或写明目录。")


def _take_out(stream: IO[bytes], year_dir: Path, stem: str) -> None:
    """Read manifest and verdict from a report's zip. Of a broken one, or one without a file that its manifest lists, only
    an empty folder remains, so that it counts as damaged."""
    folder = year_dir / stem
    (folder / VERDICT).parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(stream) as package:
            manifest = package.read(f"{stem}/{MANIFEST}")
            listed = {f"{stem}/{name}" for name in json.loads(manifest)["outputs"]}
            if listed <= set(package.namelist()):
                (folder / VERDICT).write_bytes(package.read(f"{stem}/{VERDICT}"))
                (folder / MANIFEST).write_bytes(manifest)
    except (*DAMAGED_ZIP, KeyError, ValueError, TypeError):
        pass


def _as_made(data: bytes) -> bool:
    """Whether a report's zip holds what its manifest lists, as it lists it, and nothing else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            files = {name.partition("/")[2]: package.read(name) for name in package.namelist()}
        return bool(
            json.loads(files.pop(MANIFEST))["outputs"] == {n: sha256(content) for n, content in files.items()}
        )
    except (*DAMAGED_ZIP, KeyError, ValueError, TypeError, RuntimeError, NotImplementedError):
        return False
