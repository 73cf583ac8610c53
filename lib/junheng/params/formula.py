"""Formulas in the standard: exact arithmetic over dictionary keys, written as data.

A formula is a small subset of Python's expression syntax: numbers, names, text constants, + - * /,
comparisons, `and`/`or`/`not`, `in (…)`, and the functions ceil, min, max, blank. It is parsed once,
every other construct is refused, and nothing is ever handed to `eval`.
Numbers are exact; a name without a value raises `Missing`, so missing never becomes zero.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from junheng.errors import ParamsProblem
from junheng.exact import ceil_div

Lookup = Callable[[str], Any]

BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
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
FUNCTIONS: dict[str, Callable[..., Any]] = {"ceil": lambda x: Fraction(ceil_div(x)), "min": min, "max": max}


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
        """Return the value with names looked up by `lookup`; raises Missing or Undefined."""
        return _value(self.tree, lookup)

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
    names = dict.fromkeys(_names(tree, text))
    return Formula(text, tree, tuple(names))


def _names(node: ast.AST, text: str) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Constant(value=value) if isinstance(value, int | float | str):
            return
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


def _value(node: ast.expr, lookup: Lookup) -> Any:
    match node:
        case ast.Constant(value=value):
            return _constant(value)
        case ast.Name(id=name):
            return _found(name, lookup)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, lookup)
        case ast.UnaryOp(operand=operand):
            return not _value(operand, lookup)
        case ast.Tuple(elts=elements):
            return tuple(_value(element, lookup) for element in elements)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, lookup) for value in values)
        case ast.BoolOp(values=values):
            return any(_value(value, lookup) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return COMPARE[type(op)](_value(left, lookup), _value(right, lookup))
        case ast.BinOp():
            return _binary(node, lookup)
        case ast.Call(func=ast.Name(id="blank"), args=args):
            return all(_is_blank(arg, lookup) for arg in args)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(arg, lookup) for arg in args))
    raise AssertionError(ast.dump(node))  # parse_formula lets nothing else through


@lru_cache(maxsize=1024, typed=True)
def _constant(value: Any) -> Any:
    return value if isinstance(value, str | bool) else Fraction(str(value))


def _found(name: str, lookup: Lookup) -> Any:
    value = lookup(name)
    if value is None:
        raise Missing(name)
    return value


def _is_blank(node: ast.expr, lookup: Lookup) -> bool:
    try:
        _value(node, lookup)
    except Missing:
        return True
    return False


def _binary(node: ast.BinOp, lookup: Lookup) -> Any:
    missing: list[str] = []
    sides = []
    for side in (node.left, node.right):
        try:
            sides.append(_value(side, lookup))
        except Missing as error:
            missing += error.names
    if missing:
        raise Missing(*dict.fromkeys(missing))
    if isinstance(node.op, ast.Div) and sides[1] == 0:
        raise Undefined("分母为0")
    return BINARY[type(node.op)](*sides)
