"""A small project and stand-in tools: the batch without kernels, LibreOffice or real workbooks."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from junheng.batch.checks import inspect_contract
from junheng.batch.contract import county_contents
from junheng.batch.county_process import NotebookTask
from junheng.batch.job import Job, Places
from junheng.batch.log import JobLog
from junheng.batch.plan import Request
from junheng.batch.work import Toolbox, perform, workplace
from junheng.batch.workers import Listener
from junheng.errors import DataProblem
from junheng.lab.data_files import DATA_COLUMNS
from junheng.lab.notebooks import seal
from junheng.params.counties import County, load_counties

REPO = Path(__file__).resolve().parents[2]
YEAR = 2024
PARAMETERS = (
    'COUNTY = "370883"\nYEAR = 2024\nDATA_DIR = "data"\nPARAMS_DIR = "params"\nOUT_DIR = ""\nREPORTS = ""\n'
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def make_project(root: Path, codes: tuple[str, ...], cells: tuple[str, ...] = ()) -> Places:
    """A project: the real parameters, a notebook of these cells, a stand-in workbook for each code."""
    (root / "notebooks").mkdir(parents=True)
    (root / "lib" / "junheng").mkdir(parents=True)
    (root / "lib" / "junheng" / "code.py").write_text("pass\n")
    shutil.copytree(REPO / "params", root / "params")
    shutil.copytree(REPO / "templates" / "nbconvert", root / "templates" / "nbconvert")
    write_notebook(root / "notebooks" / "county_report.ipynb", cells)
    for county in load_counties(root / "params"):
        if county.code in codes:
            write_workbook(root / "data", county)
    return Places(root, root / "data", root / "params", root / "outputs")


def write_notebook(path: Path, cells: tuple[str, ...], parameters: str = PARAMETERS) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    first = nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
    others = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(cells)]
    notebook.cells = [nbformat.v4.new_markdown_cell("# 测算", id="title"), first, *others]
    nbformat.write(notebook, path)
    seal(path.parent)


def write_workbook(data: Path, county: County, text: str = "1") -> Path:
    path = data / str(YEAR) / f"{county.stem}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{county.code} {text}", encoding="utf-8")
    return path


def request_for(places: Places, *words: str, **more: Any) -> Request:
    return Request(YEAR, places, words, **more)


def write_outputs(staging: Path, code: str, params: Path, word: str = "内容") -> None:
    """What a notebook is to write, with the county's own content."""
    county = next(c for c in load_counties(params) if c.code == code)
    for name in county_contents(county, YEAR, ("assessment",)).written:
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as package:
            package.writestr(zipfile.ZipInfo("content.xml"), f"{county.name}{word}")  # no date
    for name, columns in DATA_COLUMNS.items():
        (staging / "data" / name).write_text(",".join(columns) + "\n", encoding="utf-8")
    verdict = dict.fromkeys(("resource", "government", "quality", "social", "veto", "overall"), "达标")
    verdict |= {"county_code": code, "county": county.name, "year": YEAR, "overall_jining": "未达标"}
    (staging / "data" / "verdict.json").write_text(json.dumps(verdict, ensure_ascii=False), encoding="utf-8")
    figures = staging / "evidence" / "figures"
    figures.mkdir(parents=True)
    (figures / "overview.png").write_bytes(PNG)


@dataclass(frozen=True)
class FakeRunner:
    """Writes the outputs itself. `faults` maps a county code to what goes wrong with it."""

    params: Path
    faults: dict[str, str] = field(default_factory=dict)
    word: str = "内容"

    def prepare(self) -> None:
        pass

    def run(self, task: NotebookTask, log: JobLog) -> Any:
        staging, code = Path(str(task.parameters["OUT_DIR"])), str(task.parameters["COUNTY"])
        self._fail(self.faults.get(code, ""), staging)
        write_outputs(staging, code, self.params, self.word)
        if self.faults.get(code) == "path":
            (staging / "data" / "units.csv").write_text(f"{self.params}/x\n", encoding="utf-8")
        if self.faults.get(code) == "stray":
            (staging / "notes.txt").write_text("x", encoding="utf-8")
        if self.faults.get(code) == "absent":
            (staging / "data" / "items.csv").unlink()
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell("1 + 1", id="a", execution_count=1)]
        return notebook

    def _fail(self, fault: str, staging: Path) -> None:
        if fault == "data":
            (staging / "data").mkdir()
            text = "severity,check,sheet,cell,found,message\nerror,x,学校,A1,约50,应为数值\n"
            (staging / "data" / "issues.csv").write_text(text, encoding="utf-8")
            raise DataProblem("370883_邹城市.xlsx〔学校〕A1，现为“约50”，应为数值。")
        if fault == "bug":
            raise ValueError("secret detail")
        if fault == "crash":
            os._exit(3)
        if fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "full":
            raise OSError(28, "No space left on device")
        if fault == "late":
            time.sleep(5)
        if fault == "slow":
            time.sleep(2000)


class SerialExecutor:
    """Runs jobs in this process, one after the other: for tests that are not about processes."""

    def __init__(self, tools: Toolbox, runtime: Path) -> None:
        self.tools, self.runtime = tools, runtime

    def run(self, jobs: Iterable[Job], finished: Listener) -> None:
        with workplace(self.tools, self.runtime) as place:
            for job in jobs:
                finished(perform(job, place))


class FakeConverter:
    """A PDF that says where it came from."""

    def prepare(self) -> None:
        pass

    def convert(self, docx: Path, pdf: Path, draft: bool = False) -> None:
        pdf.write_bytes((b"%PDF draft " if draft else b"%PDF ") + docx.read_bytes())

    def close(self) -> None:
        pass


def fake_tools(places: Places, word: str = "内容", **faults: str) -> Toolbox:
    """Tools without kernel and LibreOffice; faults are given as `c370883="crash"`."""
    wanted = {code.removeprefix("c"): fault for code, fault in faults.items()}
    return Toolbox(FakeRunner(places.params, wanted, word), FakeConverter, inspect_contract)
