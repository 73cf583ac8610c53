"""`junheng run`: the counties' reports of a year, or with `--why` what would be made anew."""

from __future__ import annotations

import click

from junheng.batch.cluster.visit import Given, visit
from junheng.batch.plan import Request, make_plan
from junheng.cli.options import (
    county_options,
    external_option,
    jobs_option,
    memory_option,
    pdf_option,
    place_options,
    places,
)
from junheng.cli.running import Send, run_request
from junheng.cli.words import ChineseCommand
from junheng.errors import UsageProblem, did_you_mean
from junheng.report.content.names import check_reports

REPORTS = "报告种类，用逗号分隔，all为全部（默认按params/年度/city.yml的reports）。"
SCHEDULER = "Dask调度程序的地址，如tcp://10.0.0.1:8786，与--executor dask同用。"
LOCAL, DASK = "local", "dask"


@click.command("run", cls=ChineseCommand)
@county_options
@place_options
@memory_option
@click.option("--reports", default="", metavar="名称", help=REPORTS)
@jobs_option
@click.option("--force", is_flag=True, help="已是最新的也重新生成。")
@click.option("--why", is_flag=True, help="只说明各县需要重新生成的原因，不生成。")
@external_option
@pdf_option
@click.option("--executor", default=LOCAL, metavar="方式", help="在何处运行：local本机（默认）、dask集群。")
@click.option("--scheduler", default="", metavar="地址", help=SCHEDULER)
def command(
    year: int, counties: tuple[str, ...], data: str, out: str, params: str, reports: str, jobs: int | None, force: bool,
    why: bool, memory: int, executor: str, scheduler: str, external: bool, pdf: str,
) -> int:  # fmt: skip
    """生成一个年度各县（市、区）的督导评估报告（Word、PDF、数据与依据）；三个目录也可写成file://、s3://等地址。"""
    _check_executor(executor, scheduler, jobs)
    asked = check_reports(reports.split(",")) if reports else ()

    def request(data: str, out: str, params: str) -> Request:
        folders, draft = places(data, out, params, external), pdf == "draft"
        return Request(year, folders, counties, asked, jobs, force, memory=memory, draft=draft)

    if scheduler or any("://" in place for place in (data, out, params)):
        with visit(request(".", ".", "."), Given(data, params, out), scheduler) as visiting:
            return _run_or_why(visiting.request, why, visiting.send)
    return _run_or_why(request(data, out, params), why)


def _check_executor(executor: str, scheduler: str, jobs: int | None) -> None:
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


def _run_or_why(request: Request, why: bool, send: Send | None = None) -> int:
    return show_why(request) if why else run_request(request, send=send)


def show_why(request: Request) -> int:
    """Say for each county why its report would be made anew; nothing is made."""
    plan = make_plan(request)
    settled = {result.county.code: result for result in plan.settled}
    for county in plan.counties:
        name = (
            f"{county.name}（{'；'.join(plan.notes[county.code])}）"
            if county.code in plan.notes
            else county.name
        )
        if county.code in plan.why:
            click.echo(f"{name}：{'；'.join(plan.why[county.code])}。")
        else:
            result = settled[county.code]
            click.echo(f"{name}：{result.reason or '已是最新，不需要重新生成。'}")
    return 0
