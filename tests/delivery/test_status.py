"""`junheng status`: known from data, outputs and the city's workbook; a day is given, nothing is written."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from junheng.batch.job import Places
from junheng.cli.main import guarded
from junheng.delivery.record import SendingRecord, Sent
from junheng.delivery.status import year_status
from junheng.errors import UsageProblem
from junheng.files import sha256_file
from junheng.workbook.template.city import write_city_blank
from tests.messy.builder import school, write_book

ROOT = Path(__file__).resolve().parents[2]
STEM = "370883_邹城市"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A year with one workbook."""
    (tmp_path / "data" / "2024").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    shutil.copytree(ROOT / "params", tmp_path / "params")
    write_book(tmp_path / "data" / "2024" / f"{STEM}.xlsx", [school(1)])
    return Places(ROOT, tmp_path / "data", tmp_path / "params", tmp_path / "out")


def of(places: Places, today: date = date(2025, 5, 1), name: str = "邹城市") -> Any:
    return next(s for s in year_status(places, 2024, today).counties if s.county.name == name)


def published(places: Places, verdict: str) -> Path:
    folder = places.year_dir(2024) / STEM
    (folder / "data").mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    names = ("resource", "government", "quality", "social", "veto", "overall", "overall_jining")
    said = {"county_code": "370883", "county": "邹城市", "year": 2024, **dict.fromkeys(names, verdict)}
    (folder / "data" / "verdict.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return folder


def city_workbook(places: Places, **days: str) -> None:
    path = places.data / "2024" / "370800_济宁市.xlsx"
    path.write_bytes(write_city_blank(places.params, 2024, None))
    book = openpyxl.load_workbook(path)
    sheet = book["收文"]
    row = next(r for r in sheet.iter_rows(min_row=4) if r[0].value == "邹城市")
    for place, key in enumerate(("self_report", "application", "rectification_plan"), 1):
        row[place].value = days.get(key)
    book.save(path)


def test_from_nothing_to_assessed(places: Places) -> None:
    assert of(places, name="任城区").place == ""
    assert of(places).place == "已报送数据"
    returned = places.year_dir(2024) / "问题反馈" / f"{STEM}_问题反馈.xlsx"
    returned.parent.mkdir(parents=True)
    returned.write_bytes(b"")
    assert of(places).place == "已核查"
    published(places, "达标")
    assert of(places).place == "已评估"


def test_errors_of_a_county_are_told(places: Places) -> None:
    issues = places.year_dir(2024) / "问题" / f"{STEM}_issues.csv"
    issues.parent.mkdir(parents=True)
    issues.write_text("", encoding="utf-8")
    assert of(places).mark("checked").told == "有错误，待更正"


def test_two_candidates_are_told_and_not_taken_for_collected(places: Places) -> None:
    shutil.copy(places.data / "2024" / f"{STEM}.xlsx", places.data / "2024" / f"{STEM}（更正）.xlsx")
    assert "不止一个" in of(places).mark("collected").told and of(places).place == ""


def test_papers_come_from_the_citys_workbook(places: Places) -> None:
    assert of(places).mark("self_report").done is None
    published(places, "达标")
    city_workbook(places, self_report="2025年1月20日")
    found = of(places)
    assert found.mark("self_report").on == date(2025, 1, 20)
    assert [step.deadline.step.id for step in found.in_state("late")] == ["application", "assessment"]
    city_workbook(places, self_report="2025年1月20日", application="2025年3月1日")
    assert of(places).mark("application").done
    assert of(places, date(2025, 1, 19)).mark("self_report").done is False


def test_feedback_comes_from_the_sending_record(places: Places) -> None:
    published(places, "未达标")
    assert of(places).mark("fed_back").done is False
    sent = Sent(
        code="370883", county="邹城市", version=1, content="0", file="x.zip", size=1, sha256="0", files=(),
        recipient="邹城市人民政府",
    )  # fmt: skip
    folder = places.year_dir(2024) / "发送"
    folder.mkdir(parents=True)
    record = SendingRecord(year=2024, packages=(sent,)).model_dump_json()
    (folder / "发送记录.json").write_text(record, encoding="utf-8")
    assert of(places).place == "已反馈" and of(places).mark("fed_back").told == "未回执"
    (folder / "发送记录.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageProblem, match="已损坏"):
        of(places)


def ledger(path: Path, *states: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "整改台账"
    book.active.append(["序号", "学校", "指标", "措施", "完成时限", "状态"])
    for number, state in enumerate(states, 1):
        book.active.append([number, "一中", "L2", "补充教师", "2025-12-31", state])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.mark.parametrize(
    ("states", "place", "told"),
    [
        (["未整改", "未整改"], "已评估", "整改事项2项，已销号0项"),
        (["整改中", "未整改"], "整改中", "整改事项2项，已销号0项"),
        (["已销号", "整改中"], "整改中", "整改事项2项，已销号1项"),
        (["已销号", "已销号"], "已全部销号", "整改事项2项，已销号2项"),
        ([], "已全部销号", "没有整改事项"),
    ],
)
def test_rectification_comes_from_the_ledger(
    places: Places, states: list[str], place: str, told: str
) -> None:
    folder = published(places, "未达标")
    assert of(places).mark("closed").done is None
    ledger(folder / "邹城市整改台账（2024年度）.xlsx", *states)
    assert (of(places).place, of(places).mark("closed").told) == (place, told)


def test_a_ledger_as_it_was_published_is_no_rectification_before_the_county_was_told(places: Places) -> None:
    folder = published(places, "未达标")
    path = folder / "邹城市整改台账（2024年度）.xlsx"
    ledger(path, "已销号", "整改中")
    manifest = {"outputs": {path.name: sha256_file(path)}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert (of(places).place, of(places).mark("rectifying").told) == ("已评估", "整改事项2项，已销号1项")
    ledger(path, "已销号", "整改中", "整改中")
    assert of(places).place == "整改中"


def test_next_years_ledger_comes_before_the_published_one(places: Places) -> None:
    ledger(published(places, "未达标") / "邹城市整改台账（2024年度）.xlsx", "未整改")
    ledger(places.data / "2025" / f"{STEM}.xlsx", "已销号")
    assert of(places).place == "已全部销号"


def test_the_command_says_all_of_it_and_writes_nothing(places: Places, capsys: Any) -> None:
    city_workbook(places)
    before = sorted(places.data.parent.rglob("*"))
    call = ["status", "--year", "2024", "--data", str(places.data), "--out", str(places.out)]
    call += ["--params", str(places.params)]
    assert guarded([*call, "--today", "2025年2月3日"]) == 0
    told = capsys.readouterr().out
    line = next(line for line in told.splitlines() if line.startswith("邹城市"))
    assert "已报送数据" in line and "市级督导评估并反馈" in line and "2025年4月30日" in line
    assert "县级自评自查（2024年12月31日）、报送年度自评整改情况（2025年1月31日）" in line
    assert "以2025年2月3日为准" in told and "共14个县（市、区），有逾期事项的14个" in told
    assert guarded([*call, "--today", "二月"]) == 2 or "不是日期" in capsys.readouterr().err
    assert guarded(call) == 0
    assert sorted(places.data.parent.rglob("*")) == before
