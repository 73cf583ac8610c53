"""How the city stood at earlier runs of the year (动态监测): one small file a day on which something had changed.

A file is named by the day of its run. Nothing else of a summary knows of days of runs, so that the same inputs, these
files among them, give the same page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from junheng.assess.city import CityAssessment
from junheng.assess.model import Verdict
from junheng.errors import OutputProblem
from junheng.exact import plain

HISTORY = "历史"
NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
DIGITS = 12


@dataclass(frozen=True)
class Snapshot:
    """The city at one run: by county code its verdict, units and mean coefficient; `day` None is the present run."""

    day: date | None
    counties: Mapping[str, Mapping[str, Any]]

    def count(self, verdict: Verdict | None) -> int:
        """How many counties had this verdict; None: were left out."""
        return sum(one["verdict"] == (verdict and str(verdict)) for one in self.counties.values())

    def total(self, key: str) -> int:
        """The sum of a count over the counties that were in."""
        return sum(one.get(key, 0) for one in self.counties.values())


def present(city: CityAssessment) -> Snapshot:
    """The city as it is now."""
    counties: dict[str, dict[str, Any]] = {
        member.county.code: {
            "verdict": str(member.verdict),
            "met": member.met_units,
            "units": len(member.assessment.units),
            "mean_cv": "" if member.mean_cv is None else plain(member.mean_cv, DIGITS),
        }
        for member in city.members
    }
    counties |= {gone.county.code: {"verdict": None} for gone in city.left_out}
    return Snapshot(None, dict(sorted(counties.items())))


def earlier(folder: Path, now: Snapshot) -> tuple[Snapshot, ...]:
    """Read the earlier runs below a summary's folder, oldest first, without those at the end that were as it is now.

    Raises OutputProblem for a file that is none of ours.
    """
    found = [_read(path) for path in files(folder)]
    while found and found[-1].counties == now.counties:
        found.pop()
    return tuple(found)


def files(folder: Path) -> list[Path]:
    """The files of earlier runs below a summary's folder, oldest first."""
    return sorted(path for path in (folder / HISTORY).glob("*.json") if NAME.fullmatch(path.name))


def keep(folder: Path, day: date, counties: Mapping[str, Any]) -> None:
    """Keep a run under its day, unless the last one kept was the same."""
    known = files(folder)
    if known and _read(known[-1]).counties == counties:
        return
    target = folder / HISTORY / f"{day.isoformat()}.json"
    target.parent.mkdir(exist_ok=True)
    text = json.dumps({"counties": counties}, ensure_ascii=False, indent=1)
    target.write_text(f"{text}\n", encoding="utf-8")


def _read(path: Path) -> Snapshot:
    try:
        counties = json.loads(path.read_text(encoding="utf-8"))["counties"]
        found = Snapshot(date.fromisoformat(path.stem), counties)
        found.count(None), found.total("met")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputProblem(
            f"“{HISTORY}/{path.name}”已损坏，无法显示年度内进展，请从备份恢复或删除这一个文件后重试。"
        ) from error
    return found
