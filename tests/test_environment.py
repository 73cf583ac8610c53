"""pyproject.toml, environment.yml and requirements.lock must name the same dependencies."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
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
    plain = [each for each in environment["dependencies"] if isinstance(each, str)]
    by_pip = [each for part in environment["dependencies"] if isinstance(part, dict) for each in part["pip"]]
    listed = map(Requirement, plain + by_pip)
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


DISTRIBUTIONS = importlib.metadata.packages_distributions()
MODULE_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, also by a name in a string, as `importlib` and `python -m` take it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (name.name for name in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case ast.Constant(value=str(text)) if MODULE_NAME.fullmatch(text):
                if text.partition(".")[0] in DISTRIBUTIONS:
                    yield text


def runtime(*more: str) -> set[str]:
    """The distributions a runtime install brings: the declared ones and what those require."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [*project["dependencies"], *more]
    found: set[str] = set()
    while waiting:
        needed = Requirement(waiting.pop())
        name = canonicalize_name(needed.name)
        if name in found or (needed.marker and not needed.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        with suppress(importlib.metadata.PackageNotFoundError):
            waiting += importlib.metadata.requires(name) or []
    return found


def test_a_runtime_install_has_all_that_the_program_imports() -> None:
    """A module that only the development tools bring must not be needed by lib/, preloaded ones included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [needed for listed in project["optional-dependencies"].values() for needed in listed]
    installed = runtime(*extras)
    absent = {}
    for path in sorted((ROOT / "lib").rglob("*.py")):
        for module in imported(path):
            top = module.partition(".")[0]
            if top in sys.stdlib_module_names or top in {"junheng", "__future__"}:
                continue
            if not installed & set(map(canonicalize_name, DISTRIBUTIONS.get(top, ()))):
                absent[module] = path.relative_to(ROOT).as_posix()
    assert absent == {}


@pytest.mark.slow
def test_only_the_cluster_needs_what_the_cluster_extra_brings() -> None:
    installed = runtime()
    for path in sorted((ROOT / "lib").rglob("*.py")):
        if "cluster" in path.parts:
            continue
        for module in imported(path):
            provided = set(map(canonicalize_name, DISTRIBUTIONS.get(module.partition(".")[0], ())))
            assert not provided or provided & installed or "junheng" in provided, (module, path)
