"""What a county costs through Dask beside a run on one machine: the same counties, the same number of workers, here.

Prints one line for each way: wall clock, and the CPU that only Dask needs (coordinator, scheduler). The time a job needs
outside the job function is taken from the difference of the two ways. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from loopback import REPO, loopback

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
        first = codes[:WORKERS]
        run(scratch / "warm", first, *words)  # the workers' own imports are not the jobs'
        before = sum(psutil.Process(cluster.scheduler.pid).cpu_times()[:2])
        found = run(scratch / "dask", codes, *words)
        found["scheduler_cpu"] = sum(psutil.Process(cluster.scheduler.pid).cpu_times()[:2]) - before
    return found


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
