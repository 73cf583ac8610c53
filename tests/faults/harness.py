"""A real run as a victim: started in a session of its own, watched by role, killed, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from junheng.batch.contract import county_contents
from junheng.batch.staleness import MANIFEST
from junheng.files import sha256_file
from junheng.params.counties import County, find_county, load_counties
from tests.batch.fakes import make_project
from tests.faults import small
from tests.waiting import PATIENCE, until

REPO = Path(__file__).resolve().parents[2]
YEAR = 2024
SMALL = ("370871", "370872", "370873")
ROLES = ("coordinator", "worker", "county", "office")
Tree = dict[str, str]


@dataclass
class Site:
    """A place to run in: own outputs, parameters (so that they may be edited) and temporary folder."""

    folder: Path
    codes: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = (str(Path(sys.executable).with_name("junheng")),)

    @classmethod
    def made(cls, folder: Path, codes: tuple[str, ...] = SMALL) -> Site:
        site = cls(folder, codes)
        shutil.copytree(REPO / "params", site.params)
        site.scratch.mkdir()
        for year in (YEAR - 1, YEAR):
            (site.data / str(year)).mkdir(parents=True)
            for county in site.counties:
                shutil.copy(REPO / "data" / str(year) / f"{county.stem}.xlsx", site.data / str(year))
        return site

    @classmethod
    def made_small(cls, folder: Path, codes: tuple[str, ...] = SMALL) -> Site:
        """The same with a project whose notebook takes no time (see small.py)."""
        make_project(folder, codes, (small.CELL,))
        site = cls(folder, codes, program=(sys.executable, "-m", "tests.faults.small", str(folder)))
        site.scratch.mkdir()
        return site

    @property
    def params(self) -> Path:
        return self.folder / "params"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def out(self) -> Path:
        return self.folder / "outputs"

    @property
    def year_dir(self) -> Path:
        return self.out / str(YEAR)

    @property
    def scratch(self) -> Path:
        return self.folder / "tmp"

    @property
    def counties(self) -> tuple[County, ...]:
        known = load_counties(REPO / "params")
        return tuple(find_county(known, code) for code in self.codes)

    def published(self, county: County) -> Path:
        return self.year_dir / county.stem

    def make_stale(self) -> None:
        """Change what all counties' reports depend on, and nothing that they say."""
        path = self.params / "phrases" / "zz_remark.yml"
        path.write_text(f"# {uuid.uuid4().hex}\n{{}}\n", encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        chosen = [word for code in self.codes for word in ("--county", code)] if words[0] == "run" else []
        places = ["--params", self.params, "--data", self.data, "--out", self.out]
        return [*self.program, words[0], "--year", str(YEAR), *chosen, *map(str, places), *words[1:]]

    def start(self, *words: str, **more: object) -> Run:
        return Run(self, words or ("run",), **more)  # type: ignore[arg-type]

    def run(self, *words: str) -> Run:
        """Run to the end."""
        run = self.start(*words)
        run.wait()
        return run

    # -- What must hold ---------------------------------------------------------------------------------------

    def trees(self) -> dict[str, Tree]:
        """The digests of all files of every published folder."""
        return {
            county.code: tree(self.published(county))
            for county in self.counties
            if self.published(county).is_dir()
        }

    def require_whole(self, before: dict[str, Tree]) -> None:
        """Each county's folder is the one from before, or a complete new one."""
        for county in self.counties:
            folder = self.published(county)
            now = tree(folder) if folder.is_dir() else None
            if now == before.get(county.code):
                continue
            assert now is not None, f"{county.stem} was lost"
            require_complete(folder, county)

    def require_clean(self) -> None:
        """Nothing of a run is left beside what it publishes, nor among the temporary files."""
        hidden = [path.name for path in self.year_dir.iterdir() if path.name.startswith(".")]
        assert hidden == [], hidden
        left = [path.name for path in self.scratch.iterdir()]
        assert left == [], left

    def processes(self) -> list[psutil.Process]:
        """All living processes whose environment names this site's temporary folder."""
        return [process for process in psutil.process_iter() if self._ours(process)]

    def _ours(self, process: psutil.Process) -> bool:
        try:
            known = process.environ().values()
            return process.status() != psutil.STATUS_ZOMBIE and any(str(self.scratch) in v for v in known)
        except psutil.Error:
            return False

    def require_nobody(self) -> None:
        """No process of a run lives on."""
        until(lambda: not self.processes(), lambda: f"living: {[p.cmdline() for p in self.processes()]}")


def tree(folder: Path) -> Tree:
    return {p.relative_to(folder).as_posix(): sha256_file(p) for p in folder.rglob("*") if p.is_file()}


def require_complete(folder: Path, county: County) -> None:
    """Every file of the contract is there, and each is as the manifest says."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = tree(folder)
    files.pop(MANIFEST)
    assert files == manifest["outputs"]
    assert set(county_contents(county, YEAR, ("assessment",)).all) <= set(files)


class Run:
    """One `junheng` command in a session of its own, so that a signal may go to all of its group."""

    def __init__(self, site: Site, words: tuple[str, ...], **environment: str) -> None:
        self.site = site
        variables = {**os.environ, **site.environment, **environment, "TMPDIR": str(site.scratch)}
        self.process = subprocess.Popen(
            site.command(*words), env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, cwd=REPO, text=True, encoding="utf-8",
        )  # fmt: skip
        self.stdout = self.stderr = ""

    def wait(self) -> int:
        self.stdout, self.stderr = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        """As the terminal does for Ctrl-C."""
        if self.alive:
            os.killpg(self.process.pid, number)

    def with_role(self, role: str) -> list[psutil.Process]:
        """The living processes of this run that play a role."""
        try:
            root = psutil.Process(self.process.pid)
            family = [(root, "coordinator"), *_roles(root.children(recursive=True))]
        except psutil.Error:
            return []
        return [process for process, found in family if found == role]

    def await_role(self, role: str) -> psutil.Process | None:
        """The first process of a role as soon as it is there; None when the run ends before."""
        return self.await_that(lambda: next(iter(self.with_role(role)), None))

    def await_that(self, happened: Callable[[], Any]) -> Any:
        """What `happened` gives as soon as it is true; None when the run ends before."""
        found = None

        def settled() -> bool:
            nonlocal found
            found = happened()
            return bool(found) or not self.alive

        until(settled, step=0.01)
        return found or None


def _roles(processes: list[psutil.Process]) -> Iterator[tuple[psutil.Process, str]]:
    """Tell processes apart by their command; a county process has the command of the worker it was forked from."""
    workers: set[int] = set()
    for process in processes:
        try:
            command, parent = " ".join(process.cmdline()), process.ppid()
        except psutil.Error:
            continue
        if "junheng.batch.worker" in command:
            county = parent in workers
            if not county:
                workers.add(process.pid)
            yield process, "county" if county else "worker"
        elif "junheng.report.pdf.office_host" in command or "soffice" in command:
            yield process, "office"
