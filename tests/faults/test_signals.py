"""However often a run is told to stop, it tidies up once and leaves nothing behind."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.faults.harness import Site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_thirty_signals_are_one(tmp_path: Path, number: signal.Signals) -> None:
    if (
        signal.getsignal(number) is signal.SIG_IGN
    ):  # tests started with nohup: what they start would ignore it too
        signal.signal(number, signal.SIG_DFL)
    site = Site.made_small(tmp_path / "project")
    run = site.start("run", "--jobs", "2")
    assert run.await_role("county")
    for _ in range(30):
        run.signal_group(number)
        time.sleep(0.02)
    assert run.wait() == 130, run.stdout + run.stderr
    assert "已中断" in run.stderr and "Traceback" not in run.stderr
    site.require_nobody()
    site.require_clean()
