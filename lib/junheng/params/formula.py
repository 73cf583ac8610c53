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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

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
    """A parsed formula. `names` are the keys it reads, in order of first appearance."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def __call__(self, lookup: Lookup) -> Any:
        """Return the value with names looked up by `lookup`, a number as a Fraction; raises Missing or Undefined."""
        value = self.run(lookup)
        return Fraction(value) if type(value) is int else value

    @cached_property
    def run(self) -> Run:
        """The formula as a function of a lookup, compiled once; a whole number may come as an int."""
        return _compiled(self.tree)

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
    except SyntaxError as error:
        raise ParamsProblem(f"公式“{text}”写法有误（第{error.offset}个字符附近）。") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParamsProblem(f"公式“{text[:40]}……”写法有误，或括号层数过多。") from error
    names = dict.fromkeys(_names(tree, text))
    return Formula(text, tree, tuple(names))


def quiet(run: Callable[..., Any], *args: Any) -> Any:
    """Return the value of `run`, None when an input is missing or there is no value."""
    try:
        return run(*args)
    except (Missing, Undefined):
        return None


def _names(node: ast.AST, text: str) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Constant(value=value) if isinstance(value, int | float | str):
            lost = value == 0 and re.search(r"[1-9]", _written(node, text).lower().partition("e")[0])
            if not isinstance(value, str) and (not abs(value) < _TOO_LARGE or lost):
                shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"
                raise ParamsProblem(f"公式“{shown}”中有过大或过小的数，请检查小数点和指数。")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS or name == "blank":
            for arg in args:
                yield from _names(arg, text)
        case ast.BinOp(op=op) if type(op) in BINARY:
            yield from _names(node.left, text)
            yield from _names(node.right, text)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield from _names(operand, text)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for part in values:
                yield from _names(part, text)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
            yield from _names(left, text)
            yield from _names(right, text)
        case _:
            raise ParamsProblem(f"公式“{text}”用了不允许的写法：{ast.unparse(node)}。")


def _written(node: ast.Constant, text: str) -> str:
    """A constant as it is written: 1e-400 is no 0, though Python makes one of it."""
    return ast.get_source_segment(text, node) or ""


def _compiled(node: ast.expr) -> Run:
    """Return a function that gives the value of `node`; the tree is walked here, once, and never again."""
    match node:
        case ast.Constant(value=value):
            constant = _constant(value)
            return lambda _: constant
        case ast.Name(id=name):
            return _named(name)
        case ast.UnaryOp(op=op, operand=operand):
            return _unary(op, _compiled(operand))
        case ast.BoolOp(op=op, values=values):
            return _joined(op, [_compiled(value) for value in values])
        case ast.Tuple(elts=values):
            elements = [_compiled(value) for value in values]
            return lambda lookup: tuple(element(lookup) for element in elements)
        case ast.Compare(left=left, ops=[compare], comparators=[right]):
            return _compared(COMPARE[type(compare)], _compiled(left), _compiled(right))
        case ast.BinOp(left=left, op=binary, right=right):
            return _binary(BINARY[type(binary)], _compiled(left), _compiled(right))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _called(name, [_compiled(arg) for arg in args])
    raise AssertionError(ast.dump(node))  # parse_formula lets nothing else through


def _constant(value: Any) -> Any:
    # A decimal goes through its text: 0.1 is one tenth, not the nearest float.
    return value if isinstance(value, str | bool | int) else Fraction(str(value))


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


def _called(name: str, args: Sequence[Run]) -> Run:
    if name == "blank":
        return lambda lookup: all(_is_blank(arg, lookup) for arg in args)
    function = FUNCTIONS[name]
    return lambda lookup: function(*(arg(lookup) for arg in args))


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
