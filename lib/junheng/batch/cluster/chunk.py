"""The process beside a Dask worker's, in which the ordinary batch makes a chunk of counties (task.py starts it).

It reads an order from stdin and writes the answer to stdout. Neither names a place of the coordinator.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from junheng.batch.changes import DATA, called
from junheng.batch.cluster.store import Store
from junheng.batch.cluster.task import REFUSED
from junheng.batch.contract import files_below
from junheng.batch.job import Job, JobResult, Places, issues_file
from junheng.batch.manifest import versions
from junheng.batch.plan import Request, RunPlan
from junheng.batch.run import run_batch
from junheng.batch.rundir import run_folder
from junheng.batch.staleness import shared_digests
from junheng.batch.work import Toolbox
from junheng.errors import JunhengError, UsageProblem
from junheng.lab.notebooks import FOLDER, STANDARD
from junheng.processes import die_with_parent
from junheng.project import project_root


@dataclass(frozen=True)
class Order:
    """What a worker is asked for: counties, the digests by logical name of what each is made from, and the URLs of their
    workbooks and parameters (the request's cluster). The request's folders are the worker's to say."""

    request: Request
    inputs: Mapping[str, Mapping[str, str]]
    tools: Toolbox | None = None

    @classmethod
    def of(cls, request: Request, jobs: Sequence[Job], tools: Toolbox | None = None) -> Order:
        """The order of some of a request's jobs."""
        assert request.cluster is not None
        travels = replace(
            request, words=tuple(job.county.code for job in jobs), workers=1, force=True, in_store=False,
            places=Places(Path(), Path(), Path(), Path(), request.places.external),
            cluster=replace(request.cluster, scheduler=""),
        )  # fmt: skip
        return cls(travels, {job.county.code: job.inputs.digests for job in jobs}, tools)


@dataclass(frozen=True)
class Parcel:
    """What came of one county: the files of its published folder by relative name (none when it failed), its log and,
    when the workbook is to blame, the list of issues. `host` is the machine it was made on."""

    host: str
    result: JobResult
    log: bytes
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    issues: bytes | None = None


def made_with(root: Path) -> dict[str, str]:
    """The digests and versions, by logical name, of what a project makes every report with."""
    return {**versions(), **shared_digests(root, root / FOLDER / STANDARD)}


def make(order: Order) -> list[Parcel]:
    """Make the counties of an order; raises JunhengError when inputs or tools are not to be had on this machine."""
    with run_folder() as folder:
        outside = order.request.places.external
        places = Places(project_root(), folder / "data", folder / "params", folder / "outputs", outside)
        fetch_inputs(order, folder)
        request = replace(order.request, places=places, cluster=None)
        results = run_batch(
            request, lambda result: None, lambda plan: _require_same(order, plan), order.tools
        )
        return [pack(places, request.year, result) for result in results]


def fetch_inputs(order: Order, folder: Path) -> None:
    """Bring an order's workbooks and all parameters below `folder`; raises StoreProblem.

    Whether they are the right ones the digests tell. Keys are the office's own and stay where they are.
    """
    assert order.request.cluster is not None
    params = Store(order.request.cluster.params)
    params.fetch([name for name in params.names() if not name.startswith("keys/")], folder / "params")
    books = {
        name.removeprefix(DATA)
        for digests in order.inputs.values()
        for name in digests
        if name.startswith(DATA)
    }
    Store(order.request.cluster.data).fetch(sorted(books), folder / "data")


def _require_same(order: Order, plan: RunPlan) -> None:
    """Make sure, before anything is computed, that the program here has not changed since the worker was started.

    Workbooks are left out: one that has changed meanwhile is its county's failure, whoever makes it. Raises UsageProblem.
    """
    other = {
        name
        for job in plan.jobs
        for name, _ in job.inputs.digests.items() ^ order.inputs[job.county.code].items()
        if not name.startswith(DATA)
    }
    if other:
        names = "、".join(map(called, sorted(other)))
        raise UsageProblem(f"{names}与主控机不同，请更新到同一版本并重新启动dask worker。")


def pack(places: Places, year: int, result: JobResult) -> Parcel:
    """Take everything that a batch has left of a county in its output folder."""
    year_dir, stem = places.year_dir(year), result.county.stem
    log, issues = year_dir / "logs" / f"{stem}.log", issues_file(places, year, result.county)
    return Parcel(
        socket.gethostname(),
        replace(result, open=None),
        log.read_bytes() if log.is_file() else b"",
        {name: (year_dir / stem / name).read_bytes() for name in files_below(year_dir / stem)},
        issues.read_bytes() if issues.is_file() else None,
    )


def look(parent: int) -> int:
    """Write what this machine would make reports with, as JSON; returns the exit code."""
    print(json.dumps(made_with(project_root())))
    return 0


def main(parent: int) -> int:
    """Answer one order; returns the exit code."""
    # Called back, or without the Dask worker, it ends like a command after Ctrl-C: its own workers go first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    die_with_parent(parent, signal.SIGTERM)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is for Dask's log
    try:
        answer.write(pickle.dumps(make(pickle.load(sys.stdin.buffer))))
    except JunhengError as problem:
        answer.write(str(problem).encode())
        return REFUSED
    except KeyboardInterrupt:
        return 130
    finally:
        answer.close()
    return 0
