"""Settings that hold for all tests."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes depends on what else the machine does; a time limit is no property of the code.
settings.register_profile("junheng", deadline=None)
settings.load_profile("junheng")
