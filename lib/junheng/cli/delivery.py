"""`junheng package`, `receive`, `verify-package`: sending reports to the counties and hearing back."""

from __future__ import annotations

import getpass
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from junheng.cli.words import Year
from junheng.errors import JunhengError, UsageProblem

FAILED = 1
Decorator = Callable[[Any], Any]


def add_commands(cli: click.Group, county_options: Decorator, place_options: Decorator, places: Any) -> None:
    """Hang the commands of delivery on the command line."""

    @cli.command(short_help="把报告打包发给各县（市、区）。")
    @county_options
    @place_options
    @click.option(
        "--date",
        "date",
        default="",
        metavar="日期",
        help="发送日期，如2025年4月28日（默认取params/delivery.yml）。",
    )
    @click.option("--external", is_flag=True, help="送出本市：隐藏小数后重新生成各文件再打包。")
    @click.pass_context
    def package(
        ctx: click.Context,
        year: int,
        counties: tuple[str, ...],
        data: str,
        out: str,
        params: str,
        date: str,
        external: bool,
    ) -> None:
        """逐县（市、区）打包已发布的报告，检查只含本县内容，写出发送清单。"""
        ctx.exit(_package(year, places(data, out, params), counties, date, external))

    @cli.command(short_help="登记收到的回执。")
    @click.option("--year", type=Year(), required=True, metavar="年份", help="评估年度，例如2024。")
    @click.option("--file", "form", metavar="文件", help="退回的回执（xlsx）。")
    @click.option("--county", metavar="代码或名称", help="没有回执文件时，写明县（市、区）。")
    @click.option("--date", "date", default="", metavar="日期", help="收到日期，如2025年5月6日。")
    @click.option("--by", default="", metavar="姓名", help="签收人。")
    @place_options
    @click.pass_context
    def receive(
        ctx: click.Context,
        year: int,
        form: str | None,
        county: str | None,
        date: str,
        by: str,
        data: str,
        out: str,
        params: str,
    ) -> None:
        """登记一份回执：退回的表格，或县名、日期和签收人。"""
        ctx.exit(_receive(year, places(data, out, params), form, county, date, by))

    @cli.command("verify-package", short_help="核对发送包：是否完整、由谁签名、有无改动。")
    @click.option(
        "--file", "package_file", required=True, metavar="文件", help="发送包（zip）或解压后的文件夹。"
    )
    @click.option("--public-key", "keys", multiple=True, metavar="文件", help="认可的公钥（PEM），可重复。")
    @click.option(
        "--certificate", "certificates", multiple=True, metavar="文件", help="认可的根证书，可重复。"
    )
    @place_options
    @click.pass_context
    def verify_package(
        ctx: click.Context, package_file: str, keys: tuple[str, ...], certificates: tuple[str, ...], data: str, out: str,
        params: str,
    ) -> None:  # fmt: skip
        """核对一个发送包，逐条说明结果。"""
        ctx.exit(_verify(Path(package_file), Path(params), keys, certificates))


def _package(year: int, folders: Any, counties: tuple[str, ...], date: str, external: bool) -> int:
    from junheng.cli.show import aligned, shown_path
    from junheng.delivery.package import PackageOrder, PackageOutcome, make_packages
    from junheng.report.excel.sheets import as_date

    if date and as_date(date) is None:
        raise UsageProblem(f"选项“--date”应写作2025年4月28日，现为“{date}”。")
    failed = 0
    if external:
        counties, failed = _render_external(year, folders, counties)
    rows = [("县（市、区）", "结果", "版本", "数据变化", "请打开")]
    results = make_packages(PackageOrder(year, folders, counties, date, external))
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


def _render_external(year: int, folders: Any, words: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Make what leaves the city for the counties that are published, unless it is up to date.

    Returns the codes of those that can be packed, and how many failed. Raises UsageProblem.
    """
    from junheng.batch.job import JobResult, Status
    from junheng.batch.plan import Request
    from junheng.batch.verify import by_reports, published_counties
    from junheng.cli.running import run_request

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


def _tell(packed: Any) -> None:
    """The reason of a failure with every finding, and the notes of a package that was made."""
    for note in packed.notes:
        click.echo(f"提示  {note}", err=True)
    if packed.reason and packed.outcome.value == "失败":
        click.echo(packed.reason, err=True)
    blocking = [finding for finding in packed.findings if finding.blocks]
    for finding in blocking[3:]:
        click.echo(f"  {finding}", err=True)
    notes = Counter((finding.kind, finding.found) for finding in packed.findings if not finding.blocks)
    for (kind, found), files in notes.items():
        click.echo(f"提示  {packed.county.name}：{kind}“{found}”，见{files}个文件", err=True)


def _receive(year: int, folders: Any, form: str | None, county: str | None, date: str, by: str) -> int:
    from junheng.delivery.receive import Returned, make_receipt, read_form, receive

    if bool(form) == bool(county):
        raise UsageProblem("请用“--file”给出退回的回执，或用“--county”“--date”“--by”写明收到情况，二者选一。")
    told = Returned(str(county), None, "", make_receipt(date, by, str(county))) if county else None
    returned = told or read_form(Path(str(form)))
    sent, kept = receive(folders, year, returned)
    assert sent.receipt is not None
    click.echo(f"已登记{sent.county}第{sent.version}版的回执：{sent.receipt.date}，签收人{sent.receipt.by}。")
    if sent.earlier:
        former = sent.earlier[-1]
        click.echo(f"注意：此前已登记过回执（{former.date}，签收人{former.by}），仍保留在发送记录中。")
    if kept:
        click.echo(f"注意：{kept}")
    if sent.withdrawn_by is not None:
        click.echo(
            f"注意：第{sent.version}版已由第{sent.withdrawn_by}版取代，请催办第{sent.withdrawn_by}版的回执。"
        )
    return 0


def _verify(path: Path, params: Path, keys: tuple[str, ...], certificates: tuple[str, ...]) -> int:
    from junheng.delivery import secrets
    from junheng.delivery.archive import NeedsPassphrase
    from junheng.delivery.settings import load_delivery
    from junheng.delivery.verify import Trust, verify_package

    settings = load_delivery(params)
    trust = Trust.of(settings, params, [Path(key) for key in keys], [Path(name) for name in certificates])
    passphrase = secrets.passphrase_of(path.name.partition("_")[0])
    try:
        told = verify_package(path, settings, trust, passphrase)
    except NeedsPassphrase:
        if not sys.stdin.isatty():
            raise
        told = verify_package(path, settings, trust, secrets.Secret(getpass.getpass("请输入口令：")))
    except JunhengError:
        raise
    click.echo("\n".join(told.lines))
    return 0 if told.good else FAILED
