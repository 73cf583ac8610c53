"""The contents list. Reports with the six tables of the form always run over 15 pages and always have one."""

from __future__ import annotations

from junheng.report.content.context import Context
from junheng.report.content.model import Block, Contents


def contents(context: Context) -> tuple[Block, ...]:
    """Headings of the first two levels and annexes, with their pages."""
    return (Contents(levels=2),)
