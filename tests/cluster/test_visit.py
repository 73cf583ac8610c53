"""Folders given by URL: a real FTP server stands for any store beyond this machine."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

from junheng.batch import run as run_module
from junheng.batch.cluster.store import Store, StoreProblem, is_url, local_path, shown
from junheng.batch.cluster.visit import Given, Visit, visit
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import make_plan
from junheng.batch.run import run_batch
from junheng.cli.main import guarded
from junheng.errors import UsageProblem
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for, write_workbook

CODES = ("370812", "370883")
STEM = "370883_邹城市"


@pytest.fixture
def project(tmp_path: Path) -> Places:
    return make_project(tmp_path / "project", CODES)


@pytest.fixture
def server(project: Places) -> Iterator[str]:
    """The project's folder behind FTP; yields its URL, password and all."""
    authorizer = DummyAuthorizer()
    authorizer.add_user("office", "secret", str(project.root), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
    ftp = FTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=ftp.serve_forever, kwargs={"timeout": 0.05, "handle_exit": False})
    thread.start()
    try:
        yield f"ftp://office:secret@127.0.0.1:{ftp.address[1]}"
    finally:
        ftp.close_all()
        thread.join()


def given(url: str) -> Given:
    return Given(f"{url}/data", f"{url}/params", f"{url}/outputs")


def run(places: Places, url: str, word: str = "内容", **faults: str) -> dict[str, JobResult]:
    """One run with all three folders at the server, in this process."""
    results: dict[str, JobResult] = {}

    def heard(result: JobResult, visiting: Visit) -> None:
        results[result.county.code] = visiting.send(result)

    with pytest.MonkeyPatch.context() as patch, visit(request_for(places, *CODES), given(url)) as visiting:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        tools = fake_tools(visiting.request.places, word, **faults)
        run_batch(visiting.request, lambda result: heard(result, visiting), tools=tools)
    return results


def names_in(archive: Path) -> set[str]:
    with zipfile.ZipFile(archive) as package:
        assert package.testzip() is None
        return set(package.namelist())


def test_reports_go_to_the_store_as_one_file_each(project: Places, server: str) -> None:
    results = run(project, server)
    assert {r.status for r in results.values()} == {Status.DONE}
    year = project.out / "2024"
    names = names_in(year / f"{STEM}.zip")
    assert {f"{STEM}/manifest.json", f"{STEM}/data/verdict.json"} < names and len(names) > 10
    assert str(results["370883"].open).endswith(f"/outputs/2024/{STEM}.zip")
    assert "secret" not in str(results["370883"].open)
    assert sorted(p.name for p in year.iterdir()) == ["370812_兖州区.zip", f"{STEM}.zip", "logs"]
    before = (year / f"{STEM}.zip").read_bytes()
    assert {r.status for r in run(project, server).values()} == {Status.CURRENT}
    assert (year / f"{STEM}.zip").read_bytes() == before


def test_only_what_changed_or_is_broken_is_made_again(project: Places, server: str) -> None:
    run(project, server)
    archive = project.out / "2024" / f"{STEM}.zip"
    whole = archive.read_bytes()
    county = next(c for c in make_plan(request_for(project, *CODES)).counties if c.code == "370883")
    write_workbook(project.data, county, "changed")
    assert {c: r.status for c, r in run(project, server).items()} == {
        "370812": Status.CURRENT, "370883": Status.DONE,
    }  # fmt: skip
    archive.write_bytes(whole[: len(whole) // 2])
    assert run(project, server)["370883"].status is Status.DONE
    buffer = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if not name.endswith("units.csv"):
                new.writestr(name, old.read(name))
    archive.write_bytes(buffer.getvalue())
    assert run(project, server)["370883"].status is Status.DONE


def test_a_report_that_somebody_changed_in_the_store_is_kept_and_named(project: Places, server: str) -> None:
    run(project, server)
    archive = project.out / "2024" / f"{STEM}.zip"
    with zipfile.ZipFile(archive, "a") as package:
        package.writestr(f"{STEM}/签字扫描件.pdf", b"signed")
    changed = archive.read_bytes()
    for number in ("", "（2）"):
        county = next(c for c in make_plan(request_for(project, *CODES)).counties if c.code == "370883")
        write_workbook(project.data, county, f"changed{number}")
        result = run(project, server, f"别的{number}")["370883"]
        assert result.kept == (f"{STEM}（人工修改）{number}.zip",)
        assert archive.with_name(result.kept[0]).read_bytes() == changed
        assert f"{STEM}/签字扫描件.pdf" not in names_in(archive)
        archive.write_bytes(changed)
    write_workbook(project.data, county, "changed at last")
    archive.unlink()
    assert run(project, server)["370883"].kept == run(project, server)["370812"].kept == ()


def test_a_failure_leaves_the_report_and_sends_the_list_of_issues(project: Places, server: str) -> None:
    run(project, server)
    archive = project.out / "2024" / f"{STEM}.zip"
    before = archive.read_bytes()
    (project.params / "phrases" / "new.yml").write_text("a: b\n", encoding="utf-8")
    failed = run(project, server, c370883="data")["370883"]
    issues = project.out / "2024" / "问题" / f"{STEM}_issues.csv"
    assert failed.status is Status.FAILED and str(failed.open).endswith(f"/2024/问题/{STEM}_issues.csv")
    assert "约50" in issues.read_text(encoding="utf-8-sig") and archive.read_bytes() == before
    assert run(project, server)["370883"].status is Status.DONE
    assert not issues.exists() and archive.read_bytes() != before


def test_a_list_of_issues_that_somebody_wrote_in_is_kept(project: Places, server: str) -> None:
    run(project, server, c370883="data")
    issues = project.out / "2024" / "问题" / f"{STEM}_issues.csv"
    assert run(project, server, c370883="data")["370883"].notes == ()  # as we left it
    issues.write_text("办公室的批注", encoding="utf-8")
    again = run(project, server, c370883="data")["370883"]
    kept = issues.with_name(f"{STEM}_issues（人工修改）.csv")
    assert kept.read_text("utf-8") == "办公室的批注" and kept.name in "".join(again.notes)
    assert "约50" in issues.read_text("utf-8-sig")
    assert run(project, server)["370883"].notes == () and not issues.exists() and kept.exists()


def test_all_that_counts_is_brought(project: Places, server: str) -> None:
    """The city's own workbook, and the other counties', are inputs too: the fingerprint is that of a run on the spot."""
    city = project.data / "2024" / "370800_济宁市.xlsx"
    city.write_bytes((project.data / "2024" / f"{STEM}.xlsx").read_bytes())
    (here,) = make_plan(request_for(project, "370883")).jobs
    with visit(request_for(project, "370883"), given(server)) as visiting:
        (there,) = make_plan(visiting.request).jobs
        assert there.inputs == here.inputs and f"data/2024/{city.name}" in there.inputs.digests
        assert (visiting.request.places.data / "2024" / "370812_兖州区.xlsx").is_file()


def test_a_report_that_cannot_be_sent_is_no_success(
    project: Places, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Store, name: str, content: bytes) -> None:
        raise StoreProblem(f"写入“{self.where(name)}”失败：没有权限。")

    monkeypatch.setattr(Store, "write", refuse)
    result = run(project, server)["370883"]
    assert result.status is Status.FAILED and "未能送到输出位置" in result.reason
    assert "secret" not in result.reason


def test_a_store_that_is_not_there_is_told_without_its_password(
    project: Places, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        pytest.raises(UsageProblem, match="参数目录“ftp://127"),
        visit(request_for(project), Given(str(project.data), f"{server}/nothing", str(project.out))),
    ):
        pass
    words = ["run", "--year", "2024", "--data", "ftp://office:secret@127.0.0.1:9/data"]
    assert guarded(words) == 2
    said = capsys.readouterr().err
    assert "ftp://127.0.0.1:9/data" in said and "secret" not in said
    assert guarded(["run", "--year", "2024", "--data", "nosuch://a/b"]) == 2
    assert "nosuch://a/b" in capsys.readouterr().err


def test_file_urls_are_folders_of_this_machine(project: Places) -> None:
    assert local_path(project.data.as_uri()) == project.data and local_path("s3://bucket/data") is None
    assert is_url("s3://bucket") and not is_url("C:/data") and shown("s3://key:word@host/b") == "s3://host/b"
    places = (project.data.as_uri(), project.params.as_uri(), project.out.as_uri())
    with visit(request_for(project, *CODES), Given(*places), "tcp://127.0.0.1:1") as visiting:
        assert visiting.request.places == project and visiting.store is None
        assert visiting.request.cluster is not None
        assert visiting.request.cluster.data == f"file://{project.data}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--executor", "dask"), "--scheduler"),
        (("--executor", "dusk"), "是否要写“dask”"),
        (("--scheduler", "tcp://a:1"), "只与--executor dask同用"),
        (("--executor", "dask", "--scheduler", "tcp://a:1", "--jobs", "2"), "--jobs只用于本机"),
    ],
)
def test_options_that_do_not_go_together(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(["run", "--year", "2024", *words]) == 2
    assert told in capsys.readouterr().err
