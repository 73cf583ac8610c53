"""Why a report is stale: what has changed since it was made, in words for the analyst."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from junheng.batch.staleness import FORMAT, OFFICE, PYTHON, Inputs, read_manifest
from junheng.errors import JunhengError
from junheng.files import sha256_file
from junheng.lab.notebooks import FOLDER, STANDARD
from junheng.workbook.read.digest import values_digest

DATA = "data/"
WORDS = {
    "code": "程序",
    "templates": "模板",
    "requirements.lock": "软件包版本",
    "fonts": "字体",
    OFFICE: "LibreOffice版本",
    PYTHON: "Python版本",
}
KINDS = {DATA: "采集工作簿", "params/": "参数", "notebooks/": "笔记本"}


STANDARD_NAME = f"{FOLDER}/{STANDARD}"
"""The logical name of the standard notebook; a county with a notebook of its own does not depend on it."""


def damaged_files(folder: Path, outputs: Mapping[str, str]) -> Iterator[str]:
    """Compare every output with its digest."""
    for name, digest in outputs.items():
        try:
            good = sha256_file(folder / name) == digest
        except (OSError, ValueError):  # a name that no file can have
            good = False
        if not good:
            yield name


def changes(
    folder: Path,
    inputs: Inputs,
    place: Callable[[str], Path],
    must_have: Iterable[str],
    in_store: bool = False,
) -> list[str]:
    """Return what keeps the report in `folder` from being the one of these inputs; empty when it is up to date.

    `place` gives the file of a workbook's logical name, `must_have` the files without which no report is complete.
    A workbook of which only the looks changed counts as the same. Of a report `in_store` only the manifest is in `folder`.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return ["发布清单manifest.json缺失或损坏" if folder.exists() else "尚未生成"]
    if manifest.get("format") != FORMAT:
        return ["发布清单是旧格式的"]
    if not _usable(manifest):
        return ["发布清单manifest.json内容不完整"]
    found = list(_changed_inputs(manifest, inputs, place))
    asked, wanted = dict(manifest["asked"]), dict(inputs.parameters)
    if asked.pop("pdf", None) != wanted.pop("pdf", None):
        found.append("PDF的形式不同（草稿或正式）")
    if asked != wanted:
        found.append("要求的报告种类不同")
    else:
        found += [f"发布清单未列出“{name}”" for name in must_have if name not in manifest["outputs"]]
    if in_store:
        return found
    return found + [f"已发布的“{name}”缺失或被改动" for name in damaged_files(folder, manifest["outputs"])]


def _usable(manifest: Mapping[str, Any]) -> bool:
    """Whether the manifest has all that is looked up in it, in the right types."""
    parts = [manifest.get(name) for name in ("inputs", "values", "outputs")]
    digests = all(isinstance(part, dict) and set(map(type, part.values())) <= {str} for part in parts)
    return digests and all(isinstance(manifest.get(name), dict) for name in ("asked", "counts"))


def _changed_inputs(
    manifest: Mapping[str, Any], inputs: Inputs, place: Callable[[str], Path]
) -> Iterator[str]:
    before, now = manifest["inputs"], inputs.digests
    for name in sorted({*before, *now}):
        if before.get(name) == now.get(name):
            continue
        if name == STANDARD_NAME and (name in before) != (name in now):
            yield "改用标准笔记本" if name in now else "改用本县笔记本"
            continue
        if name not in now:
            yield f"{called(name)}已不在"
        elif name not in before:
            yield f"新增{called(name)}"
        elif name in (OFFICE, PYTHON):
            yield f"{called(name)}不同（原为{before[name]}，现为{now[name]}）"
        elif not (name.startswith(DATA) and _same_values(place(name), manifest["values"].get(name))):
            yield f"{called(name)}有改动"


def called(name: str) -> str:
    """An input by the name an analyst knows it by."""
    kind = next((word for start, word in KINDS.items() if name.startswith(start)), "")
    return f"{kind}“{name}”" if kind else WORDS.get(name, name)


def _same_values(path: Path, digest: str | None) -> bool:
    try:
        return bool(digest) and values_digest(path) == digest
    except (JunhengError, OSError):
        return False


def digests_of_values(
    inputs: Mapping[str, str], place: Callable[[str], Path], known: Mapping[str, str]
) -> dict[str, str]:
    """The digests of values of all workbooks among the inputs; one that cannot be read has none.

    `known` has those that were taken while the workbooks were read, by the digest of the file.
    """
    found = {}
    for name, file in inputs.items():
        if name.startswith(DATA):
            try:
                digest = known.get(file) or values_digest(place(name))
            except (JunhengError, OSError):
                continue
            if digest:
                found[name] = digest
    return found
