"""Decisions taken here where the sources are silent, as named numbers (params/tasks.yml, params/checks.yml).

The standard's own decisions choose among readings (`params.standard.Setting`); these set an amount. Both are printed in
every report's notes on method.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from junheng.errors import ParamsProblem
from junheng.exact import plain
from junheng.params.loader import Exact, Record


class NumberSetting(Record):
    """A decided amount: formulas read it by `id`; `value` is exact, a share as a fraction of 1.

    Without a value it is one that only the office can give; what depends on it is 无法判定 until then.
    """

    id: str
    name: str
    value: Exact | None = None
    show: Literal["plain", "percent", "permille"] = "plain"
    unit: str = ""

    @property
    def amount(self) -> Fraction:
        """The value of a setting that must have one; raises ParamsProblem."""
        if self.value is None:
            raise ParamsProblem(f"口径设置“{self.id}”没有写明数值（value）。")
        return self.value

    @property
    def shown(self) -> str:
        """The value in print, with its unit: 3所, 50%, 1‰; empty without one."""
        if self.value is None:
            return ""
        factor, sign = {"plain": (1, ""), "percent": (100, "%"), "permille": (1000, "‰")}[self.show]
        return f"{plain(self.value * factor)}{sign}{self.unit}"
