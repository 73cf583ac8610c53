"""`bench/steps.py`: every step of a county is timed, and the parts are within their whole."""

from __future__ import annotations

import subprocess
import sys

import pytest
from province import ROOT


@pytest.mark.e2e
def test_every_step_of_a_county_is_timed() -> None:
    command = [sys.executable, ROOT / "bench" / "steps.py", "--counties", "1"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    seconds = {line[:28].strip(): float(line[28:]) for line in told.splitlines()}
    assert {"read", "assess", "draw", "write", "PDF", "page numbers", "together"} <= set(seconds)
    for step, value in seconds.items():
        assert 0 <= value <= seconds[step.split(".")[0]] + 0.001
    whole = sum(value for step, value in seconds.items() if "." not in step and step != "together")
    assert seconds["together"] == pytest.approx(whole, abs=0.01)
