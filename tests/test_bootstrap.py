"""The set-up script: nothing to do the second time, one clear sentence where it may not install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(folder: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = os.environ | ({"PATH": path} if path else {})
    return subprocess.run(
        [folder / "scripts/bootstrap.sh"],
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def bare_copy(tmp_path: Path) -> Path:
    """A copy of the set-up files whose package list asks for something that is not there."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    fonts = "lib/junheng/report/fonts"
    shutil.copytree(ROOT / fonts, tmp_path / fonts)
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    packages = "# list\nthere  sh\nalways  @unpack\nwanted-package  /no/such/file  no-such-command\n"
    (tmp_path / "apt-packages.txt").write_text(packages, encoding="utf-8")
    return tmp_path


@pytest.fixture
def powerless(tmp_path: Path) -> str:
    """A PATH on which the user is not root and sudo refuses."""
    folder = tmp_path / "fake-bin"
    folder.mkdir()
    for name, body in {"id": "echo 1000", "sudo": "exit 1"}.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.slow
def test_second_call_does_nothing() -> None:
    run(ROOT)
    result = run(ROOT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_rights_one_sentence_with_the_command(bare_copy: Path, powerless: str) -> None:
    result = run(bare_copy, powerless)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "sudo apt-get install -y --no-install-recommends wanted-package ，" in result.stderr
    assert not (bare_copy / ".venv").exists()


HEADERS = {
    "plain": "#!{python}\nprint('runs')\n",
    "with blanks": "#!/bin/sh\n'''exec' '{python}' \"$0\" \"$@\"\n' '''\nprint('runs')\n",
}
"""How the installer begins a program, the second in folders with blanks in their name."""


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_the_program_takes_no_settings_of_another_python(header: str, tmp_path: Path) -> None:
    program = tmp_path / "junheng"
    program.write_text(header.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    script = (ROOT / "scripts/bootstrap.sh").read_text(encoding="utf-8")
    function = script[script.index("isolate() {") : script.index("\n}\n", script.index("isolate() {")) + 3]
    isolate = ["sh", "-c", f'{function}isolate "$1"', "sh", str(program)]
    subprocess.run(isolate, check=True)
    wrong = os.environ | {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"}
    done = subprocess.run([program], env=wrong, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("runs\n", "")
    program.write_text("#!/bin/sh\n", encoding="utf-8")  # a header of another kind fails the set-up
    assert subprocess.run(isolate, check=False).returncode != 0


def test_the_installed_program_starts_whatever_the_environment_says() -> None:
    wrong = os.environ | {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PYTHONSTARTUP": "/nowhere"}
    done = subprocess.run(
        [ROOT / ".venv/bin/junheng", "--version"], env=wrong, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
