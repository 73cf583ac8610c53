"""Schools of two years: by code, else by a name that each year has once."""

from __future__ import annotations

import pytest

from junheng.workbook.matching import School, same_schools


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        ([("1", "甲")], [("1", "甲")], {"1": "1"}),
        ([("1", "新名")], [("1", "甲")], {"1": "1"}),
        ([("2", "甲")], [("1", "甲")], {"2": "1"}),
        # two exchanged their names: the code decides
        ([("1", "乙"), ("2", "甲")], [("1", "甲"), ("2", "乙")], {"1": "1", "2": "2"}),
        # the name of a school that is known by its code says nothing about another
        ([("1", "甲"), ("2", "甲")], [("1", "甲")], {"1": "1"}),
        ([("2", "甲"), ("3", "甲")], [("1", "甲")], {}),
        ([("2", "甲")], [("1", "甲"), ("3", "甲")], {}),
        ([("2", "甲")], [("2", "乙"), ("1", "甲")], {"2": "2"}),
        ([("", "甲"), ("2", "")], [("1", "甲"), ("3", "")], {}),
    ],
)
def test_same_schools(now: list[School], before: list[School], found: dict[str, str]) -> None:
    assert same_schools(now, before) == found
