"""Which workers of a cluster are fit, by what they declared when they started; no cluster is needed to tell."""

from __future__ import annotations

from typing import Any

import pytest

from junheng.batch.cluster import executor
from junheng.batch.cluster.executor import _Workers
from junheng.batch.cluster.task import resources
from junheng.errors import UsageProblem

NEEDED = {"code": "a" * 64, "pandas": "3.0.1", "libreoffice": "7.4（构建7752a8f54563）"}


class FakeClient:
    """A cluster of workers with these resources, each with two threads."""

    def __init__(self, **workers: dict[str, float]) -> None:
        self.workers = {name: {"resources": found, "nthreads": 2} for name, found in workers.items()}

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        assert n_workers == -1  # all of them, not Dask's first five
        return {"workers": self.workers}


def workers_of(**found: dict[str, float]) -> tuple[_Workers, list[str]]:
    told: list[str] = []
    return _Workers(FakeClient(**found), NEEDED, told.append), told  # type: ignore[arg-type]


def test_a_worker_that_has_the_same_is_fit_whatever_else_it_offers() -> None:
    workers, told = workers_of(one=resources(NEEDED, 2), two={**resources(NEEDED, 2), "GPU": 1})
    assert workers.first() == 4 and told == []


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({**NEEDED, "code": "b" * 64}, "程序不同。"),
        ({**NEEDED, "pandas": "2.3.3"}, "pandas（主控机3.0.1，工作机2.3.3）。"),
        (
            {"code": NEEDED["code"], "pandas": "3.0.1"},
            "LibreOffice版本（主控机7.4（构建7752a8f54563），工作机无）。",
        ),
        ({}, "没有装入本程序（启动时缺少--preload junheng.batch.cluster.task，或装入失败）。"),
    ],
)
def test_what_is_different_is_named_once(found: dict[str, str], why: str) -> None:
    workers, told = workers_of(fit=resources(NEEDED, 2), other=resources(found, 2))
    assert workers.look() == workers.look() == 2
    (sentence,) = told
    assert f"有1个工作进程与主控机不一致，不用于本次生成。other：{why}" in sentence


def test_many_misfits_are_counted() -> None:
    workers, told = workers_of(**{f"w{number}": {} for number in range(9)})
    with pytest.raises(UsageProblem, match="没有可用的工作进程，未开始生成"):
        workers.first()
    assert "有9个工作进程" in told[0] and "w4：" in told[0] and "w5：" not in told[0]


def test_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "ALONE_SECONDS", 0.0)
    monkeypatch.setattr(executor, "LOOK_SECONDS", 0.0)
    with pytest.raises(UsageProblem, match="请先在各机启动dask worker"):
        workers_of()[0].first()
