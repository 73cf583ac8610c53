"""The sections of the reports by name and Chinese title (params/sections.yml)."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Record, load_cached


class _SectionFile(Record):
    sections: dict[str, str]


def load_sections(params_dir: Path) -> dict[str, str]:
    """Return the title of every section by the name of its block in the templates; raises ParamsProblem."""
    return dict(load_cached(params_dir / "sections.yml", _SectionFile).sections)
