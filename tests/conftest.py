"""Settings that hold for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does; a time limit is no property of the code.
settings.register_profile("junheng", deadline=None)
settings.load_profile("junheng")

WHOLE = {
    "batch", "cli", "cluster", "delivery", "demo", "e2e", "faults", "growth", "lab", "workbook/importing",
}  # fmt: skip
"""Folders of tests that run commands, notebooks, deliveries or imports as a whole; the others try one unit each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder what `make test-fast` leaves out besides what is slow or end-to-end."""
    here = Path(__file__).parent
    for item in items:
        folder = item.path.parent.relative_to(here).as_posix()
        if any(folder == whole or folder.startswith(f"{whole}/") for whole in WHOLE):
            item.add_marker("whole")
