"""`junheng receive`: a county's word that it got its package."""

from __future__ import annotations

from pathlib import Path

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options, year_option
from junheng.cli.words import ChineseCommand
from junheng.delivery.receive import Returned, make_receipt, read_form, receive
from junheng.errors import UsageProblem


@click.command("receive", cls=ChineseCommand)
@year_option
@click.option("--file", "form", metavar="文件", help="退回的回执（xlsx）。")
@click.option("--county", metavar="代码或名称", help="没有回执文件时，写明县（市、区）。")
@click.option("--date", default="", metavar="日期", help="收到日期，如2025年5月6日。")
@click.option("--by", default="", metavar="姓名", help="签收人。")
@folder_options
def command(year: int, folders: Places, form: str | None, county: str | None, date: str, by: str) -> None:
    """登记一份回执：退回的表格，或县名、日期和签收人。"""
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
