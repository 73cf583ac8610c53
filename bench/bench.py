"""`make bench`: the batch against a plain Makefile and against its floor, all in one run; writes bench/results.json.

Seconds of wall clock, and beside them processor seconds of all processes, which is what is left of a figure on a machine
that others use too. Run it on a quiet machine: every figure is one measurement. `--counties N` takes the first N.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import openpyxl

from junheng.params.counties import County, load_counties
from junheng.report import fonts

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
YEAR = 2024
WORKERS = 2


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that `work` took, by the clock and of processors."""
    started, used = time.monotonic(), processors()
    work()
    return round(time.monotonic() - started, 2), round(processors() - used, 2)


def processors() -> float:
    """Processor seconds of all child processes that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def plain(counties: tuple[County, ...], out: Path, jobs: int) -> None:
    """The plain Makefile."""
    stems = " ".join(county.stem for county in counties)
    variables = {
        "OUT": out,
        "ROOT": ROOT,
        "BIN": BIN,
        "YEAR": YEAR,
        "STEMS": stems,
        "FONTS": fonts.fontconfig_file(),
    }
    words = [f"{name}={value}" for name, value in variables.items()]
    subprocess.run(["make", "--silent", "-f", ROOT / "bench" / "plain.mk", f"-j{jobs}", *words], check=True)


def batch(counties: tuple[County, ...], data: Path, out: Path) -> None:
    """The product, as its users call it."""
    chosen = [word for county in counties for word in ("--county", county.code)]
    command = [
        BIN / "junheng",
        "run",
        "--year",
        str(YEAR),
        "--jobs",
        str(WORKERS),
        "--data",
        data,
        "--out",
        out,
    ]
    subprocess.run([*command, *chosen], cwd=ROOT, check=True, capture_output=True)


def floor_share(codes: list[str], out: Path) -> None:
    """One process's share of the floor: the notebook's calls in plain Python, and the PDF."""
    from junheng.lab import county as wb
    from junheng.report.content.names import report_name
    from junheng.report.pdf.convert import Converter

    with Converter() as converter:
        converter.prepare()
        for code in codes:
            work = wb.open_workspace(code, YEAR, "data", "params", str(out / code), "assessment")
            book = wb.read(work)
            assessment = wb.assess(work, book)
            trend = wb.compare(work, assessment)
            pictures = wb.draw(work, assessment, trend)
            wb.write(work, assessment, wb.compose(work, assessment, trend, pictures))
            word = work.out_dir / f"{report_name('assessment', work.county, YEAR)}.docx"
            converter.convert(word, word.with_suffix(".pdf"))


def floor(counties: tuple[County, ...], out: Path) -> None:
    codes = [county.code for county in counties]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(floor_share, codes[n::WORKERS], out) for n in range(WORKERS)]
        for share in shares:
            share.result()


def change_one(data: Path, county: County) -> None:
    """Change one value of one workbook, as a clerk would."""
    path = data / str(YEAR) / f"{county.stem}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["县级数据"]
    sheet.cell(row=sheet.max_row, column=4).value = "已核对"
    book.save(path)


def breakdown(out: Path) -> dict[str, float]:
    """Seconds by step over all counties, from the manifests."""
    total: Counter[str] = Counter()
    for path in (out / str(YEAR)).glob("*/manifest.json"):
        total.update(json.loads(path.read_text(encoding="utf-8"))["seconds"])
    return {step: round(seconds, 1) for step, seconds in total.items()}


def measure(counties: tuple[County, ...], scratch: Path) -> dict[str, tuple[float, float]]:
    data, out = scratch / "data", scratch / "batch"
    shutil.copytree(ROOT / "data", data)
    seconds = {
        "plain_one_by_one": timed(lambda: plain(counties, scratch / "plain1", 1)),
        "plain_two_jobs": timed(lambda: plain(counties, scratch / "plain2", 2)),
        "batch": timed(lambda: batch(counties, data, out)),
        "floor": timed(lambda: floor(counties, scratch / "floor")),
        "nothing_to_do": timed(lambda: batch(counties, data, out)),
    }
    print("各步骤合计（秒）：", breakdown(out))
    change_one(data, counties[-1])
    before = {path: path.stat().st_mtime_ns for path in (out / str(YEAR)).glob("*/manifest.json")}
    seconds["one_changed"] = timed(lambda: batch(counties, data, out))
    again = [path for path, moment in before.items() if path.stat().st_mtime_ns != moment]
    if [path.parent.name for path in again] != [counties[-1].stem]:
        raise SystemExit(f"one changed workbook, but made again: {again}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--counties", type=int)
    counties = load_counties(ROOT / "params")[: parser.parse_args().counties]
    os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".junheng" / "matplotlib"))
    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as scratch:
        seconds = measure(counties, Path(scratch))
    (ROOT / "bench" / "results.json").write_text(json.dumps(seconds, indent=2) + "\n", encoding="utf-8")
    print(f"{'':18}{'clock':>8}{'processors':>12}   load {os.getloadavg()[1]:.1f}")
    for name, (clock, used) in seconds.items():
        print(f"{name:18}{clock:8.2f}{used:12.2f}")
    for number, of in enumerate(("clock", "processors")):
        alone, two, made, least = (
            seconds[name][number] for name in ("plain_one_by_one", "plain_two_jobs", "batch", "floor")
        )
        print(
            f"by {of}: batch {alone / made:.1f} x plain one by one, {two / made:.1f} x plain -j2, {made / least:.2f} of the floor"
        )


if __name__ == "__main__":
    main()
