"""A workbook of 5,000 schools: read and checked against last year's within 1 GB (its time: bench/reading.py)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.messy.builder import PARAMS, patch_part, school, write_book
from tests.messy.test_files import SPREAD

MEASURE = """
import json, re, sys
from pathlib import Path
from junheng.params.counties import find_county, load_counties
from junheng.workbook.read.book import open_county_book

params = Path(sys.argv[1])
county = find_county(load_counties(params), "370883")
book = open_county_book(Path(sys.argv[2]), county, 2024, params, Path(sys.argv[3]))
# Not ru_maxrss: that begins with the memory of the process that started this one.
peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024
print(json.dumps({"megabytes": peak, "schools": len(book.rows("schools")),
                  "issues": [issue.message for issue in book.issue_records]}))
"""


def write_many(path: Path, number: int, first: int = 1000, spent: int = 3_000_000) -> None:
    """Write one school and repeat its row, each time with a code, a name and figures of its own (from `first` on)."""
    spending = {"education_spending": spent, "education_spending_last": 2_900_000}
    migrants = {"migrant_eligible": 20 * number, "migrant_public": 20 * number}
    write_book(
        path, [school(**dict.fromkeys(SPREAD, 987654), school_name="777777")], county=spending | migrants
    )

    def repeated(xml: str) -> str:
        row = re.search(r'<row r="2".*?</row>', xml, re.DOTALL)
        assert row and row[0].count("987654") == len(SPREAD)
        return xml.replace(row[0], "".join(_row(row[0], n, first) for n in range(number)))

    patch_part(path, "xl/worksheets/sheet1.xml", repeated)


def _row(row: str, number: int, first: int) -> str:
    moved = re.sub(r' r="([A-Z]*)2"', rf' r="\g<1>{number + 2}"', row)
    renamed = moved.replace("2137830001", f"213783{number:04}").replace("777777", f"No {number}")
    return renamed.replace("987654", str(first + number))


@pytest.mark.slow
def test_five_thousand_schools(place: Path) -> None:
    last = place.with_name("last.xlsx")
    write_many(last, 5000, first=1001, spent=2_900_000)
    write_many(place, 5000)
    command = [sys.executable, "-c", MEASURE, str(PARAMS), str(place), str(last)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    assert measured["schools"] == 5000 and measured["issues"] == []
    assert measured["megabytes"] < 1000, measured
