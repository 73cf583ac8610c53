"""Fetching an order's inputs into a worker's private folder; what arrives must be what the coordinator saw."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from junheng.batch.cluster.orders import ElsewhereProblem, Order
from junheng.batch.cluster.store import Store
from junheng.errors import JunhengError, OutputProblem

_FROM = {"data/": "data", "params/": "params"}


def fetch_inputs(order: Order, folder: Path, kept: Path) -> None:
    """Put the county's workbooks and parameter files below `folder`.

    Parameter files stay in `kept` under their digests, since most are the same for all counties. Raises ElsewhereProblem
    when the store cannot be read from here, OutputProblem when a file is no longer the one the run began with.
    """
    stores = {"data": Store(order.data), "params": Store(order.params)}
    for name, digest in order.inputs.digests.items():
        for start, kind in _FROM.items():
            if name.startswith(start):
                target = folder / kind / name.removeprefix(start)
                target.parent.mkdir(parents=True, exist_ok=True)
                _fetch(
                    stores[kind], name.removeprefix(start), digest, target, kept if kind == "params" else None
                )


def _fetch(store: Store, name: str, digest: str, target: Path, kept: Path | None) -> None:
    own = kept / digest if kept else None
    if own and own.is_file():
        os.link(own, target)
        return
    try:
        content = store.read(name)
    except JunhengError as problem:
        raise ElsewhereProblem(f"工作机读不到输入：{problem}") from problem
    if hashlib.sha256(content).hexdigest() != digest:
        raise OutputProblem(f"运行期间“{name}”被改动，报告不予发布，请重新运行。")
    target.write_bytes(content)
    if own:
        own.parent.mkdir(exist_ok=True)
        os.link(target, own)
