"""Full disks, read-only folders and files of others: the county fails with its reason, what was published stays."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from junheng.batch import run as run_module
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.lock import Lock
from junheng.batch.publish import publish, recover, staging_folder
from junheng.batch.run import run_batch
from junheng.batch.verify import VerifyOutcome, verify
from junheng.errors import UsageProblem
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for
from tests.faults.harness import tree

CODE = "370883"
NOBODY = 65534


def run(places: Places, word: str = "内容", apart: bool = False, **more: object) -> JobResult:
    """Run with stand-in tools, in this process or `apart` in a worker."""
    with pytest.MonkeyPatch.context() as patch:
        if not apart:
            patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        request = request_for(places, CODE, **more)
        (result,) = run_batch(request, lambda r: None, tools=fake_tools(places, word))
    return result


def published(places: Places) -> Path:
    return places.out / "2024" / f"{CODE}_邹城市"


def require_tidy(places: Places) -> None:
    assert [p.name for p in (places.out / "2024").iterdir() if p.name.startswith(".")] == []


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[str], None]]:
    """A small file system of its own on `folder`; yields what changes its size or other options."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root only")

    def remount(option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)

    try:
        yield remount
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.6, 0.9])
def test_a_disk_that_fills_up(tmp_path: Path, share: float) -> None:
    """At the first log line, among the notebook's outputs, at the page, at the last file."""
    places = make_project(tmp_path / "project", (CODE,))
    with small_disk(places.out) as remount:
        assert run(places).status is Status.DONE
        before = tree(published(places))
        filler = places.out / "filler"
        needed = sum(path.stat().st_blocks * 512 for path in published(places).rglob("*"))
        free = shutil.disk_usage(places.out).free
        filler.write_bytes(b"x" * (free - int(share * needed)))
        result = run(places, "新内容", force=True, apart=share == 0)
        assert result.status is Status.FAILED and "磁盘空间不足" in result.reason, result.reason
        assert tree(published(places)) == before
        require_tidy(places)
        filler.unlink()
        assert run(places, "新内容", force=True).status is Status.DONE
        assert tree(published(places)) != before
        require_tidy(places)
        remount("size=16m")


def test_no_room_at_all_is_one_sentence(tmp_path: Path) -> None:
    places = make_project(tmp_path / "project", (CODE,))
    with small_disk(places.out) as remount:
        remount("nr_inodes=2")
        (places.out / "a").touch()
        with pytest.raises(UsageProblem, match=r"outputs/2024.*磁盘空间不足"):
            run(places)


def test_a_read_only_disk_can_be_verified_not_written(tmp_path: Path) -> None:
    places = make_project(tmp_path / "project", (CODE,))
    with small_disk(places.out) as remount:
        assert run(places).status is Status.DONE
        remount("ro")
        with pytest.raises(UsageProblem, match=r"无法写入.*--out"):
            run(places)

        def runner(request):  # type: ignore[no-untyped-def]
            return run_batch(request, lambda r: None, tools=fake_tools(places))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
            (compared,) = verify(request_for(places, CODE), runner)
        assert compared.outcome is VerifyOutcome.SAME


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """What a quota does, also where nothing can be mounted."""
    places = make_project(tmp_path / "project", (CODE,))
    assert run(places).status is Status.DONE
    before = tree(published(places))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))
        result = run(places, "新内容", force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.status is Status.FAILED and "超过系统允许的大小" in result.reason
    assert tree(published(places)) == before
    require_tidy(places)


# ---- Folders and files that a plain user may not write -------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a plain user can reach and write."""
    folder = Path(tempfile.mkdtemp(prefix="junheng-test-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def as_plain_user(action: Callable[[], object]) -> None:
    """Do it without root's rights."""
    if os.geteuid():
        action()
        return
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            action()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_report_that_was_made_read_only_gives_way(open_folder: Path) -> None:
    final = open_folder / "370883_邹城市"

    def replaced() -> None:
        for text in ("1", "2"):
            with staging_folder(final) as staging:
                (staging / "data").mkdir()
                (staging / "data" / "a").write_text(text)
                publish(staging, final)
            for path in (final / "data" / "a", final / "data", final):
                path.chmod(0o444 if path.is_file() else 0o555)
        assert (final / "data" / "a").read_text() == "2"
        recover(open_folder)
        assert [path.name for path in open_folder.iterdir()] == [final.name]
        (final / "data").chmod(0o755)
        final.chmod(0o755)

    as_plain_user(replaced)


def test_folders_without_the_right_to_write(open_folder: Path) -> None:
    project = make_project(open_folder / "project", (CODE,))
    places = Places(project.root, project.data, project.params, open_folder / "outputs")

    def refused() -> None:
        year = places.out / "2024"
        (year / "logs").mkdir(parents=True)
        (year / "logs").chmod(0o555)
        result = run(places)
        assert result.status is Status.FAILED and "没有写入权限" in result.reason, result.reason
        (year / "logs").chmod(0o755)
        require_tidy(places)
        year.chmod(0o555)
        with pytest.raises(UsageProblem, match="无法写入，请检查权限"):
            run(places)
        year.chmod(0o755)
        assert run(places).status is Status.DONE

    as_plain_user(refused)


def test_a_lock_file_that_another_user_left_is_free(open_folder: Path) -> None:
    path = open_folder / ".lock"
    path.write_text("主机甲，进程1\n")
    path.chmod(0o444)  # as root's own file it cannot be written by a plain user

    def taken() -> None:
        with Lock(path):
            assert f"进程{os.getpid()}" in path.read_text()
        assert not path.exists()

    as_plain_user(taken)
