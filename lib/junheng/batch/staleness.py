"""What a report is made from, as digests of content; equal fingerprints mean there is nothing to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from junheng.errors import UsageProblem
from junheng.files import read_regular, sha256, sha256_file
from junheng.lab.notebooks import FOLDER, own_files, own_notebook, read_notebook, source_of
from junheng.params import small_counts
from junheng.params.counties import County

MANIFEST = "manifest.json"
DRAFT = "draft"
_BUILD_ID = re.compile(rb"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0(.{20})", re.DOTALL)
_NOTES_WITHIN = 1 << 16
"""The ELF note NT_GNU_BUILD_ID, which stands at the very beginning of a library."""
PYTHON, OFFICE = "python", "libreoffice"
"""Inputs that are versions in words, not digests."""
FORMAT = 3
"""Raised when the manifest's own form changes, so that older reports count as stale."""


@dataclass(frozen=True)
class Inputs:
    """Digests by logical name (`data/2024/370883_邹城市.xlsx`, `code`, …) and the parameters that count."""

    digests: Mapping[str, str]
    parameters: Mapping[str, Any]

    @cached_property
    def fingerprint(self) -> str:
        """One digest over everything that may change the report."""
        content = {"format": FORMAT, "inputs": dict(self.digests), "parameters": dict(self.parameters)}
        return sha256_text(json.dumps(content, ensure_ascii=False, sort_keys=True))


def sha256_text(text: str) -> str:
    return sha256(text.encode())


def digest_tree(folder: Path) -> str:
    """One digest over names and contents of all files below `folder`, without caches and hidden files."""
    lines = [f"{path.relative_to(folder).as_posix()} {sha256_file(path)}" for path in _files(folder)]
    return sha256_text("\n".join(lines))


def _files(folder: Path) -> list[Path]:
    def counts(path: Path) -> bool:
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$")) or part == "__pycache__" for part in parts)
        return path.is_file() and not hidden

    return sorted(path for path in folder.rglob("*") if counts(path))


def digest_notebook(path: Path) -> str:
    """A digest of a notebook's cells: saved outputs and counters do not count."""
    cells = [
        (cell["cell_type"], source_of(cell), sorted(cell.get("metadata", {}).get("tags", [])))
        for cell in read_notebook(path)["cells"]
    ]
    return sha256_text(json.dumps(cells, ensure_ascii=False))


def params_files(params_dir: Path, year: int, county: County) -> list[Path]:
    """The parameter files that may touch this county's report, not those of other years or counties."""
    others = {
        "demo", "mappings", "units.yml", "delivery.yml", "delivery_tables.yml", "keys", small_counts.FILE,
    }  # fmt: skip

    def counts(path: Path) -> bool:
        top = path.relative_to(params_dir).parts[0]
        if top.isdecimal():
            own = path.name.startswith(county.code) or not path.name[:6].isdecimal()
            return top in (str(year), str(year - 1)) and own
        return top not in others

    return [path for path in _files(params_dir) if counts(path)]


def shared_digests(root: Path, notebook: Path) -> dict[str, str]:
    """Digests of what all counties share: code, templates, locked versions, notebook, and versions of what runs it all."""
    digests = {"code": digest_tree(root / "lib" / "junheng"), PYTHON: python_version()}
    if (root / "templates").is_dir():
        digests["templates"] = digest_tree(root / "templates")
    if (root / "requirements.lock").is_file():
        digests["requirements.lock"] = sha256_file(root / "requirements.lock")
    digests[f"notebooks/{notebook.name}"] = digest_notebook(notebook)
    return digests | rendering_digests()


def rendering_digests() -> dict[str, str]:
    """Digests of what decides the look of a PDF beside the code: the stand-in fonts and LibreOffice's build."""
    from junheng.report import fonts
    from junheng.report.pdf import office

    found = {}
    try:
        # Names and sizes tell faces of other versions apart; some hundred megabytes need not be read for it.
        faces = sorted((fonts.fonts_dir() / fonts.FACES_FOLDER).iterdir())
        found["fonts"] = sha256_text("\n".join(f"{face.name} {face.stat().st_size}" for face in faces))
        found[OFFICE] = _office_version(Path(office.find_office()).resolve().parent)
    except (OSError, UsageProblem):  # the run itself says what is missing
        pass
    return found


def python_version() -> str:
    """The version of Python as far as it may change a report: floats are added otherwise from 3.12 on."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _office_version(folder: Path) -> str:
    """LibreOffice's version, and the identity its linker gave this very build: distributions mend one version many times."""
    with suppress(OSError):
        named = re.search(r"ProductKey=LibreOffice (\S+)", (folder / "bootstraprc").read_text("utf-8"))
        with (folder / "libmergedlo.so").open("rb") as library:
            build = _BUILD_ID.search(library.read(_NOTES_WITHIN))
        return f"{named[1] if named else '?'}（构建{build[1].hex()[:12] if build else '?'}）"
    return "?"


def county_digests(year: int, county: County, params_dir: Path, workbooks: Iterable[Path]) -> dict[str, str]:
    """Digests of one county's own inputs: its workbooks (this year's and last year's) and parameter files."""
    digests = {f"data/{path.parent.name}/{path.name}": sha256_file(path) for path in workbooks}
    for path in params_files(params_dir, year, county):
        digests[f"params/{path.relative_to(params_dir).as_posix()}"] = sha256_file(path)
    return digests


def own_digests(root: Path, year: int, county: County) -> dict[str, str]:
    """Digests of the county's own notebook and of what lies beside it under its code; empty without one."""
    own = own_notebook(root, year, county)
    return {
        f"{FOLDER}/{path.relative_to(root / FOLDER).as_posix()}": digest_notebook(path)
        if path == own
        else sha256_file(path)
        for path in own_files(root, year, county)
    }


def external_digests(params_dir: Path, external: bool) -> dict[str, str]:
    """The digest of the rule on small counts, on which only what leaves the city depends."""
    path = params_dir / small_counts.FILE
    return {f"params/{path.name}": sha256_file(path)} if external and path.is_file() else {}


def external(external: bool) -> dict[str, bool]:
    """The parameter that counts for what leaves the city; nothing for all else."""
    return {"external": True} if external else {}


def drafted(draft: bool) -> dict[str, str]:
    """The parameter that counts for a draft, whose PDF has no tags; nothing for what is to be published."""
    return {"pdf": DRAFT} if draft else {}


def is_draft(manifest: Mapping[str, Any]) -> bool:
    """Whether what a manifest lists was made as a draft."""
    return asked_of(manifest).get("pdf") == DRAFT


def asked_of(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters with which what a manifest lists was made; none when it does not say."""
    found = manifest.get("asked")
    return found if isinstance(found, dict) else {}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a published folder, or None when there is none that can be read."""
    try:
        manifest = json.loads(read_regular(folder / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    mappings = ("inputs", "outputs", "versions", "parameters")
    whole = isinstance(manifest, dict) and all(isinstance(manifest.get(key, {}), dict) for key in mappings)
    return manifest if whole else None
