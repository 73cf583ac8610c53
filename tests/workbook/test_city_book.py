"""The city's own workbook: written blank, read by the common readers, checked; a filled one is never touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from junheng.cli import main as cli
from junheng.lab.records import city_records, with_left_open
from junheng.params.counties import load_counties
from junheng.params.tasks import load_tasks
from junheng.workbook.city import open_city_book
from junheng.workbook.model import CountyBook
from junheng.workbook.template.city import write_city_blank

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
NAME = "370800_济宁市.xlsx"


def filled(tmp_path: Path, change: Callable[[Any], None], year: int = 2024) -> CountyBook:
    """The blank workbook, changed as a person would, and read."""
    path = tmp_path / NAME
    path.write_bytes(write_city_blank(PARAMS, year, None))
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return open_city_book(path, year, PARAMS)


def cell(sheet: Worksheet, row_of: str, column: str) -> Any:
    """The cell under a header, in the row that holds a text."""
    headers = {str(c.value).split("（")[0] if "县" not in str(c.value) else "县": c.column for c in sheet[3]}
    row = next(c.row for line in sheet.iter_rows(min_row=4) for c in line if c.value == row_of)
    return sheet.cell(row, headers[column])


def checks(book: CountyBook) -> list[str]:
    return [issue.check for issue in book.issue_records]


def test_a_blank_workbook_has_every_goal_and_county_and_nothing_to_complain_of(tmp_path: Path) -> None:
    book = filled(tmp_path, lambda book: None)
    assert book.issue_records == ()
    goals = [goal.name for goal in load_tasks(PARAMS).city_goals if goal.years.holds(2024)]
    assert [row.text("goal") for row in book.rows("goals")] == goals
    assert [row.text("county") for row in book.rows("received")] == [c.title for c in load_counties(PARAMS)]
    assert all(row.get("result") is None and row.get("state") is None for row in book.rows("goals"))
    assert write_city_blank(PARAMS, 2024, None) == write_city_blank(PARAMS, 2024, None)


def test_a_goal_of_some_years_is_asked_in_those_alone(tmp_path: Path) -> None:
    names = [row.text("goal") for row in filled(tmp_path, lambda book: None, 2027).rows("goals")]
    assert "精品课堂教学案例" not in names and "市级教师培训期数" in names


def test_figures_words_and_days_are_read(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        cell(book["市级目标"], "名师、名校长", "完成值").value = "１,234"
        cell(book["市级目标"], "食堂、厕所和寄宿条件改善", "状态").value = "进行中"
        cell(book["收文"], "济宁经济技术开发区", "自评报告收到日期").value = "2025.2.3"
        book["督导组"].append(["济宁经开区", "甲", "乙", "2025-3-1", "2025年3月3日", 7, "一中", 2, 300, "无"])

    book = filled(tmp_path, change)
    goals = {row.text("goal"): row for row in book.rows("goals")}
    assert goals["名师、名校长"].get("result") == Fraction(1234)
    assert goals["食堂、厕所和寄宿条件改善"].text("state") == "推进中"
    received = {row.text("county"): row for row in book.rows("received")}
    assert received["济宁经济技术开发区"].text("self_report") == "2025-02-03"
    (visit,) = book.rows("visits")
    assert (visit.text("county"), visit.text("ended")) == ("济宁经济技术开发区", "2025-03-03")
    assert not book.blocking


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "check"),
    [
        ("市级目标", "名师、名校长", "完成值", "约400", "bad_number"),
        ("市级目标", "名师、名校长", "完成值", "-3", "negative"),
        ("市级目标", "名师、名校长", "完成值", "0", "goal_unanswered"),
        ("市级目标", "名师、名校长", "状态", "差不多", "bad_word"),
        ("市级目标", "名师、名校长", "目标", "名师名校", "missing_row"),
        ("收文", "任城区", "自评报告收到日期", "2025年2月30日", "bad_date"),
        ("收文", "任城区", "自评报告收到日期", "一月底", "bad_date"),
        ("收文", "任城区", "自评报告收到日期", "45000", "bad_date"),
        ("收文", "任城区", "县", "兖州区", "duplicate_row"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, sheet: str, row: str, column: str, value: str, check: str
) -> None:
    def change(book: Any) -> None:
        cell(book[sheet], row, column).value = value

    found = next(i for i in filled(tmp_path, change).issue_records if i.check == check)
    assert found.sheet == sheet and found.remedy
    assert found.file == NAME


def test_rows_that_contradict_themselves(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["专班台账"].append([1, "师资", 3, "市教育局", "招聘", "2025年3月1日", "已销号"])
        book["专班台账"].append([2, "师资", 3, "市教育局", "培训", "2025年3月1日", "推进中", "2025年3月1日"])
        book["督导组"].append(["任城区", "甲", "乙", "2025年3月5日", "2025年3月1日"])
        book["督办登记"].append(["济南市", "通报", "滞后", "2025年4月1日", "", "已下达"])

    found = checks(filled(tmp_path, change))
    assert {"closed_open", "open_closed", "dates_reversed", "bad_word"} <= set(found)


def test_another_year_or_countys_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(write_city_blank(PARAMS, 2023, None))
    assert "identity_year" in checks(open_city_book(path, 2024, PARAMS))

    def change(book: Any) -> None:
        book["市级目标"]["A1"] = "邹城市2024年度工作簿"

    assert "identity_county" in checks(filled(tmp_path, change))


def test_open_measures_are_carried_over(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["专班台账"].append([1, "师资", 3, "市教育局", "招聘", "2025年3月1日", "推进中"])
        book["专班台账"].append(
            [2, "师资", 3, "市教育局", "培训", "2025年3月1日", "已销号", "2025年2月1日", "验收"]
        )

    last = filled(tmp_path, change)
    (tmp_path / "next.xlsx").write_bytes(write_city_blank(PARAMS, 2025, last))
    book = open_city_book(tmp_path / "next.xlsx", 2025, PARAMS)
    assert [row.text("measure") for row in book.rows("teams")] == ["招聘"]
    assert not book.blocking


def written(folder: Path, year: int, *measures: list[str], headless: bool = False) -> Path:
    """A year's workbook with these rows in 督办登记; `headless`: as workbooks were before 上年结转 was asked."""
    path = folder / "data" / str(year) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_city_blank(PARAMS, year, None))
    book = openpyxl.load_workbook(path)
    for row in measures:
        book["督办登记"].append(row)
    if headless:
        book["督办登记"].delete_cols(11)
    book.save(path)
    return path


OPEN = ["任城区", "约谈", "创建工作滞后", "2023年4月15日", "济督〔2023〕1号", "", "", "整改中"]
DONE = [
    "兖州区",
    "通报",
    "创建工作滞后",
    "2023年4月16日",
    "济督〔2023〕2号",
    "",
    "",
    "已办结",
    "2023年9月1日",
    "复核",
]


def test_letters_left_open_are_carried_over_by_the_template(tmp_path: Path) -> None:
    last = open_city_book(written(tmp_path, 2023, OPEN, DONE), 2023, PARAMS)
    (tmp_path / "next.xlsx").write_bytes(write_city_blank(PARAMS, 2024, last))
    (row,) = open_city_book(tmp_path / "next.xlsx", 2024, PARAMS).rows("register")
    assert (row.text("county"), row.text("carried"), row.text("date")) == ("任城区", "是", "2023-04-15")


def test_the_register_goes_back_as_far_as_there_are_workbooks(tmp_path: Path) -> None:
    """2022 left one open that 2023 does not name; 2023 closed one of its own; 2024 names none of them."""
    data = tmp_path / "data"
    written(tmp_path, 2022, [*OPEN[:3], "2022年4月1日", *OPEN[4:]], headless=True)
    written(tmp_path, 2023, OPEN, DONE)
    written(tmp_path, 2024, ["邹城市", "约谈", "其他", "2025年4月15日", "", "", "", "已下达"])
    records, faults = with_left_open(city_records(data, PARAMS, 2024), data, PARAMS, 2024)
    found = [(e.row.text("county"), e.row.text("date"), e.carried) for e in records.register()]
    assert found == [
        ("任城区", "2022-04-01", True),
        ("任城区", "2023-04-15", True),
        ("邹城市", "2025-04-15", False),
    ]
    assert not faults


def test_an_earlier_workbook_with_errors_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    written(tmp_path, 2023, ["济南市", *OPEN[1:]])
    written(tmp_path, 2024)
    records, (fault,) = with_left_open(city_records(data, PARAMS, 2024), data, PARAMS, 2024)
    assert fault.startswith("2023年度市级工作簿未采用，督办台账没有结转其中的事项：") and "济南市" in fault
    assert records.register() == ()


@pytest.mark.slow
def test_make_template_never_touches_a_filled_one(tmp_path: Path, capsys: Any) -> None:
    call = ["template", "--year", "2024", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    (tmp_path / "data" / "2024").mkdir(parents=True)
    assert cli.guarded([*call, "--params", str(PARAMS)]) == 0
    assert f"已写出“data/2024/{NAME}”" in capsys.readouterr().out
    path = tmp_path / "data" / "2024" / NAME
    book = openpyxl.load_workbook(path)
    cell(book["市级目标"], "教育集团", "完成值").value = 12
    book.save(path)
    before = path.read_bytes()
    assert cli.guarded([*call, "--params", str(PARAMS)]) == 0
    assert "未改动" in capsys.readouterr().out and path.read_bytes() == before


def test_make_check_marks_it(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "data" / "2024").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "2024" / "370883_邹城市.xlsx", tmp_path / "data" / "2024")
    path = tmp_path / "data" / "2024" / NAME
    path.write_bytes(write_city_blank(PARAMS, 2024, None))
    call = ["check", "--year", "2024", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    cli.guarded([*call, "--params", str(PARAMS)])
    assert "市级工作簿：通过" in capsys.readouterr().out
    book = openpyxl.load_workbook(path)
    cell(book["市级目标"], "教育集团", "完成值").value = "若干"
    book.save(path)
    assert cli.guarded([*call, "--params", str(PARAMS)]) == 1
    told = capsys.readouterr().out
    assert "市级工作簿：有错误，错误1处" in told and "若干" in told
    assert (tmp_path / "out" / "2024" / "问题反馈" / "370800_济宁市_问题反馈.xlsx").is_file()
