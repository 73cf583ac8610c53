"""Where a county's time goes: processor seconds of each step, this process and LibreOffice, mean of the demo counties.

Processor time, since that is what is left of a figure on a machine that others use too. Without a notebook.
Run as `.venv/bin/python bench/steps.py [--counties N]`. Steps named with a dot are parts of the one above them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import ROOT, YEAR

from junheng.params.counties import load_counties

PARTS = (
    ("junheng.lab.county", "made_word", "write.Word"),
    ("junheng.lab.county", "save_word", "write.Word saved"),
    ("junheng.lab.county", "inspect_word", "write.Word opened again"),
    ("junheng.lab.county", "write_ledger", "write.ledger"),
    ("junheng.report.pdf.convert", "finish", "PDF.finish"),
    ("junheng.report.pdf.stable_bytes", "encrypt", "PDF.finish.encrypt fonts"),
)
"""Functions timed where they are called: module, name, step."""


class Clock:
    """Adds up seconds by step; `office` tells the processes of LibreOffice."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.office: Callable[[], int | None] = lambda: None

    def now(self) -> float:
        """Processor seconds used so far."""
        process = self.office()
        if process is None:
            return time.process_time()
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + sum(map(int, told[11:13])) / os.sysconf("SC_CLK_TCK")

    def time(self, step: str, work: Callable[..., Any], *given: Any) -> Any:
        started = self.now()
        try:
            return work(*given)
        finally:
            self.seconds[step] += self.now() - started

    def watch(self, module: str, name: str, step: str) -> None:
        """Time a function of a module wherever that module calls it."""
        place = __import__(module, fromlist=[name])
        work = getattr(place, name)
        setattr(place, name, lambda *given, **named: self.time(step, lambda: work(*given, **named)))


def one(clock: Clock, code: str, out: Path, converter: Any) -> None:
    """One county, as the notebook and the worker make it."""
    from junheng.lab import county as wb
    from junheng.report.content.names import report_name
    from junheng.report.pdf.inspect import inspect_pdf
    from junheng.report.word.contents import settle_contents

    work = clock.time("open", wb.open_workspace, code, YEAR, "data", "params", str(out / code), "assessment")
    book = clock.time("read", wb.read, work)
    assessment = clock.time("assess", wb.assess, work, book)
    for names in (("resource", "units"), ("disparity",), ("conclusion", "government", "quality", "social")):
        clock.time("show", wb.show, work, assessment, *names)
    trend = clock.time("compare", wb.compare, work, assessment)
    pictures = clock.time("draw", wb.draw, work, assessment, trend)
    with contextlib.redirect_stdout(io.StringIO()):
        clock.time("show", wb.show_pictures, work, pictures)
    documents = clock.time("compose", wb.compose, work, assessment, trend, pictures)
    clock.time("write", wb.write, work, assessment, documents)
    word = work.out_dir / f"{report_name('assessment', work.county, YEAR)}.docx"
    pdf = word.with_suffix(".pdf")
    clock.time("PDF", converter.convert, word, pdf)
    clock.time("page numbers", settle_contents, word, pdf)
    clock.time("PDF opened again", inspect_pdf, pdf, (work.county.title,))


def main() -> None:
    from junheng.batch.worker import spare_collections
    from junheng.report.pdf.convert import Converter

    parser = argparse.ArgumentParser()
    parser.add_argument("--counties", type=int)
    counties = load_counties(ROOT / "params")[: parser.parse_args().counties]
    os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".junheng" / "matplotlib"))
    clock = Clock()
    for part in PARTS:
        clock.watch(*part)
    with tempfile.TemporaryDirectory(prefix="junheng-steps-") as scratch, Converter() as converter:
        one(clock, counties[0].code, Path(scratch), converter)
        clock.office = lambda: converter._office.process if converter._office else None
        spare_collections()
        clock.seconds.clear()
        for county in counties:
            one(clock, county.code, Path(scratch), converter)
    for step, seconds in clock.seconds.items():
        print(f"{step:28}{seconds / len(counties):8.3f}")
    whole = sum(seconds for step, seconds in clock.seconds.items() if "." not in step)
    print(f"{'together':28}{whole / len(counties):8.3f}")


if __name__ == "__main__":
    main()
