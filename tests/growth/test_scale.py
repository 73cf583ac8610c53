"""What `make bench-scale` measures with: the invented province, the watcher, the limits."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from make_demo import load
from province import ROOT, _records, _write_counties, make_province
from scale import Measured, faults, folders_in
from watch import Seen, watch

from junheng.params.counties import load_counties
from junheng.workbook.read.digest import values_digest
from junheng.workbook.read.find import find_workbook

HOLD = """
import pathlib, sys, time
held = bytearray(80_000_000)
pathlib.Path("held").touch()
while not pathlib.Path("seen").exists():
    time.sleep(0.05)
time.sleep(float(sys.argv[1]))
"""
WORK = """
import os, pathlib, subprocess, sys, time
hold, seconds, removed = sys.argv[1:]
temp = pathlib.Path(os.environ["TMPDIR"])
os.chdir(temp.parent)
for name in "abc":
    (temp / name).mkdir()
child = subprocess.Popen([sys.executable, "-c", hold, seconds])
while not pathlib.Path("seen").exists():
    time.sleep(0.05)
if seconds == "0":
    child.wait()
for name in removed:
    (temp / name).rmdir()
"""


def run(tmp_path: Path, sleep: int = 0, removed: str = "abc") -> Seen:
    """Watch a process and its child, who holds memory until it was seen, and then for `sleep` seconds."""
    temp = tmp_path / "temp"
    looks = 0

    def look() -> int:
        """Count the folders; at the second look at all that is to be seen say so (the one before may have begun too early)."""
        nonlocal looks
        looks += (tmp_path / "held").exists()
        if looks == 2:
            (tmp_path / "seen").touch()
        return folders_in(temp, tmp_path)

    return watch([sys.executable, "-c", WORK, HOLD, str(sleep), removed], temp, look)


def test_a_province_of_two_rounds_has_its_own_schools(tmp_path: Path) -> None:
    codes = make_province(tmp_path, 1)
    (county,) = load_counties(tmp_path / "params")
    assert [county.code] == codes == ["400811"] and county.name == "任城区甲"
    demo = next(c for c in load_counties(ROOT / "params") if c.code == "370811")
    invented = find_workbook(tmp_path / "data", 2024, county)
    assert values_digest(invented) != values_digest(find_workbook(ROOT / "data", 2024, demo))


def test_no_two_counties_of_the_whole_province_are_alike(tmp_path: Path) -> None:
    chosen = _records(load(ROOT / "params"), 140)
    _write_counties(tmp_path / "counties.yml", chosen)
    counties = load_counties(tmp_path)
    assert len({c.code for c in counties}) == len({c.name for c in counties}) == 140
    with pytest.raises(ValueError, match="1 to 140"):
        _records(load(ROOT / "params"), 141)


def test_the_watcher_sees_children_and_temporary_folders(tmp_path: Path) -> None:
    seen = run(tmp_path)
    assert seen.exit_code == 0 and seen.left == []
    assert seen.folders == 3 and seen.processes >= 2
    assert seen.tree_mb > 80 > seen.first_mb and 0 < seen.cpu < seen.seconds * 4


def test_the_watcher_says_what_is_left_behind(tmp_path: Path) -> None:
    seen = run(tmp_path, sleep=2000, removed="ab")
    assert [name.rsplit("/", 1)[-1] for name in seen.left[1:]] == ["c"]
    kind, number = seen.left[0].split()
    os.kill(int(number), signal.SIGKILL)
    assert kind == "process"


def test_growth_beyond_the_limits_is_a_fault() -> None:
    good = Measured(14, Seen(seconds=28, tree_mb=800, folders=3), 14, 0)
    flat, rising = [(100.0, 1000.0), (260.0, 1100.0)], [(120.0, 1000.0), (390.0, 1300.0)]
    assert faults([good, Measured(140, Seen(seconds=290, folders=3, curve=flat), 140, 0)]) == []
    slow = Measured(140, Seen(seconds=400, folders=6, left=["x"], curve=rising), 139, 0)
    assert len(faults([good, slow])) == 5
