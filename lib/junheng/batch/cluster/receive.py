"""Taking in what a worker sent back: everything is checked before it is published."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from junheng.batch.changes import called
from junheng.batch.cluster.parcel import Parcel
from junheng.batch.contract import require_files, strangers
from junheng.batch.edits import keep_edits
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.publish import publish, staging_folder
from junheng.batch.reasons import explain
from junheng.batch.staleness import MANIFEST, read_manifest
from junheng.by_hand import put, take_away
from junheng.errors import OutputProblem
from junheng.files import open_log, sha256

MOST_FILES = 200
MOST_BYTES = 300_000_000
_MOST_TOLD = 5


def accept(job: Job, parcel: Parcel) -> JobResult:
    """Publish a finished report, or lay out why there is none. Never raises for a bad parcel: the result says why."""
    try:
        changed = _keep_log(job, parcel)
        if parcel.result.status is not Status.DONE:
            place = _to_open(job, parcel)
            return dataclasses.replace(parcel.result, county=job.county, open=place, notes=changed)
        with staging_folder(job.published) as staging:
            national, local = _unpack(job, parcel, staging)
            kept = keep_edits(job.published)
            publish(staging, job.published)
    except Exception as error:  # whatever it is, it is this county's failure alone
        return JobResult(job.county, Status.FAILED, reason=explain(error), open=job.log_file)
    return dataclasses.replace(
        parcel.result, county=job.county, national=national, local=local, open=job.main_file, kept=kept,
        notes=(*changed, *parcel.result.notes),
    )  # fmt: skip


def _keep_log(job: Job, parcel: Parcel) -> tuple[str, ...]:
    """Write the worker's log and clear the former list of issues away; return what is to be said of the latter."""
    changed = take_away(job.issues_file)
    with open_log(job.log_file, "w") as log:
        log.write(f"工作机：{parcel.host}\n{parcel.log[:MOST_BYTES].decode('utf-8', 'replace')}")
    return (changed,) if changed else ()


def _to_open(job: Job, parcel: Parcel) -> Path:
    if not parcel.issues:
        return job.log_file
    put(job.issues_file, parcel.issues[:MOST_BYTES])
    return job.issues_file


def _unpack(job: Job, parcel: Parcel, staging: Path) -> tuple[str, str]:
    """Write the files into `staging` and check them against contract and manifest; return the two verdicts."""
    others = strangers(parcel.files, (*job.contents.possible, MANIFEST))
    if others:
        raise OutputProblem(f"工作机{parcel.host}送回了约定之外的文件“{others[0]}”，报告不予发布。")
    size = sum(map(len, parcel.files.values()))
    if len(parcel.files) > MOST_FILES or size > MOST_BYTES:
        raise OutputProblem(f"工作机{parcel.host}送回的文件过多或过大（{size}字节），报告不予发布。")
    for name, content in parcel.files.items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    require_files(staging, (*job.contents.settled(staging).all, MANIFEST))
    _require_manifest(job, parcel.files, read_manifest(staging) or {}, parcel.host)
    return job.verdicts(staging)


def _require_manifest(
    job: Job, files: Mapping[str, bytes], manifest: Mapping[str, object], host: str
) -> None:
    """The report must be the one that was ordered, and arrive as it left."""
    told, wanted = manifest.get("inputs"), dict(job.inputs.digests)
    if manifest.get("fingerprint") != job.inputs.fingerprint or told != wanted:
        raise OutputProblem(
            f"工作机{host}送回的报告不是按本次的输入生成的{_changed(told, wanted)}，报告不予发布，请重新运行。"
        )
    found = {name: sha256(files[name]) for name in files if name != MANIFEST}
    if manifest.get("outputs") != found:
        raise OutputProblem(f"工作机{host}送回的文件与发布清单不符，报告不予发布。")


def _changed(told: object, wanted: Mapping[str, str]) -> str:
    other = [called(n) for n in wanted if told.get(n) != wanted[n]] if isinstance(told, dict) else []
    return f"（{'、'.join(other[:_MOST_TOLD])}有改动）" if other else ""
