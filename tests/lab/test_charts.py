"""An analyst's own charts in a notebook: Chinese without a word, shown below their cell, one sentence for a box."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.assess.make import ROOT

RUN = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from junheng.lab.charts import prepare_charts

shell = InteractiveShell.instance()
shell.display_pub = CapturingDisplayPublisher()
for _ in range(2):
    prepare_charts(shell)
told = []
for cell in json.loads(sys.argv[1]):
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        shell.run_cell(cell).raise_error()
    kinds = [kind for shown in shell.display_pub.outputs for kind in shown["data"]]
    shell.display_pub.outputs.clear()
    told.append({"out": out.getvalue(), "err": err.getvalue(), "kinds": kinds})
print(json.dumps(told))
"""


def run(*cells: str) -> list[dict[str, Any]]:
    """Run cells in a notebook's shell in a process of its own; what each printed and showed."""
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(cells)],
        env=environment,
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    return run(
        "import pandas as pd\npd.Series([1, -2], index=['小学', '初中']).plot.bar(title='峄城区𬭚：差异系数−0.1')",
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots()\naxes.set_title('缺字\\U000F0000\\U000F0001');",
        "print(axes.title.get_fontname(), plt.rcParams['figure.figsize'])",
        "import warnings\nwarnings.warn('别的提醒')",
        "axes.plot([1, 2]); fig",
    )


def test_a_chart_in_chinese_needs_no_settings_and_is_shown(told: list[dict[str, Any]]) -> None:
    assert "image/png" in told[0]["kinds"]
    assert told[0]["err"] == "" and "提示" not in told[0]["out"]
    assert told[2]["out"].startswith("Noto Sans CJK SC [6.14, 3.8]")


def test_missing_glyphs_are_told_in_one_sentence(told: list[dict[str, Any]]) -> None:
    assert told[1]["err"] == ""
    assert told[1]["out"].count("【提示】") == 1
    assert "（U+F0000）、" in told[1]["out"] and "（U+F0001）" in told[1]["out"]
    assert "【提示】" not in told[2]["out"]


def test_other_warnings_are_left_alone(told: list[dict[str, Any]]) -> None:
    assert "别的提醒" in told[3]["err"]
