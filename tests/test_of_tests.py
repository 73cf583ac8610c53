"""What holds for all tests: how long something takes on this machine today decides none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CLOCKS = {
    "clock_gettime", "getrusage", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
    "process_time_ns", "thread_time", "thread_time_ns", "time", "time_ns", "times",
}  # fmt: skip
MODULES = {"os", "resource", "time"}
ALLOWED = {"waiting.py": {"monotonic"}, "test_fuzz.py": {"getrusage"}}
"""Patience lives in one place; memory may have limits."""
SHORTEST = 60
"""Seconds: a time-out that is there only against hanging is no shorter."""


def written(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def clocks_read(tree: ast.Module) -> Iterator[str]:
    """Names of clocks a file reads, as `time.monotonic` or imported from there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in MODULES and node.attr in CLOCKS:
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield from (name.name for name in node.names if name.name in CLOCKS)


def short_timeouts(tree: ast.Module) -> Iterator[int]:
    """Lines where something is waited for with a time-out that a busy machine may need."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        waits = called in {
            "communicate",
            "get",
            "join",
            "run",
            "urlopen",
            "wait",
            "wait_procs",
            "WebDriverWait",
        }
        given = [key.value for key in node.keywords if key.arg == "timeout"]
        given += node.args[1:2] if called == "WebDriverWait" else []
        for value in given:
            if waits and isinstance(value, ast.Constant) and (value.value or SHORTEST) < SHORTEST:
                yield node.lineno


FILES = sorted(TESTS.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_reads_a_clock_or_waits_too_little(path: Path) -> None:
    tree = written(path)
    assert set(clocks_read(tree)) <= ALLOWED.get(path.name, set()), "count work instead: tests/waiting.py"
    assert list(short_timeouts(tree)) == [], "see tests/waiting.py: until, PATIENCE"


def test_clocks_and_short_waits_are_found() -> None:
    source = "import time\nfrom time import perf_counter\nt = time.process_time()\nprocess.wait(timeout=5)\n"
    tree = ast.parse(source)
    assert set(clocks_read(tree)) == {"perf_counter", "process_time"} and list(short_timeouts(tree)) == [4]
