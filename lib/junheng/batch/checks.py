"""Opening every output again before it is published; the notebook has checked its Word file already."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from junheng.batch.contract import refuse_others, require_files
from junheng.batch.job import Job
from junheng.batch.scrub import PathScrubber
from junheng.errors import DAMAGED_ZIP, OutputProblem
from junheng.lab.data_files import DATA_COLUMNS
from junheng.report.page.files import INDEX, LIBRARY

_TEXTS = (".csv", ".json", ".ipynb", ".html", ".js", ".css")
ZIPPED = (".docx", ".xlsx")
_ANNEX = re.compile(r"附件\d$")
"""An annex in a file of its own names its letter by its 文号, and may name no county."""
_INLINE_IMAGE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+|\"image/png\": \"[^\"]*\"")


def inspect_outputs(job: Job, staging: Path, scrubber: PathScrubber) -> None:
    """Check all outputs of a job; raises OutputProblem with the file and what is wrong."""
    inspect_contract(job, staging, scrubber)
    _inspect_formats(job, staging)


def inspect_contract(job: Job, staging: Path, scrubber: PathScrubber) -> None:
    """Check what needs no office format: files that must be there, verdict, no trace of the machine."""
    expected = job.contents.settled(staging).all
    require_files(staging, expected)
    refuse_others(staging, (*expected, *job.added(staging)))
    job.verdicts(staging)
    for path in sorted(staging.rglob("*")):
        if path.is_file() and path.name != LIBRARY:  # of another house: it names no place of this machine
            refuse_places(path, scrubber)


def _inspect_formats(job: Job, staging: Path) -> None:
    from junheng.report.page.city import inspect_page
    from junheng.report.pdf import inspect

    for path in sorted(staging.rglob("*")):
        if path.suffix == ".pdf":
            inspect.inspect_pdf(path, must_contain=() if _ANNEX.search(path.stem) else (job.county.title,))
        elif path.suffix == ".csv":
            inspect.inspect_csv(path, DATA_COLUMNS[path.name])
        elif path.suffix == ".xlsx":
            inspect.inspect_workbook(path)
        elif path.suffix == ".png":
            inspect.inspect_picture(path)
        elif path.name == INDEX:
            inspect_page(path.parent)


def refuse_places(path: Path, scrubber: PathScrubber) -> None:
    """Make sure that no folder of this machine is named in a delivered file; raises OutputProblem."""
    for text in _texts(path):
        place = scrubber.first_left(text)
        if place:
            raise OutputProblem(f"输出文件“{path.name}”中写有本机路径“{place}”，报告不予发布。")


def _texts(path: Path) -> list[str]:
    if path.suffix in _TEXTS:
        return [_INLINE_IMAGE.sub("", path.read_text(encoding="utf-8"))]
    if path.suffix in ZIPPED:
        return _package_texts(path)
    return []


def _package_texts(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as package:
            names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
            return [package.read(name).decode("utf-8", "replace") for name in names]
    except DAMAGED_ZIP as error:
        raise OutputProblem(f"输出文件“{path.name}”已损坏，报告不予发布。") from error
