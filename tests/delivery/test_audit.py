"""docs/howto/audit.md: its commands, run as they stand, repeat a county's report a year later."""

from __future__ import annotations

import json
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
    setting, files, inputs, again, sent = commands()
    assert f"COUNTY={COUNTY}\n" in setting
    made = run(f".venv/bin/junheng run --year 2024 --county {COUNTY[:6]} --jobs 1", archive)
    assert made.returncode == 0, made.stdout + made.stderr
    packed = run(f".venv/bin/junheng package --year 2024 --county {COUNTY[:6]}", archive)
    assert packed.returncode == 0, packed.stdout + packed.stderr
    require_log(archive)
    published = snapshot(archive)
    told = run("\n".join([setting, files, inputs, again, sent]), archive)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "太白湖新区：一致" in told.stdout and "结论：文件与清单一致" in told.stdout
    assert snapshot(archive) == published

    def fails(step: str) -> str:
        ran = run("\n".join([setting, step]), archive)
        assert ran.returncode != 0, ran.stdout
        return ran.stdout + ran.stderr

    (units,) = archive.glob(f"outputs/2024/{COUNTY}/data/units.csv")
    units.write_bytes(units.read_bytes() + b"x\n")
    assert "data/units.csv" in fails(files)
    workbook = archive / "data" / "2024" / f"{COUNTY}.xlsx"
    before = workbook.read_bytes()
    workbook.write_bytes(before + b"x")
    assert f"{COUNTY}.xlsx" in fails(inputs)
    workbook.write_bytes(before)
    said = fails(again)
    assert "太白湖新区：不一致" in said and "“data/units.csv”：行数不同" in said
    record = archive / "outputs" / "2024" / "发送" / "发送记录.json"
    digest = json.loads(record.read_text(encoding="utf-8"))["packages"][0]["sha256"]
    record.write_text(record.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    assert "_2024.zip" in fails(sent)


def require_log(archive: Path) -> None:
    """What was made, from what, by which parameters, and no school, no place of this machine."""
    logs = archive / "outputs" / "2024" / "logs"
    log = (logs / f"{COUNTY}.log").read_text(encoding="utf-8")
    assert "指纹：" in log and f"data/2024/{COUNTY}.xlsx" in log and "params/standards/national.yml" in log
    assert "'REPORTS': 'assessment'" in log and "已发布" in log
    everything = log + (logs / "发送.log").read_text(encoding="utf-8")
    assert f"打包  {COUNTY}_2024.zip  第1版" in everything and str(archive) not in everything
    units = (archive / "outputs" / "2024" / COUNTY / "data" / "units.csv").read_text(encoding="utf-8")
    schools = {line.split(",")[1] for line in units.splitlines()[1:]}
    assert schools and not any(school in everything for school in schools)


def snapshot(archive: Path) -> dict[str, bytes]:
    folder = archive / "outputs" / "2024" / COUNTY
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
