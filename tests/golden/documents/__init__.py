"""Golden documents: text and structure of every report for two demo counties and of what the city's office sends or keeps,
so that a change of wording is seen.

`make golden` writes them anew after a wanted change; the difference then belongs into the review.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.oxml.ns import qn

from junheng.lab import city as city_lab
from junheng.lab import county as wb
from junheng.report.content import city_report
from junheng.report.content.names import REPORTS
from junheng.report.word.render import render_word
from junheng.report.word.text import Element, own_texts, paragraph_text

HERE = Path(__file__).resolve().parent
COUNTIES = {"370871": "达标", "370832": "未达标，且缺少数据"}
"""The two demo counties and what they stand for."""
CITY, CITY_PAPERS = "370800", ("bulletin", "city_internal")
YEAR = 2024
LONG, SHOWN = 20, 4
"""Of a table with more rows than LONG only the first SHOWN and the last are kept."""
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def golden_file(code: str, report: str) -> Path:
    return HERE / f"{code}_{report}.txt"


def written(code: str, folder: Path) -> dict[str, str]:
    """Make all reports of a demo county in `folder`; return each one's normalised text by name."""
    work = wb.open_workspace(code, YEAR, "data", "params", str(folder), ",".join(REPORTS))
    folder.mkdir(parents=True, exist_ok=True)
    book = wb.read(work)
    assessment = wb.assess(work, book)
    trend = wb.compare(work, assessment)
    documents = wb.compose(work, assessment, trend, wb.draw(work, assessment, trend))
    wb.write(work, assessment, documents)
    return {name: normalised(folder / f"{document.name}.docx") for name, document in documents.items()}


def written_city(folder: Path) -> dict[str, str]:
    """Make the city's 督导通报 and internal annex in `folder`; return each one's normalised text by its template's name."""
    work = city_lab.open_city(YEAR, "data", "params", str(folder))
    context = city_lab.make_context(work, city_lab.gather(work))
    texts = {}
    for made in filter(None, (city_report.compose_bulletin(context), city_report.compose_internal(context))):
        template, target = Path("templates") / f"{made.template}.docx", folder / f"{made.template}.docx"
        render_word(made, template, target, folder)
        texts[made.template] = normalised(target)
    return texts


def normalised(word: Path) -> str:
    """Return a Word file as lines: style and text of paragraphs, rows of tables, turns of the page."""
    document = docx.Document(str(word))
    names = {style.style_id: style.element.name_val or "" for style in document.styles}
    body = document.element.body
    lines = [line for child in body for line in _lines(child, names)]
    return _DIGEST.sub("〈指纹〉", "\n".join(lines)) + "\n"


def _lines(child: Element, names: dict[str, str]) -> Iterator[str]:
    if child.tag == qn("w:tbl"):
        yield from _table(child)
    elif child.tag == qn("w:p"):
        style = names.get(child.style or "", "")
        alt = [holder.get("descr", "") for holder in child.iter(qn("wp:docPr"))]
        text = "".join("\t" if piece.tag == qn("w:tab") else piece.text or "" for piece in own_texts(child))
        if text or alt:
            yield f"[{style}] {text}{''.join(f'〈图：{words}〉' for words in alt)}"
    for section in child.iter(qn("w:sectPr")):
        size = section.find(qn("w:pgSz"))
        turned = size is not None and size.get(qn("w:orient")) == "landscape"
        yield f"—— {'横' if turned else '纵'}页到此 ——"


def _table(table: Element) -> Iterator[str]:
    rows = table.findall(qn("w:tr"))
    heads = sum(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows)
    yield f"〔表：{len(rows) - heads}行，表头{heads}行〕"
    told = [" | ".join(_cell(cell) for cell in row.findall(qn("w:tc"))) for row in rows]
    if len(rows) - heads > LONG:
        left = len(rows) - heads - SHOWN - 1
        told = [*told[: heads + SHOWN], f"……（略{left}行）……", told[-1]]
    yield from (f"  {line}" for line in told)


def _cell(cell: Element) -> str:
    return "".join(paragraph_text(paragraph) for paragraph in cell.iter(qn("w:p")))


def refresh() -> None:
    """Write all golden documents anew."""
    for code in COUNTIES:
        with tempfile.TemporaryDirectory() as folder:
            made = written(code, Path(folder))
            for report in REPORTS:
                golden_file(code, report).unlink(missing_ok=True)
            for report, text in made.items():
                golden_file(code, report).write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for paper, text in written_city(Path(folder)).items():
            golden_file(CITY, paper).write_text(text, encoding="utf-8")


__all__ = [
    "CITY",
    "CITY_PAPERS",
    "COUNTIES",
    "REPORTS",
    "golden_file",
    "normalised",
    "refresh",
    "written",
    "written_city",
]
