"""Forges at their weakest: while they import, and when they die before anything was forked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from junheng.batch import pool
from junheng.batch.forge import Forge
from junheng.batch.job import Status
from junheng.batch.run import run_batch
from tests.batch.fakes import fake_tools, make_project, request_for
from tests.waiting import require_gone, until

ASKING = """
import os, sys, time
import pytest

from junheng.batch import pool
from junheng.batch.forge import Forge
forge = Forge("slow_to_import", environment={"PYTHONPATH": sys.argv[1]})
print(forge._process.pid, flush=True)
time.sleep(2000)
"""
SLOW = "import pathlib, time\npathlib.Path(__file__).with_name('began').touch()\ntime.sleep(2000)\n"


def test_a_forge_that_still_imports_ends_with_the_asking_side(tmp_path: Path) -> None:
    """On a busy machine imports take longer than anything may outlive a run."""
    (tmp_path / "slow_to_import.py").write_text(SLOW)
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert asking.stdout is not None
    forge = psutil.Process(int(asking.stdout.readline()))
    until((tmp_path / "began").exists)
    assert forge.is_running() and forge.ppid() == asking.pid != os.getpid()
    asking.kill()
    asking.wait()
    require_gone([forge])


def test_a_forge_that_dies_before_it_forks_costs_no_county(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Forge] = []

    class Mortal(Forge):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            made.append(self)
            if len(made) == 1:
                self._process.kill()

        @property
        def alive(self) -> bool:
            return not self.lost  # as in the moment between its death and the news of it

    monkeypatch.setattr(pool, "Forge", Mortal)
    codes = ("370872", "370873")
    places = make_project(tmp_path, codes)
    results = run_batch(request_for(places, *codes), lambda result: None, tools=fake_tools(places))
    assert {result.status for result in results} == {Status.DONE} and len(made) == 2
