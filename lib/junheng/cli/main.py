"""The command line (DATA.md): `junheng run`, `junheng check`. Texts are Chinese; exit codes 0, 1, 2, 130."""

from __future__ import annotations

import codecs
import locale
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from junheng import __version__
from junheng.cli.cluster import check_executor, executor_options, visited
from junheng.cli.delivery import add_commands as add_delivery
from junheng.cli.explain import backtest, explain, forecast
from junheng.cli.init import init
from junheng.cli.notebook import notebook
from junheng.cli.options import (
    county_options,
    external_option,
    memory_option,
    pdf_option,
    place_options,
    places,
)
from junheng.cli.plan import plan
from junheng.cli.running import FAILED, INTERRUPTED, run_request
from junheng.cli.status import status
from junheng.cli.words import ChineseGroup, Count, Year, sentence
from junheng.cli.year import year as new_year
from junheng.errors import JunhengError, UsageProblem

USAGE = 2


@click.group(cls=ChineseGroup)
@click.version_option(__version__, "--version", message="%(version)s", help="显示版本。")
def cli() -> None:
    """均衡：由县级采集工作簿生成义务教育优质均衡督导评估报告。"""


@cli.command(short_help="生成报告。")
@county_options
@place_options
@memory_option
@click.option(
    "--reports",
    default="",
    metavar="名称",
    help="报告种类，用逗号分隔，all为全部（默认按params/年度/city.yml的reports）。",
)
@click.option("--jobs", type=Count(), metavar="个数", help="同时运行的进程数（默认按处理器数）。")
@click.option("--force", is_flag=True, help="已是最新的也重新生成。")
@click.option("--why", is_flag=True, help="只说明各县需要重新生成的原因，不生成。")
@external_option
@pdf_option
@executor_options
@click.pass_context
def run(
    ctx: click.Context,
    year: int,
    counties: tuple[str, ...],
    data: str,
    out: str,
    params: str,
    reports: str,
    jobs: int | None,
    force: bool,
    why: bool,
    memory: int | None,
    executor: str,
    scheduler: str,
    external: bool,
    pdf: str,
) -> None:
    """生成一个年度各县（市、区）的督导评估报告（Word、PDF、数据与依据）；三个目录也可写成file://、s3://等地址。"""
    from junheng.batch.job import MEMORY
    from junheng.batch.plan import Request
    from junheng.report.content.names import check_reports

    check_executor(executor, scheduler, jobs)
    asked = check_reports(reports.split(",")) if reports else ()

    def request(data: str, out: str, params: str) -> Request:
        folders = places(data, out, params, external)
        draft = pdf == "draft"
        return Request(year, folders, counties, asked, jobs, force, memory=memory or MEMORY, draft=draft)

    if scheduler or any("://" in place for place in (data, out, params)):
        with visited(request(".", ".", "."), data, params, out, scheduler) as visit:
            ctx.exit(_run_or_why(visit.request, why, visit.send))
    ctx.exit(_run_or_why(request(data, out, params), why))


def _run_or_why(request: Any, why: bool, send: Any = None) -> int:
    if why:
        from junheng.cli.verify import show_why

        return show_why(request)
    return run_request(request, send=send)


@cli.command(short_help="核验已发布的报告。")
@county_options
@place_options
@click.option("--jobs", type=Count(), metavar="个数", help="同时运行的进程数（默认按处理器数）。")
@memory_option
@external_option
@click.pass_context
def verify(
    ctx: click.Context,
    year: int,
    counties: tuple[str, ...],
    data: str,
    out: str,
    params: str,
    jobs: int | None,
    memory: int | None,
    external: bool,
) -> None:
    """按现有数据重新计算已发布的报告，逐字节比较，说明哪些不一致、差在哪里；不改动已发布的报告。"""
    from junheng.batch.job import MEMORY
    from junheng.batch.plan import Request
    from junheng.cli.verify import verify_published

    request = Request(
        year, places(data, out, params, external), counties, workers=jobs, memory=memory or MEMORY
    )
    ctx.exit(verify_published(request))


@cli.command(short_help="核查采集工作簿，写出问题反馈。")
@county_options
@place_options
@click.pass_context
def check(ctx: click.Context, year: int, counties: tuple[str, ...], data: str, out: str, params: str) -> None:
    """核查采集工作簿，写出标明问题的工作簿和全市汇总，不生成报告。"""
    from junheng.batch.plan import Request
    from junheng.cli.check import check_workbooks

    ctx.exit(check_workbooks(Request(year, places(data, out, params), counties)))


@cli.command(short_help="生成全市汇总。")
@click.option("--year", type=Year(), required=True, metavar="年份", help="评估年度，例如2024。")
@place_options
@click.option("--force", is_flag=True, help="已是最新的也重新生成。")
@memory_option
@external_option
@pdf_option
@click.pass_context
def city(
    ctx: click.Context,
    year: int,
    data: str,
    out: str,
    params: str,
    force: bool,
    memory: int | None,
    external: bool,
    pdf: str,
) -> None:
    """生成一个年度的全市汇总（Word、PDF、工作簿和离线网页）。"""
    from junheng.batch.job import MEMORY
    from junheng.batch.plan import Request
    from junheng.cli.city import make_city

    folders = places(data, out, params, external)
    draft = pdf == "draft"
    ctx.exit(make_city(Request(year, folders, force=force, memory=memory or MEMORY, draft=draft)))


for _command in (explain, forecast, backtest):
    cli.add_command(place_options(_command))
cli.add_command(plan)
cli.add_command(notebook)
cli.add_command(init)
cli.add_command(status)
cli.add_command(new_year)


@cli.command(short_help="生成空白采集表。")
@county_options
@place_options
@click.pass_context
def template(
    ctx: click.Context, year: int, counties: tuple[str, ...], data: str, out: str, params: str
) -> None:
    """生成各县（市、区）的空白采集表，列出上年度学校，写入输出目录的“采集表”。"""
    from junheng.batch.plan import Request
    from junheng.cli.template import write_templates

    ctx.exit(write_templates(Request(year, places(data, out, params), counties)))


@cli.command("import", short_help="把统计宽表、基层统计调查表等导入为采集工作簿。")
@click.argument("sources", nargs=-1, metavar="来源文件或目录…")
@click.option("--county", required=True, metavar="代码或名称", help="哪个县（市、区）。")
@click.option("--year", type=Year(), required=True, metavar="年份", help="评估年度，例如2024。")
@click.option(
    "--mapping", default="", metavar="名称或文件", help="映射名称或自己的映射文件（默认自动识别）。"
)
@click.option("--partial", is_flag=True, help="原表缺少的行、列列入待补填，其余照常导入。")
@click.option("--blank-zero", is_flag=True, help="原表以空白代替0：空白的数值按0导入，逐个注明。")
@click.option("--force", is_flag=True, help="目标文件已经存在时覆盖。")
@place_options
@click.pass_context
def import_(ctx: click.Context, /, data: str, out: str, params: str, **choices: Any) -> None:
    """把县和学校手中的表格导入为采集工作簿（--out可以是目录或.xlsx文件）。"""
    from junheng.cli.importing import ImportRequest, import_workbook

    if not Path(params).is_dir():
        raise UsageProblem(f"目录“{params}”不存在（选项--params），请在项目目录中运行或写明目录。")
    sources = tuple(map(Path, choices.pop("sources")))
    request = ImportRequest(sources, params=Path(params), data=Path(data), out=Path(out), **choices)
    ctx.exit(import_workbook(request))


add_delivery(cli, county_options, place_options, places)


def _system_sentence(error: OSError) -> str:
    from junheng.batch.reasons import explain_system

    return explain_system(error)


_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt(number: int, frame: Any) -> None:
    """Stop once: whoever presses Ctrl-C again must not stop the tidying up, which ends by itself within seconds."""
    for one in _STOPS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def _in_utf8() -> None:
    """Start again in UTF-8 mode under a locale of another encoding (GB18030, or C without Python's coercion).

    Names of files and of counties are Chinese, and how the interpreter encodes them is fixed when it starts. The
    arguments were decoded by the locale, so they are handed on as what was typed, in UTF-8.
    """
    encodings = (sys.getfilesystemencoding(), locale.getencoding())
    if sys.flags.utf8_mode or all(codecs.lookup(name).name == "utf-8" for name in encodings):
        return
    os.environ["PYTHONUTF8"] = "1"  # for the processes that are started from here
    arguments = [argument.encode("utf-8", "surrogateescape") for argument in sys.orig_argv[1:]]
    os.execv(sys.executable, [os.fsencode(sys.executable), b"-X", b"utf8", *arguments])


def main() -> None:
    """Entry point: every failure is one sentence on stderr and an exit code."""
    _in_utf8()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for number in _STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` has it ignored
            signal.signal(number, _interrupt)
    code = guarded(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # all is said and done; only the interpreter is still ending
    sys.exit(code)


def guarded(arguments: list[str]) -> int:
    """Run the command line and return its exit code; never raises."""
    try:
        return int(cli.main(arguments, prog_name="junheng", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        click.echo(f"错误：{sentence(error)}", err=True)
        return USAGE
    except JunhengError as error:
        click.echo(f"错误：{error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("已中断。", err=True)
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("JUNHENG_DEBUG"):
            raise
        if isinstance(error, OSError):
            click.echo(f"错误：{_system_sentence(error)}", err=True)
            return FAILED
        click.echo(f"错误：程序内部错误（{type(error).__name__}：{error}）。", err=True)
        return FAILED
