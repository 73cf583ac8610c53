"""Formulas in the standard: exact arithmetic over dictionary keys, written as data.

A formula is a small subset of Python's expression syntax: numbers, names, text constants, + - * /,
comparisons, `and`/`or`/`not`, `in (…)`, and the functions ceil, min, max, blank. It is parsed and compiled to
closures once, every other construct is refused, and nothing is ever handed to `eval`.
Numbers are exact; a name without a value raises `Missing`, so missing never becomes zero. A lookup may give an
`Interval` instead: then the value is one too, and a comparison that depends on what is missing raises `Open`.
`and` and `or` are certain as soon as one part decides them, whatever is missing in the others.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator

from junheng.errors import ParamsProblem
from junheng.exact import ceil_div
from junheng.params.interval import Interval, Open, greatest, least

Lookup = Callable[[str], Any]
Run = Callable[[Lookup], Any]

_SHOWN = 100
_TOO_LARGE = 10**30
"""No figure of a county comes near; `1e999999999`, a slip of the keyboard, would be infinite."""
BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda above, below: _divided(above, below),
}
COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda item, group: item in group,
    ast.NotIn: lambda item, group: item not in group,
}
FormulaText = Annotated[str, AfterValidator(lambda text: _checked(text))]
"""A field of a record that holds a formula: one that cannot be parsed is told with its file, place and line."""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ceil": lambda value: value.rounded_up() if isinstance(value, Interval) else ceil_div(value),
    "min": lambda *values: least(*values) if _any_interval(values) else min(values),
    "max": lambda *values: greatest(*values) if _any_interval(values) else max(values),
}


class Missing(Exception):
    """An input of a formula has no value; `names` are the keys that lack one."""

    def __init__(self, *names: str) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Undefined(Exception):
    """A formula has no value for these inputs (a division by zero); `reason` is Chinese."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Formula:
    """A parsed formula. `names` are the keys it reads, in order of first appearance.

    `run` gives its value for a lookup, a whole number perhaps as an int.
    """

    text: str
    tree: ast.expr
    names: tuple[str, ...]
    run: Run

    def __call__(self, lookup: Lookup) -> Any:
        """Return the value with names looked up by `lookup`, a number as a Fraction; raises Missing or Undefined."""
        value = self.run(lookup)
        return Fraction(value) if type(value) is int else value

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        return parse_formula, (self.text,)

    def difference(self) -> Formula | None:
        """Return what must not be negative for a comparison `a <= b` or `a >= b` to hold; None for anything else."""
        match self.tree:
            case ast.Compare(left=small, ops=[ast.LtE()], comparators=[large]):
                pass
            case ast.Compare(left=large, ops=[ast.GtE()], comparators=[small]):
                pass
            case _:
                return None
        return parse_formula(f"({ast.unparse(large)}) - ({ast.unparse(small)})")


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Formula:
    """Parse `text`; raises ParamsProblem naming the construct that is not allowed."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        compiler = _Compiler(text, {})
        run = compiler.run(tree)
        return Formula(text, tree, tuple(compiler.names), run)
    except SyntaxError as error:
        raise ParamsProblem(
            f"公式“{_shown(text)}”写法有误（第{error.offset or len(text)}个字符附近）。"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParamsProblem(f"公式“{_shown(text)}”写法有误，或括号层数过多。") from error


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"


def _checked(text: str) -> str:
    if "{" not in text:  # else a pattern that is still to be filled in for each stage
        try:
            parse_formula(text)
        except ParamsProblem as problem:
            raise ValueError(str(problem).removesuffix("。")) from problem
    return text


def quiet(run: Callable[..., Any], *args: Any) -> Any:
    """Return the value of `run`, None when an input is missing or there is no value."""
    try:
        return run(*args)
    except (Missing, Undefined):
        return None


@dataclass(frozen=True)
class _Compiler:
    """Turns a tree into closures: it is walked once and never again, and what is not allowed is refused on the way."""

    text: str
    names: dict[str, None]
    """The names met so far, in their order."""

    def run(self, node: ast.expr) -> Run:
        """Return a function that gives the value of `node`."""
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float | str):
                constant = self._constant(node, value)
                return lambda _: constant
            case ast.Name(id=name):
                self.names[name] = None
                return _named(name)
            case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
                return _unary(op, self.run(operand))
            case ast.BoolOp(op=op, values=values):
                return _joined(op, self._each(values))
            case ast.Tuple(elts=values):
                elements = self._each(values)
                return lambda lookup: tuple(element(lookup) for element in elements)
            case ast.Compare(left=left, ops=[compare], comparators=[right]) if type(compare) in COMPARE:
                return _compared(COMPARE[type(compare)], *self._each([left, right]))
            case ast.BinOp(left=left, op=binary, right=right) if type(binary) in BINARY:
                return _binary(BINARY[type(binary)], *self._each([left, right]))
            case ast.Call(func=ast.Name(id="blank"), args=args, keywords=[]):
                parts = self._each(args)
                return lambda lookup: all(_is_blank(part, lookup) for part in parts)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                function, parts = FUNCTIONS[name], self._each(args)
                return lambda lookup: function(*(part(lookup) for part in parts))
        raise ParamsProblem(f"公式“{_shown(self.text)}”用了不允许的写法：{_shown(ast.unparse(node))}。")

    def _each(self, nodes: Sequence[ast.expr]) -> list[Run]:
        return [self.run(node) for node in nodes]

    def _constant(self, node: ast.Constant, value: float | str) -> Any:
        if isinstance(value, str | bool):
            return value
        # 1e-400 is no 0, though Python makes one of it.
        written = (ast.get_source_segment(self.text, node) or "").lower().partition("e")[0]
        if not abs(value) < _TOO_LARGE or (value == 0 and re.search(r"[1-9]", written)):
            raise ParamsProblem(f"公式“{_shown(self.text)}”中有过大或过小的数，请检查小数点和指数。")
        # A decimal goes through its text: 0.1 is one tenth, not the nearest float.
        return value if isinstance(value, int) else Fraction(str(value))


def _named(name: str) -> Run:
    def run(lookup: Lookup) -> Any:
        value = lookup(name)
        if value is None:
            raise Missing(name)
        return value

    return run


def _unary(op: ast.unaryop, inner: Run) -> Run:
    if isinstance(op, ast.USub):
        return lambda lookup: -inner(lookup)
    return lambda lookup: not inner(lookup)


def _joined(op: ast.boolop, parts: Sequence[Run]) -> Run:
    """Evaluate from the left and stop as soon as the value is certain; a part that is open does not end the search."""
    ends = isinstance(op, ast.Or)

    def run(lookup: Lookup) -> bool:
        names: dict[str, None] = {}
        unsure: Missing | Open | None = None
        for part in parts:
            try:
                if bool(part(lookup)) is ends:
                    return ends
            except Open as error:
                unsure = unsure or error
            except Missing as error:
                names.update(dict.fromkeys(error.names))
                unsure = error
        if unsure is not None:
            raise Missing(*names) if names else unsure
        return not ends

    return run


def _compared(compare: Callable[[Any, Any], bool], left: Run, right: Run) -> Run:
    return lambda lookup: compare(left(lookup), right(lookup))


def _is_blank(arg: Run, lookup: Lookup) -> bool:
    """Say whether a value is missing, also where an interval stands for it."""
    try:
        return isinstance(arg(lookup), Interval)
    except Missing:
        return True


def _binary(operate: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    """Return the operation; an input that is missing on one side does not hide those of the other side."""

    def run(lookup: Lookup) -> Any:
        try:
            above = left(lookup)
        except Missing as error:
            raise Missing(*dict.fromkeys((*error.names, *_missing(right, lookup)))) from None
        return operate(above, right(lookup))

    return run


def _missing(side: Run, lookup: Lookup) -> tuple[str, ...]:
    try:
        side(lookup)
    except Missing as error:
        return error.names
    return ()


def _any_interval(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Interval) for value in values)


def _divided(above: Any, below: Any) -> Any:
    if _any_interval((above, below)):
        return above / below
    if below == 0:
        raise Undefined("分母为0")
    return Fraction(above) / Fraction(below)
