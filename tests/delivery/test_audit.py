"""docs/howto/audit.md: its commands, run as they stand, repeat a county's report a year later."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.delivery.make import REPO

PAGE = REPO / "docs" / "howto" / "audit.md"
COUNTY = "370872_太白湖新区"
FOLDERS = ("data", "lib", "notebooks", "params", "scripts", "templates")
FILES = ("Makefile", "pyproject.toml", "requirements.lock", "apt-packages.txt")


def commands() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "JUNHENG_HOME": str(place), "PYTHONPATH": ""}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What an auditor has: the project as it was kept. The environment is the one of these tests."""
    place = tmp_path / "archive"
    place.mkdir()
    for name in FOLDERS:
        shutil.copytree(REPO / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(REPO / name, place / name)
    for name in (".venv", ".fonts"):
        (place / name).symlink_to(REPO / name)
    makefile = (place / "Makefile").read_text(encoding="utf-8")
    (place / "Makefile").write_text(makefile.replace("@scripts/bootstrap.sh", "@true"), encoding="utf-8")
    return place


@pytest.mark.e2e
@pytest.mark.slow
def test_the_commands_of_the_page(archive: Path) -> None:
    setting, *steps = commands()
    assert f"COUNTY={COUNTY}\n" in setting and len(steps) == 5
    first = run(f".venv/bin/junheng run --year 2024 --county {COUNTY[:6]} --jobs 1", archive)
    assert first.returncode == 0, first.stdout + first.stderr
    log = (archive / "outputs" / "2024" / "logs" / f"{COUNTY}.log").read_text(encoding="utf-8")
    assert "指纹：" in log and f"data/2024/{COUNTY}.xlsx" in log and str(archive) not in log
    units_text = (archive / "outputs" / "2024" / COUNTY / "data" / "units.csv").read_text(encoding="utf-8")
    schools = {line.split(",")[1] for line in units_text.splitlines()[1:]}
    assert schools and not any(school in log for school in schools)
    told = run("\n".join([setting, *steps]), archive)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "指纹相同" in told.stdout and "differ" not in told.stdout and "Only in" not in told.stdout
    (units,) = archive.glob(f"outputs/2024/{COUNTY}/data/units.csv")
    units.write_bytes(units.read_bytes() + b"x\n")
    assert run("\n".join([setting, steps[0]]), archive).returncode != 0
    workbook = archive / "data" / "2024" / f"{COUNTY}.xlsx"
    workbook.write_bytes(workbook.read_bytes() + b"x")
    assert run("\n".join([setting, steps[1]]), archive).returncode != 0
