"""Settings of delivery make no report stale."""

from __future__ import annotations

from junheng.batch.staleness import params_files
from tests.delivery.make import OWN, PARAMS


def test_settings_of_delivery_do_not_touch_reports() -> None:
    names = {path.name for path in params_files(PARAMS, 2024, OWN)}
    assert "counties.yml" in names and not names & {"delivery.yml", "delivery_tables.yml"}
