"""A forge that still imports hears nothing of its connection, and ends with the asking side all the same."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ASKING = """
import os, sys, time
from junheng.batch.forge import Forge
forge = Forge("slow_to_import", environment={"PYTHONPATH": sys.argv[1]})
print(forge._process.pid, flush=True)
time.sleep(120)
"""
SLOW = "import pathlib, time\npathlib.Path(__file__).with_name('began').touch()\ntime.sleep(120)\n"


def test_a_forge_that_still_imports_ends_with_the_asking_side(tmp_path: Path) -> None:
    """On a busy machine imports take longer than anything may outlive a run."""
    (tmp_path / "slow_to_import.py").write_text(SLOW)
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert asking.stdout is not None
    forge = psutil.Process(int(asking.stdout.readline()))
    until = time.monotonic() + 60
    while not (tmp_path / "began").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert forge.is_running() and forge.ppid() == asking.pid != os.getpid()
    asking.kill()
    asking.wait()
    _, alive = psutil.wait_procs([forge], timeout=5)
    assert not alive
