"""click in Chinese: help texts, and every usage error as one clear sentence with a did-you-mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from rich.cells import cell_len

from junheng.errors import did_you_mean

HELP = "显示帮助。"
FAILED, USAGE, INTERRUPTED = 1, 2, 130
"""Exit codes beside 0: something was not done, the call was wrong, Ctrl-C."""


class _InChinese(click.Command):
    """Headings of the help page in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for param in self.get_params(ctx) if (record := param.get_help_record(ctx))]
        _write_section(formatter, "选项", [(a, b.replace("[required]", "（必填）")) for a, b in records if b])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [选项]"}
        return [words.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]


def _write_section(formatter: click.HelpFormatter, title: str, records: list[tuple[str, str]]) -> None:
    """Two columns; a Chinese character takes two places."""
    formatter.write(f"\n{title}：\n")
    width = max(cell_len(name) for name, _ in records)
    for name, text in records:
        formatter.write(f"  {name}{' ' * (width - cell_len(name))}  {text}\n")


class ChineseCommand(_InChinese):
    """A command whose help is Chinese."""


class ChineseGroup(_InChinese, click.Group):
    """A group of commands whose help is Chinese."""

    command_class = ChineseCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _InChinese.format_options(self, ctx, formatter)
        _write_section(formatter, "命令", self.lines())

    def lines(self) -> list[tuple[str, str]]:
        """Each command with what the help page says of it."""
        return [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]


class CommandGroup(ChineseGroup):
    """The group of all commands, by name (module, a line of help): a module is imported when its `command` is called."""

    def __init__(self, *given: Any, modules: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*given, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.modules:
            return None
        command: click.Command = import_module(f"junheng.cli.{self.modules[name][0]}").command
        return command

    def lines(self) -> list[tuple[str, str]]:
        return [(name, told) for name, (_, told) in self.modules.items()]


class Year(click.ParamType[int]):
    """A year in four digits."""

    name = "年份"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"20[0-9]{2}", value):
            self.fail(f"年份应写作四位数字，例如2024，现为“{value}”。", param, ctx)
        return int(value)


class Count(click.ParamType[int]):
    """A whole number from 1 on."""

    name = "个数"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"[1-9][0-9]{0,3}", value):
            name = param.opts[0] if param else ""
            self.fail(f"选项“{name}”应为正整数，现为“{value}”。", param, ctx)
        return int(value)


def sentence(error: click.UsageError) -> str:
    """Return what is wrong with the call, as one Chinese sentence with a hint."""
    context = error.ctx
    match error:
        case click.NoSuchOption():
            hint = did_you_mean(error.option_name, _options(context))
            return f"没有“{error.option_name}”这个选项。{hint or _see_help(context)}"
        case click.MissingParameter() if isinstance(error.param, click.Argument):
            return f"缺少{error.param.metavar}。{_see_help(context)}"
        case click.MissingParameter() if error.param is not None:
            return f"缺少选项“{error.param.opts[0]}”。{_see_help(context)}"
        case click.BadParameter():
            return error.message
        case click.BadOptionUsage():
            use = "不能" if "does not take" in error.message else "要"
            return f"选项“{error.option_name}”后面{use}写值。{_see_help(context)}"
    return _other(error, context)


def _other(error: click.UsageError, context: click.Context | None) -> str:
    unknown = getattr(error, "command_name", None)
    if unknown is not None and isinstance(getattr(context, "command", None), click.Group):
        known = context.command.list_commands(context)  # type: ignore[union-attr]
        return f"没有“{unknown}”这个命令。{did_you_mean(unknown, known) or _see_help(context)}"
    extra = re.search(r"\((.*)\)", error.message)
    if extra:
        return f"命令中多出“{extra[1]}”。{_see_help(context)}"
    return f"命令写法有误。{_see_help(context)}"


def _options(context: click.Context | None) -> list[str]:
    return [name for param in context.command.get_params(context) for name in param.opts] if context else []


def _see_help(context: click.Context | None) -> str:
    return f"用法见{context.command_path if context else 'junheng'} --help。"
