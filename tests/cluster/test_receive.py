"""What a worker sends back is checked before anything of it is published."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.batch.cluster import receive
from junheng.batch.cluster.chunk import Parcel, pack
from junheng.batch.cluster.receive import accept
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.plan import make_plan
from junheng.batch.work import perform, workplace
from tests.batch.fakes import fake_tools, make_project, request_for

CODES = ("370812", "370883")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Job], dict[str, Parcel]]:
    """The jobs of two counties and what an honest worker sends back for each."""
    root = tmp_path_factory.mktemp("receive")
    places = make_project(root / "project", CODES)
    jobs = {job.county.code: job for job in make_plan(request_for(places, *CODES)).jobs}
    parcels = {}
    with workplace(fake_tools(places), root / "runtime") as place:
        for code, job in jobs.items():
            there = dataclasses.replace(job, places=dataclasses.replace(places, out=root / "worker"))
            parcels[code] = pack(there.places, there.year, perform(there, place))
    return jobs, parcels


@pytest.fixture
def job(delivered: tuple[dict[str, Job], dict[str, Parcel]], tmp_path: Path) -> Job:
    job = delivered[0]["370883"]
    return dataclasses.replace(job, places=dataclasses.replace(job.places, out=tmp_path / "outputs"))


@pytest.fixture
def parcel(delivered: tuple[dict[str, Job], dict[str, Parcel]]) -> Parcel:
    return delivered[1]["370883"]


def test_an_honest_parcel_is_published(job: Job, parcel: Parcel) -> None:
    result = accept(job, parcel)
    assert result.status is Status.DONE and result.county == job.county
    assert (result.national, result.local) == ("达标", "未达标")
    there = {p.relative_to(job.published).as_posix() for p in job.published.rglob("*") if p.is_file()}
    assert there == set(parcel.files)


def added(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda files: {**files, name: content}


CHANGES = {
    "上级目录": added("../outside.txt"),
    "绝对路径": added("/tmp/outside.txt"),
    "约定之外": added("evidence/run.sh"),
    "藏在图中": added("evidence/figures/../../../outside.png"),
    "内容改动": added("data/units.csv", b"changed"),
    "清单之外的图": added("evidence/figures/more.png"),
    "缺一个文件": lambda files: {name: files[name] for name in files if name != "data/items.csv"},
    "缺清单": lambda files: {name: files[name] for name in files if name != "manifest.json"},
    "清单不是JSON": added("manifest.json", b"[]"),
    "没有文件": lambda files: {},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_parcel_is_refused(
    job: Job, parcel: Parcel, change: Callable[[dict[str, bytes]], dict[str, bytes]], tmp_path: Path
) -> None:
    result = accept(job, dataclasses.replace(parcel, files=change(dict(parcel.files))))
    assert result.status is Status.FAILED and "报告不予发布" in result.reason
    assert not job.published.exists() and not list(tmp_path.rglob("outside*"))
    assert not [p for p in job.year_dir.iterdir() if p.name.startswith(".")]


def test_another_countys_report_is_refused(
    job: Job, delivered: tuple[dict[str, Job], dict[str, Parcel]]
) -> None:
    result = accept(job, delivered[1]["370812"])
    assert result.status is Status.FAILED and not job.published.exists()


def test_a_report_of_other_inputs_is_refused(job: Job, parcel: Parcel) -> None:
    inputs = dataclasses.replace(job.inputs, digests={**job.inputs.digests, "code": "0" * 64})
    result = accept(dataclasses.replace(job, inputs=inputs), parcel)
    assert result.status is Status.FAILED and "不是按本次的输入" in result.reason


def test_too_much_is_refused(job: Job, parcel: Parcel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "MOST_BYTES", 1000)
    result = accept(job, parcel)
    assert result.status is Status.FAILED and "过多或过大" in result.reason


def test_a_failed_parcel_leaves_the_published_report(job: Job, parcel: Parcel) -> None:
    assert accept(job, parcel).status is Status.DONE
    failed = JobResult(job.county, Status.FAILED, reason="现为“约50”")
    told = accept(job, Parcel("node7", failed, "失败\n".encode(), issues="疑点\n".encode()))
    assert told.open == job.issues_file and job.issues_file.read_text(encoding="utf-8") == "疑点\n"
    assert job.published.is_dir()
