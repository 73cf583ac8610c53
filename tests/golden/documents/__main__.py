"""`make golden`: write the golden documents anew."""

from __future__ import annotations

from tests.golden.documents import refresh

if __name__ == "__main__":
    refresh()
