"""docs/frames.md is what the column records say, and says something of every column."""

from __future__ import annotations

import re

import frames_doc
import pytest

from tests.assess.make import PARAMS

ROW = re.compile(
    r"^\| (?P<heading>.+?) \| `(?P<key>\w+)` \| (?P<kind>.+?) \| (?P<unit>.*?) \| (?P<source>.*?) \|$"
)


def test_the_page_is_up_to_date() -> None:
    page = frames_doc.PAGE.read_text(encoding="utf-8")
    assert page == frames_doc.frames_text(PARAMS, frames_doc.YEAR), (
        "run: .venv/bin/python scripts/frames_doc.py"
    )


@pytest.mark.parametrize("section", frames_doc.PAGE.read_text(encoding="utf-8").split("\n### ")[1:])
def test_every_column_has_a_heading_of_its_own_a_type_and_a_source(section: str) -> None:
    rows = [ROW.match(line) for line in section.splitlines() if line.startswith("| ") and "---" not in line][
        1:
    ]
    found = [row.groupdict() for row in rows if row]
    assert len(found) == len(rows) > 1
    assert len({r["heading"] for r in found}) == len({r["key"] for r in found}) == len(found)
    for row in found:
        assert row["source"], row
        assert row["kind"].startswith(("string", "Int64", "Float64", "boolean", "category")), row
        if row["kind"] == "Float64" and not re.search("差异系数|限值|增减|比例|率|variation", row["heading"]):
            assert row["unit"], row
