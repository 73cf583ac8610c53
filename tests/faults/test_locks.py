"""Who holds a year says so; what is left of the dead holds nothing; two commands at once never spoil each other's work."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.batch.city import run_city
from junheng.batch.job import Places, Status
from junheng.batch.lock import BusyError, Lock
from junheng.batch.run import run_batch
from junheng.batch.verify import verify
from junheng.batch.year import lock_file, messages_file, year_in_use
from junheng.cli.check import check_workbooks
from junheng.delivery.package import PackageOrder, make_packages
from junheng.errors import UsageProblem
from tests.batch.fakes import REPO, fake_tools, make_project, request_for
from tests.faults.harness import Site

PARAMS = REPO / "params"

CODE = "370883"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "主机甲，进程999999999，2024-01-01 00:00:00开始",
        f"进程{os.getpid()}",
        "进程1",
        "主机乙，进程1",
        "\x00\xff乱",
    ],
    ids=["empty", "dead", "our number", "living", "other host", "garbage"],
)
def test_what_a_dead_holder_left_is_free(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".lock"
    path.write_text(text)
    with Lock(path):
        assert path.read_text().startswith(f"主机{socket.gethostname()}，进程{os.getpid()}，")
    assert not path.exists()


@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "pipe"])
def test_what_is_planted_in_place_of_a_lock_is_not_written_to(tmp_path: Path, kind: str) -> None:
    path, precious = tmp_path / ".lock", tmp_path / "precious"
    precious.write_text("keep")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "hard link":
        path.hardlink_to(precious)
    else:
        path.symlink_to(precious if kind == "link" else tmp_path / "nowhere")
    with Lock(path):
        assert path.is_file() and not path.is_symlink()
    assert precious.read_text() == "keep" and [p.name for p in tmp_path.iterdir()] == ["precious"]


def test_a_folder_in_place_of_a_lock_is_named(tmp_path: Path) -> None:
    lock_file(tmp_path / "2024", PARAMS).mkdir(parents=True)
    with (
        pytest.raises(UsageProblem, match=r"2024/\.lock.*应为锁文件"),
        year_in_use(tmp_path / "2024", PARAMS),
    ):
        pass


def test_a_holder_that_has_not_yet_said_who_it_is(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with path.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="进程未写明"):
            Lock(path).acquire()


def test_a_full_disk_does_not_undo_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with Lock(tmp_path / ".lock"), pytest.raises(BusyError):
        Lock(tmp_path / ".lock").acquire()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*given: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    (tmp_path / "outputs" / "2024").mkdir(parents=True)
    with (
        pytest.raises(UsageProblem, match=r"outputs/2024.*不支持文件锁.*--out"),
        year_in_use(tmp_path / "outputs" / "2024", PARAMS),
    ):
        pass


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_project(tmp_path / "project", (CODE,))
    (places.out / "2024" / f"{CODE}_邹城市").mkdir(parents=True)
    return places


@pytest.mark.parametrize(
    "command",
    [
        lambda p: run_batch(request_for(p, CODE), lambda r: None, tools=fake_tools(p)),
        lambda p: run_city(request_for(p), fake_tools(p)),
        lambda p: make_packages(PackageOrder(2024, p)),
        lambda p: verify(request_for(p, CODE), lambda request: ()),
    ],
    ids=["run", "city", "package", "verify"],
)
def test_a_year_is_in_one_hand(places: Places, command: Callable[[Places], object]) -> None:
    with (
        year_in_use(places.out / "2024", places.params),
        pytest.raises(UsageProblem, match=f"2024年度.*进程{os.getpid()}.*请等它结束"),
    ):
        command(places)


def test_cities_that_share_an_output_folder_do_not_wait_for_each_other(
    places: Places, tmp_path: Path
) -> None:
    """Each makes its counties' reports at the same time; a summary there is one city's."""
    other = tmp_path / "params"
    shutil.copytree(PARAMS, other)
    city = (other / "city.yml").read_text(encoding="utf-8")
    (other / "city.yml").write_text(
        city.replace("370800", "370900").replace("济宁市", "泰安市"), encoding="utf-8"
    )
    with year_in_use(places.out / "2024", other):
        (result,) = run_batch(request_for(places, CODE), lambda r: None, tools=fake_tools(places))
    assert result.status is Status.DONE
    logs = [messages_file(places.out / "2024", params) for params in (places.params, other)]
    assert logs[0] != logs[1] and logs[0].is_file() and not logs[1].exists()
    shutil.copy(REPO / "notebooks" / "city_report.ipynb", places.root / "notebooks")
    summary = places.out / "2024" / "全市"
    summary.mkdir()
    (summary / "manifest.json").write_text('{"asked": {"city": "泰安市"}}', encoding="utf-8")
    with pytest.raises(UsageProblem, match="是泰安市的汇总，不予覆盖"):
        run_city(request_for(places), fake_tools(places))


def test_one_check_at_a_time(places: Places) -> None:
    folder = places.out / "2024" / "问题反馈"
    folder.mkdir()
    (folder / ".全市核查.part").write_text("half")
    with Lock(folder / ".lock"), pytest.raises(UsageProblem, match="另一次核查"):
        check_workbooks(request_for(places, CODE))
    check_workbooks(request_for(places, CODE))
    assert not (folder / ".lock").exists()


@pytest.mark.e2e
@pytest.mark.slow
def test_commands_beside_a_run(tmp_path: Path) -> None:
    """The second says who is at work and spoils nothing; checking workbooks goes on beside it."""
    site = Site.made_small(tmp_path / "project", ("370872", "370873"))
    first = site.start("run", "--jobs", "1")
    holder = f"进程{first.process.pid}"
    assert first.await_that(lambda: holder in read(lock_file(site.year_dir, PARAMS)))
    for words in (("run",), ("package",)):
        second = site.run(*words)
        assert second.process.returncode == 2, second.stdout + second.stderr
        assert holder in second.stderr and "请等它结束" in second.stderr
    checked = site.run("check")
    assert checked.process.returncode == 1 and "太白湖新区" in checked.stdout  # no real workbooks here
    assert first.alive, "the others were to be beside a living run"
    assert first.wait() == 0, first.stdout + first.stderr
    site.require_whole({})
    assert set(site.trees()) == {"370872", "370873"}
    site.require_clean()
    assert {r.status for r in run_again(site)} == {Status.CURRENT}


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def run_again(site: Site) -> tuple[object, ...]:
    places = Places(site.folder, site.data, site.params, site.out)
    return run_batch(request_for(places, *site.codes), lambda r: None, tools=fake_tools(places))
