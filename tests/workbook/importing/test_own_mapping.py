"""A mapping that a user writes: the example of docs/howto/import.md, and what is refused in a mapping."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from junheng.errors import DataProblem, ParamsProblem, UsageProblem
from junheng.params.mapping import find_mapping
from tests.workbook.importing.helpers import DICTIONARY, PARAMS, figures, imported, lack, mapping_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "import.md"
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
SMALL = """
id: own
name: 自己的表
kind: table
detect: [编码]
rules:
- {key: school_code, column: 编码}
- {key: school_name, column: 校名}
- {key: school_type, column: 类型}
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Write the files of the page's example."""
    for name, text in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def write(folder: Path, mapping: str, table: str) -> tuple[Path, Path]:
    (folder / "own.yml").write_text(mapping, encoding="utf-8")
    (folder / "table.csv").write_text(table, encoding="utf-8")
    return folder / "table.csv", folder / "own.yml"


def test_the_example_of_the_page(example: Path) -> None:
    result = imported(example / "台账.csv", mapping=mapping_of(example / "台账.yml"))
    primary, junior = figures(result, "2137830001"), figures(result, "2137830002")
    assert primary == {
        "school_code": "2137830001", "school_name": "城关小学", "school_type": "小学", "location": "镇区", "sponsor": "7",
        "counted": True, "students_primary": 420, "equipment_value": Fraction("85.6"), "sports_ground_area": 6000,
    }  # fmt: skip
    assert (
        junior["students_junior"] == 390
        and junior["equipment_value"] == 120
        and "students_primary" not in junior
    )
    remarks = {key: figure.remark for key, figure in result.schools[0].figures.items()}
    assert "由元换算为万元" in remarks["equipment_value"] and remarks["counted"] == "映射中写明的固定值"
    assert remarks["school_type"] == "“完小”对照为“小学”"


def test_the_page_names_every_project_mapping() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{path.stem}`" in page for path in (PARAMS / "mappings").glob("*.yml"))


def test_blank_is_zero_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    table = "编码,校名,类型,多媒体,学生\n2137830001,甲校,小学,,\n"
    rules = (
        "- {key: multimedia_rooms, column: 多媒体, blank: zero}\n- {key: students_primary, column: 学生}\n"
    )
    source, mapping = write(tmp_path, SMALL + rules, table)
    result = imported(source, mapping=mapping_of(mapping))
    assert figures(result)["multimedia_rooms"] == 0
    assert "计0" in result.schools[0].figures["multimedia_rooms"].remark
    assert lack(result, "students_primary") == "原表为空"


def test_a_unit_that_cannot_be_converted_is_told(tmp_path: Path) -> None:
    table = "编码,校名,类型,设备（间）\n2137830001,甲校,小学,5\n"
    source, mapping = write(tmp_path, SMALL + "- {key: equipment_value, column: 设备}\n", table)
    result = imported(source, mapping=mapping_of(mapping))
    assert lack(result, "equipment_value") == "原表单位为“间”，不能换算为“万元”"


def test_a_figure_out_of_range_after_conversion_is_told(tmp_path: Path) -> None:
    table = "编码,校名,类型,学生（万人）\n2137830001,甲校,小学,420\n"
    source, mapping = write(tmp_path, SMALL + "- {key: students_primary, column: 学生}\n", table)
    result = imported(source, mapping=mapping_of(mapping))
    assert "换算后为4200000人" in lack(result, "students_primary")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("- {key: student_primary, column: 学生}", "“student_primary”有误：字典中没有这个键。是否要写“students_primary"),
        ("- {key: location, column: 地, values: places}", "没有名为“places”的对照表"),
        ("- {key: arts_primary, formula: a - b, cells: {a: {column: 甲}}}", "公式用了cells中没有的“b”"),
        ("- {key: location}", "没有写明column"),
        ("- {key: location, column: 地, variant: primary}", "没有名为“primary”的文件种类"),
        ("- {key: location, colum: 地}", "colum"),
    ],
)  # fmt: skip
def test_a_fault_in_a_mapping_is_named(tmp_path: Path, rule: str, says: str) -> None:
    _, mapping = write(tmp_path, SMALL + rule + "\n", "")
    with pytest.raises(ParamsProblem, match=re.escape(says)):
        mapping_of(mapping)


def test_a_mapping_that_is_not_there() -> None:
    with pytest.raises(UsageProblem, match=r"没有名为“wid”的映射.*是否要写“wide”"):
        find_mapping(PARAMS, "wid", DICTIONARY)
    with pytest.raises(UsageProblem, match=r"没有映射文件“nowhere\.yml”"):
        find_mapping(PARAMS, "nowhere.yml", DICTIONARY)


def test_a_source_that_the_mapping_does_not_fit(tmp_path: Path) -> None:
    source, mapping = write(tmp_path, SMALL, "代号,校名\n1,甲\n")
    with pytest.raises(DataProblem, match="没有“编码”，不能按“自己的表”读取"):
        imported(source, mapping=mapping_of(mapping))
