"""What travels between the coordinator and a worker's machine; none of it names a place of the coordinator."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from junheng.batch.contract import files_below
from junheng.batch.job import Job, JobResult, Places, issues_file
from junheng.batch.plan import Cluster, Request
from junheng.batch.work import Toolbox


@dataclass(frozen=True)
class ChunkOrder:
    """A chunk of counties to be made, or (without counties) to be looked at whether it could be.

    `names` are the logical names of the inputs to fetch. The request's folders are the worker's to say.
    """

    request: Request
    cluster: Cluster
    names: tuple[str, ...]
    tools: Toolbox | None = None


def order_for(
    request: Request, jobs: Sequence[Job] = (), names: Iterable[str] = (), tools: Toolbox | None = None
) -> ChunkOrder:
    """The order of some of a request's jobs; without any, what looks at a worker needs."""
    assert request.cluster is not None
    nowhere = Places(Path(), Path(), Path(), Path(), request.places.external)
    travels = Request(
        request.year, nowhere, tuple(job.county.code for job in jobs), request.reports, workers=1, force=True,
        cell_seconds=request.cell_seconds, memory=request.memory, draft=request.draft,
    )  # fmt: skip
    return ChunkOrder(
        travels, dataclasses.replace(request.cluster, scheduler=""), tuple(sorted(names)), tools
    )


@dataclass(frozen=True)
class Parcel:
    """What came of one county: the files of its published folder by relative name (none when it failed), its log and,
    when the workbook is to blame, the list of issues. `host` is the machine it was made on."""

    host: str
    result: JobResult
    log: bytes
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    issues: bytes | None = None


def pack(places: Places, year: int, result: JobResult, host: str) -> Parcel:
    """Take everything that a batch has left of a county in its output folder."""
    county, year_dir = result.county, places.year_dir(year)
    folder, log = year_dir / county.stem, year_dir / "logs" / f"{county.stem}.log"
    issues = issues_file(places, year, county)
    return Parcel(
        host,
        dataclasses.replace(result, open=None),
        log.read_bytes() if log.is_file() else b"",
        {name: (folder / name).read_bytes() for name in files_below(folder)},
        issues.read_bytes() if issues.is_file() else None,
    )
