"""What is told of each kind of issue is said once, as data, and every kind is one that the readers know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from junheng.params.dictionary import load_dictionary
from junheng.workbook.read.issues import Reporter

REPO = Path(__file__).resolve().parents[2]
TEXTS = load_dictionary(REPO / "params").issues
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (REPO / "lib/junheng/workbook").rglob("*.py"))
SAID = set(re.findall(r'"([a-z_]*(?:\.[a-z_]+)?)"', SOURCE))


@pytest.mark.parametrize("kind", TEXTS)
def test_some_reader_reports_it(kind: str) -> None:
    assert kind in SAID


def test_a_figure_that_looks_like_a_placeholder_is_quoted_as_it_stands() -> None:
    reporter = Reporter("甲.xlsx", TEXTS)
    reporter.report("duplicate_column", "学校", "B1", found="{first}{0}", first="A1")
    (issue,) = reporter.issues
    assert issue.message == (
        "甲.xlsx〔学校〕B1，现为“{first}{0}（与A1重复）”，应为每个列名只出现一次。请核对A1和B1两列，删去或改正其中一列。"
    )
