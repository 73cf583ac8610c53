"""What the batch is asked to do for one county, and what came of it. Both travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from junheng.batch.contract import FolderContents, count_issues, county_contents, read_verdict
from junheng.batch.staleness import DRAFT, Inputs, county_digests, own_digests
from junheng.lab.data_files import VERDICT_FILE
from junheng.lab.notebooks import FOLDER, STANDARD, own_notebook
from junheng.params.counties import County

MEMORY = 4096
"""Megabytes of address space that a county's kernel may use; a large county takes about 290."""
EXTERNAL = "对外"
"""The folder of what leaves the city, and the mark in the name of its packages."""


class Status(StrEnum):
    """How a county's job ended: made, found up to date, or failed."""

    DONE = "完成"
    CURRENT = "已是最新"
    FAILED = "失败"


@dataclass(frozen=True)
class Places:
    """The folders of one run, all absolute: project root, and where data, parameters and outputs are.

    `external`: what is made leaves the city; it has a folder of its own and hides small counts.
    """

    root: Path
    data: Path
    params: Path
    out: Path
    external: bool = False

    @property
    def notebook(self) -> Path:
        """The standard notebook."""
        return self.root / FOLDER / STANDARD

    @property
    def leaving(self) -> Places:
        """The same folders, for what leaves the city."""
        return replace(self, external=True)

    def year_dir(self, year: int) -> Path:
        return self.out / self.year_name(year)

    def year_name(self, year: int) -> str:
        """The year's folder below the outputs: `2024`, or `2024/对外`."""
        return f"{year}/{EXTERNAL}" if self.external else str(year)


@dataclass(frozen=True)
class Job:
    """One county's report of one year. `cell_seconds` limits each notebook cell, `memory` (MB) the kernel."""

    year: int
    county: County
    places: Places
    inputs: Inputs
    reports: tuple[str, ...] = ("assessment",)
    cell_seconds: int = 600
    memory: int = MEMORY

    @property
    def stem(self) -> str:
        return self.county.stem

    @property
    def notebook(self) -> Path:
        """The notebook that makes this county's report: its own where there is one, else the standard one."""
        own = own_notebook(self.places.root, self.year, self.county)
        return own if own.is_file() else self.places.notebook

    @property
    def year_dir(self) -> Path:
        return self.places.year_dir(self.year)

    @property
    def published(self) -> Path:
        """The folder where the finished report stands."""
        return self.year_dir / self.stem

    @property
    def log_file(self) -> Path:
        return self.year_dir / "logs" / f"{self.stem}.log"

    @property
    def contents(self) -> FolderContents:
        """What its published folder holds."""
        return county_contents(self.county, self.year, self.reports)

    @property
    def main_file(self) -> Path:
        """The published file to look at first."""
        contents = self.contents.settled(self.published)
        return self.published / (
            f"{contents.documents[0]}.docx" if contents.documents else contents.others[0]
        )

    @property
    def told(self) -> bool:
        """Whether what its notebook prints is shown while it runs."""
        return False

    @property
    def process_title(self) -> str:
        """The title of the page that shows how all was computed."""
        return f"{self.county.name}{self.year}年度督导评估计算过程"

    def own_digests(self) -> dict[str, str]:
        """The digests, now, of what only this county's report is made from and people may change at any time."""
        known = self.inputs.digests
        workbooks = [self.workbook(name) for name in known if name.startswith("data/")]
        now = county_digests(self.year, self.county, self.places.params, workbooks)
        return now | own_digests(self.places.root, self.year, self.county)

    def verdicts(self, folder: Path) -> tuple[str, str]:
        """The verdicts by the national and the local standard in the report made in `folder`; raises OutputProblem."""
        return read_verdict(folder / "data" / VERDICT_FILE, self.county.code, self.year)

    def prepare(self, staging: Path) -> None:
        """Lay into an empty staging folder what the notebook is to find there; nothing of a county."""

    def add(self, staging: Path, summary: dict[str, Any]) -> None:
        """Add what is no work of the notebook, by what it notes in `summary`; nothing to a county."""

    def added(self, staging: Path) -> tuple[str, ...]:
        """The names of what was prepared and added."""
        return ()

    def counts(self, folder: Path, summary: Mapping[str, Any]) -> dict[str, Any]:
        """What the manifest counts of the report made in `folder`; `summary` is the notebook's own note."""
        return {**count_issues(folder / "data" / "issues.csv"), "repairs": summary.get("repairs", 0)}

    @property
    def issues_file(self) -> Path:
        return issues_file(self.places, self.year, self.county)

    def workbook(self, name: str) -> Path:
        """The file of a workbook's logical name (`data/2024/…`)."""
        return self.places.data / name.removeprefix("data/")

    @property
    def draft(self) -> bool:
        """Whether a plain PDF will do, which takes less time than tagged PDF/A."""
        return self.inputs.parameters.get("pdf") == DRAFT

    def parameters(self, staging: Path) -> dict[str, str | int]:
        """The notebook's parameters; codes stay text."""
        return {
            "COUNTY": self.county.code,
            "YEAR": self.year,
            "DATA_DIR": str(self.places.data),
            "PARAMS_DIR": str(self.places.params),
            "OUT_DIR": str(staging),
            "REPORTS": ",".join(self.reports),
            **({"EXTERNAL": True} if self.places.external else {}),
        }

    def logical_parameters(self) -> dict[str, str | int]:
        """The same parameters with names instead of places, for what is delivered."""
        places = {"DATA_DIR": "data", "PARAMS_DIR": "params", "OUT_DIR": self.logical_folder}
        return {**self.parameters(Path()), **places}

    @property
    def logical_folder(self) -> str:
        """The published folder as it is called in what is delivered."""
        return f"outputs/{self.places.year_name(self.year)}/{self.stem}"


def issues_file(places: Places, year: int, county: County) -> Path:
    """Where the issues of a county that got no report are listed for its clerk."""
    return places.year_dir(year) / "问题" / f"{county.stem}_issues.csv"


@dataclass(frozen=True)
class JobResult:
    """What came of one county: `open` is the file to look at (a URL when it is in a store), `reason` a Chinese sentence when it failed.

    `notes` are said beside it in the closing table.
    """

    county: County
    status: Status
    national: str = ""
    local: str = ""
    reason: str = ""
    open: Path | str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    warnings: int = 0
    kept: tuple[str, ...] = ()
    """What people had changed or added in the folder that was replaced: where it is now, from the year's folder on."""
    notes: tuple[str, ...] = ()

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())
