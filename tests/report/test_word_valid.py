"""Word files as strict programs read them: valid by the schema of Open XML, and the same after a way through ODF."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from junheng.report.pdf.convert import Converter
from junheng.report.pdf.office import environment, find_office
from junheng.report.word.render import render_word
from tests.report.test_word_sample import TEMPLATE, edit, sample, write_figures

TEMPLATES = sorted(TEMPLATE.parent.glob("*.docx"))


# Parts that ISO/IEC 29500-1 (11.3.5, 14.2.7) leaves to the writer; Word makes them when it needs them.
OPTIONAL = ("relationships/fontTable' is missing", "relationships/theme' is missing")


def faults(word: Path) -> list[str]:
    result = OpenXmlValidator(FileFormat.OFFICE_2019).validate(str(word))
    return [str(error) for error in result.errors if not any(part in str(error) for part in OPTIONAL)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_figures(tmp_path_factory.mktemp("valid"))
    render_word(sample(), TEMPLATE, folder / "report.docx", folder)
    return folder / "report.docx"


@pytest.mark.slow
def test_a_report_is_valid(report: Path) -> None:
    assert faults(report) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_templates_are_valid_and_clean(template: Path) -> None:
    assert faults(template) == []
    with zipfile.ZipFile(template) as archive:
        names = archive.namelist()
        assert not any(
            kind in name for name in names for kind in ("custom", "people", "comments", "thumbnail")
        )


def test_the_validator_sees_a_wrong_order(report: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copy(report, tmp_path / "broken.docx"))
    edit(broken, "word/document.xml", "<w:cantSplit/>", '<w:cantSplit/><w:jc w:val="wrong"/>')
    assert faults(broken)


@pytest.mark.e2e
def test_it_comes_back_from_odf_with_as_many_pages(report: Path, tmp_path: Path) -> None:
    shutil.copy(report, tmp_path / "there.docx")
    through(tmp_path, "there.docx", "odt")
    through(tmp_path, "there.odt", "docx")
    with Converter() as converter:
        converter.convert(report, tmp_path / "before.pdf")
        converter.convert(tmp_path / "there.docx", tmp_path / "after.pdf")
    before, after = (len(pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")) for name in ("before", "after"))
    assert abs(after - before) <= 1


def through(folder: Path, name: str, kind: str) -> None:
    """Let LibreOffice save a file as another kind."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [find_office(), "--headless", profile, "--convert-to", kind, "--outdir", str(folder), name]
    subprocess.run(command, cwd=folder, env=environment(folder), check=True, capture_output=True, timeout=300)
