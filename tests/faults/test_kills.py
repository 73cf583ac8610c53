"""Any process of a run killed at any moment, Ctrl-C and SIGTERM: nothing half-published, nothing lost, nothing left.

Ten strikes as a rule, on a project whose notebook takes no time. `JUNHENG_STRIKES=100 pytest tests/faults/test_kills.py` makes a
hundred, `JUNHENG_SEED` begins another series, `JUNHENG_REAL=1` takes the real notebook and three real counties.
"""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass

import pytest

from junheng.params.counties import load_counties
from tests.faults.harness import REPO, SMALL, Run, Site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
STRIKES = int(os.environ.get("JUNHENG_STRIKES", "10"))
SEED = os.environ.get("JUNHENG_SEED", "5")
REAL = bool(os.environ.get("JUNHENG_REAL"))
INNER = ("county", "worker", "office")
"""Whose end the run survives."""
STOPS = ("coordinator", "SIGINT", "SIGTERM")
EACH = 5
"""Strikes of a run: all but the last are inner ones."""
RUNS = -(-STRIKES // EACH)
THOROUGH = STRIKES > 20
ALL = tuple(county.code for county in load_counties(REPO / "params"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("kills") / "project"
    site = Site.made(folder, SMALL) if REAL else Site.made_small(folder, ALL[:6] if THOROUGH else SMALL)
    done = site.run("run")
    assert done.process.returncode == 0, done.stdout + done.stderr
    return site


@dataclass
class Struck:
    """What was done to a run."""

    victims: list[str]
    stopped: str = ""


@pytest.mark.parametrize("number", range(RUNS))
def test_struck_at_any_moment(site: Site, number: int) -> None:
    chance = random.Random(f"{SEED}-{number}")
    site.make_stale()
    before = site.trees()
    run = site.start("run", "--jobs", str(chance.choice((1, 2))))
    struck = strike(run, chance, STOPS[number % len(STOPS)])
    code = run.wait()
    told = f"run {number}: {' '.join(struck.victims)} {struck.stopped}, exit {code}\n{run.stdout}{run.stderr}"
    print(told)
    site.require_whole(before)
    site.require_nobody()
    assert "Traceback" not in run.stdout + run.stderr, told
    if struck.stopped == "coordinator":
        assert code == -signal.SIGKILL
    elif struck.stopped and "已中断" not in run.stderr:  # it came too late: all was done and said
        assert code in (0, 1) and "用时" in run.stdout, told
    else:
        assert code == 130 if struck.stopped else code in (0, 1), told
        assert bool(struck.stopped) == ("已中断" in run.stderr), told
        require_explained(run, struck, told)
        site.require_clean()
    if number == RUNS - 1 or THOROUGH:
        finishing = site.run("run")
        assert finishing.process.returncode == 0, finishing.stdout + finishing.stderr
        site.require_whole({})
        site.require_clean()
        site.require_nobody()


def strike(run: Run, chance: random.Random, stop: str) -> Struck:
    """Kill a few of the run's processes, then stop it, each time after a pause; it may be over before."""
    struck = Struck([])
    for _ in range(EACH - 1):
        victim = chance.choice(INNER)
        time.sleep(chance.uniform(0, 2))
        process = run.await_role(victim)
        if process is not None:
            process.kill()
            struck.victims.append(victim)
    time.sleep(chance.uniform(0, 2))
    if run.alive:
        struck.stopped = stop
        if stop == "SIGINT":
            run.signal_group(signal.SIGINT)  # as the terminal does
        else:
            run.process.send_signal(signal.SIGKILL if stop == "coordinator" else signal.SIGTERM)
    return struck


def require_explained(run: Run, struck: Struck, told: str) -> None:
    """At most one county fails for each process killed, and each says why."""
    failed = run.stdout.count("  失败  ")
    assert failed <= len(struck.victims), told
    reasons = run.stdout.count("中途退出")
    assert reasons == failed, told
