"""Progress bars for what takes more than a moment, in JupyterLab only: elsewhere nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeVar

from junheng.exact import fixed
from junheng.lab.tables import in_lab
from junheng.planning.optimise import Watch, unwatched

T = TypeVar("T")


def counted(things: Sequence[T], what: str) -> Iterator[T]:
    """Yield the things one by one, with a bar of how many are done; it goes away at the end."""
    with _bar(len(things), what) as bar:
        for number, thing in enumerate(things, 1):
            yield thing
            _move(bar, number, f"{what}：{number}／{len(things)}")


@contextmanager
def timed(what: str, longest: float) -> Iterator[Watch]:
    """Yield what a search tells of itself to: a bar of the time it may take, with the best plan so far beside it."""
    with _bar(longest, what) as bar:

        def watch(seconds: float, cost: Fraction | None, bound: float) -> None:
            best = "尚无可行方案" if cost is None else f"目前最省{fixed(cost, 2)}万元，下限{bound:.2f}万元"
            _move(bar, seconds, f"{what}：已用{seconds:.0f}秒，至多{longest:.0f}秒；{best}")

        yield watch if bar is not None else unwatched


@contextmanager
def _bar(most: float, what: str) -> Iterator[Any]:
    """A bar with a text, None outside JupyterLab."""
    if not in_lab():
        yield None
        return
    from IPython.display import display
    from ipywidgets import FloatProgress, HBox, Label

    bar = HBox([FloatProgress(0, min=0, max=most), Label(f"{what}……")])
    display(bar)
    try:
        yield bar
    finally:
        bar.close()


def _move(bar: Any, value: float, told: str) -> None:
    if bar is not None:
        bar.children[0].value, bar.children[1].value = value, told
