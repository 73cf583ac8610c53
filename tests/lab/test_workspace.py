"""Which parameters a notebook has: those of its parameters cell, whatever else stands in the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from junheng.lab import workspace
from junheng.lab.workspace import Workspace
from tests.assess.make import ROOT

CELL = f'''COUNTY = "370883"
YEAR = 2024
DATA_DIR = r"{ROOT / "data"}"
PARAMS_DIR = "params"
OUT_DIR = "/nowhere"
REPORTS = "assessment"
EXTERNAL = False'''
START = "from junheng.lab import county as wb\nwork = wb.start(globals())"


class Shell(InteractiveShell):
    """An IPython shell that keeps what it would say of an error."""

    told = ""

    def _showtraceback(self, etype: type, evalue: Any, stb: Any) -> None:
        self.told = "".join(map(str, stb))


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    made = Shell()
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(workspace, "get_ipython", lambda: made)
    yield made


def run(shell: Shell, *cells: str) -> None:
    for cell in cells:
        assert shell.run_cell(cell, store_history=True).success, shell.told


def test_names_in_capitals_elsewhere_are_no_parameters(shell: Shell) -> None:
    run(shell, CELL, START, "L5 = 41.4\nTOWNS = [1]", "L5 = 7.5", CELL, START)
    assert shell.user_ns["work"].county.code == "370883"
    run(shell, START)  # the start cell alone, once more
    assert shell.user_ns["work"].year == 2024


def test_a_misspelt_parameter_is_refused_and_forgotten_once_mended(shell: Shell) -> None:
    run(shell, CELL)
    assert not shell.run_cell(CELL.replace("COUNTY", "COUNTRY"), store_history=True).error_in_exec
    assert not shell.run_cell(START, store_history=True).success
    assert "没有名为“COUNTRY”的参数。是否要写“COUNTY”" in shell.told
    run(shell, CELL.replace("370883", "曲阜市"), START)
    assert shell.user_ns["work"].county.name == "曲阜市"


def test_what_papermill_injects_comes_after_the_defaults(shell: Shell) -> None:
    run(shell, CELL, '# Parameters\nCOUNTY = "370881"', START)
    assert shell.user_ns["work"].county.code == "370881"


def test_a_calculation_counts_as_the_cell_leaves_it(shell: Shell) -> None:
    run(shell, CELL.replace("YEAR = 2024", "YEAR = 2023 + 1"), START)
    assert shell.user_ns["work"].year == 2024


def test_a_failing_start_leaves_nothing_of_the_run_before(shell: Shell) -> None:
    run(shell, CELL, START, "book = wb.open_book(work)\nkept = [book]\ntext, number = '', 3")
    run(shell, CELL.replace("370883", "济南市"))
    assert not shell.run_cell(START, store_history=True).success
    assert "没有名为“济南市”的县（市、区）。可选：任城区、" in shell.told
    assert {"work", "book", "kept"}.isdisjoint(shell.user_ns) and shell.user_ns["number"] == 3


def test_relative_paths_count_from_the_project(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    run(shell, CELL, START)
    assert Path.cwd() == ROOT


def test_without_a_notebook_the_given_names_count() -> None:
    names = {"COUNTY": "370883", "YEAR": 2024, "DATA_DIR": "data", "PARAMS_DIR": "params", "OUT_DIR": ""}
    assert isinstance(workspace.start(names), Workspace)
