"""The analyst's calls check what they are given: the wrong thing or order is one sentence about the call, not a fault of ours."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from types import UnionType
from typing import Any, ParamSpec, TypeVar

from junheng.errors import UsageProblem, did_you_mean

P = ParamSpec("P")
R = TypeVar("R")

CALLED = {
    "Workspace": "work（wb.start的结果）",
    "CountyBook": "book（wb.read的结果）",
    "Assessment": "assessment（wb.assess的结果）",
    "Trend": "trend（wb.compare的结果）",
    "CityWorkspace": "全市的work（wb.city.start的结果）",
    "CityAssessment": "city（wb.city.gather的结果）",
    "Trial": "改动（trials.trial的结果）",
    "Tried": "试算（trials.try_out的结果）",
    "Planned": "方案（plan.make_plan的结果）",
    "Forecast": "预测（trials.forecast的结果）",
    "DataFrame": "DataFrame表",
    "EditableDocument": '一份报告（如reports["assessment"]）',
    "str": "文字",
    "int": "整数",
    "bool": "True或False",
    "dict": "字典",
    "Mapping": "字典（如reports）",
    "Iterable": "列表（如[1, 2]）",
    "list": "列表",
    "tuple": "元组",
}
"""What an analyst calls the things that go into a call, by class."""
WRITTEN = {"namespace": "globals()", "documents": "reports", "of": "assessment"}
"""What notebooks write for a parameter of that name."""
ROOMS = {"trials": "trials", "plan": "plan", "forms": "forms", "city": "wb.city"}
"""How notebooks name the modules whose calls are not called through `wb`."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Make a call refuse arguments of the wrong class; raises UsageProblem naming the argument and the right order.

    Only parameters annotated with plain classes, or unions of them, are looked at.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise UsageProblem(f"{_order(function, signature)}{_amiss(signature, args, kwargs)}") from error
        for place, (name, value) in enumerate(given.items(), 1):
            wanted = _classes(function).get(name, ())
            if wanted and not isinstance(value, wanted):
                raise UsageProblem(
                    f"第{place}个参数应为{_called(wanted[0])}，现为{_called(type(value))}。{_order(function, signature)}"
                )
        return function(*args, **kwargs)

    return call


checked_once = cache(checked)
"""The same, giving the same call for the same function."""


@cache
def _classes(function: Callable[..., Any]) -> dict[str, tuple[type, ...]]:
    """The classes that each parameter may have; parameters of any other annotation are left out."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        hint = _hint(function, parameter.annotation)
        parts = [
            typing.get_origin(part) or part
            for part in (typing.get_args(hint) if isinstance(hint, UnionType) else (hint,))
        ]
        # Any is a class since Python 3.11, of which nothing can be an instance
        if all(isinstance(part, type) and part not in (Any, parameter.empty) for part in parts):
            found[name] = tuple(parts)
    return found


def _hint(function: Callable[..., Any], annotation: Any) -> Any:
    """The annotation itself, which stands as text; None for a class that is imported for type checkers alone."""
    if not isinstance(annotation, str):
        return annotation
    try:
        holder = type("_Holder", (), {"__annotations__": {"hint": annotation}})
        pandas = {"pd": import_module("pandas")} if "pd." in annotation else {}
        return typing.get_type_hints(holder, function.__globals__ | pandas)["hint"]
    except (NameError, AttributeError):
        return None


def _called(kind: type) -> str:
    return CALLED.get(kind.__name__, "空（None）" if kind is type(None) else kind.__name__)


def _order(function: Callable[..., Any], signature: inspect.Signature) -> str:
    names = [
        WRITTEN.get(name, name)
        for name, p in signature.parameters.items()
        if p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    ]
    room = function.__module__.rpartition(".")[2]
    return f"正确的写法：{ROOMS.get(room, 'wb')}.{function.__name__}({', '.join(names)})。"


def _amiss(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What is too much or missing in a call."""
    unknown = [name for name in kwargs if name not in signature.parameters]
    if unknown:
        return f"没有名为“{unknown[0]}”的参数。{did_you_mean(unknown[0], list(signature.parameters))}"
    needed = [
        name
        for name, p in signature.parameters.items()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    missing = [name for name in needed[len(args) :] if name not in kwargs]
    return f"缺少参数{'、'.join(missing)}。" if missing else "参数多了。"
