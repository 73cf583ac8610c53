"""A row that is missing is never replaced by another stage's, nor by the sum of all stages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workbook.importing.forms_builder import write_forms
from tests.workbook.importing.forms_new import DEGREES, SUBJECTS, new_forms, new_simple
from tests.workbook.importing.helpers import figures, imported, lack

COMBINED = {"kind": "九年一贯制学校", "name": "峄山学校"}


def without(form: str, row: int, text: str) -> Callable[[Any], None]:
    """Empty a row of a form, as a county does that deletes lines it thinks do not matter."""

    def edit(book: Any) -> None:
        page = next(page for page in book if page.title.startswith(form))
        assert page.cell(row, 1).value == text
        for column in range(1, page.max_column + 1):
            page.cell(row, column).value = None

    return edit


@pytest.mark.parametrize(
    ("key", "form", "row", "text", "combined"),
    [
        ("college_primary", "教基4155", 12, "专科", True),
        ("bachelor_primary", "教基4155", 11, "本科", True),
        ("bachelor_junior", "教基4155", 20, "本科", True),
        ("master_junior", "教基4156", 10, "硕士研究生", False),
    ],
)
def test_degrees_of_another_stage_are_not_taken(
    tmp_path: Path, key: str, form: str, row: int, text: str, combined: bool
) -> None:
    forms = new_forms(**COMBINED, combined_form=combined)  # type: ignore[arg-type]
    whole = figures(imported(write_forms(tmp_path / "whole.xlsx", forms)))
    assert whole[key] == {"本科": 20, "硕士研究生": 3, "专科": 5}[text]
    lacking = write_forms(tmp_path / "lacking.xlsx", forms, edit=without(form, row, text))
    assert form in lack(imported(lacking), key)


@pytest.mark.parametrize("kind", ["完全中学", "九年一贯制学校"])
@pytest.mark.parametrize("stages", [("初中", "普通高中"), ("初中",), ()])
def test_degrees_above_the_stages_are_the_sum_of_all(
    tmp_path: Path, kind: str, stages: tuple[str, ...]
) -> None:
    """教基4156 with 总计 and its degrees first, then the stages without degrees of their own (or no stages)."""
    rows = ("总计", *DEGREES, *stages)
    form = new_simple(
        "教基4156", "中学专任教师分课程、分学历情况", "人", SUBJECTS, rows, {"C5": 85, "C8": 58, "C12": 35}
    )
    forms = new_forms(kind=kind, name="邹城六中") | {"教基4156": form}
    result = imported(write_forms(tmp_path / "a.xlsx", forms), partial=not stages)
    of_one_stage = kind == "九年一贯制学校" and "普通高中" not in stages
    if of_one_stage:
        assert figures(result)["bachelor_junior"] == 58
    else:
        assert "教基4156" in lack(result, "bachelor_junior")


def test_a_form_of_one_stage_needs_no_row_for_it(tmp_path: Path) -> None:
    got = figures(imported(write_forms(tmp_path / "a.xlsx", new_forms())))
    assert (got["bachelor_primary"], got["college_primary"], got["teachers_primary"]) == (20, 5, 30)
