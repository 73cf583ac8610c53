"""The Makefile against a stand-in program: what a user types arrives as typed, signals reach the program itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, require_gone, until

ROOT = Path(__file__).resolve().parents[1]
STAND_IN = """#!/usr/bin/python3
import os, pathlib, signal, sys, time
here = pathlib.Path(sys.argv[0]).parent
(here / "environment").write_text("\\n".join(os.environ))
(here / "said").write_text("\\0".join(sys.argv[1:]))
if (here / "wait").exists():
    signal.signal(signal.SIGTERM, lambda *given: os._exit(130))
    (here / "pid").write_text(f"{os.getpid()} {os.getppid()}")
    time.sleep(2000)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout in a folder with every awkward character, with a program that notes what it is told."""
    folder = tmp_path / '我的 项目 & <均衡>\'s $(echo x) `y` "z"'
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for path, text in {"scripts/bootstrap.sh": "#!/bin/sh\n", ".venv/bin/junheng": STAND_IN}.items():
        (folder / path).write_text(text, encoding="utf-8")
        (folder / path).chmod(0o755)
    return folder


def environment(**more: str) -> dict[str, str]:
    # A make above this test must not hand down its own options.
    return {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))} | more


def make(project: Path, *words: str, **more: str) -> list[str]:
    done = subprocess.run(
        ["make", *words], cwd=project, env=environment(**more), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return (project / ".venv/bin/said").read_text(encoding="utf-8").split("\0")


@pytest.mark.parametrize(
    "place", ["/tmp/a$b", "/tmp/$(HOME) x", "it's `pwd`", 'a"b\\c', "甲 乙，丙,丁", "$$$HOME", "#1"]
)
def test_folders_arrive_as_they_were_typed(project: Path, place: str) -> None:
    said = make(
        project, "reports", f"OUT={place}", f"DATA={place}", f"PARAMS={place}", "COUNTIES=邹城市,370811"
    )
    for option in ("--out", "--data", "--params"):
        assert said[said.index(option) + 1] == place
    assert [said[n + 1] for n, word in enumerate(said) if word == "--county"] == ["邹城市", "370811"]
    said = make(project, "receive", f"FILE={place}")
    assert said[said.index("--file") + 1] == place
    said = make(project, "receive", "COUNTY=邹城市", "DATE=2025年5月6日", f"BY={place}")
    assert said[said.index("--by") + 1] == place


@pytest.mark.parametrize("target", ["reports", "verify", "check", "template", "package"])
def test_one_county_is_heard_wherever_several_may_be_named(project: Path, target: str) -> None:
    """`make check COUNTY=鱼台县` checked all of them without a word."""
    for given, chosen in (
        (["COUNTY=鱼台县"], ["鱼台县"]),
        (["COUNTY=鱼台县", "COUNTIES=邹城市"], ["邹城市", "鱼台县"]),
    ):
        said = make(project, target, *given)
        assert [said[n + 1] for n, word in enumerate(said) if word == "--county"] == chosen


def test_sources_may_be_several_or_a_pattern(project: Path) -> None:
    for name in ("a$b.xlsx", "c.xlsx"):
        (project / name).touch()
    for given in ("a$b.xlsx c.xlsx", "*.xlsx"):
        said = make(project, "import", f"SRC={given}", "COUNTY=邹城市")
        assert sorted(said[1:3]) == ["a$b.xlsx", "c.xlsx"]
    for name in ("一 所 $(x) & 'y'.xlsx", "两 个/文件 夹"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).touch()
        assert make(project, "import", f"SRC={name}", "COUNTY=邹城市")[1] == name


def test_lab_is_opened_in_the_folder_of_the_project(project: Path) -> None:
    """Neither make nor the shell takes anything in its name for a command."""
    shutil.copy(project / ".venv/bin/junheng", project / ".venv/bin/jupyter")
    python = project / ".venv/bin/python"
    python.write_text(STAND_IN.replace('"said"', '"drafts"'), encoding="utf-8")
    python.chmod(0o755)
    assert make(project, "lab", "LAB_ARGS=--no-browser --port=1") == [
        "lab",
        str(project),
        "--no-browser",
        "--port=1",
    ]
    assert make(project, "lab", "LAB_ROOT=/tmp/$(HOME) `x`") == ["lab", "/tmp/$(HOME) `x`"]
    drafts = (project / ".venv/bin/drafts").read_text(encoding="utf-8").split("\0")
    assert drafts == ["-m", "junheng.lab.server", "/tmp/$(HOME) `x`"], "drafts of the folder that is opened"


def test_settings_of_another_python_do_not_reach_the_program(project: Path) -> None:
    make(project, "reports", PYTHONSTARTUP="/nowhere", JUNHENG_HOME="kept")
    names = (project / ".venv/bin/environment").read_text().splitlines()
    assert "PYTHONSTARTUP" not in names and "JUNHENG_HOME" in names
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP" in text


@pytest.mark.parametrize("target", ["reports", "report", "city", "verify", "check", "package"])
def test_a_signal_for_make_ends_the_program(project: Path, target: str) -> None:
    """With a shell in between, make would wait for a program that never heard of it."""
    (project / ".venv/bin/wait").touch()
    running = subprocess.Popen(
        ["make", target, "COUNTY=370883"], cwd=project, env=environment(), stderr=subprocess.PIPE
    )
    pid = project / ".venv/bin/pid"
    until(lambda: pid.exists() and pid.read_text())
    program, parent = map(int, pid.read_text().split())
    assert parent == running.pid
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=PATIENCE)
    require_gone([program])
