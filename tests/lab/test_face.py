"""`from junheng import lab as wb`: few names, each explained in Chinese with an example, and imported only when used."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from IPython.core.formatters import HTMLFormatter

from junheng import lab as wb
from junheng.assess.whatif import Trial
from junheng.errors import DataProblem, UsageProblem
from junheng.lab.additions import Section
from tests.assess.make import ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_few_names_and_all_of_them_there() -> None:
    assert len(set(wb.__all__)) == len(wb.__all__) <= 25
    assert dir(wb) == sorted(wb.__all__)
    assert all(getattr(wb, name) is not None for name in wb.__all__)


@pytest.mark.parametrize("name", wb.__all__)
def test_each_is_explained_in_chinese_with_an_example(name: str) -> None:
    told = getattr(wb, name).__doc__ or ""
    first, _, rest = told.partition("\n")
    assert CHINESE.search(first) and "例：\n" in rest
    example = rest.split("例：\n")[1]
    own = name if isinstance(getattr(wb, name), ModuleType) else f"wb.{name}("
    assert own in example


def public(place: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """What an analyst calls of a module (the calls that check their arguments) or class."""
    for name, thing in vars(place).items():
        own = isinstance(place, type) or getattr(thing, "__module__", "") == place.__name__
        called = inspect.isfunction(thing) and (isinstance(place, type) or hasattr(thing, "__wrapped__"))
        if own and called and not name.startswith("_") and name != "about":
            yield name, thing


@pytest.mark.parametrize(
    "place", [wb.trials, wb.plan, wb.forms, wb.city, Section, Trial], ids=lambda p: p.__name__
)
def test_what_stands_in_a_module_or_is_called_on_a_section_too(place: Any) -> None:
    found = dict(public(place))
    assert found
    for name, function in found.items():
        first, _, rest = (function.__doc__ or "").partition("\n")
        assert CHINESE.search(first) and f"{name}(" in rest.partition("例：\n")[2], name


def test_wb_alone_in_a_cell_lists_by_task_what_can_be_called() -> None:
    formatter = HTMLFormatter()
    shown = formatter(wb) or ""
    assert all(f"<code>wb.{name}</code>" in shown for name in wb.__all__)
    assert "读取并核查本年度采集工作簿" in shown and "全市汇总" in shown
    assert "`" not in shown and len(shown) < 5000


def test_a_mistyped_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError) as raised:
        wb.frme  # noqa: B018
    assert raised.value.name == "frme" and "frame" in dir(raised.value.obj)


def test_a_command_that_needs_one_module_imports_neither_pandas_nor_widgets() -> None:
    """`junheng explain` starts with `lab.county`; frames and forms are for notebooks."""
    code = (
        "import sys, junheng.lab.county\n"
        "print(sorted({'pandas', 'ipywidgets', 'itables', 'junheng.lab.forms'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_counties_stacked(tmp_path) -> None:
    both = wb.compare_counties(2024, ["邹城市", "曲阜市"], "disparity", data_dir=str(ROOT / "data"))
    assert list(both["县（市、区）"].unique()) == ["邹城市", "曲阜市"]
    one = wb.compare_counties(2024, "370883", "disparity")
    pd.testing.assert_frame_equal(one, both[both["县（市、区）"] == "邹城市"])
    with pytest.raises(UsageProblem, match="没有名为“邹县”的县"):
        wb.compare_counties(2024, ["邹县"])
    with pytest.raises(UsageProblem, match="没有名为“unit”的表"):
        wb.compare_counties(2024, ["邹城市"], "unit")
    with pytest.raises((UsageProblem, DataProblem), match="请写明要比较的县"):
        wb.compare_counties(2024, [])
