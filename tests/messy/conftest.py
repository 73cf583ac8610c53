"""Fixtures for messy workbooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from junheng.workbook.model import CountyBook
from tests.messy import builder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a test's workbook goes."""
    return tmp_path / builder.FILE


@pytest.fixture
def book_of(place: Path) -> Callable[..., CountyBook]:
    """Write a workbook with the builder and read it back."""

    def write_and_read(*args: Any, **options: Any) -> CountyBook:
        builder.write_book(place, *args, **options)
        return builder.read(place)

    return write_and_read
