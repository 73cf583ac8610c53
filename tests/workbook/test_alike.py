"""Issues of one kind are one line with a count and the first three places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from junheng.workbook.alike import joined
from junheng.workbook.model import Issue, Severity

ONE = Issue(Severity.NOTE, "c", "甲.xlsx", "学校", "G2", "是", "否", "请核对。", "城关小学“是否计校数”")


def rows(count: int, **changes: Any) -> list[Issue]:
    return [
        replace(ONE, cell=f"G{n}", subject=f"第{n}小学“是否计校数”", **changes) for n in range(2, 2 + count)
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "甲.xlsx〔学校〕G2，第2小学“是否计校数”：现为“是”，应为否。请核对。"),
        (2, "甲.xlsx〔学校〕G2、G3，第2小学、第3小学“是否计校数”：现为“是”，应为否。请核对。"),
        (
            12,
            "甲.xlsx〔学校〕G2、G3、G4等12处，第2小学、第3小学、第4小学等“是否计校数”：现为“是”，应为否。请核对。",
        ),
    ],
)
def test_rows_of_one_kind_are_one_line(count: int, said: str) -> None:
    ((issue, number),) = joined(rows(count))
    assert (issue.message, number) == (said, count)


def test_empty_cells_are_said_to_be_empty() -> None:
    ((issue, _),) = joined(rows(5, found=""))
    assert "：为空，应为否" in issue.message


@pytest.mark.parametrize(
    "changes",
    [
        {"check": "d"},
        {"severity": Severity.ERROR},
        {"sheet": "定性指标"},
        {"subject": "城关小学“是否寄宿制学校”"},
        {"expected": "是"},
        {"remedy": "请补填。"},
        {"accepted": "某人认可"},
        {"cell": ""},
    ],
)
def test_what_differs_in_more_than_row_and_content_stays_apart(changes: dict[str, Any]) -> None:
    assert len(joined([ONE, replace(ONE, cell="G3"), replace(ONE, **changes)])) == 2


def test_the_order_is_that_of_the_first_of_each_kind() -> None:
    other = replace(ONE, check="d")
    assert [issue.check for issue, _ in joined([ONE, other, replace(ONE, cell="G9"), other])] == ["c", "d"]
