"""Taking in what a worker sent back: everything is checked before it is published."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from junheng.batch.changes import changes
from junheng.batch.cluster.chunk import Parcel
from junheng.batch.contract import strangers
from junheng.batch.edits import added_files, keep_edits
from junheng.batch.job import Job, JobResult, Status
from junheng.batch.publish import publish, staging_folder
from junheng.batch.reasons import explain
from junheng.batch.staleness import MANIFEST
from junheng.by_hand import put, take_away
from junheng.errors import OutputProblem
from junheng.files import open_log

MOST_FILES = 200
MOST_BYTES = 300_000_000
_MOST_TOLD = 5


def accept(job: Job, parcel: Parcel) -> JobResult:
    """Publish a finished report, or lay out why there is none. Never raises for a bad parcel: the result says why."""
    result = dataclasses.replace(parcel.result, county=job.county, open=job.log_file)
    try:
        if changed := take_away(job.issues_file):
            result = dataclasses.replace(result, notes=(changed, *result.notes))
        with open_log(job.log_file, "w") as log:
            log.write(f"工作机：{parcel.host}\n{parcel.log[:MOST_BYTES].decode('utf-8', 'replace')}")
        if result.status is Status.DONE:
            with staging_folder(job.published) as staging:
                national, local = _unpack(job, parcel, staging)
                kept = keep_edits(job.published)
                publish(staging, job.published)
            return dataclasses.replace(result, national=national, local=local, kept=kept, open=job.main_file)
        if parcel.issues:
            put(job.issues_file, parcel.issues[:MOST_BYTES])
            return dataclasses.replace(result, open=job.issues_file)
        return result
    except Exception as error:  # whatever it is, it is this county's failure alone
        return JobResult(job.county, Status.FAILED, reason=explain(error), open=job.log_file)


def _unpack(job: Job, parcel: Parcel, staging: Path) -> tuple[str, str]:
    """Write the files into `staging` and hold them against contract, order and manifest; return the two verdicts."""
    others = strangers(parcel.files, (*job.contents.possible, MANIFEST))
    if others:  # before anything is written: such a name may lead anywhere
        raise OutputProblem(f"工作机{parcel.host}送回了约定之外的文件“{others[0]}”，报告不予发布。")
    size = sum(map(len, parcel.files.values()))
    if len(parcel.files) > MOST_FILES or size > MOST_BYTES:
        raise OutputProblem(f"工作机{parcel.host}送回的文件过多或过大（{size}字节），报告不予发布。")
    for name, content in parcel.files.items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    wrong = changes(staging, job.inputs, job.workbook, job.contents.settled(staging).all)
    wrong += [f"发布清单未列出“{name}”" for name in added_files(staging)]
    if wrong:
        raise OutputProblem(
            f"工作机{parcel.host}送回的报告不是按本次的输入完整生成的（{'、'.join(wrong[:_MOST_TOLD])}），"
            "报告不予发布，请重新运行。"
        )
    return job.verdicts(staging)
