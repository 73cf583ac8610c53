"""How objects show themselves: one line, never their whole inside (an assessment written out is megabytes of text).

In the lowest layer because objects of every layer are shown in notebooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from html import escape
from typing import Any, ClassVar

from junheng.exact import plain

LINE = 300
WORD = 40


def cut(text: str, length: int) -> str:
    """Return `text`, or its beginning with … when it is longer than `length`."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def brief(value: Any) -> str:
    """Return a value in a few characters: a collection by its size, a number rounded, a text by its beginning."""
    if isinstance(value, str):
        return cut(str(value.value) if isinstance(value, Enum) else repr(value), WORD)
    if isinstance(value, Fraction):
        return plain(value, 6)
    if isinstance(value, Mapping | Iterable) and isinstance(value, Sized):
        return f"{len(value)}项"
    if is_dataclass(value) or isinstance(value, Brief):
        return f"{type(value).__name__}(…)"
    return cut(repr(value), WORD)


def brief_fields(thing: Any, named: Iterable[str]) -> str:
    """Return an object with these attributes in one line."""
    shown = ", ".join(f"{name}={brief(getattr(thing, name))}" for name in named)
    return cut(f"{type(thing).__name__}({shown})", LINE)


class Brief:
    """A dataclass (declared with repr=False) that shows its fields in one line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return brief_fields(self, [f.name for f in fields(self) if f.repr])  # type: ignore[arg-type]


class Shown(Brief):
    """An object that an analyst meets: says in Chinese what it is and how large, and in a notebook what to call next."""

    __slots__ = ()
    calls: ClassVar[tuple[str, ...]] = ()
    """What to write next, with the names that the notebooks use."""
    hints: ClassVar[bool] = True
    """Whether `calls` are shown; the batch turns them off."""

    def about(self) -> str:
        """What this is, with its sizes, in one Chinese line."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return cut(f"<{self.about()}>", LINE)

    def _repr_html_(self) -> str:
        listed = "".join(f"<li><code>{escape(call)}</code></li>" for call in self.calls if Shown.hints)
        following = f"<p>接下来可写：</p><ul>{listed}</ul>" if listed else ""
        return f"<p>{escape(cut(self.about(), LINE))}</p>{following}"
