"""Documentation that stays true: links lead somewhere, commands and targets named in it exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from junheng.cli.main import COMMANDS, cli

REPO = Path(__file__).resolve().parents[1]
PAGES = sorted([*REPO.glob("*.md"), *REPO.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
TARGET = re.compile(r"(?:`|^ {4})make ([a-z][a-z-]*)", re.MULTILINE)
COMMAND = re.compile(r"(?:`|^ {4})(?:\.venv/bin/)?junheng ([a-z][a-z-]*)", re.MULTILINE)


@pytest.fixture(params=PAGES, ids=[path.relative_to(REPO).as_posix() for path in PAGES])
def page(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]
    assert not broken


def test_make_targets_exist(page: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (REPO / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(TARGET.findall(page.read_text(encoding="utf-8"))) <= known


def test_commands_exist(page: Path) -> None:
    assert set(COMMAND.findall(page.read_text(encoding="utf-8"))) <= set(COMMANDS)


def test_every_command_is_in_the_help() -> None:
    told = CliRunner().invoke(cli, ["--help"]).output
    assert all(name in told for name in COMMANDS)


def test_make_alone_prints_help() -> None:
    told = subprocess.run(["make", "-s"], cwd=REPO, capture_output=True, text=True, check=True).stdout
    for target in ("reports", "report", "check", "lab", "test", "lint", "clean"):
        assert f"make {target}" in told
