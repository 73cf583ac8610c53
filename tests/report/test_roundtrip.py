"""A report that a county opens in LibreOffice and saves as OpenDocument comes back as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdfium2
import pytest

from junheng.lab import county as county_lab
from junheng.lab.additions import made_word
from junheng.report.pdf.convert import Converter
from junheng.report.pdf.office import find_office
from junheng.report.word.document import save_word

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def converted(path: Path, kind: str, profile: Path) -> Path:
    """Save a file in another format with LibreOffice, as a person would."""
    command = [
        find_office(), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind,
        "--outdir", str(path.parent), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return path.with_suffix(f".{kind}")


def pages(word: Path, converter: Converter) -> int:
    pdf = word.with_suffix(".pdf")
    converter.convert(word, pdf, draft=True)
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def test_a_report_comes_back_from_opendocument_with_its_pages(tmp_path: Path) -> None:
    work = county_lab.open_workspace("370872", 2024, "data", "params", str(tmp_path), "assessment")
    assessment = county_lab.assess(work, county_lab.read(work))
    pictures = county_lab.draw(work, assessment, None)
    word = tmp_path / "o.docx"
    save_word(made_word(county_lab.compose(work, assessment, None, pictures)["assessment"]), word)
    with Converter() as converter:
        before = pages(word, converter)
        again = tmp_path / "again"
        again.mkdir()
        odt = converted(word, "odt", tmp_path / "profile")
        back = converted(odt.rename(again / "o.odt"), "docx", tmp_path / "profile")
        assert abs(pages(back, converter) - before) <= 1
    assert before > 10
