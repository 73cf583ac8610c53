"""The batch on a Dask cluster, with stand-in tools: results, failures, machines that do not fit, interruption."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from loopback import REPO, Loopback, loopback

from junheng.batch import run as run_module
from junheng.batch.cluster import executor
from junheng.batch.cluster.store import url_of
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import Cluster
from junheng.batch.run import run_batch
from junheng.batch.verify import compare_folders
from junheng.errors import UsageProblem
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for, write_workbook
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
CODES = ("370811", "370812", "370881", "370883")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return make_project(tmp_path_factory.mktemp("cluster") / "project", CODES)


@pytest.fixture(scope="module")
def cluster(project: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """One worker process that runs two tasks at once, so that it has two stations."""
    with loopback(tmp_path_factory.mktemp("dask"), 1, project.root, threads=2) as running:
        yield running


@pytest.fixture
def places(project: Places, tmp_path: Path) -> Places:
    return dataclasses.replace(project, out=tmp_path / "outputs")


def run(
    places: Places,
    address: str,
    *words: str,
    told: Callable[[str], object] = lambda text: None,
    **faults: str,
) -> dict[str, JobResult]:
    at = Cluster(address, url_of(places.data), url_of(places.params))
    request = request_for(places, *(words or CODES), cluster=at)
    results = run_batch(request, lambda result: None, tools=fake_tools(places, **faults), told=told)
    return {result.county.code: result for result in results}


def helpers(cluster: Loopback) -> list[psutil.Process]:
    living = [psutil.Process(worker.pid) for worker in cluster.workers if worker.poll() is None]
    return [child for worker in living for child in worker.children(recursive=True)]


def at_work(cluster: Loopback) -> bool:
    """Whether a task is being done."""
    with suppress(psutil.NoSuchProcess):
        return bool(helpers(cluster))
    return False


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith((".", "junheng-"))]


def test_the_same_bytes_as_on_one_machine(places: Places, cluster: Loopback, tmp_path: Path) -> None:
    results = run(places, cluster.address)
    assert {r.status for r in results.values()} == {Status.DONE}
    assert (results["370883"].national, results["370883"].local) == ("达标", "未达标")
    here = dataclasses.replace(places, out=tmp_path / "local")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        run_batch(request_for(here, *CODES), lambda result: None, tools=fake_tools(here))
    for result in results.values():
        stem = result.county.stem
        assert list(compare_folders(here.out / "2024" / stem, places.out / "2024" / stem)) == []
        assert result.open is not None and Path(result.open).is_file()
        log = (places.out / "2024" / "logs" / f"{stem}.log").read_text(encoding="utf-8")
        assert log.startswith("工作机：") and "已发布" in log
    again = run(places, cluster.address)
    assert {r.status for r in again.values()} == {Status.CURRENT}
    until(lambda: not helpers(cluster))
    assert left_in(places.out / "2024") == []


def test_a_bad_county_stops_no_other_and_is_explained(places: Places, cluster: Loopback) -> None:
    results = run(places, cluster.address, c370811="data", c370812="kill", c370881="bug")
    assert results["370883"].status is Status.DONE
    assert [results[code].status for code in CODES[:3]] == [Status.FAILED] * 3
    assert results["370811"].open == places.out / "2024" / "问题" / "370811_任城区_issues.csv"
    assert "约50" in results["370811"].reason and Path(results["370811"].open).is_file()
    assert "工作进程中途退出（信号9" in results["370812"].reason
    assert results["370881"].reason == "程序内部错误（ValueError），详见日志。"
    assert not (places.out / "2024" / "370812_兖州区").exists()


def test_inputs_are_those_of_the_beginning(project: Places, places: Places, cluster: Loopback) -> None:
    """What a worker reads must be what the coordinator saw when it planned."""
    others = Path(places.out.parent / "elsewhere")
    shutil.copytree(project.data, others)
    at = Cluster(cluster.address, url_of(others), url_of(project.params))
    county = next(r.county for r in run(places, cluster.address, "370883").values())
    write_workbook(others, county, "changed")
    request = request_for(places, "370883", cluster=at, force=True)
    (changed,) = run_batch(request, lambda result: None, tools=fake_tools(places))
    assert changed.status is Status.FAILED and "370883_邹城市.xlsx”有改动" in changed.reason
    shutil.rmtree(others)
    (absent,) = run_batch(request, lambda result: None, tools=fake_tools(places))
    assert absent.status is Status.FAILED and absent.reason.startswith("工作机"), absent.reason
    assert "370883_邹城市.xlsx" in absent.reason and (places.out / "2024" / county.stem).is_dir()


@pytest.fixture
def changed(project: Places, tmp_path: Path) -> Path:
    """A project whose code is not the coordinator's."""
    shutil.copytree(project.root, tmp_path / "project")
    (tmp_path / "project" / "lib" / "junheng" / "code.py").write_text("changed = True\n", encoding="utf-8")
    return tmp_path / "project"


def test_workers_that_are_all_misfits_stop_the_run(cluster: Loopback, changed: Path) -> None:
    places = Places(changed, changed / "data", changed / "params", changed / "outputs")
    told: list[str] = []
    with pytest.raises(UsageProblem, match="没有可用的工作进程，未开始生成"):
        run(places, cluster.address, told=told.append)
    (warning,) = told
    assert re.search(r"tcp://127\S+：程序不同。请在该机", warning)
    assert not list((changed / "outputs" / "2024").glob("3708*"))


def test_a_misfit_worker_is_named_and_left_out(
    project: Places, places: Places, changed: Path, tmp_path: Path
) -> None:
    """It joins first, so that it would get all the work; the fit one comes while the run waits for somebody."""
    told: list[str] = []
    with loopback(tmp_path, 1, changed) as mixed:
        mixed.add_workers(1, home=project.root)
        results = run(places, mixed.address, told=told.append)
        misfit, fit = (psutil.Process(worker.pid) for worker in mixed.workers)
        assert misfit.is_running() and fit.is_running()
    assert {r.status for r in results.values()} == {Status.DONE}
    (warning,) = told
    assert (
        "有1个工作进程与主控机不一致，不用于本次生成。tcp://127.0.0.1:" in warning and "程序不同" in warning
    )


def test_a_worker_that_was_updated_since_it_started_makes_nothing(
    project: Places, places: Places, tmp_path: Path
) -> None:
    shutil.copytree(project.root, tmp_path / "project")
    with loopback(tmp_path, 1, tmp_path / "project") as cluster:
        (tmp_path / "project" / "lib" / "junheng" / "code.py").write_text(
            "changed = True\n", encoding="utf-8"
        )
        result = run(places, cluster.address, "370883")["370883"]
    assert result.status is Status.FAILED and "：程序与主控机不同，请更新到同一版本" in result.reason
    assert not (places.out / "2024" / result.county.stem).exists()


def test_workers_that_come_later_take_part(
    project: Places, places: Places, changed: Path, tmp_path: Path
) -> None:
    """The only fit worker is lost with all tasks; another one comes, and the misfit still gets nothing."""
    with loopback(tmp_path, 1, project.root) as cluster:
        cluster.add_workers(1, home=changed)
        replacing = threading.Thread(target=_replace_when_busy, args=(cluster, project.root))
        replacing.start()
        results = run(places, cluster.address, c370812="late")
        replacing.join()
    assert {r.status for r in results.values()} == {Status.DONE}


def _replace_when_busy(cluster: Loopback, home: Path) -> None:
    until(lambda: at_work(cluster))
    cluster.workers[0].kill()
    cluster.workers[0].wait()
    cluster.add_workers(1, home=home)


def test_no_scheduler_and_no_worker_are_told(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "CONNECT_SECONDS", 1.0)
    with pytest.raises(UsageProblem, match=r"无法连接调度程序“tcp://127\.0\.0\.1:9”"):
        run(places, "tcp://127.0.0.1:9")
    with pytest.raises(UsageProblem, match=r"“tls://127\.0\.0\.1:9”要求加密，但Dask的配置文件中没有写明证书"):
        run(places, "tls://127.0.0.1:9")
    monkeypatch.setattr(executor, "CONNECT_SECONDS", 30.0)
    monkeypatch.setattr(executor, "ALONE_SECONDS", 1.0)
    empty = Loopback(tmp_path)
    try:
        with pytest.raises(UsageProblem, match="集群中没有工作机"):
            run(places, empty.address)
    finally:
        empty.close()


def test_a_lost_scheduler_ends_the_run(
    project: Places, places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "CONNECT_SECONDS", 30.0)
    with loopback(tmp_path, 1, project.root) as lost:
        killer = threading.Thread(target=_kill_when_busy, args=(lost,))
        killer.start()
        results = run(places, lost.address, "370812", "370883", c370812="slow", c370883="slow")
        killer.join()
    assert {r.status for r in results.values()} == {Status.FAILED}
    assert all("调度程序" in r.reason for r in results.values()), [r.reason for r in results.values()]


def _kill_when_busy(cluster: Loopback) -> None:
    until(lambda: at_work(cluster))
    cluster.scheduler.kill()


INTERRUPTED = """
import sys
from pathlib import Path
from junheng.batch.plan import Cluster
from junheng.batch.cluster.store import url_of
from junheng.batch.job import Places
from junheng.cli.running import run_request
from tests.batch.fakes import fake_tools, request_for

root, out, address = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
places = Places(root, root / "data", root / "params", out)
at = Cluster(address, url_of(places.data), url_of(places.params))
tools = fake_tools(places, c370883="slow")
sys.exit(run_request(request_for(places, "370811", "370883", cluster=at), tools))
"""


def test_interrupted_orders_are_called_back(places: Places, cluster: Loopback) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, places.root, places.out, cluster.address],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    until((places.out / "2024" / "370811_任城区" / "manifest.json").exists)
    os.kill(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "任城区" in said.decode(), errors.decode()
    until(lambda: not helpers(cluster))  # the slow county would take far longer
    assert left_in(places.out / "2024") == []
    assert run(places, cluster.address, "370883")["370883"].status is Status.DONE
