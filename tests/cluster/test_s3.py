"""Data, parameters and reports in an object store: a run of three counties on a cluster against a server that speaks S3."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import s3fs
from fsspec.core import url_to_fs
from loopback import Loopback, loopback
from moto.server import ThreadedMotoServer

from junheng.batch.cluster.visit import Given, visit
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.run import run_batch
from junheng.by_hand import EDITED
from tests.batch.fakes import fake_tools, make_project, request_for

pytestmark = pytest.mark.slow
CODES = ("370811", "370812", "370883")
BUCKET = "s3://junheng"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return make_project(tmp_path_factory.mktemp("s3") / "project", CODES)


@pytest.fixture(scope="module")
def store(project: Places) -> Iterator[s3fs.S3FileSystem]:
    """A bucket with the project's data and parameters; the environment says where, also to workers."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    access = {
        "AWS_ACCESS_KEY_ID": "office",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**access, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
            patch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        files, _ = url_to_fs(BUCKET)
        files.mkdir("junheng")
        for name in ("data", "params"):
            files.put(str(project.root / name), f"junheng/{name}", recursive=True)
        yield files
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(scope="module")
def cluster(
    project: Places, store: s3fs.S3FileSystem, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loopback]:
    with loopback(tmp_path_factory.mktemp("dask"), 2, project.root) as running:
        yield running


def run(project: Places, cluster: Loopback, word: str = "内容", **faults: str) -> dict[str, JobResult]:
    """One run whose three folders are in the bucket; nothing of it is in the project."""
    elsewhere = dataclasses.replace(project, data=Path(), params=Path(), out=Path())
    given = Given(f"{BUCKET}/data", f"{BUCKET}/params", f"{BUCKET}/outputs")
    results: dict[str, JobResult] = {}
    with visit(request_for(elsewhere, *CODES), given, cluster.address) as visiting:
        tools = fake_tools(project, word, **faults)
        run_batch(
            visiting.request,
            lambda result: results.update({result.county.code: visiting.send(result)}),
            tools=tools,
        )
    return results


def test_a_run_whose_folders_are_all_in_a_bucket(
    project: Places, store: s3fs.S3FileSystem, cluster: Loopback
) -> None:
    results = run(project, cluster)
    assert [results[code].status for code in CODES] == [Status.DONE] * 3, results
    archive = "junheng/outputs/2024/370883_邹城市.zip"
    assert results["370883"].open == f"s3://{archive}"
    with zipfile.ZipFile(io.BytesIO(store.cat_file(archive))) as package:
        assert package.testzip() is None and "370883_邹城市/manifest.json" in package.namelist()
    assert {r.status for r in run(project, cluster).values()} == {Status.CURRENT}
    assert not (project.root / "outputs").exists()
    left = [name for name in store.find("junheng/outputs") if "/.part-" in name]
    assert not left

    store.pipe_file("junheng/params/phrases/new.yml", b"a: b\n")
    failed = run(project, cluster, "别的", c370883="data")
    assert failed["370812"].status is Status.DONE and failed["370883"].status is Status.FAILED
    issues = "outputs/2024/问题/370883_邹城市_issues.csv"
    assert failed["370883"].open == f"{BUCKET}/{issues}"
    store.pipe_file(f"junheng/{issues}", "办公室的批注".encode())
    mended = run(project, cluster, "别的")["370883"]
    store.invalidate_cache()
    kept = f"junheng/outputs/2024/问题/370883_邹城市_issues{EDITED}.csv"
    assert mended.status is Status.DONE and store.cat_file(kept) == "办公室的批注".encode()
    assert not store.exists(f"junheng/{issues}") and EDITED in "".join(mended.notes)
