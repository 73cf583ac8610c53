"""Which counties a summary may take over as an earlier one assessed them, and where that is kept (lab/kept.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from junheng.batch.changes import DATA, called
from junheng.batch.publish import remove_tree
from junheng.batch.staleness import sha256_text
from junheng.files import write_whole
from junheng.lab.kept import ENDING, KEYS, NEW, entry_name
from junheng.params.counties import County

FOLDER = ".assessed"
"""Below the year's outputs; hidden, since nothing of it is for reading."""
MADE_BY = ("code", "python", "requirements.lock")


def county_keys(
    shared: Mapping[str, str], own: Mapping[str, Mapping[str, str]], settings: Iterable[str]
) -> dict[str, str]:
    """One digest a county over all that its assessment depends on; `settings` are what files do not say."""
    base = {name: digest for name, digest in shared.items() if name in MADE_BY}
    return {
        code: sha256_text(json.dumps([base, digests, *settings], ensure_ascii=False, sort_keys=True))
        for code, digests in own.items()
    }


def prepare(folder: Path, keys: Mapping[str, str], forget: bool) -> None:
    """Lay the keys out for the notebook; remove what no key leads to any more, all of it to `forget`."""
    if forget:
        remove_tree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{entry_name(code, key)}{ENDING}" for code, key in keys.items()}
    for path in folder.iterdir():
        if path.name not in wanted:
            with suppress(OSError):
                path.unlink()
    write_whole(folder / KEYS, json.dumps(dict(keys)).encode())


def settle(folder: Path) -> None:
    """Put the new entries to use: the run has ended well, so that no input changed while they were made."""
    for path in folder.glob(f"*{NEW}"):
        path.rename(path.with_suffix(ENDING))


def plan_said(
    folder: Path,
    keys: Mapping[str, str],
    counties: Iterable[County],
    before: Mapping[str, str],
    own: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """Say of every county whether it is taken over or read anew, and why; `before` are the last run's inputs."""
    lines = []
    for county in counties:
        there = (folder / f"{entry_name(county.code, keys[county.code])}{ENDING}").is_file()
        digests = own[county.code]
        done = "数据和参数未变，沿用已有评估" if there else f"重新评估（{_why(before, digests)}）"
        has_book = any(name.startswith(DATA) for name in digests)
        lines.append(f"{county.title}：{done if has_book else '没有采集工作簿'}")
    return lines


def _why(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    changed = [called(name) for name, digest in now.items() if before.get(name) != digest]
    if not before:
        return "首次汇总"
    if not changed:
        return "没有可沿用的评估"
    more = f"等{len(changed)}项" if len(changed) > 1 else ""
    return f"{changed[0]}{more}有改动"
