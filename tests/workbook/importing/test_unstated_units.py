"""A figure whose unit stands nowhere and whose size speaks against the usual one is left open, never taken for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.workbook.importing.forms_builder import write_forms
from tests.workbook.importing.forms_new import new_forms
from tests.workbook.importing.helpers import figures, imported, lack
from tests.workbook.importing.wide_builder import COLUMNS, school, write_wide

EQUIPMENT = COLUMNS[-1]
BARE = (*COLUMNS[:-1], ("固定资产总值", "教学仪器设备资产值"))


def wide(path: Path, *values: float, columns: Any = BARE) -> Path:
    rows = [
        school(学校标识码=f"21378300{n:02}", 学校名称=f"第{n}小学")
        | {EQUIPMENT[-1]: value, BARE[-1][-1]: value}
        for n, value in enumerate(values, 1)
    ]
    return write_wide(path / "2024小学.xlsx", rows, columns=columns)


def test_yuan_without_a_unit_is_left_open(tmp_path: Path) -> None:
    result = imported(wide(tmp_path, 856000))
    assert lack(result, "equipment_value") == (
        "原表没有写明单位，“856000”按万元计，生均值异常，可能是其他单位，请核对单位后填写"
    )
    assert result.schools[0].lacks["equipment_value"].suspect
    assert figures(result)["sports_ground_area"] == 6000


def test_a_column_of_which_most_are_suspect_is_left_open_whole(tmp_path: Path) -> None:
    result = imported(wide(tmp_path, 856000, 1200000, 9000))
    assert all("equipment_value" not in one.figures for one in result.schools)


def test_one_slip_leaves_the_others(tmp_path: Path) -> None:
    result = imported(wide(tmp_path, 85.6, 1200000, 90))
    assert ["equipment_value" in one.figures for one in result.schools] == [True, False, True]


@pytest.mark.parametrize("value", [85.6, 0])
def test_a_usual_size_is_taken(tmp_path: Path, value: float) -> None:
    assert figures(imported(wide(tmp_path, value)))["equipment_value"] is not None


def test_a_stated_unit_is_believed(tmp_path: Path) -> None:
    """The workbook's own check warns of it; an import does not know better than its source."""
    assert figures(imported(wide(tmp_path, 856000, columns=COLUMNS)))["equipment_value"] == 856000


def test_a_form_without_units_is_suspected_too(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        page = book["教基5176_小学"]
        row = next(cell.row for cell in page["A"] if cell.value == "#教学仪器设备资产值")
        page.cell(row, 2).value, page.cell(row, 4).value = None, 856000

    result = imported(write_forms(tmp_path / "a.xlsx", new_forms(), edit=edit))
    assert "没有写明单位" in lack(result, "equipment_value")
