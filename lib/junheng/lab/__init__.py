"""均衡：县域义务教育优质均衡发展督导评估。在笔记本中写 from junheng import lab as wb，再用 wb.start(globals()) 开始。

例：
    work = wb.start(globals())
    book = wb.read(work)
    assessment = wb.assess(work, book)
    wb.show(wb.frame(assessment, "units"))
"""

# Names are looked up when they are used: the command line imports one module of this package and not all of them.

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junheng.lab import city as city
    from junheng.lab import forms as forms
    from junheng.lab import plan as plan
    from junheng.lab import trials as trials
    from junheng.lab.additions import word as word
    from junheng.lab.counties import compare_counties as compare_counties
    from junheng.lab.county import assess as assess
    from junheng.lab.county import compare as compare
    from junheng.lab.county import compose as compose
    from junheng.lab.county import draw as draw
    from junheng.lab.county import explain as explain
    from junheng.lab.county import read as read
    from junheng.lab.county import show_issues as show_issues
    from junheng.lab.county import show_pictures as show_pictures
    from junheng.lab.county import show_text as show_text
    from junheng.lab.county import show_trend as show_trend
    from junheng.lab.county import show_written as show_written
    from junheng.lab.county import start as start
    from junheng.lab.county import write as write
    from junheng.lab.figures import figure as figure
    from junheng.lab.frames import before_after as before_after
    from junheng.lab.frames import frame as frame
    from junheng.lab.frames import with_schools as with_schools
    from junheng.lab.pages import preview as preview
    from junheng.lab.tables import show as show

_MODULES = ("city", "forms", "plan", "trials")
_HOMES = {
    **dict.fromkeys(("start", "read", "assess", "compare", "explain", "draw", "compose", "write"), "county"),
    **dict.fromkeys(("show_issues", "show_trend", "show_pictures", "show_text", "show_written"), "county"),
    **dict.fromkeys(("frame", "with_schools", "before_after"), "frames"),
    "compare_counties": "counties",
    "figure": "figures",
    "show": "tables",
    "preview": "pages",
    "word": "additions",
}
"""In which module a name of `wb` stands."""
__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        from junheng.lab.arguments import checked_once

        return checked_once(getattr(import_module(f"{__name__}.{_HOMES[name]}"), name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=_itself())


def _itself() -> Any:
    return import_module(__name__)


def __dir__() -> list[str]:
    return sorted(__all__)
