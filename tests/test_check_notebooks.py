"""scripts/check_notebooks.py: each rule has a notebook that breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from check_notebooks import faults, main


def code(text: str = "run(county)", **changes: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": [text], "outputs": [], "execution_count": None}
    return cell | changes


PARAMETERS = code("county = '370883'", metadata={"tags": ["parameters"]})


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"metadata": {"kernelspec": kernel} | metadata, "cells": list(cells)}


def test_a_clean_notebook_has_no_fault() -> None:
    prose = {"cell_type": "markdown", "metadata": {}, "source": ["def 不是代码"]}
    assert list(faults(notebook(prose, PARAMETERS, code()))) == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (notebook(code()), "0 code cells tagged"),
        (notebook(PARAMETERS, PARAMETERS), "2 code cells tagged"),
        (notebook(PARAMETERS, code(outputs=[{"output_type": "stream"}])), "cell 2 has outputs"),
        (notebook(PARAMETERS, code(execution_count=3)), "cell 2 has an execution count"),
        (notebook(PARAMETERS, code("x = 1\ndef f(): pass")), "cell 2 defines a function"),
        (notebook(PARAMETERS, code("async def f(): pass")), "cell 2 defines a function"),
        (notebook(PARAMETERS, *[code()] * 10), "11 code cells"),
        (notebook(PARAMETERS, papermill={"input_path": "x"}), "metadata not allowed: papermill"),
        (notebook(PARAMETERS, kernelspec={"name": "junheng"}), "kernelspec is not python3"),
        (notebook(PARAMETERS, language_info={"name": "python", "version": "3.11.2"}), "not allowed: version"),
        (
            notebook(PARAMETERS, code(metadata={"execution": {}})),
            "cell 2 has metadata not allowed: execution",
        ),
    ],
)
def test_each_rule(broken: dict[str, Any], fault: str) -> None:
    found = list(faults(broken))
    assert len(found) == 1
    assert fault in found[0]


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path)) == 1
    path = tmp_path / "报告.ipynb"
    path.write_text(json.dumps(notebook(PARAMETERS)), encoding="utf-8")
    assert main(str(tmp_path)) == 0
    path.write_text(json.dumps(notebook(code())), encoding="utf-8")
    assert main(str(tmp_path)) == 1
    assert f"{path}: 0 code cells tagged" in capsys.readouterr().out


def test_the_tutorial_may_have_a_cell_for_each_of_its_ten_tasks(tmp_path: Path) -> None:
    cells = notebook(PARAMETERS, *[code()] * 11)
    for name, clean in (("tutorial.ipynb", 0), ("other.ipynb", 1)):
        folder = tmp_path / name.split(".")[0]
        folder.mkdir()
        (folder / name).write_text(json.dumps(cells), encoding="utf-8")
        assert main(str(folder)) == clean
