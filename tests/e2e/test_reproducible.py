"""Every kind of output: the same bytes in another folder, for another user, later, in another zone and language, with other workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from junheng.batch.assessed import FOLDER as ASSESSED
from junheng.delivery.names import LOG_FILE
from junheng.files import sha256_file
from tests.faults.harness import REPO, YEAR, Site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CODES = ("370872", "370873")
NOBODY = 65534
HERE = {"TZ": "Asia/Shanghai", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "JOBS": "1"}
THERE = {"TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "POSIX", "PYTHONHASHSEED": "4242", "JOBS": "2"}
NEVER = {"manifest.json"}
"""It says when and for how long, and nothing of it is delivered as it is."""
COMMANDS = (
    ("run", "--year", str(YEAR), "--county", CODES[0], "--county", CODES[1], "--reports", "assessment,self,schools"),
    ("city", "--year", str(YEAR)),
    ("check", "--year", str(YEAR)),
    ("template", "--year", str(YEAR + 1)),
    ("package", "--year", str(YEAR), "--county", CODES[0], "--date", "2025年4月28日"),
)  # fmt: skip


def made(folder: Path, settings: dict[str, str], plain_user: bool) -> dict[str, str]:
    """Make everything in `folder`; the digests of all files by their names."""
    site = Site.made(folder / "济宁 office" if plain_user else folder / "o", CODES)
    home = site.folder / "home"
    home.mkdir()
    variables = {**os.environ, **settings, "HOME": str(home), "TMPDIR": str(site.scratch), "USER": "别人"}
    user: dict[str, object] = {}
    if plain_user and os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(site.folder)], check=True)
        user = {"user": NOBODY, "group": NOBODY, "umask": 0o077}
    program = str(Path(sys.executable).with_name("junheng"))
    places = ["--params", str(site.params), "--data", str(site.data), "--out", str(site.out)]
    plans = [("plan", CODES[1], str(YEAR), "--params", str(site.params), "--data", str(site.data),
              "--out", str(site.out / "plan.json"), "--xlsx", str(site.out / "plan.xlsx"))]  # fmt: skip
    for words in (*((*command, *places) for command in COMMANDS), *plans):
        jobs = ("--jobs", settings["JOBS"]) if words[0] == "run" else ()
        done = subprocess.run(
            [program, *words, *jobs], cwd=site.folder, env=variables, check=False,
            capture_output=True, text=True, encoding="utf-8", **user,
        )  # fmt: skip
        # Twelve counties have no workbook: city and check say so with exit code 1.
        assert done.returncode in (0, 1), (words, done.stdout, done.stderr)
        assert "程序内部错误" not in done.stdout + done.stderr, (words, done.stdout, done.stderr)
    own = {"logs", ASSESSED}  # of this machine: times, and a cache that names its folders
    files = [path for path in site.out.rglob("*") if path.is_file() and own.isdisjoint(path.parts)]
    return {path.relative_to(site.out).as_posix(): sha256_file(path) for path in files}


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="junheng-elsewhere-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_every_kind_of_output_has_the_same_bytes(tmp_path: Path, elsewhere: Path) -> None:
    readable = os.geteuid() != 0 or _readable_by_all(REPO)
    here = made(tmp_path, HERE, plain_user=False)
    there = made(elsewhere, THERE, plain_user=readable)
    assert set(here) == set(there)
    kinds = {Path(name).suffix for name in here}
    assert {
        ".docx",
        ".xlsx",
        ".pdf",
        ".png",
        ".csv",
        ".json",
        ".html",
        ".ipynb",
        ".js",
        ".css",
        ".zip",
    } <= kinds
    made_by = {"全市", "问题反馈", "发送", f"{CODES[0]}_太白湖新区", "plan.json", "plan.xlsx"}
    assert made_by <= {part for name in here for part in Path(name).parts} and LOG_FILE not in here
    different = [name for name in here if here[name] != there[name] and Path(name).name not in NEVER]
    assert different == []


def _readable_by_all(folder: Path) -> bool:
    """Whether another user may use the project where it stands."""
    command = [sys.executable, "-c", "import junheng.cli.main"]
    try:
        done = subprocess.run(command, cwd="/", user=NOBODY, group=NOBODY, capture_output=True, check=False)
    except PermissionError:
        return False
    return done.returncode == 0
