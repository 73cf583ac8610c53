"""Which workers would make the same bytes as this machine; the others are named once and left out."""

from __future__ import annotations

import dataclasses
import logging
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from distributed import Client

from junheng.batch.changes import called
from junheng.batch.cluster.parcel import ChunkOrder
from junheng.batch.cluster.task import WorkerProblem, look
from junheng.batch.job import Job
from junheng.batch.manifest import LIBRARIES
from junheng.errors import UsageProblem

LOOK_SECONDS = 1.0
_MOST_TOLD = 5
_DIGEST = 64


def common_inputs(jobs: Sequence[Job]) -> dict[str, str]:
    """Digests and versions of what all these counties are made with: code, templates, fonts …, common parameters."""
    common = set.intersection(*(set(job.inputs.digests.items()) for job in jobs))
    return {name: value for name, value in common if not name.startswith("data/")}


class FitWorkers:
    """Threads by Dask address of the workers that have all that `standard` says, and the same packages as this machine."""

    def __init__(
        self, client: Client, order: ChunkOrder, standard: Mapping[str, str], told: Callable[[str], object]
    ) -> None:
        names = tuple(name for name in sorted(standard) if name.startswith("params/"))
        self._order = pickle.dumps(dataclasses.replace(order, names=names))
        self._client, self._standard, self._told = client, standard, told
        self._misfit: dict[str, str] = {}
        self.fit: dict[str, int] = {}
        self._last_seen = time.monotonic()

    @property
    def threads(self) -> int:
        return sum(self.fit.values())

    @property
    def alone_for(self) -> float:
        """Seconds since the last fit worker was seen."""
        return time.monotonic() - self._last_seen

    def require_one(self, patience: float) -> None:
        """Wait for the first; raises UsageProblem when there is none after so many seconds, or none of them is fit."""
        while True:
            self.update()
            if self.fit:
                return
            if self._misfit:
                raise UsageProblem(f"集群中没有可用的工作进程，未开始生成。{_listed(self._misfit)}")
            if self.alone_for > patience:
                raise UsageProblem(f"集群中没有工作机（等待{patience:.0f}秒），请先在各机启动dask worker。")
            time.sleep(LOOK_SECONDS)

    def update(self) -> None:
        """See who is there, and look at those that have come since; nobody while the scheduler does not answer."""
        try:
            threads = dict(self._client.nthreads())
            bad = self._misfits(sorted(threads.keys() - self.fit.keys() - self._misfit.keys()))
        except Exception:  # whatever the connection raises
            logging.getLogger("distributed").warning("no answer from the cluster", exc_info=True)
            threads, bad = {}, {}
        self._misfit |= bad
        self.fit = {address: number for address, number in threads.items() if address not in self._misfit}
        if self.fit:
            self._last_seen = time.monotonic()
            if bad:
                self._told(f"有{len(bad)}个工作进程与主控机不一致，不用于本次生成。{_listed(bad)}")

    def _misfits(self, addresses: list[str]) -> dict[str, str]:
        """What is different at which of these workers."""
        if not addresses:
            return {}
        versions: Any = self._client.get_versions(packages=LIBRARIES)
        answers = self._client.run(look, self._order, workers=addresses, on_error="return")
        wanted = {**self._standard, **versions["client"]["packages"]}
        found = {
            address: _different(answers[address], versions["workers"][address]["packages"], wanted)
            for address in addresses
        }
        return {address: words for address, words in found.items() if words}


def _different(answer: object, packages: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    if isinstance(answer, bytes):
        return "、".join(_differences({**pickle.loads(answer), **packages}, wanted))
    if isinstance(answer, WorkerProblem):
        return str(answer).rstrip("。")
    return f"没有安装本程序或版本不同（{type(answer).__name__}：{answer}）"


def _differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*wanted, *found}):
        here, there = wanted.get(name) or "无", found.get(name) or "无"
        if here != there:
            digests = len(here) == len(there) == _DIGEST
            yield f"{called(name)}不同" if digests else f"{called(name)}（主控机{here}，工作机{there}）"


def _listed(misfit: Mapping[str, str]) -> str:
    some = "；".join(f"{address}：{words}" for address, words in list(misfit.items())[:_MOST_TOLD])
    more = f"等{len(misfit)}个" if len(misfit) > _MOST_TOLD else ""
    return f"{some}{more}。请在该机更新到同一版本并运行make setup，再重新启动dask worker。"
