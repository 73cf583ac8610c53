"""CPU seconds and memory of reading and checking a workbook of 5,000 schools against last year's.

Run as `.venv/bin/python bench/reading.py`.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHOOLS = 5000


def main() -> None:
    sys.path.insert(0, str(ROOT))  # the makers of test workbooks
    from tests.workbook.test_large import write_many

    from junheng.params.counties import find_county, load_counties
    from junheng.workbook.read.book import open_county_book

    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as folder:
        last, now = Path(folder) / "last.xlsx", Path(folder) / "now.xlsx"
        write_many(last, SCHOOLS, first=1001, spent=2_900_000)
        write_many(now, SCHOOLS)
        county = find_county(load_counties(ROOT / "params"), "370883")
        start = time.process_time()
        book = open_county_book(now, county, 2024, ROOT / "params", last)
        seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s*(\d+)", status)
    print(
        json.dumps(
            {
                "schools": len(book.rows("schools")),
                "cpu_seconds": round(seconds, 2),
                "megabytes": round(int(peak[1]) / 1024) if peak else None,
            }
        )
    )


if __name__ == "__main__":
    main()
