"""Nothing of one county's notebook reaches the next: state of the process, and the bytes of real reports in any order.

`JUNHENG_ORDERS=50 pytest tests/faults/test_leaks.py` makes fifty real reports one after the other, with PDF; six without as a rule.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from junheng.batch.checks import inspect_contract, inspect_outputs
from junheng.batch.execute import PapermillRunner
from junheng.batch.job import Places, Status
from junheng.batch.plan import Request, make_plan
from junheng.batch.reasons import NotebookError
from junheng.batch.staleness import MANIFEST
from junheng.batch.work import Toolbox, perform, standard_tools, workplace
from tests.batch.fakes import REPO, FakeConverter
from tests.batch.workshop import Workshop, execute, own_workshop
from tests.faults.harness import SMALL, YEAR, Tree, tree

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
LENGTH = int(os.environ.get("JUNHENG_ORDERS", "6"))
THOROUGH = LENGTH > 10
CODES = SMALL if THOROUGH else SMALL[1:]

DIRTY = """
import atexit, builtins, decimal, gc, json, locale, logging, os, random, signal, sys, threading, time, warnings
import matplotlib, numpy, openpyxl, pandas
import junheng.exact, junheng.assess.engine, junheng.report.content.numbers
matplotlib.rcParams["font.size"] = 33
matplotlib.use("svg")
pandas.set_option("display.precision", 1)
numpy.seterr(all="ignore")
numpy.random.seed(7); random.seed(7)
decimal.getcontext().prec = 3
decimal.DefaultContext.prec = 3
os.environ["TZ"] = "America/New_York"; time.tzset()
os.environ["LEAK"] = "1"; os.environ.pop("PATH")
os.chdir("/"); os.umask(0o077); os.nice(1)
locale.setlocale(locale.LC_ALL, "C")
sys.path.insert(0, "/nowhere"); sys.modules["leak"] = json
sys.setrecursionlimit(200_000); sys.setswitchinterval(1)
warnings.simplefilter("error"); logging.disable(logging.CRITICAL); gc.disable()
signal.signal(signal.SIGALRM, signal.SIG_IGN)
json.dumps = builtins.sorted = print
openpyxl.Workbook.save = lambda *given: None
for module in (junheng.exact, junheng.assess.engine, junheng.report.content.numbers):
    for name in dir(module):
        if callable(getattr(module, name)):
            setattr(module, name, None)
threading.Thread(target=time.sleep, args=(2000,), daemon=True).start()
open("/tmp/" + str(os.getpid()), "w").close(); os.unlink("/tmp/" + str(os.getpid()))
"""
PROBE = """
import builtins, decimal, gc, json, locale, logging, os, random, resource, signal, sys, threading, time, warnings
import matplotlib, numpy, openpyxl, pandas
import junheng.exact, junheng.assess.engine, junheng.report.content.numbers
umask = os.umask(0); os.umask(umask)
print(dict(matplotlib.rcParams), matplotlib.get_backend(), pandas.get_option("display.precision"), numpy.geterr())
print(random.random(), numpy.random.random(), decimal.getcontext(), decimal.DefaultContext, locale.setlocale(locale.LC_ALL))
print("LEAK" in os.environ, "PATH" in os.environ, os.environ["TZ"], time.tzname)
print(os.path.basename(os.getcwd()), umask, os.nice(0))
print(sys.path, "leak" in sys.modules, sys.getrecursionlimit(), sys.getswitchinterval(), gc.isenabled(), threading.active_count())
print(warnings.filters, logging.root.manager.disable, signal.getsignal(signal.SIGALRM), json.dumps({"a": 1}), sorted([2, 1]))
print(resource.getrlimit(resource.RLIMIT_AS), len(os.listdir("/proc/self/fd")), openpyxl.Workbook.save.__qualname__)
for module in (junheng.exact, junheng.assess.engine, junheng.report.content.numbers):
    print(sorted(name for name in dir(module) if callable(getattr(module, name))))
"""


def probed(folder: Path, workshop: Workshop | None = None) -> str:
    return str(execute(folder, PROBE, workshop=workshop).cells[-1].outputs[0].text)


def test_the_state_of_a_county_process_is_always_the_same(tmp_path: Path) -> None:
    first = probed(tmp_path / "a")
    assert "nowhere" not in first and "False True CST-8" in first
    with suppress(NotebookError):  # what it spoils is its own county's
        execute(tmp_path / "b", DIRTY)
    second = probed(tmp_path / "c")
    assert second.splitlines() == first.splitlines()
    with own_workshop() as another:
        assert probed(tmp_path / "d", another).splitlines() == first.splitlines()


def alone(function, *given):  # type: ignore[no-untyped-def]
    """Call a function in a fresh process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *given).result()


def made(codes: tuple[str, ...], folder: Path) -> list[Tree]:
    """Make real reports one after the other in this process; the digests of each county's files."""
    places = Places(REPO, REPO / "data", REPO / "params", folder / "outputs")
    inspect = inspect_outputs if THOROUGH else inspect_contract
    tools = standard_tools() if THOROUGH else Toolbox(PapermillRunner(), FakeConverter, inspect)
    jobs = {job.county.code: job for job in make_plan(Request(YEAR, places, CODES)).jobs}
    found = []
    with workplace(tools, folder / "runtime") as place:
        for code in codes:
            result = perform(jobs[code], place)
            assert result.status is Status.DONE, result.reason
            files = tree(jobs[code].published)
            files.pop(MANIFEST)
            found.append(files)
    return found


def test_real_reports_in_any_order_are_those_made_alone(tmp_path: Path) -> None:
    by_itself = {code: alone(made, (code,), tmp_path / code)[0] for code in CODES}
    assert len({str(files) for files in by_itself.values()}) == len(CODES)
    chance = random.Random(11)
    order = tuple(chance.choice(CODES) for _ in range(LENGTH - len(CODES))) + CODES
    for place, (code, files) in enumerate(zip(order, made(order, tmp_path / "together"), strict=True)):
        differing = [name for name in by_itself[code] if files.get(name) != by_itself[code][name]]
        assert (differing, set(files)) == ([], set(by_itself[code])), (place, order)
