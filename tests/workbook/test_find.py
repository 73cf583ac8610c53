"""Finding a county's workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.errors import UsageProblem
from junheng.workbook.read.find import find_last_workbook, find_workbook, workbooks
from tests.messy.builder import COUNTY, FILE


def data_dir(tmp_path: Path, *names: str) -> Path:
    for name in names:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "data"


def test_exact_name(tmp_path: Path) -> None:
    data = data_dir(tmp_path, f"2024/{FILE}", "2024/370881_曲阜市.xlsx", "2024/汇总.xlsx")
    assert find_workbook(data, 2024, COUNTY).name == FILE


def test_code_is_enough(tmp_path: Path) -> None:
    data = data_dir(tmp_path, "2024/370883_邹城.xlsx", "2024/~$370883_邹城.xlsx")
    assert find_workbook(data, 2024, COUNTY).name == "370883_邹城.xlsx"


def test_lock_files_are_no_workbooks(tmp_path: Path) -> None:
    data = data_dir(tmp_path, f"2024/~${FILE}", "2024/a.txt")
    assert workbooks(data / "2024") == []


def problem(data: Path, year: int) -> str:
    with pytest.raises(UsageProblem) as caught:
        find_workbook(data, year, COUNTY)
    return str(caught.value)


def test_missing_year_names_the_years_there_are(tmp_path: Path) -> None:
    text = problem(data_dir(tmp_path, "2023/a.xlsx", "2024/a.xlsx"), 2025)
    assert "2025" in text and "2023、2024" in text


def test_missing_data(tmp_path: Path) -> None:
    assert "还没有任何年度" in problem(tmp_path / "data", 2024)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("邹城市.xlsx", FILE),
        ("邹城市2024年.XLSX", FILE),
        ("邹城.xlsx", FILE),
        ("370883邹城市.xls", "370883_邹城市.xls"),
        ("37083_邹城市.ods", "370883_邹城市.ods"),
    ],
)
def test_a_wrong_name_is_told_with_the_right_one(tmp_path: Path, name: str, new: str) -> None:
    text = problem(data_dir(tmp_path, "2024/370881_曲阜市.xlsx", f"2024/{name}"), 2024)
    assert text.endswith(f"“{name}”如是邹城市的，请改名为“{new}”。")


def test_files_of_another_kind_and_in_another_folder_are_told(tmp_path: Path) -> None:
    data = data_dir(tmp_path, "2024/370881_曲阜市.xlsx", f"{FILE}")
    assert f"“data/{FILE}”如是2024年度的，请移入“data/2024”" in problem(data, 2024)
    (data / "2024" / "370883_邹城市.pdf").write_bytes(b"%PDF-1.7")
    assert "370883_邹城市.pdf是PDF文件" in problem(data, 2024)


def test_missing_workbook(tmp_path: Path) -> None:
    text = problem(data_dir(tmp_path, "2024/邹城市.xlsx"), 2024)
    assert FILE in text and "“邹城市.xlsx”" in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    "other",
    [
        "370883_邹城市（更正）.xlsx",
        "370883_邹城市_旧.xlsx",
        "370883_邹城市.xls",
        "370883_邹城市 - 副本.xlsx",
        "副本370883_邹城市.xlsx",
        "邹城市更正稿.xlsx",
        "370883.xlsx",
        "370881_邹城市.xlsx",
        "370883_曲阜市.xlsx",
    ],
)
def test_what_may_be_the_countys_beside_the_original_is_an_error_naming_both(
    tmp_path: Path, other: str
) -> None:
    data = data_dir(tmp_path, f"2024/{FILE}", f"2024/{other}")
    text = problem(data, 2024)
    assert f"“{FILE}”" in text and f"“{other}”" in text and "只留这一个" in text
    with pytest.raises(UsageProblem):
        find_last_workbook(data, 2025, COUNTY)


@pytest.mark.parametrize("name", ["370883_曲阜市.xlsx", "370881_邹城市.xlsx", "370883_济宁市兖州区.xlsx"])
def test_the_code_of_one_county_with_the_name_of_another_is_an_error(tmp_path: Path, name: str) -> None:
    text = problem(data_dir(tmp_path, f"2024/{name}"), 2024)
    assert f"“{name}”的代码与名称不一致" in text and FILE in text


def test_last_year_may_be_absent(tmp_path: Path) -> None:
    assert find_last_workbook(data_dir(tmp_path, f"2024/{FILE}"), 2024, COUNTY) is None


def test_two_workbooks_of_one_county(tmp_path: Path) -> None:
    text = problem(data_dir(tmp_path, "2024/370883_a.xlsx", "2024/370883_b.xlsx"), 2024)
    assert "370883_a.xlsx" in text and "370883_b.xlsx" in text
