"""The batch as its caller sees it, with stand-in tools in real worker processes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from junheng.batch import run as run_module
from junheng.batch.execute import NotebookTask
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.lock import Lock
from junheng.batch.log import JobLog
from junheng.batch.plan import make_plan
from junheng.batch.run import run_batch
from junheng.batch.year import lock_file
from junheng.errors import UsageProblem
from tests.batch.fakes import (
    FakeRunner,
    SerialExecutor,
    fake_tools,
    make_project,
    request_for,
    write_notebook,
    write_workbook,
)

CODES = ("370811", "370812", "370883")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return make_project(tmp_path / "project", CODES)


def run(places: Places, *words: str, word: str = "内容", **faults: str) -> dict[str, JobResult]:
    """Run in this process, unless a fault takes the whole process down."""
    tools = fake_tools(places, word, **faults)
    with pytest.MonkeyPatch.context() as patch:
        if not set(faults.values()) & {"crash", "kill"}:
            patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        results = run_batch(
            request_for(places, *(words or CODES), workers=2), lambda result: None, tools=tools
        )
    return {result.county.code: result for result in results}


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_publishes_every_county_whole(places: Places) -> None:
    results = run(places)
    assert [r.status for r in results.values()] == [Status.DONE] * 3
    assert (results["370883"].national, results["370883"].local) == ("达标", "未达标")
    folder = places.out / "2024" / "370883_邹城市"
    names = set(tree(folder))
    assert {"manifest.json", "evidence/notebook.ipynb", "evidence/notebook.html"} < names
    assert "邹城市义务教育优质均衡发展督导评估报告（2024年度）.pdf" in names
    left = [p.name for p in (places.out / "2024").iterdir() if p.name.startswith(".")]
    assert left == []


def test_manifest_names_every_file_and_no_place(places: Places) -> None:
    run(places, "370883")
    folder = places.out / "2024" / "370883_邹城市"
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest["outputs"]) == set(tree(folder)) - {"manifest.json"}
    assert "data/2024/370883_邹城市.xlsx" in manifest["inputs"]
    assert "params/standards/national.yml" in manifest["inputs"]
    assert {"code", "templates", "notebooks/county_report.ipynb"} <= set(manifest["inputs"])
    assert not any(name.startswith("params/demo") for name in manifest["inputs"])
    assert manifest["counts"] == {"errors": 0, "warnings": 0, "notes": 0, "repairs": 0}
    assert str(places.root) not in text and manifest["parameters"]["DATA_DIR"] == "data"


@pytest.mark.parametrize("fault", ["data", "bug", "crash", "kill", "full", "path", "stray", "absent"])
def test_a_bad_county_stops_no_other(places: Places, fault: str) -> None:
    results = run(places, c370812=fault)
    assert results["370812"].status is Status.FAILED and results["370812"].reason
    assert results["370811"].status is results["370883"].status is Status.DONE
    assert not (places.out / "2024" / "370812_兖州区").exists()


def test_the_good_report_stays_until_the_next_is_complete(places: Places) -> None:
    run(places)
    folder = places.out / "2024" / "370812_兖州区"
    before = tree(folder)
    (places.params / "phrases" / "new.yml").write_text("a: b\n")
    for fault in ("bug", "full", "absent"):
        assert run(places, c370812=fault)["370812"].status is Status.FAILED
        assert tree(folder) == before
    assert run(places, word="新的")["370812"].status is Status.DONE
    assert tree(folder) != before


def test_data_errors_lead_to_the_list_of_issues(places: Places) -> None:
    result = run(places, c370883="data")["370883"]
    assert result.open == places.out / "2024" / "问题" / "370883_邹城市_issues.csv"
    assert result.open.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "约50" in result.reason
    assert run(places)["370883"].status is Status.DONE
    assert not result.open.exists()


def test_an_internal_error_is_named_and_explained_in_the_log(places: Places) -> None:
    result = run(places, c370883="bug")["370883"]
    assert result.reason == "程序内部错误（ValueError），详见日志。"
    assert result.open is not None and "secret detail" in result.open.read_text(encoding="utf-8")


def test_up_to_date_until_an_input_changes(places: Places) -> None:
    run(places)
    assert {r.status for r in run(places).values()} == {Status.CURRENT}
    book = places.data / "2024" / "370883_邹城市.xlsx"
    book.touch()
    assert run(places)["370883"].status is Status.CURRENT
    book.write_text("other")
    results = run(places)
    assert results["370883"].status is Status.DONE and results["370811"].status is Status.CURRENT


def test_a_draft_is_made_again_for_publishing(places: Places) -> None:
    (pdf,) = made_as(places, draft=True).glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF draft")
    asked = dataclasses.replace(request_for(places, "370883"), draft=False)
    assert make_plan(asked).why["370883"] == ("PDF的形式不同（草稿或正式）",)
    (pdf,) = made_as(places, draft=False).glob("*.pdf")
    assert not pdf.read_bytes().startswith(b"%PDF draft")


def made_as(places: Places, draft: bool) -> Path:
    """Run one county, as a draft or for publishing; return its folder."""
    request = dataclasses.replace(request_for(places, "370883"), draft=draft)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        (result,) = run_batch(request, lambda result: None, tools=fake_tools(places))
    assert result.status is Status.DONE
    return places.out / "2024" / "370883_邹城市"


@pytest.mark.parametrize("what", ["phrase", "notebook", "code", "output", "manifest", "own params"])
def test_what_makes_a_report_stale(places: Places, what: str) -> None:
    run(places, "370883")
    folder = places.out / "2024" / "370883_邹城市"
    if what == "phrase":
        (places.params / "phrases" / "new.yml").write_text("a: b\n")
    elif what == "notebook":
        write_notebook(places.notebook, ("1",))
    elif what == "code":
        (places.root / "lib" / "junheng" / "code.py").write_text("1\n")
    elif what == "output":
        next(folder.glob("*.docx")).write_text("cut")
    elif what == "manifest":
        (folder / "manifest.json").write_text("{")
    else:
        (places.params / "2024" / "370883.yml").write_text("internal_note: x\n")
    assert run(places, "370883")["370883"].status is Status.DONE


@pytest.mark.parametrize("what", ["outputs in the notebook", "other county's params", "another year"])
def test_what_does_not(places: Places, what: str) -> None:
    run(places, "370883")
    if what == "outputs in the notebook":
        notebook = json.loads(places.notebook.read_text(encoding="utf-8"))
        notebook["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x"]}]
        notebook["cells"][1]["execution_count"] = 7
        places.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    elif what == "another year":
        (places.params / "2020").mkdir()
        (places.params / "2020" / "city.yml").write_text("a: b\n")
    else:
        (places.params / "2024" / "370811.yml").write_text("internal_note: x\n")
    assert run(places, "370883")["370883"].status is Status.CURRENT


def test_last_years_workbook_counts(places: Places) -> None:
    run(places, "370883")
    last = places.data / "2023"
    last.mkdir()
    (last / "370883_邹城市.xlsx").write_text("last year")
    assert run(places, "370883")["370883"].status is Status.DONE


def test_a_missing_workbook_fails_only_its_county(places: Places) -> None:
    results = run_batch(request_for(places, workers=1), lambda result: None, tools=fake_tools(places))
    by_status = {s: sum(r.status is s for r in results) for s in Status}
    assert by_status == {Status.DONE: 3, Status.CURRENT: 0, Status.FAILED: len(results) - 3}
    with pytest.raises(UsageProblem, match="微山县"):
        run(places, "370826")


def test_a_second_run_at_the_same_time_is_refused(places: Places) -> None:
    (places.out / "2024").mkdir(parents=True)
    with Lock(lock_file(places.out / "2024", places.params)), pytest.raises(UsageProblem, match="另一次运行"):
        run(places)
    assert run(places)["370883"].status is Status.DONE


def test_changing_a_workbook_during_the_run_fails_it(places: Places) -> None:
    from junheng.batch.plan import make_plan
    from junheng.batch.work import perform, workplace
    from junheng.params.counties import find_county, load_counties

    job = make_plan(request_for(places, "370883")).jobs[0]
    write_workbook(places.data, find_county(load_counties(places.params), "370883"), "2")
    with workplace(fake_tools(places), places.root / "run") as place:
        result = perform(job, place)
    assert result.status is Status.FAILED and "被改动" in result.reason


def test_an_unknown_parameter_is_refused_before_anything_runs(places: Places) -> None:
    write_notebook(places.notebook, (), 'COUNTRY = "370883"\nYEAR = 2024\n')
    with pytest.raises(UsageProblem, match=r"“COUNTY”.*COUNTRY"):
        run(places)


@pytest.mark.parametrize("kind", ["pipe", "link", "socket", "linked folder", "second name", "full of holes"])
def test_what_is_no_file_is_not_published(places: Places, kind: str) -> None:
    """A link would publish what it leads to, and reading a pipe would never end."""

    @dataclass(frozen=True)
    class Leaving(FakeRunner):
        def run(self, task: NotebookTask, log: JobLog) -> Any:
            notebook = super().run(task, log)
            staging = Path(str(task.parameters["OUT_DIR"]))
            place = staging / "evidence" / "figures" / "x.png"
            if kind == "pipe":
                os.mkfifo(place)
            elif kind == "socket":
                with socket.socket(socket.AF_UNIX) as end, contextlib.chdir(place.parent):
                    end.bind(place.name)
            elif kind == "second name":
                place.hardlink_to(places.root / "notebooks" / "county_report.ipynb")
            elif kind == "full of holes":
                with place.open("wb") as stream:
                    stream.truncate(10**12)
            else:
                place.symlink_to("/etc/passwd" if kind == "link" else "/etc")
            return notebook

    tools = dataclasses.replace(fake_tools(places), runner=Leaving(places.params))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        (result,) = run_batch(request_for(places, "370883"), lambda r: None, tools=tools)
    told = "有953674兆字节，过大" if kind == "full of holes" else "不是普通文件"
    assert f"evidence/figures/x.png”{told}" in result.reason
    assert not (places.out / "2024" / "370883_邹城市").exists()
