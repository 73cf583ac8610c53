"""pyproject.toml, environment.yml and requirements.lock must name the same dependencies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONDA_ONLY = {"python", "pip"}


def declared() -> dict[str, str]:
    """Return name and lower bound of every dependency in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return {canonicalize_name(req.name): str(req.specifier) for req in map(Requirement, listed)}


def conda_listed() -> dict[str, str]:
    """Return name and lower bound of every dependency in environment.yml."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = map(Requirement, environment["dependencies"])
    return {canonicalize_name(req.name): str(req.specifier) for req in listed}


def lock_entries() -> dict[str, list[str]]:
    """Return the hashes of every pinned entry of requirements.lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", text):
        name = canonicalize_name(block.split("==")[0])
        entries.setdefault(name, []).extend(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))
    return entries


def test_conda_agrees_with_pyproject() -> None:
    conda = conda_listed()
    assert {name: bound for name, bound in conda.items() if name not in CONDA_ONLY} == declared()


def test_conda_python_agrees_with_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert conda_listed()["python"] == project["project"]["requires-python"]


def test_build_backend_is_locked_with_the_rest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    backend = Requirement(project["build-system"]["requires"][0])
    assert declared()[backend.name] == str(backend.specifier)


def test_lock_pins_every_dependency_with_a_hash() -> None:
    entries = lock_entries()
    assert declared().keys() <= entries.keys()
    assert [name for name, hashes in entries.items() if not hashes] == []


def test_lock_satisfies_the_lower_bounds() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, bound in declared().items():
        for version in re.findall(rf"^{re.escape(name)}==(\S+)", text, re.MULTILINE):
            assert Requirement(f"{name}{bound}").specifier.contains(version), name


def test_set_up_files_name_no_host() -> None:
    for name in (
        "requirements.lock",
        "environment.yml",
        "pyproject.toml",
        "scripts/bootstrap.sh",
        "scripts/uv.sh",
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), name
