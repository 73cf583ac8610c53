"""Earlier runs of the year: kept once for each change, shown with the present one, a damaged file named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from junheng.errors import OutputProblem
from junheng.report.content.context import CityContext, load_wording
from junheng.report.page.city_data import history_table, page_data
from junheng.report.page.history import earlier, files, keep, present
from tests.assess.cities import POOR, city, member
from tests.assess.make import PARAMS, school

BEFORE, NOW = city(member(1, school(**POOR)), member(2)), city(member(1), member(2))


def test_a_run_is_kept_once_for_each_change(tmp_path: Path) -> None:
    old, new = present(BEFORE).counties, present(NOW).counties
    keep(tmp_path, date(2025, 3, 1), old)
    keep(tmp_path, date(2025, 3, 2), old)
    keep(tmp_path, date(2025, 4, 1), new)
    keep(tmp_path, date(2025, 4, 9), new)
    assert [path.name for path in files(tmp_path)] == ["2025-03-01.json", "2025-04-01.json"]


def test_what_is_as_it_was_is_no_history(tmp_path: Path) -> None:
    now = present(NOW)
    assert earlier(tmp_path, now) == ()
    keep(tmp_path, date(2025, 3, 1), present(BEFORE).counties)
    keep(tmp_path, date(2025, 4, 1), now.counties)
    shown = earlier(tmp_path, now)
    assert [one.day for one in shown] == [date(2025, 3, 1)]
    made = CityContext(NOW, load_wording(PARAMS, 2024), history=shown)
    first, last = history_table(made).rows
    assert (first.cells["day"].text, first.cells["met"].text, first.cells["met_units"].text) == (
        "2025年3月1日", "1", "3",
    )  # fmt: skip
    assert (last.cells["day"].text, last.cells["met"].text, last.cells["met_units"].text) == (
        "本次",
        "2",
        "4",
    )
    assert page_data(made)["history"] == [
        {"day": "2025-03-01", "counties": shown[0].counties},
        {"day": "", "counties": now.counties},
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"counties": [1]}', '{"counties": {"1": {}}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    keep(tmp_path, date(2025, 3, 1), present(BEFORE).counties)
    (tmp_path / "历史" / "2025-03-02.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutputProblem, match=r"历史/2025-03-02.json.*恢复或删除"):
        earlier(tmp_path, present(NOW))
