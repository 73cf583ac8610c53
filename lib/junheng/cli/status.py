"""`junheng status`: each county's place in the yearly cycle, what is due next, what is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import click

from junheng.assess.cycle import CountyStatus, StepState
from junheng.batch.job import Places
from junheng.cli.options import folder_options, year_option
from junheng.cli.words import ChineseCommand
from junheng.delivery.status import YearStatus, year_status
from junheng.params.tasks import chinese_date
from junheng.report.content.dates import said_date
from junheng.report.content.text import aligned


@click.command("status", cls=ChineseCommand)
@year_option
@click.option("--today", default="", metavar="日期", help="以哪一天为准，例如2025年3月1日（默认今天）。")
@folder_options
def command(year: int, today: str, folders: Places) -> None:
    """显示各县（市、区）处于年度工作的哪个环节、下一环节和时限、哪些已逾期；不改动任何文件。"""
    day = chinese_date(today, "选项--today") if today else date.today()
    click.echo(told(year_status(folders, year, day)))


def told(found: YearStatus) -> str:
    """The whole of it as text: a line a county, then what is late, what is not known, and the steps of the year."""
    rows = [("县（市、区）", "所处环节", "下一环节", "时限", "逾期", "未登记")]
    rows += [_row(status) for status in found.counties]
    lines = [f"{found.year}年度工作进度（以{said_date(found.today)}为准）", *aligned(rows)]
    for status in found.counties:
        notes = dict.fromkeys(mark.told for mark in status.marks.values() if mark.told)
        lines += [f"    {status.county.title}：{'；'.join(notes)}"] if notes else []
    late = sum(1 for status in found.counties if any(status.in_state("late")))
    lines.append(f"共{len(found.counties)}个县（市、区），有逾期事项的{late}个。")
    if found.records.book is None:
        lines.append(
            f"市级工作簿：{found.records.detail or '本年度没有'}，自评报告、评估申请是否收到未登记。"
        )
    return "\n".join(lines)


def _row(status: CountyStatus) -> tuple[str, str, str, str, str, str]:
    upcoming = status.next
    return (
        status.county.name,
        status.place or "未报送",
        upcoming.deadline.step.name if upcoming else "—",
        said_date(upcoming.deadline.day) if upcoming else "—",
        _named(status.in_state("late")) or "—",
        _named(status.in_state("unknown")) or "—",
    )


def _named(steps: Iterator[StepState]) -> str:
    return "、".join(f"{step.deadline.step.name}（{said_date(step.deadline.day)}）" for step in steps)
