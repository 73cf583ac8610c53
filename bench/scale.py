"""`make bench-scale`: time and memory per county for 14, 70 and 140 counties of an invented province.

Shows whether a run grows as it should: time in proportion, memory flat, few temporary folders, nothing left behind.
Prints a table and writes bench/scale.json (not committed). Run it on a quiet machine; exit code 1 when a limit is passed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from province import make_province
from watch import Seen, watch

ROOT = Path(__file__).resolve().parents[1]
JUNHENG = Path(sys.executable).with_name("junheng")
YEAR = 2024
SIZES = (14, 70, 140)
MOST_FOLDERS = 5
MOST_GROWTH = 1.15
"""How much more a county may take in the largest run than in the smallest, and memory in its last quarter than in its second.

The peaks of runs of different sizes cannot be compared: LibreOffice grows until it is replaced, after 40 documents.
"""
SERVICE = (".staging-", ".old-", ".lock")


@dataclass(frozen=True)
class Measured:
    """One run of so many counties."""

    counties: int
    seen: Seen
    published: int
    bytes: int

    def row(self) -> dict[str, float]:
        seen = self.seen
        return {
            "counties": self.counties,
            "published": self.published,
            "seconds": round(seen.seconds, 1),
            "seconds_per_county": round(seen.seconds / self.counties, 3),
            "cpu_per_county": round(seen.cpu / self.counties, 3),
            "tree_peak_mb": round(seen.tree_mb),
            "tree_second_quarter_mb": round(seen.mean_mb(0.25, 0.5)),
            "tree_last_quarter_mb": round(seen.mean_mb(0.75, 1.0)),
            "coordinator_peak_mb": round(seen.first_mb),
            "processes": seen.processes,
            "temporary_folders": seen.folders,
            "published_mb_per_county": round(self.bytes / self.counties / 1e6, 2),
        }


def folders_in(*places: Path) -> int:
    """How many temporary folders stand in these places: whatever is in the folder for temporary files, and staging folders."""
    temp, *others = places
    top = [path for path in _children(temp) if path.is_dir()]
    staged = [path for place in others for path in _children(place) if path.name.startswith(".staging-")]
    return len(top) + sum(path.is_dir() for path in staged)


def _children(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def measure(codes: Sequence[str], province: Path, scratch: Path, jobs: int) -> Measured:
    """One run over these counties into an empty folder."""
    out, temp = scratch / f"outputs-{len(codes)}", scratch / f"temp-{len(codes)}"
    year_dir = out / str(YEAR)
    chosen = [word for code in codes for word in ("--county", code)]
    command = [
        JUNHENG, "run", "--year", str(YEAR), "--jobs", str(jobs), "--out", out,
        "--data", province / "data", "--params", province / "params", *chosen,
    ]  # fmt: skip
    seen = watch(command, temp, lambda: folders_in(temp, year_dir))
    seen.left += [path.name for path in _children(year_dir) if path.name.startswith(SERVICE)]
    manifests = list(year_dir.glob("*/manifest.json"))
    size = sum(path.stat().st_size for path in year_dir.rglob("*") if path.is_file())
    return Measured(len(codes), seen, len(manifests), size)


def faults(runs: Sequence[Measured]) -> list[str]:
    """What is not as it should be, one sentence each."""
    found = []
    for run in runs:
        if run.seen.exit_code or run.published != run.counties:
            found.append(
                f"{run.counties} counties: exit code {run.seen.exit_code}, {run.published} published"
            )
        if run.seen.left:
            found.append(f"{run.counties} counties: left behind {', '.join(run.seen.left)}")
        if run.seen.folders > MOST_FOLDERS:
            found.append(f"{run.counties} counties: {run.seen.folders} temporary folders at one time")
    first, last = runs[0], runs[-1]
    if last.seen.seconds / last.counties > MOST_GROWTH * first.seen.seconds / first.counties:
        found.append("time per county grows with the number of counties")
    early, late = last.seen.mean_mb(0.25, 0.5), last.seen.mean_mb(0.75, 1.0)
    if late > MOST_GROWTH * early:
        found.append("memory grows with the number of counties")
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--sizes", default=",".join(map(str, SIZES)), help="numbers of counties, comma between"
    )
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    sizes = sorted(map(int, options.sizes.split(",")))
    os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".junheng" / "matplotlib"))
    with tempfile.TemporaryDirectory(prefix="junheng-scale-") as folder:
        scratch = Path(folder)
        codes = make_province(scratch / "province", sizes[-1], options.jobs)
        runs = []
        for size in sizes:
            load = os.getloadavg()[0]
            runs.append(measure(codes[:size], scratch / "province", scratch, options.jobs))
            print({**runs[-1].row(), "load_before": round(load, 1)}, flush=True)
            if runs[-1].seen.exit_code:
                print(runs[-1].seen.said)
    rows = [run.row() for run in runs]
    (ROOT / "bench" / "scale.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    problems = faults(runs)
    print("\n".join(problems) if problems else "time in proportion, memory flat, nothing left behind")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
