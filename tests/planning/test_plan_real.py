"""Plans for whole counties: carried out in the real workbook, read and assessed again; large counties in time."""

from __future__ import annotations

import errno
import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from junheng.assess.engine import assess, evaluate
from junheng.assess.model import Verdict
from junheng.cli.main import guarded
from junheng.params.counties import find_county, load_counties
from junheng.params.prices import PlanChoices
from junheng.planning.plan import make_plan
from junheng.workbook.model import CountyBook, Value
from junheng.workbook.read.book import open_county_book
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, ROOT
from tests.planning.make import ALL, CHECKS

GOLDEN = ROOT / "tests" / "golden" / "370883_2024.xlsx"
COUNTY = find_county(load_counties(PARAMS), "370883")


def carried_out(source: Path, target: Path, actions: list[dict]) -> None:
    """Add each action to its cell, as a clerk (or another program) would: with floating-point numbers."""
    workbook = openpyxl.load_workbook(source)
    sheet = workbook["学校"]
    headers = {field.header: field.key for field in DICTIONARY.sheet("schools").fields}
    head = next(row for row in sheet.iter_rows() if "学校标识码" in {str(c.value).strip() for c in row})
    columns = {
        headers[str(c.value).split("（")[0].strip()]: c.column for c in head if _known(c.value, headers)
    }
    rows = {
        str(sheet.cell(n, columns["school_code"]).value).strip(): n
        for n in range(head[0].row + 1, sheet.max_row + 1)
    }
    for action in actions:
        cell = sheet.cell(rows[action["school_code"]], columns[action["field"]])
        cell.value = float(str(cell.value).replace(",", "") or 0) + action["add"]
    workbook.save(target)


def _known(value: object, headers: dict[str, str]) -> bool:
    return str(value).split("（")[0].strip() in headers


@pytest.mark.slow
def test_the_changed_workbook_read_and_assessed_again_is_met(tmp_path: Path, monkeypatch) -> None:
    """The command of docs/howto/plan.md → plan.json → workbook written with openpyxl → reader and engine: 资源配置达标, no new error."""
    folder = tmp_path / "data" / "2024"
    folder.mkdir(parents=True)
    source = folder / "370883_邹城市.xlsx"
    shutil.copy(GOLDEN, source)
    before = open_county_book(source, COUNTY, 2024, PARAMS)
    out, xlsx = tmp_path / "plan.json", tmp_path / "plan.xlsx"
    monkeypatch.chdir(ROOT)
    call = [
        "plan",
        "370883",
        "2024",
        "--data",
        str(tmp_path / "data"),
        "--out",
        str(out),
        "--xlsx",
        str(xlsx),
    ]
    assert guarded(call) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["status"] == "optimal" and 0 <= found["gap"] <= 0.0001 and found["cost"] > 0
    assert found["saving"] > 0.1
    carried_out(source, source, found["actions"])
    after = open_county_book(source, COUNTY, 2024, PARAMS)
    assert evaluate(before, DICTIONARY, NATIONAL).resource is Verdict.UNMET
    assert evaluate(after, DICTIONARY, NATIONAL).resource is Verdict.MET
    assert len(after.blocking) == len(before.blocking)
    sheets = openpyxl.load_workbook(xlsx)
    assert sheets.sheetnames == [
        *("方案汇总", "分校措施", "分年度投入", "工作簿变动"),
        *("各单元缺口", "临近变化的结论", "差异系数影响"),
    ]
    lacks = [
        row for row in sheets["各单元缺口"].iter_rows(min_row=4) if str(row[2].value or "").startswith("L")
    ]
    assert len(lacks) == 191
    changes = sheets["工作簿变动"]
    assert sum(isinstance(row[0].value, int) for row in changes.iter_rows(min_col=1, max_col=1)) == len(
        found["actions"]
    )


def doubled(book: CountyBook, more: int) -> CountyBook:
    """The county with its first `more` schools there a second time, a little poorer, under codes of their own."""
    rows = list(book.rows("schools"))
    for number, row in enumerate(rows[:more]):
        values = dict(row.values)
        values["school_code"] = Value(f"370883{9000 + number}")
        values["parent_code"] = Value(None)
        values["counted"] = Value(True)
        for key in ("equipment_value", "sports_ground_area"):
            content = values[key].content
            values[key] = replace(values[key], content=content and content * Fraction(4, 5))
        rows.append(replace(row, values=values))
    return replace(book, sheets={**book.sheets, "schools": tuple(rows)})


@pytest.mark.slow
def test_a_county_of_150_units_is_proven_within_a_hundredth() -> None:
    """Tight limits of disparity make four cones bind at once; still proven within 1%."""
    book = doubled(open_county_book(GOLDEN, COUNTY, 2024, PARAMS), 38)
    limits = {"primary": Fraction("0.26"), "junior": Fraction("0.22")}
    tight = NATIONAL.model_copy(
        update={"disparity": NATIONAL.disparity.model_copy(update={"limits": limits})}
    )
    thorough = ALL.search.model_copy(update={"gap": Fraction("0.002")})
    quick = ALL.model_copy(update={"search": thorough})
    assessment = assess(book, DICTIONARY, (tight, LOCAL))
    assert len(assessment.units) >= 150
    plan = make_plan(assessment, DICTIONARY, quick, PlanChoices(), CHECKS)
    assert plan.status == "optimal" and plan.gap is not None and plan.gap <= Fraction("0.01")
    assert plan.after is not None and plan.after.resource is Verdict.MET


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--out", "/dev/full"], "选项--out应为文件名"),
        (["--out", "/nowhere/plan.json"], "选项--out应为文件名"),
        (["--params", "{params}"], "错误：缺少参数文件prices.yml（应在params目录下）。"),
    ],
)
def test_what_cannot_be_written_or_read_is_one_sentence(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(ROOT)
    shutil.copytree(PARAMS, tmp_path / "params")
    (tmp_path / "params" / "prices.yml").unlink()
    arguments = [one.format(params=tmp_path / "params") for one in arguments]
    assert guarded(["plan", "370872", "2024", *arguments]) == 2
    told = capsys.readouterr().err.strip()
    assert told.startswith("错误：") and says in told and "\n" not in told


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch, capsys) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("junheng.by_hand.write_whole", full)
    assert guarded(["plan", "370872", "2024", "--xlsx", str(tmp_path / "plan.xlsx")]) == 1
    assert capsys.readouterr().err.startswith("错误：“plan.xlsx”无法写入（磁盘空间不足）")
    assert not list(tmp_path.iterdir())
