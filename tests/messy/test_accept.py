"""Accepting an error by name: as the how-to page says, told with who, when and why, and no longer than it is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from junheng.params.city import CountyYear
from junheng.workbook.model import Severity
from tests.messy.builder import PARAMS, cell_of, only, read, school, write_book

PAGE = PARAMS.parent / "docs" / "howto" / "accept.md"


@pytest.fixture(scope="module")
def example() -> CountyYear:
    """The record that the how-to page shows, as a clerk would copy it."""
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    return CountyYear.model_validate(yaml.safe_load(re.sub("^   ", "", block[1], flags=re.MULTILINE)))


def test_the_pages_example_accepts_an_error(place: Path, example: CountyYear) -> None:
    cell = cell_of("oversize_primary")
    known = example.accepted[0].model_copy(update={"cell": cell})
    write_book(place, [school(oversize_primary=11, largest_class=60)])
    assert read(place).blocking
    book = read(place, acceptances=[known])
    issue = only(book, "oversize_classes")
    assert not book.blocking and issue.severity is Severity.ERROR
    assert issue.accepted == "张某于2025年3月18日认可：学校正在分班，已到校核实"


def test_an_acceptance_that_fits_nothing_is_a_warning(place: Path, example: CountyYear) -> None:
    book = read(write_book(place), acceptances=example.accepted)
    issue = only(book, "acceptance_unused")
    assert issue.severity is Severity.WARNING and (issue.sheet, issue.cell) == ("学校", "S12")
    assert "张某" in issue.found


def test_an_acceptance_of_one_figure_does_not_cover_another(place: Path, example: CountyYear) -> None:
    known = example.accepted[0].model_copy(update={"cell": cell_of("oversize_primary")})
    book = read(write_book(place, [school(oversize_primary=12, largest_class=60)]), acceptances=[known])
    assert [issue.check for issue in book.blocking] == ["oversize_classes"]
    assert only(book, "acceptance_unused").severity is Severity.WARNING
