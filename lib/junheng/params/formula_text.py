"""A formula of the standard as people write it: Chinese names or figures, × ÷ − and words for conditions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from junheng.params.formula import Formula, parse_formula

Named = Callable[[str], str]

SIGNS: dict[type, str] = {
    ast.Add: "＋",
    ast.Sub: "－",
    ast.Mult: "×",
    ast.Div: "÷",
    ast.Lt: "＜",
    ast.LtE: "≤",
    ast.Gt: "＞",
    ast.GtE: "≥",
    ast.Eq: "＝",
    ast.NotEq: "≠",
    ast.In: "属于",
    ast.NotIn: "不属于",
    ast.And: "，且",
    ast.Or: "，或",
}
STRENGTH: dict[type, int] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2}
WORDS = {"ceil": "向上取整", "min": "取小", "max": "取大", "blank": "均为空"}
SIGN_OF = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "==": "＝"}


def written(formula: Formula, named: Named) -> str:
    """Write `formula` with every name as `named` gives it (a header, or the figure itself)."""
    return _text(formula.tree, named)


def expanded_names(names: tuple[str, ...], derived: Mapping[str, str]) -> tuple[str, ...]:
    """Replace derived names (学生数 = 小学 + 初中) by the dictionary keys they read, in order, once each."""
    found: dict[str, None] = {}
    for name in names:
        inner = parse_formula(derived[name]).names if name in derived else ()
        found.update(dict.fromkeys(expanded_names(inner, derived) if inner else (name,)))
    return tuple(found)


def _text(node: ast.expr, named: Named) -> str:
    match node:
        case ast.Constant(value=value):
            return f"“{value}”" if isinstance(value, str) else _constant(value)
        case ast.Name(id=name):
            return named(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"－{_side(operand, named, 3)}"
        case ast.UnaryOp(operand=operand):
            return f"非{_text(operand, named)}"
        case ast.Tuple(elts=elements):
            return "、".join(_text(element, named) for element in elements)
        case ast.BoolOp(op=op, values=values):
            return SIGNS[type(op)].join(_condition(value, named) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_text(left, named)}{SIGNS[type(op)]}{_text(right, named)}"
        case ast.BinOp(left=left, op=op, right=right):
            strength = STRENGTH[type(op)]
            after = strength + (isinstance(op, ast.Sub | ast.Div))
            return f"{_side(left, named, strength)}{SIGNS[type(op)]}{_side(right, named, after)}"
        case ast.Call(func=ast.Name(id=name), args=args):
            return f"{WORDS[name]}（{'，'.join(_text(arg, named) for arg in args)}）"
    raise AssertionError(ast.dump(node))  # parse_formula lets nothing else through


def _condition(node: ast.expr, named: Named) -> str:
    text = _text(node, named)
    return f"（{text}）" if isinstance(node, ast.BoolOp) else text


def _constant(value: object) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _side(node: ast.expr, named: Named, strength: int) -> str:
    """Write an operand, in brackets when its own sign binds less than the one outside."""
    text = _text(node, named)
    weak = isinstance(node, ast.BinOp) and STRENGTH[type(node.op)] < strength
    return f"（{text}）" if weak else text
