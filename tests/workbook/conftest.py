"""Fixtures shared with the messy workbooks."""

from tests.messy.conftest import book_of, place

__all__ = ["book_of", "place"]
