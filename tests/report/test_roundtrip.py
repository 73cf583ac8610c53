"""Every kind of document as Word file: valid, signed and dated, and the same after a way through OpenDocument."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest
from check_pages import make_documents

from junheng.params.city import load_city, load_city_year
from junheng.params.tasks import chinese_date
from junheng.report.pdf.convert import Converter
from tests.report.test_word_valid import faults, through

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PARAMS = Path(__file__).parents[2] / "params"


def pages(pdf: Path) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def back(word: Path, folder: Path, converter: Converter) -> int:
    """Let LibreOffice save a document as OpenDocument, and that as Word, as a county may; return the pages it has then."""
    folder.mkdir()
    (folder / "there.docx").write_bytes(word.read_bytes())
    through(folder, "there.docx", "odt")
    (folder / "there.docx").unlink()
    through(folder, "there.odt", "docx")
    converter.convert(folder / "there.docx", folder / "after.pdf", draft=True)
    return pages(folder / "after.pdf")


@pytest.mark.parametrize("case", ["达标县", "未达标县"])
def test_every_kind_of_document(case: str, tmp_path: Path) -> None:
    office = load_city(PARAMS).office
    with Converter() as converter:
        for pdf in make_documents(case, tmp_path, converter):
            word = pdf.with_suffix(".docx")
            assert faults(word) == [], word.stem
            core = docx.Document(str(word)).core_properties
            assert (core.author == office) is (pdf.stem in CITYS) and core.author, word.stem
            assert core.created == core.modified and core.created and core.created.date() in days(), word.stem
            assert abs(back(word, tmp_path / pdf.stem, converter) - pages(pdf)) <= 1, word.stem


CITYS = {"assessment", "recommendation", "interview", "supervision"}
"""What the city's office signs; the county's government signs the others."""


def days() -> set[date]:
    """The days on which documents of the year are signed."""
    year = load_city_year(PARAMS, 2024)
    told = (year.report_date, year.self_report_date, year.application_date, year.rectification_plan_deadline)
    return {chinese_date(day, "city.yml") for day in told}
