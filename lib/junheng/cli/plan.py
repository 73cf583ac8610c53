"""`junheng plan`: the least-cost plan to pass, as JSON and as a workbook."""

from __future__ import annotations

import json
from pathlib import Path

import click

from junheng.by_hand import put
from junheng.cli.options import places
from junheng.cli.subject import opened, subject_arguments
from junheng.cli.words import ChineseCommand
from junheng.errors import UsageProblem
from junheng.lab import county as wb
from junheng.lab import least_cost
from junheng.report.content.plan import plan_sentences

NO_PLAN = 1


@click.command("plan", cls=ChineseCommand)
@subject_arguments
@click.option("--out", default="", metavar="文件", help="方案写入的JSON文件（不写则显示在屏幕上）。")
@click.option(
    "--xlsx", default="", metavar="文件", help="方案另写为Excel文件：汇总、分校、分年度、各单元缺口等。"
)
@click.option("--params", default="params", metavar="目录", help="参数目录（默认params）。")
@click.option("--data", default="data", metavar="目录", help="数据目录（默认data）。")
def command(county: str, year: int, out: str, xlsx: str, params: str, data: str) -> int:
    """测算使资源配置达标的最少投入方案：补什么、补在哪所学校、补多少、投入多少万元，并逐项精确复核。

    单价和限制见params/prices.yml，某县的单价、限制、分年度预算见params/<年度>/<代码>.yml。没有方案时说明原因。
    例如：.venv/bin/junheng plan 370883 2024 --out plan.json --xlsx plan.xlsx
    """
    targets = [_target(name, option) for name, option in ((out, "--out"), (xlsx, "--xlsx"))]
    work = opened(places(data, "outputs", params), county, year)
    assessment = wb.assess(work, wb.open_book(work))
    found = least_cost.plan(work, assessment)
    text = json.dumps(found.as_json(), ensure_ascii=False, indent=2)
    kept = [put(targets[0], f"{text}\n".encode())] if targets[0] else []
    if targets[1]:
        kept.append(put(targets[1], least_cost.plan_file(work, assessment, found)))
    for sentence in filter(None, kept):
        click.echo(f"注意：{sentence}", err=True)
    for sentence in plan_sentences(found, assessment, work.wording.phrases):
        click.echo(sentence, err=not targets[0])
    click.echo(
        f"求解用时{found.seconds:.1f}秒。", err=True
    )  # not in the file: the same inputs, the same bytes
    if not targets[0]:
        click.echo(text)
    return 0 if found.cost is not None else NO_PLAN


def _target(name: str, option: str) -> Path | None:
    """Return the file to write; raises UsageProblem before the work begins."""
    if not name:
        return None
    path = Path(name).resolve()
    if (path.exists() and not path.is_file()) or not path.parent.is_dir():
        raise UsageProblem(f"选项{option}应为文件名，且所在目录须已存在，现为“{name}”。")
    return path
