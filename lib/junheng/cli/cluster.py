"""Where `junheng run` works: on this machine, or on a cluster."""

from __future__ import annotations

from typing import Any

import click

from junheng.errors import UsageProblem, did_you_mean

LOCAL, DASK = "local", "dask"


def executor_options(command: Any) -> Any:
    """Where the work is done."""
    scheduler = click.option(
        "--scheduler", default="", metavar="地址", help="Dask调度程序的地址，如tcp://10.0.0.1:8786，与--executor dask同用。"
    )  # fmt: skip
    executor = click.option(
        "--executor", default=LOCAL, metavar="方式", help="在何处运行：local本机（默认）、dask集群。"
    )
    return executor(scheduler(command))


def check_executor(executor: str, scheduler: str, jobs: int | None) -> None:
    """Make sure that the options go together; raises UsageProblem."""
    if executor not in (LOCAL, DASK):
        hint = did_you_mean(executor, (LOCAL, DASK))
        raise UsageProblem(f"选项--executor应为local或dask，现为“{executor}”。{hint}")
    if executor == DASK and not scheduler:
        raise UsageProblem("在集群上运行须用--scheduler写明调度程序的地址，例如tcp://10.0.0.1:8786。")
    if executor == LOCAL and scheduler:
        raise UsageProblem("选项--scheduler只与--executor dask同用。")
    if executor == DASK and jobs:
        raise UsageProblem("选项--jobs只用于本机；集群的进程数在启动dask worker时确定。")
