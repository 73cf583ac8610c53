"""Blocks, pictures and texts as a notebook shows them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from IPython.display import HTML, Image, display

from junheng.errors import named
from junheng.report.content.model import Block, Document, Heading, Paragraph, Picture, Table
from junheng.report.page.html import STYLE, boxed_table_html, table_html
from junheng.report.word.captions import plain_references

if TYPE_CHECKING:
    from junheng.report.figures.sheet import ReportFigure

C = TypeVar("C")


def display_pictures(folder: Path, pictures: tuple[Picture, ...]) -> None:
    """Show the pictures of a folder."""
    for number, picture in enumerate(pictures, 1):
        display(Image(folder / picture.file, width=760, alt=picture.alt))
        display(HTML(f'<p class="figure-caption">图{number}　{escape(picture.caption)}</p>'))


def show_text(documents: Mapping[str, Document], *names: str) -> HTML:
    """按印出的样子显示报告的若干节。

    例：
        wb.show_text(reports, "conclusion", "problems")
    """
    known = {
        name: blocks
        for document in reversed(list(documents.values()))
        for name, blocks in document.blocks.items()
    }
    shown = [block for name in names for block in known.get(name, ())]
    return as_html(tuple(shown) or (Paragraph("所选报告没有这些章节。"),))


def views_html(
    views: Mapping[str, Callable[[C], Table]], context: C, names: Sequence[str], most: int | None
) -> HTML:
    """Show tables by name, of each the first `most` rows; raises UsageProblem for a name that no view has."""
    chosen = [named(views, name, "表") for name in names]
    return HTML(STYLE + "".join(table_html(view(context), most) for view in chosen))


def as_html(blocks: tuple[Block, ...], box: bool = False) -> HTML:
    """Show blocks: text and tables; pictures are left out. With `box` a long table scrolls in a box of its own."""
    parts = [STYLE]
    for block in blocks:
        if isinstance(block, Table):
            parts.append(boxed_table_html(block) if box else table_html(block))
        elif isinstance(block, Heading | Paragraph):
            kind = "jh-heading" if isinstance(block, Heading) else "jh-text"
            parts.append(f'<p class="{kind}">{escape(plain_references(block.text))}</p>')
    return HTML("".join(parts))


def figure_html(figure: ReportFigure) -> str:
    """A figure with its caption, to stand among tables; raises JunhengError for a character without glyph."""
    data = b64encode(figure._repr_png_()).decode()
    image = f'<img alt="{escape(figure.alt)}" width="760" src="data:image/png;base64,{data}">'
    return f'<figure style="margin:0.5em 0">{image}<figcaption>{escape(figure.caption)}</figcaption></figure>'
