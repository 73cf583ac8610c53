"""What travels between the coordinator and a worker of the cluster: an order out, a parcel back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from junheng.batch.job import Job, JobResult, Places
from junheng.batch.staleness import Inputs
from junheng.errors import JunhengError
from junheng.params.counties import County


class ElsewhereProblem(JunhengError):
    """A failure of this worker, not of the county: another one may do the order. `worker` is its Dask address."""

    worker = ""


@dataclass(frozen=True)
class Cluster:
    """Where to run: the scheduler's address, and the URLs under which workers read data and parameters."""

    scheduler: str
    data: str
    params: str


@dataclass(frozen=True)
class Order:
    """One county's job without any place of the coordinator: `data` and `params` are fsspec URLs of folders."""

    run: str
    year: int
    county: County
    inputs: Inputs
    reports: tuple[str, ...]
    cell_seconds: int
    memory: int
    data: str
    params: str
    external: bool = False

    def job(self, root: Path, folder: Path) -> Job:
        """The job as a worker performs it: inputs and outputs below its private `folder`."""
        places = Places(root, folder / "data", folder / "params", folder / "outputs", self.external)
        return Job(self.year, self.county, places, self.inputs, self.reports, self.cell_seconds, self.memory)


def order_for(job: Job, run: str, cluster: Cluster) -> Order:
    return Order(
        run,
        job.year,
        job.county,
        job.inputs,
        job.reports,
        job.cell_seconds,
        job.memory,
        cluster.data,
        cluster.params,
        job.places.external,
    )


@dataclass(frozen=True)
class Parcel:
    """What came of an order: the files of the finished report by relative name (none when it failed), its log and,
    when the workbook is to blame, the list of issues. `host` is the machine it was made on."""

    host: str
    result: JobResult
    log: bytes
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    issues: bytes | None = None


def pack(job: Job, result: JobResult, host: str) -> Parcel:
    """Take everything a job has left in its folder."""
    files = {}
    if job.published.is_dir():
        for path in sorted(job.published.rglob("*")):
            if path.is_file():
                files[path.relative_to(job.published).as_posix()] = path.read_bytes()
    return Parcel(
        host,
        dataclasses.replace(result, open=None),
        job.log_file.read_bytes() if job.log_file.is_file() else b"",
        files,
        job.issues_file.read_bytes() if job.issues_file.is_file() else None,
    )
