"""A call with the wrong thing or in the wrong order says so."""

from pathlib import Path
from typing import Any

import pytest

from junheng import lab as wb
from junheng.errors import UsageProblem
from junheng.lab.arguments import _classes, checked
from junheng.lab.county import open_book, open_workspace


class Workspace:
    pass


class Assessment:
    pass


@checked
def show(
    work: Workspace, assessment: Assessment | None, *names: str, most: int | None = None
) -> tuple[Any, ...]:
    return work, assessment, names, most


def test_the_right_call_goes_through() -> None:
    work, assessment = Workspace(), Assessment()
    assert show(work, assessment, "units", most=3) == (work, assessment, ("units",), 3)
    assert show(work, None) == (work, None, (), None)


@pytest.mark.parametrize(
    ("args", "kwargs", "says"),
    [
        ((Assessment(), Workspace()), {}, "第1个参数应为work（wb.start的结果），现为assessment（wb.assess的结果）。正确的写法：wb.show("),
        ((Workspace(), "units"), {}, "第2个参数应为assessment（wb.assess的结果），现为文字。"),
        ((Workspace(),), {}, "缺少参数assessment。"),
        ((Workspace(), None), {"mosst": 3}, "没有名为“mosst”的参数。是否要写“most”？"),
        ((Workspace(), None), {"most": "3"}, "应为整数，现为文字。"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_sentence(args: tuple[Any, ...], kwargs: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        show(*args, **kwargs)
    assert says in str(refused.value)


def test_every_public_call_can_be_checked() -> None:
    """Whatever the annotations are, looking at an argument is no error by itself."""
    for name in wb.__all__:
        function = getattr(wb, name)
        if callable(function):
            for kinds in _classes(function.__wrapped__).values():
                isinstance(object(), kinds)
    assert _classes(wb.frame.__wrapped__) == {"name": (str,), "keys": (bool,), "exact": (bool,)}  # type: ignore[attr-defined]
    assert _classes(wb.before_after.__wrapped__) == {"keys": (bool,), "exact": (bool,)}  # type: ignore[attr-defined]


def test_the_public_calls_check_what_they_are_given(tmp_path: Path) -> None:
    work = open_workspace("370872", 2024, "data", "params", str(tmp_path), "assessment")
    with pytest.raises(UsageProblem, match=r"第1个参数应为work（wb\.start的结果），现为book"):
        wb.assess(open_book(work), work)  # type: ignore[arg-type]
    with pytest.raises(UsageProblem, match="缺少参数book。"):
        wb.assess(work)  # type: ignore[call-arg]
    with pytest.raises(UsageProblem, match="第2个参数应为DataFrame表，现为文字。"):
        wb.with_schools(open_book(work), "学校")  # type: ignore[arg-type]
    assert wb.assess.__doc__ and wb.assess is wb.assess
