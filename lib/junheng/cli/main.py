"""The command line (DATA.md): `junheng run`, `junheng check` …, one module a command. Exit codes 0, 1, 2, 130."""

from __future__ import annotations

import codecs
import locale
import os
import signal
import sys
from typing import Any

import click

from junheng import __version__
from junheng.cli.words import FAILED, INTERRUPTED, USAGE, CommandGroup, sentence
from junheng.errors import JunhengError

COMMANDS = {
    "run": ("run", "生成报告。"),
    "verify": ("verify", "核验已发布的报告。"),
    "check": ("check", "核查采集工作簿，写出问题反馈。"),
    "city": ("city", "生成全市汇总。"),
    "explain": ("explain", "说明一个数字从哪里来。"),
    "forecast": ("forecast", "预测到目标年度的在校生数和需求。"),
    "backtest": ("backtest", "检验预测方法：用上年度预测本年度。"),
    "plan": ("plan", "测算资源配置达标的最少投入方案。"),
    "notebook": ("notebook", "建立、比较、更新某县自己的笔记本。"),
    "init": ("init", "为另一个市建立参数和数据目录。"),
    "status": ("status", "显示各县年度工作进度。"),
    "year": ("year", "建立新年度的参数。"),
    "template": ("template", "生成空白采集表。"),
    "import": ("importing", "把统计宽表、基层统计调查表等导入为采集工作簿。"),
    "package": ("package", "把报告打包发给各县（市、区）。"),
    "receive": ("receive", "登记收到的回执。"),
    "verify-package": ("verify_package", "核对发送包：是否完整、由谁签名、有无改动。"),
}
"""Name: the module that has its `command`, and what the help page says of it."""


@click.group(cls=CommandGroup, modules=COMMANDS)
@click.version_option(__version__, "--version", message="%(version)s", help="显示版本。")
def cli() -> None:
    """均衡：由县级采集工作簿生成义务教育优质均衡督导评估报告。"""


def _told(error: Exception) -> str:
    from junheng.batch.reasons import explain_for_command

    return explain_for_command(error)


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
        click.echo(f"错误：{_told(error)}", err=True)
        return FAILED
