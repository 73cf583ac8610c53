"""manifest.json: what a report was made from, with what, when, and what it consists of."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from junheng.batch.changes import digests_of_values
from junheng.batch.contract import files_below
from junheng.batch.job import Job
from junheng.batch.log import JobLog
from junheng.batch.staleness import FORMAT, MANIFEST
from junheng.files import sha256_file
from junheng.lab.data_files import SUMMARY

LIBRARIES = (
    "junheng", "ipykernel", "lxml", "matplotlib", "nbclient", "nbconvert", "numpy", "openpyxl", "pandas",
    "papermill",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Versions of Python and the main libraries."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def take_summary(staging: Path) -> dict[str, Any]:
    """Read and remove the notebook's note to the batch; an absent one is empty."""
    path = staging / SUMMARY
    if not path.is_file():
        return {}
    summary = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return dict(summary)


def write_manifest(
    job: Job,
    staging: Path,
    started: datetime,
    log: JobLog,
    counts: Mapping[str, Any],
    values: Mapping[str, str],
) -> None:
    """Write the manifest over everything in `staging`; it is the last file written.

    `values` are the digests of the values of the workbooks that the notebook read, by the digest of the file.
    """
    manifest = {
        "format": FORMAT,
        "county": {"code": job.county.code, "name": job.county.name},
        "year": job.year,
        "parameters": job.logical_parameters(),
        "fingerprint": job.inputs.fingerprint,
        "asked": dict(job.inputs.parameters),
        "inputs": dict(job.inputs.digests),
        "values": digests_of_values(job.inputs.digests, job.workbook, values),
        "outputs": {name: sha256_file(staging / name) for name in files_below(staging)},
        "versions": versions(),
        "counts": dict(counts),
        "started": _stamp(started),
        "ended": _stamp(datetime.now(UTC)),
        "seconds": dict(log.seconds),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
