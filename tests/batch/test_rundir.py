"""The private folder of a run is gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from junheng.batch.rundir import remove_dead, run_folder


def test_removed_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with run_folder() as folder:
        (folder / "a").write_text("x")
        assert oct(folder.stat().st_mode)[-3:] == "700"
    assert list(tmp_path.parent.glob("junheng-*")) == [] and not folder.exists()


def test_a_killed_run_is_cleared_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal; from junheng.batch.rundir import run_folder\n"
        "with run_folder() as folder: print(folder, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "TMPDIR": "/tmp"}
    killed = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    left = Path(killed.stdout.strip())
    assert killed.returncode == -signal.SIGKILL and left.is_dir()
    again = code.replace("os.kill(os.getpid(), signal.SIGKILL)", "")
    subprocess.run([sys.executable, "-c", again], env=environment, capture_output=True, check=True)
    assert not left.exists()


def planted(base: Path, name: str) -> Path:
    return base / f"junheng-run-{os.getuid()}-{name}"


def test_what_others_plant_among_the_temporary_files_is_neither_followed_nor_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder for temporary files belongs to everybody, and anybody can guess the names of our folders."""
    base, private = tmp_path / "tmp", tmp_path / "private"
    for folder in (base, private, private / "locked"):
        folder.mkdir()
    precious = private / "precious"
    precious.write_text("keep")
    (private / "locked").chmod(0o500)
    planted(base, "linked").symlink_to(private)
    planted(base, "file.lock").symlink_to(precious)
    planted(base, "hard.lock").hardlink_to(precious)
    planted(base, "plain").write_text("not ours")
    os.mkfifo(planted(base, "pipe"))
    monkeypatch.setattr(tempfile, "tempdir", str(base))
    before = sorted(path.name for path in base.iterdir())
    with run_folder() as folder:
        (folder / "out").symlink_to(private)
    assert sorted(path.name for path in base.iterdir()) == before
    assert precious.read_text() == "keep" and oct((private / "locked").stat().st_mode)[-3:] == "500"


def test_folders_of_the_living_and_of_others_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with run_folder() as mine:
        remove_dead()
        assert mine.is_dir()
    planted(tmp_path, "theirs").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        mine = os.getuid()
        patch.setattr(os, "fstat", lambda fd, given=os.fstat: Owned(given(fd), mine + 1))
        remove_dead()
    assert planted(tmp_path, "theirs").is_dir()
    remove_dead()
    assert not planted(tmp_path, "theirs").exists()


class Owned:
    """What `fstat` says, of another owner."""

    def __init__(self, given: os.stat_result, owner: int) -> None:
        self._given, self.st_uid = given, owner

    def __getattr__(self, name: str) -> object:
        return getattr(self._given, name)
