"""Real counties on a real cluster, one of whose two workers is killed in the middle: all done, the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from loopback import REPO, loopback

from junheng.batch.verify import compare_folders
from tests.waiting import PATIENCE, require_gone, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
JUNHENG = Path(sys.executable).with_name("junheng")
CODES = ("370827", "370871", "370872", "370873")


def command(out: Path, *words: str) -> list[str | Path]:
    counties = [word for code in CODES for word in ("--county", code)]
    folders = ("--data", REPO / "data", "--params", REPO / "params", "--out", out)
    return [JUNHENG, "run", "--year", "2024", *counties, *folders, *words]


def published(out: Path) -> list[Path]:
    return sorted(path.parent for path in (out / "2024").glob("*/manifest.json"))


def test_a_lost_workers_counties_are_done_elsewhere(tmp_path: Path) -> None:
    with loopback(tmp_path, 2) as cluster:
        words = ("--executor", "dask", "--scheduler", cluster.address)
        running = subprocess.Popen(command(tmp_path / "dask", *words), stderr=subprocess.PIPE)
        until(lambda: published(tmp_path / "dask") or running.poll() is not None)
        assert running.poll() is None
        lost = next(worker for worker in cluster.workers if psutil.Process(worker.pid).children())
        orphans = psutil.Process(lost.pid).children(recursive=True)
        lost.kill()
        done_before = len(published(tmp_path / "dask"))
        _, said = running.communicate(timeout=PATIENCE)
        require_gone(orphans)
    assert running.returncode == 0, said.decode()
    assert orphans and done_before < len(CODES)
    assert subprocess.run(command(tmp_path / "local"), capture_output=True, check=False).returncode == 0
    pairs = list(zip(published(tmp_path / "local"), published(tmp_path / "dask"), strict=True))
    assert len(pairs) == len(CODES)
    for local, dask in pairs:
        assert list(compare_folders(local, dask)) == []
        one, other = (json.loads((folder / "manifest.json").read_text()) for folder in (local, dask))
        assert one["outputs"] == other["outputs"] and one["fingerprint"] == other["fingerprint"]
