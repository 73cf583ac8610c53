"""Whether a worker would make the same bytes: its code, templates, notebook, locked versions, fonts and LibreOffice."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from junheng.batch.changes import called
from junheng.batch.cluster.orders import ElsewhereProblem
from junheng.batch.job import Job
from junheng.batch.manifest import versions
from junheng.batch.staleness import digest_tree, shared_digests
from junheng.errors import JunhengError
from junheng.project import project_root

_OWN = ("data/", "params/")
_PACKAGE = Path(__file__).resolve().parents[2]
_AT_START = digest_tree(_PACKAGE)
"""The code as it was when this process read it."""


@dataclass(frozen=True)
class Standard:
    """What a worker must have: digests by logical name, versions by package."""

    digests: Mapping[str, str]
    versions: Mapping[str, str]


def standard_of(job: Job) -> Standard:
    """What made this machine's own fingerprints, apart from the county's inputs."""
    digests = {name: value for name, value in job.inputs.digests.items() if not name.startswith(_OWN)}
    return Standard(digests, versions())


def differences(standard: Standard) -> tuple[str, ...]:
    """What is different on this machine, in words for the user; nothing when it is fit."""
    try:
        root = project_root()
        found = shared_digests(root, root / "notebooks" / "county_report.ipynb")
    except JunhengError as problem:
        return (str(problem),)
    return tuple(_differences(standard, found))


def _differences(standard: Standard, found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*standard.digests, *found}):
        if standard.digests.get(name) != found.get(name):
            yield f"{called(name)}{'' if name in found else '（缺少）'}"
    if digest_tree(_PACKAGE) != _AT_START:
        yield "程序在dask worker启动后有改动，须重新启动dask worker"
    installed = versions()
    for name in sorted({*standard.versions, *installed}):
        wanted, there = standard.versions.get(name, "无"), installed.get(name, "无")
        if wanted != there:
            yield f"{name}（主控机{wanted}，工作机{there}）"


def require_fit(standard: Standard) -> None:
    """Raises ElsewhereProblem when this machine is not fit."""
    found = differences(standard)
    if found:
        raise ElsewhereProblem(misfit(socket.gethostname(), found))


def misfit(host: str, found: tuple[str, ...]) -> str:
    return f"工作机{host}与主控机不一致：{'、'.join(found)}。请在该机更新到同一版本并运行make setup，再重新启动dask worker。"
