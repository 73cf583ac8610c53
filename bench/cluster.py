"""What a county costs through Dask beside a run on one machine: the same counties, the same number of workers, here.

Prints a line for each way (wall clock, and time outside the job function), and what each further county costs the coordinator
and the scheduler in CPU: the difference between a run of all counties and one of two. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from loopback import REPO, Loopback, loopback

from junheng.params.counties import load_counties

JUNHENG = Path(sys.executable).with_name("junheng")
YEAR = "2024"
WORKERS = 2


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--counties", type=int, default=14)
    codes = [county.code for county in load_counties(REPO / "params")][: parser.parse_args().counties]
    with tempfile.TemporaryDirectory(prefix="junheng-cluster-") as folder:
        scratch = Path(folder)
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
