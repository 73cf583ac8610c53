"""The private folder of a run is gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from junheng.batch.rundir import run_folder


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
    assert not left.exists() and not left.with_name(f"{left.name}.lock").exists()
