"""What a county costs through Dask beside a run on one machine: the same counties, the same number of workers, here.

Prints a line for each way (wall clock, and time outside the job function), what each further county costs the coordinator and the
scheduler in CPU (the difference between a run of all counties and one of two), and the CPU of each step that only a cluster has. Run it
on a quiet machine; CPU seconds are nearly the same on a busy one. `--steps` measures the steps alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from loopback import REPO, Loopback, loopback

from junheng.batch.cluster.chunk import Order, fetch_inputs, pack
from junheng.batch.cluster.receive import accept
from junheng.batch.cluster.store import url_of
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import Cluster, Request, make_plan
from junheng.params.counties import load_counties

JUNHENG = Path(sys.executable).with_name("junheng")
YEAR = "2024"
WORKERS = 2
TIMES = 20


def run(out: Path, codes: Sequence[str], *words: str) -> dict[str, float]:
    """One run; seconds of wall clock and CPU of the command (with the workers it has itself), and of the jobs."""
    counties = [word for code in codes for word in ("--county", code)]
    folders = ("--data", REPO / "data", "--params", REPO / "params", "--out", out)
    started = time.monotonic()
    process = subprocess.Popen(
        [JUNHENG, "run", "--year", YEAR, *folders, *counties, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the run failed, see {out}")
    manifests = (out / YEAR).glob("*/manifest.json")
    inside = sum(sum(json.loads(path.read_text())["seconds"].values()) for path in manifests)
    return {
        "seconds": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "inside_jobs": inside,
    }


def through_dask(scratch: Path, codes: Sequence[str]) -> dict[str, float]:
    with loopback(scratch, WORKERS) as cluster:
        words = ("--executor", "dask", "--scheduler", cluster.address)
        first = _with_scheduler(cluster, lambda: run(scratch / "first", codes[:WORKERS], *words))
        found = _with_scheduler(cluster, lambda: run(scratch / "dask", codes, *words))
    for name in ("cpu", "scheduler_cpu"):
        further = (found[name] - first[name]) / (len(codes) - WORKERS)
        print(f"{name}: {further:.3f} s for each further county")
    return found


def _with_scheduler(cluster: Loopback, work: Callable[[], dict[str, float]]) -> dict[str, float]:
    scheduler = psutil.Process(cluster.scheduler.pid)
    before = sum(scheduler.cpu_times()[:2])
    found = work()
    return found | {"scheduler_cpu": sum(scheduler.cpu_times()[:2]) - before}


def steps(scratch: Path, code: str) -> dict[str, float]:
    """CPU seconds of what a county needs on a cluster beside its job: fetching, packing, the way there, checking and publishing."""
    run(scratch / "steps", (code,))
    places = Places(REPO, REPO / "data", REPO / "params", scratch / "steps")
    cluster = Cluster("", url_of(places.data), url_of(places.params))
    request = Request(int(YEAR), places, (code,), force=True, cluster=cluster)
    (job,) = make_plan(request).jobs
    order = Order.of(request, (job,))
    there = dataclasses.replace(places, out=scratch / "there")
    shutil.copytree(job.published, there.year_dir(job.year) / job.stem)
    parcel = pack(there, job.year, JobResult(job.county, Status.DONE))
    here = dataclasses.replace(job, places=dataclasses.replace(places, out=scratch / "here"))
    numbers = iter(range(1000))
    return {
        "fetch": _cpu(lambda: fetch_inputs(order, scratch / f"fetch{next(numbers)}")),
        "pack": _cpu(lambda: pack(there, job.year, parcel.result)),
        "pickle": _cpu(lambda: pickle.loads(pickle.dumps(parcel, protocol=5))),
        "accept": _cpu(lambda: accept(here, parcel)),
        "megabytes": sum(map(len, parcel.files.values())) / 1e6,
    }


def _cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for one call; the first call, which also imports, is not counted."""
    work()
    started = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - started) / TIMES


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--counties", type=int, default=14)
    parser.add_argument("--steps", action="store_true")
    options = parser.parse_args()
    codes = [county.code for county in load_counties(REPO / "params")][: options.counties]
    with tempfile.TemporaryDirectory(prefix="junheng-cluster-") as folder:
        scratch = Path(folder)
        print("steps:", {name: round(value, 4) for name, value in steps(scratch, codes[-1]).items()})
        if options.steps:
            return
        ways = {
            "local": run(scratch / "local", codes, "--jobs", str(WORKERS)),
            "dask": through_dask(scratch, codes),
        }
    for name, way in ways.items():
        per_county = {key: round(value / len(codes), 3) for key, value in way.items()}
        outside = (way["seconds"] * WORKERS - way["inside_jobs"]) / len(codes)
        print(
            name, f"{way['seconds']:.1f} s;", "per county:", per_county | {"outside_jobs": round(outside, 3)}
        )
    print("load", os.getloadavg())


if __name__ == "__main__":
    main()
