"""均衡：县域义务教育优质均衡发展督导评估。在笔记本中写 from junheng import lab as wb，再用 wb.start(globals()) 开始。

例：
    work = wb.start(globals())
    book = wb.read(work)
    assessment = wb.assess(work, book)
    wb.show(wb.frame(assessment, "units"))
"""

# Names are looked up when they are used: the command line imports one module of this package and not all of them.

from __future__ import annotations

import re
from html import escape
from importlib import import_module
from types import ModuleType
from typing import Any

TASKS: dict[str, dict[str, str]] = {
    "读取、评估": dict.fromkeys(("start", "read", "show_issues", "assess", "compare"), "county"),
    "查看": {
        "frame": "frames", "show": "tables", "show_trend": "county", "explain": "county", "compare_counties": "counties",
    },
    "绘图、成文": {
        "figure": "figures", "draw": "county", "show_pictures": "county", "compose": "county", "show_text": "county",
        "preview": "pages", "word": "additions", "write": "county", "show_written": "county",
    },
    "试算、方案、预测": {"with_schools": "frames", "before_after": "frames", "trials": "", "forms": "", "plan": ""},
    "全市汇总": {"city": ""},
}  # fmt: skip
"""The names of `wb` by what they are for, each with the module in which it stands; one without is a module itself."""
_HOMES = {name: home for names in TASKS.values() for name, home in names.items()}
__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=_itself())
    if not _HOMES[name]:
        return import_module(f"{__name__}.{name}")
    from junheng.lab.arguments import checked_once

    return checked_once(getattr(import_module(f"{__name__}.{_HOMES[name]}"), name))


def _itself() -> ModuleType:
    return import_module(__name__)


def __dir__() -> list[str]:
    return sorted(__all__)


def _repr_html_() -> str:
    """What a cell with `wb` alone shows: what can be called, by task, each by the first line of its explanation."""
    lines = []
    for task, names in TASKS.items():
        told = ((name, str(getattr(_itself(), name).__doc__).partition("\n")[0]) for name in names)
        items = "".join(f"<li><code>wb.{name}</code>　{_marked(first)}</li>" for name, first in told)
        lines.append(f"<p>{task}</p><ul>{items}</ul>")
    return f"{''.join(lines)}<p>用法和例子：<code>wb.assess?</code>、<code>wb.trials?</code>等。</p>"


def _marked(text: str) -> str:
    """A line of a docstring as HTML: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
