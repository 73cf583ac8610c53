"""The executed notebook as evidence: one .ipynb, and one HTML page that opens without a network."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any


def write_notebook(notebook: Any, path: Path) -> None:
    """Write the notebook with a fixed key order."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def write_html(notebook: Any, path: Path, title: str, templates: Path) -> None:
    """Render the notebook with our own template (templates/nbconvert/junheng)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body, _ = _exporter(templates).from_notebook_node(notebook, {"metadata": {"name": title}})
    path.write_text(body.rstrip("\n") + "\n", encoding="utf-8")


@lru_cache(maxsize=2)
def _exporter(templates: Path) -> Any:
    from nbconvert.exporters.html import HTMLExporter

    return HTMLExporter(
        template_name="junheng",
        extra_template_basedirs=[str(templates / "nbconvert")],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        embed_images=False,
    )
