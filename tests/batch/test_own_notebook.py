"""Whose notebook makes which report: the sealed standard one, or a county's own, which is an input of that county alone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import OUTDATED, OWN, make_plan
from junheng.batch.run import _by_executor, run_batch
from junheng.batch.staleness import read_manifest
from junheng.cli.run import show_why
from junheng.cli.show import closing_table
from junheng.errors import UsageProblem
from junheng.lab import notebooks as nbs
from junheng.params.counties import County, load_counties
from tests.batch.fakes import YEAR, fake_tools, make_project, request_for, write_notebook

CODES = ("370883", "370881")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return make_project(tmp_path / "junheng", CODES, ("1", "2"))


def county(places: Places, code: str = "370883") -> County:
    return next(c for c in load_counties(places.params) if c.code == code)


def own(places: Places) -> Path:
    """邹城市's own notebook, with a cell of its own."""
    path = nbs.make_own(places.root, YEAR, county(places))
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "mine",
            "metadata": {},
            "source": "3",
            "outputs": [],
            "execution_count": None,
        }
    )
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")
    return path


def run(places: Places) -> dict[str, JobResult]:
    results = run_batch(request_for(places, *CODES), lambda result: None, tools=fake_tools(places))
    return {result.county.code: result for result in results}


def spoil(places: Places) -> None:
    """A trial cell left in the standard notebook, which Lab saved by itself."""
    notebook = json.loads(places.notebook.read_text("utf-8"))
    notebook["cells"][-1]["source"] = "L5 = 41.4"
    places.notebook.write_text(json.dumps(notebook), "utf-8")


def test_a_trial_cell_in_the_standard_notebook_stops_the_batch_before_anything_is_made(
    places: Places,
) -> None:
    spoil(places)
    with pytest.raises(UsageProblem, match=r"第3个代码单元格“L5 = 41\.4”与正式版本不同") as refused:
        run(places)
    assert refused.value.exit_code == 2
    assert not list((places.out / str(YEAR)).glob("3708*"))


def test_a_countys_own_notebook_runs_for_it_alone(places: Places) -> None:
    own(places)
    plan = make_plan(request_for(places, *CODES))
    by_code = {job.county.code: job for job in plan.jobs}
    assert by_code["370883"].notebook.name == "370883_邹城市.ipynb"
    assert by_code["370881"].notebook == places.notebook
    assert plan.notes == {"370883": (OWN,)}

    results = run(places)
    assert {r.status for r in results.values()} == {Status.DONE}
    assert results["370883"].notes == (OWN,) and results["370881"].notes == ()
    assert "    本县笔记本" in closing_table(list(results.values()), "济宁市标准")
    special, usual = (
        read_manifest(places.out / str(YEAR) / c.stem) or {}
        for c in (county(places), county(places, "370881"))
    )
    assert (
        "notebooks/2024/370883_邹城市.ipynb" in special["inputs"]
        and "notebooks/county_report.ipynb" not in special["inputs"]
    )
    assert not any(name.startswith("notebooks/2024") for name in usual["inputs"])


def test_what_makes_such_a_report_stale(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    run(places)
    path = own(places)
    show_why(request_for(places, *CODES))
    told = capsys.readouterr().out
    assert "邹城市（本县笔记本）：新增笔记本“notebooks/2024/370883_邹城市.ipynb”；改用本县笔记本。" in told
    assert "曲阜市：已是最新" in told
    assert run(places)["370883"].status is Status.DONE
    assert run(places)["370883"].status is Status.CURRENT

    towns = path.with_name("370883_乡镇.csv")
    towns.write_text("乡镇\n", "utf-8")
    assert run(places)["370883"].status is Status.DONE
    towns.write_text("乡镇,人口\n", "utf-8")
    show_why(request_for(places, "370883"))
    assert "“notebooks/2024/370883_乡镇.csv”有改动" in capsys.readouterr().out
    path.unlink()
    towns.unlink()
    show_why(request_for(places, "370883"))
    assert "改用标准笔记本" in capsys.readouterr().out


def test_a_newer_standard_is_said_and_does_not_touch_the_own_one(places: Places) -> None:
    own(places)
    run(places)
    write_notebook(places.notebook, ("1", "22"))
    results = run(places)
    assert results["370883"].status is Status.CURRENT and results["370883"].notes == (OWN, OUTDATED)
    assert results["370881"].status is Status.DONE


def test_a_county_with_its_own_notebook_does_not_need_the_standard_one(places: Places) -> None:
    own(places)
    spoil(places)
    results = run_batch(request_for(places, "370883"), lambda result: None, tools=fake_tools(places))
    assert results[0].status is Status.DONE


def test_an_own_notebook_of_another_county_fails_that_county_alone(places: Places) -> None:
    path = own(places)
    text = path.read_text("utf-8").replace('COUNTY = \\"370883\\"', 'COUNTY = \\"370881\\"')
    path.write_text(text, "utf-8")
    results = run(places)
    assert results["370883"].status is Status.FAILED and "与文件名不符" in results["370883"].reason
    assert results["370881"].status is Status.DONE


def test_on_a_cluster_such_counties_are_done_here(places: Places) -> None:
    own(places)
    request = dataclasses.replace(request_for(places, *CODES), cluster=object())  # type: ignore[arg-type]
    jobs = make_plan(request).jobs
    shares = [
        (asked.cluster is not None, [job.county.code for job in some])
        for asked, some in _by_executor(request, jobs)
    ]
    assert shares == [(True, ["370881"]), (False, ["370883"])]
