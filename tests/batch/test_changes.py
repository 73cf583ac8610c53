"""What makes a report stale and how it is said; recomputing what is published."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from junheng.batch import run as run_module
from junheng.batch import staleness
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import Request, make_plan
from junheng.batch.run import run_batch
from junheng.batch.verify import VerifyOutcome, verify
from junheng.cli.run import show_why
from junheng.files import sha256_file
from junheng.workbook.read.digest import values_digest
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for, write_notebook

CODE = "370883"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_project(tmp_path / "project", (CODE,))
    book = openpyxl.Workbook()
    book.active.title = "学校"
    book.active.append(["学校名称", "在校生数"])
    book.active.append(["甲校", 120])
    book.save(workbook(places))
    return places


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are not about processes."""
    monkeypatch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))


def workbook(places: Places, year: int = 2024) -> Path:
    return places.data / str(year) / f"{CODE}_邹城市.xlsx"


def run(places: Places, word: str = "内容") -> JobResult:
    (result,) = run_batch(request_for(places, CODE), lambda r: None, tools=fake_tools(places, word))
    return result


def why(places: Places) -> tuple[str, ...]:
    return make_plan(request_for(places, CODE)).why.get(CODE, ())


def edit(path: Path, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object]) -> None:
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)


def test_a_colour_does_not_count_a_value_does(places: Places) -> None:
    assert why(places) == ("尚未生成",)
    assert run(places).status is Status.DONE
    edit(workbook(places), lambda sheet: setattr(sheet["B2"], "fill", PatternFill("solid", fgColor="FFFF00")))
    assert why(places) == () and run(places).status is Status.CURRENT
    edit(workbook(places), lambda sheet: setattr(sheet["B2"], "value", 121))
    assert why(places) == (f"采集工作簿“data/2024/{CODE}_邹城市.xlsx”有改动",)
    assert run(places).status is Status.DONE and why(places) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.append(["乙校", 1]),
        lambda sheet: setattr(sheet, "title", "学校1"),
        lambda sheet: setattr(sheet.row_dimensions[2], "hidden", True),
        lambda sheet: sheet.merge_cells("A1:B1"),
        lambda sheet: setattr(sheet["B2"], "value", "120"),
    ],
)
def test_whatever_changes_a_reading_changes_the_digest(places: Places, change: Callable[..., object]) -> None:
    before = values_digest(workbook(places))
    edit(workbook(places), change)
    assert values_digest(workbook(places)) != before


def append(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + "\n# x\n", encoding="utf-8")


NATIONAL, REPORT = "params/standards/national.yml", "params/phrases/report.yml"
KINDS = {
    "time of a workbook": (lambda p: os.utime(workbook(p), (1, 1)), ()),
    "a parameter": (lambda p: append(p.params / "tables.yml"), ("参数“params/tables.yml”有改动",)),
    "the standard": (lambda p: append(p.root / NATIONAL), (f"参数“{NATIONAL}”有改动",)),
    "a phrase": (lambda p: append(p.root / REPORT), (f"参数“{REPORT}”有改动",)),
    "the year": (lambda p: append(p.params / "2024" / "city.yml"), ("参数“params/2024/city.yml”有改动",)),
    "own settings": (
        lambda p: (p.params / "2024" / f"{CODE}.yml").write_text("exceptions: []\n", encoding="utf-8"),
        (f"新增参数“params/2024/{CODE}.yml”",),
    ),
    "another's settings": (lambda p: append(p.params / "2024" / "370811.yml"), ()),
    "import mappings": (lambda p: append(p.params / "mappings" / "mine.yml"), ()),
    "a template": (lambda p: append(p.root / "templates" / "page" / "x.css"), ("模板有改动",)),
    "the code": (lambda p: append(p.root / "lib" / "junheng" / "code.py"), ("程序有改动",)),
    "locked versions": (lambda p: append(p.root / "requirements.lock"), ("新增软件包版本",)),
    "the notebook": (
        lambda p: write_notebook(p.notebook, ("1",)),
        ("笔记本“notebooks/county_report.ipynb”有改动",),
    ),
    "an output gone": (
        lambda p: (published(p) / "data" / "units.csv").unlink(),
        ("已发布的“data/units.csv”缺失或被改动",),
    ),
    "a folder gone": (lambda p: shutil.rmtree(published(p)), ("尚未生成",)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_why_says_what_changed(places: Places, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind by itself, in the words of `--why`; what is not the county's does not count."""
    change, told = KINDS[kind]
    run(places)
    change(places)
    assert why(places) == told
    assert show_why(request_for(places, CODE)) == 0
    assert capsys.readouterr().out == f"邹城市：{'；'.join(told) or '已是最新，不需要重新生成'}。\n"
    assert run(places).status is (Status.DONE if told else Status.CURRENT)
    assert why(places) == ()


def test_a_workbook_of_last_year(places: Places) -> None:
    last = workbook(places, 2023)
    last.parent.mkdir()
    shutil.copy(workbook(places), last)
    run(places)
    edit(last, lambda sheet: setattr(sheet["B2"], "fill", PatternFill("solid", fgColor="FFFF00")))
    assert why(places) == ()
    edit(last, lambda sheet: setattr(sheet["B2"], "value", 119))
    assert why(places) == (f"采集工作簿“data/2023/{CODE}_邹城市.xlsx”有改动",)
    last.unlink()
    assert why(places) == (f"采集工作簿“data/2023/{CODE}_邹城市.xlsx”已不在",)


def test_each_change_is_called_by_its_name(places: Places) -> None:
    run(places)
    (places.params / "phrases" / "new.yml").write_text("a: b\n")
    write_notebook(places.notebook, ("1",))
    (places.root / "lib" / "junheng" / "code.py").write_text("1\n")
    workbook(places, 2023).parent.mkdir()
    workbook(places, 2023).write_bytes(workbook(places).read_bytes())
    next((places.out / "2024" / f"{CODE}_邹城市").glob("*.docx")).write_text("x")
    assert why(places) == (
        "程序有改动",
        f"新增采集工作簿“data/2023/{CODE}_邹城市.xlsx”",
        "笔记本“notebooks/county_report.ipynb”有改动",
        "新增参数“params/phrases/new.yml”",
        "已发布的“邹城市义务教育优质均衡发展督导评估报告（2024年度）.docx”缺失或被改动",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2}',
        '{"format": 1}',
        '{"format": 2, "outputs": []}',
        "[" * 100_000,
        "\udcff\udcfe",
    ],
    ids=["empty", "cut", "list", "bare", "old", "types", "deep", "bytes"],
)
def test_a_corrupted_manifest_is_stale_and_mended(places: Places, text: str) -> None:
    run(places)
    (published(places) / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert len(why(places)) == 1 and "发布清单" in why(places)[0]
    assert verified(places)[0] is VerifyOutcome.SAME  # the files themselves are as they should be
    assert run(places).status is Status.DONE and why(places) == ()


def published(places: Places) -> Path:
    return places.out / "2024" / f"{CODE}_邹城市"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("inputs", [], "缺失或损坏"),
        ("inputs", {"code": 5}, "内容不完整"),
        ("values", None, "内容不完整"),
        ("asked", "assessment", "内容不完整"),
        ("counts", 7, "内容不完整"),
        ("outputs", {}, "发布清单未列出“data/verdict.json”"),
        ("outputs", {"data/verdict.json": "0" * 64}, "已发布的“data/verdict.json”缺失或被改动"),
        ("outputs", {"../..\u0000": "x"}, "缺失或被改动"),
        ("outputs", {"data": "x"}, "已发布的“data”缺失或被改动"),
        ("asked", {"reports": [5]}, "要求的报告种类不同"),
        ("asked", {"reports": "self"}, "要求的报告种类不同"),
        ("format", "2", "旧格式"),
    ],
)
def test_a_manifest_with_wrong_entries(places: Places, field: str, value: object, told: str) -> None:
    """Whatever stands in it, the county is made anew and no other is touched."""
    run(places)
    path = published(places) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {field: value}), encoding="utf-8")
    assert any(told in line for line in why(places)), why(places)
    assert verified(places)[0] is VerifyOutcome.SAME
    assert run(places).status is Status.DONE and why(places) == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"overall": 1}', '{"overall": ["达标"]}'])
def test_a_verdict_that_cannot_be_read_is_made_anew_though_the_manifest_agrees(
    places: Places, text: str
) -> None:
    run(places)
    verdict, path = published(places) / "data" / "verdict.json", published(places) / "manifest.json"
    known = json.loads(verdict.read_text(encoding="utf-8"))
    whole = known | json.loads(text) if text.startswith('{"') else text
    verdict.write_text(whole if isinstance(whole, str) else json.dumps(whole), encoding="utf-8")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["outputs"]["data/verdict.json"] = sha256_file(verdict)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert why(places) == ("已发布的“data/verdict.json”内容不完整",)
    assert run(places).status is Status.DONE and why(places) == ()


def verified(places: Places, word: str = "内容") -> tuple[VerifyOutcome, tuple[str, ...], tuple[str, ...]]:
    def runner(request: Request) -> tuple[JobResult, ...]:
        return run_batch(request, lambda r: None, tools=fake_tools(places, word))

    (comparison,) = verify(request_for(places, CODE), runner)
    return comparison.outcome, comparison.inputs, comparison.files


def test_verify_says_what_differs_and_touches_nothing(places: Places) -> None:
    run(places)
    folder = places.out / "2024" / f"{CODE}_邹城市"
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert verified(places) == (VerifyOutcome.SAME, (), ())
    outcome, inputs, files = verified(places, "另一内容")
    assert outcome is VerifyOutcome.DIFFERENT and inputs == ()
    assert any("督导评估报告（2024年度）.docx”：content.xml不同" in line for line in files)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_verify_finds_what_was_edited_by_hand(places: Places) -> None:
    run(places)
    folder = places.out / "2024" / f"{CODE}_邹城市"
    verdict = json.loads((folder / "data" / "verdict.json").read_text(encoding="utf-8"))
    (folder / "data" / "verdict.json").write_text(
        json.dumps(verdict | {"overall": "未达标"}), encoding="utf-8"
    )
    (folder / "note.txt").write_text("x")
    outcome, inputs, files = verified(places)
    assert outcome is VerifyOutcome.DIFFERENT
    assert inputs == ("已发布的“data/verdict.json”缺失或被改动",)
    assert files == ("“data/verdict.json”：第1行不同", "“note.txt”重算后没有")


def test_another_python_or_libreoffice_is_named_by_why_and_by_verify(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.12 adds floats otherwise than 3.11: the same inputs may give other widths, hence other bytes."""
    run(places)
    assert why(places) == ()
    monkeypatch.setattr(staleness, "python_version", lambda: "3.14")
    monkeypatch.setattr(staleness, "_office_version", lambda folder: "99.1（构建abc）")
    told = why(places)
    assert any("Python版本不同（原为3." in line and "现为3.14）" in line for line in told), told
    assert any("LibreOffice版本不同（原为" in line and "现为99.1（构建abc））" in line for line in told), told
    show_why(request_for(places, CODE))
    assert "现为3.14" in capsys.readouterr().out
    (comparison,) = verify(request_for(places, CODE), lambda request: (run_again(request),))
    assert any("Python版本不同" in line for line in comparison.inputs)


def run_again(request: Request) -> JobResult:
    (result,) = run_batch(request, lambda r: None, tools=fake_tools(request.places))
    return result


def test_the_version_of_libreoffice_is_that_of_its_build(tmp_path: Path) -> None:
    (tmp_path / "bootstraprc").write_text("[Bootstrap]\nProductKey=LibreOffice 7.4\n")
    note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"
    found = []
    for build in (b"\x01" * 20, b"\x02" * 20):
        (tmp_path / "libmergedlo.so").write_bytes(b"\x7fELF" + bytes(600) + note + build + bytes(100))
        found.append(staleness._office_version(tmp_path))
    assert found == ["7.4（构建010101010101）", "7.4（构建020202020202）"]
    assert staleness._office_version(tmp_path / "absent") == "?"
