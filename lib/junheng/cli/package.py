"""`junheng package`: published reports packed for the counties, each checked to hold nothing of another."""

from __future__ import annotations

from collections import Counter

import click

from junheng.batch.job import JobResult, Places, Status
from junheng.batch.plan import Request
from junheng.batch.verify import by_reports, published_counties
from junheng.cli.options import county_options, folder_options
from junheng.cli.running import run_request
from junheng.cli.show import shown_path
from junheng.cli.words import FAILED, ChineseCommand
from junheng.delivery.package import PackageOrder, PackageOutcome, Packed, make_packages
from junheng.errors import UsageProblem
from junheng.report.content.dates import as_date
from junheng.report.content.text import aligned

DATE = "发送日期，如2025年4月28日（默认取params/delivery.yml）。"
LEAVING = "送出本市：隐藏小数后重新生成各文件再打包。"


@click.command("package", cls=ChineseCommand)
@county_options
@folder_options
@click.option("--date", default="", metavar="日期", help=DATE)
@click.option("--external", "leaving", is_flag=True, help=LEAVING)
def command(year: int, counties: tuple[str, ...], folders: Places, date: str, leaving: bool) -> int:
    """逐县（市、区）打包已发布的报告，检查只含本县内容，写出发送清单。"""
    if date and as_date(date) is None:
        raise UsageProblem(f"选项“--date”应写作2025年4月28日，现为“{date}”。")
    failed = 0
    if leaving:
        counties, failed = _render_external(year, folders, counties)
    rows = [("县（市、区）", "结果", "版本", "数据变化", "请打开")]
    results = make_packages(PackageOrder(year, folders, counties, date, leaving))
    for packed in results:
        changed = "—" if packed.changed is None else f"{packed.changed}处"
        version = f"第{packed.version}版" if packed.version else "—"
        rows.append(
            (
                packed.county.name,
                packed.outcome.value,
                version,
                changed,
                shown_path(packed.path) if packed.path else "—",
            )
        )
    click.echo("\n".join(aligned(rows)))
    for packed in results:
        _tell(packed)
    made = sum(packed.outcome in (PackageOutcome.MADE, PackageOutcome.SAME) for packed in results)
    listed = shown_path(folders.year_dir(year) / "发送" / "发送清单.xlsx")
    click.echo(f"共{len(results)}个县（市、区），{made}个可以发送。发送清单：{listed}")
    if failed:
        return FAILED
    asked = {PackageOutcome.FAILED, PackageOutcome.WAITING} if counties else {PackageOutcome.FAILED}
    return FAILED if any(packed.outcome in asked for packed in results) or not made else 0


def _render_external(year: int, folders: Places, words: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Make what leaves the city for the counties that are published, unless it is up to date.

    Returns the codes of those that can be packed, and how many failed. Raises UsageProblem.
    """
    request = Request(year, folders, words)
    published = published_counties(request)
    results: list[JobResult] = []
    for (reports, _draft), group in by_reports(request, published).items():
        codes = tuple(county.code for county in group)
        run_request(Request(year, folders.leaving, codes, reports), heard_by=results.append)
    good = sorted(result.county.code for result in results if result.status is not Status.FAILED)
    if not good:
        raise UsageProblem("没有可以打包的对外材料，原因见上。")
    return tuple(good), len(results) - len(good)


def _tell(packed: Packed) -> None:
    """The reason of a failure with every finding, and the notes of a package that was made."""
    for note in packed.notes:
        click.echo(f"提示  {note}", err=True)
    if packed.reason and packed.outcome is PackageOutcome.FAILED:
        click.echo(packed.reason, err=True)
    blocking = [finding for finding in packed.findings if finding.blocks]
    for finding in blocking[3:]:
        click.echo(f"  {finding}", err=True)
    notes = Counter((finding.kind, finding.found) for finding in packed.findings if not finding.blocks)
    for (kind, found), files in notes.items():
        click.echo(f"提示  {packed.county.name}：{kind}“{found}”，见{files}个文件", err=True)
