"""An invented province for measurements: the demo counties over and over, with other codes, names and schools.

Ten rounds of the 14 demo counties, told apart by the ten heavenly stems; code and stem change every draw of chance
(`scripts/demo/chance.py`), so no two counties hold the same figures. Nothing of it is ever committed.
"""

from __future__ import annotations

import copy
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
STEMS = "甲乙丙丁戊己庚辛壬癸"
FIRST_PREFIX = 40
"""Codes begin with 40 to 49, which no real province has."""


def make_province(target: Path, number: int, workers: int = 1) -> list[str]:
    """Write `target/params` and `target/data` for `number` counties (at most 140); return their codes in order."""
    from make_demo import load

    shutil.copytree(ROOT / "params", target / "params")
    settings = load(ROOT / "params")
    chosen = _records(settings, number)
    _write_counties(target / "params" / "counties.yml", chosen)
    tasks = [(original, record, target / "data") for original, record in chosen]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_write_workbooks, tasks))
    return [record["code"] for _, record in chosen]


def _records(settings: dict, number: int) -> list[tuple[str, dict]]:
    """Return (code of the demo county, record of the invented one) for the first `number` counties."""
    originals = list(settings["counties"].items())
    if not 0 < number <= len(originals) * len(STEMS):
        raise ValueError(f"number must be 1 to {len(originals) * len(STEMS)}, not {number}")
    rounds = range(-(-number // len(originals)))
    every = [(code, _renamed(record, turn)) for turn in rounds for code, record in originals]
    return every[:number]


def _renamed(record: dict, turn: int) -> dict:
    """An invented county: other code and names, no place on the city's map and none of the names other tables use."""
    changed = {key: record[key] + STEMS[turn] for key in ("name", "full_name", "government") if key in record}
    own = {key: value for key, value in record.items() if key not in ("tile", "also")}
    return own | changed | {"code": f"{FIRST_PREFIX + turn}{record['code'][2:]}", "internal": True}


def _write_counties(path: Path, chosen: list[tuple[str, dict]]) -> None:
    content = {"counties": [record for _, record in chosen]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _write_workbooks(task: tuple[str, dict, Path]) -> None:
    """Write both years of one county, from the profile and the scenario of its demo county."""
    from make_demo import load, write_county

    original, record, data = task
    settings, code = load(ROOT / "params"), record["code"]
    profile = copy.deepcopy(settings["profiles"]["counties"][original])
    profile["prefix"] += record["name"][-1]
    settings["profiles"]["counties"][code] = profile
    settings["scenarios"][code] = settings["scenarios"][original]
    settings["counties"][code] = record
    write_county(code, settings, data)
