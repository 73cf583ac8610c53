"""A report's pages as pictures in the notebook, made from the same Word file and PDF as the published ones."""

from __future__ import annotations

import atexit
import io
import tempfile
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.display import HTML

from junheng.errors import UsageProblem
from junheng.lab.additions import EditableDocument, made_word
from junheng.report.word.contents import settle_contents
from junheng.report.word.document import save_word

if TYPE_CHECKING:
    from junheng.report.pdf.convert import Converter

MOST_PAGES = 60
"""Pages of one preview; more would make the notebook's file too large."""
_DPI = 100
_STYLE = """<style>
.jh-pages { display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-start; }
.jh-pages details { border: 1px solid #bbb; background: #fff; }
.jh-pages details[open] { flex-basis: 100%; }
.jh-pages summary { cursor: zoom-in; list-style: none; text-align: center; font-size: 12px; color: #444; }
.jh-pages details[open] > summary { cursor: zoom-out; }
.jh-pages img { display: block; width: 150px; height: auto; }
.jh-pages details[open] img { width: min(100%, 900px); margin: auto; }
</style>"""


def preview(report: EditableDocument, pages: Iterable[int] = ()) -> HTML:
    """看版面：把一份报告转成PDF，各页显示为小图，点击放大；pages可指定页码。

    例：
        wb.preview(reports["assessment"])
        wb.preview(reports["assessment"], pages=[1, 5])
    """
    with tempfile.TemporaryDirectory(prefix="junheng-preview-") as folder:
        word = Path(folder) / "document.docx"
        save_word(made_word(report), word)
        made = page_pictures(make_pdf(word), tuple(pages))
    shown = "".join(
        f'<details><summary><img alt="第{number}页" src="data:image/png;base64,{b64encode(data).decode()}">第{number}页</summary></details>'
        for number, data in made.items()
    )
    return HTML(
        f'{_STYLE}<p>{escape(report.title)}：点击页面放大，再点还原。</p><div class="jh-pages">{shown}</div>'
    )


def page_pictures(pdf: Path, pages: tuple[int, ...] = ()) -> dict[int, bytes]:
    """Return pages of a PDF as PNG by number; raises UsageProblem for a page that is not there."""
    import pypdfium2

    found = {}
    with pypdfium2.PdfDocument(pdf) as opened:
        count = len(opened)
        if wrong := [page for page in pages if not 1 <= page <= count]:
            raise UsageProblem(f"没有第{wrong[0]}页，全文共{count}页。")
        for number in pages or range(1, min(count, MOST_PAGES) + 1):
            image = opened[number - 1].render(scale=_DPI / 72).to_pil()
            data = io.BytesIO()
            image.convert("P", palette=1).save(data, "PNG", optimize=False)
            found[number] = data.getvalue()
    return found


def make_pdf(word: Path) -> Path:
    """Make the PDF of a Word file beside it and settle the pages of its contents list; raises OutputProblem, UsageProblem."""
    pdf = word.with_suffix(".pdf")
    _converter().convert(word, pdf)
    settle_contents(word, pdf)
    return pdf


@cache
def _converter() -> Converter:
    """LibreOffice for this kernel, started once and ended with it."""
    from junheng.report.pdf.convert import Converter

    converter = Converter()
    atexit.register(converter.close)
    return converter
