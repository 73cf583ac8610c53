"""Any process of a run killed at any moment, Ctrl-C and SIGTERM: nothing half-published, nothing lost, nothing left.

Six tries as a rule, the last followed by a run that must finish the work. `JUNHENG_TRIES=100 pytest tests/faults/test_kills.py` makes a hundred, and
such a run follows whenever the whole run was stopped. `JUNHENG_SEED` begins another series.
"""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from tests.faults.harness import Run, Site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
TRIES = int(os.environ.get("JUNHENG_TRIES", "6"))
SEED = int(os.environ.get("JUNHENG_SEED", "5"))
THOROUGH = TRIES > 20
CODES = ("370872", "370873")
STEPS = 5 * len(CODES)
"""Lines with seconds that a whole run writes into its logs."""
SERIES = ("coordinator", "kernel", "worker", "office", "SIGINT", "nursery", "SIGTERM")
STOPPED = {"coordinator": -signal.SIGKILL, "SIGINT": 130, "SIGTERM": 130}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site.made(tmp_path_factory.mktemp("kills"), CODES)
    done = site.run("run")
    assert done.process.returncode == 0, done.stdout + done.stderr
    return site


@pytest.mark.parametrize("number", range(TRIES))
def test_struck_at_any_moment(site: Site, number: int) -> None:
    chance = random.Random(f"{SEED}-{number}")
    victim = SERIES[number % len(SERIES)]
    site.make_stale()
    before = site.trees()
    run = site.start("run", "--jobs", str(chance.choice((1, 2))))
    steps, pause = chance.randrange(STEPS), chance.uniform(0, 1.5)
    run.await_that(lambda: steps_done(site, run.started) >= steps)
    time.sleep(pause)
    struck = strike(run, victim)
    code = run.wait()
    told = f"try {number}: {victim} {pause:.2f}s after step {steps}, exit {code}\n{run.stdout}{run.stderr}"
    print(told)
    site.require_whole(before)
    site.require_nobody()
    assert "Traceback" not in run.stdout + run.stderr, told
    if struck and victim in STOPPED:
        assert code in (STOPPED[victim], 0), told
        assert code != 130 or "已中断" in run.stderr, told
    else:
        require_explained(run, code, told)
        site.require_clean()
    if number == TRIES - 1 or (THOROUGH and victim in STOPPED):
        finishing = site.run("run")
        assert finishing.process.returncode == 0, finishing.stdout + finishing.stderr
        site.require_whole({})
        site.require_clean()
        site.require_nobody()


def steps_done(site: Site, since: float) -> int:
    """How many steps the counties' logs tell of."""
    logs = [log for log in (site.year_dir / "logs").glob("37*.log") if log.stat().st_mtime >= since]
    return sum("秒" in line for log in logs for line in log.read_text(encoding="utf-8").splitlines())


def strike(run: Run, victim: str) -> bool:
    """Kill a process of the role as soon as there is one; False when the run was over before."""
    if victim.startswith("SIG"):
        struck = run.alive
        if victim == "SIGINT":
            run.signal_group(signal.SIGINT)
        elif struck:
            run.process.send_signal(signal.SIGTERM)
        return struck
    process = run.await_role(victim)
    if process is not None:
        process.kill()
    return process is not None


def require_explained(run: Run, code: int, told: str) -> None:
    """The run goes on: at most the county in hand fails, and says so."""
    assert code in (0, 1), told
    failed = [line for line in run.stdout.splitlines() if "  失败  " in line]
    assert len(failed) <= 1, told
    assert ("失败0个" in run.stdout) == (code == 0), told
    if failed:
        assert "中途退出" in run.stdout or "无法启动计算进程" in run.stdout, told
