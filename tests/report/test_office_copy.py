"""What LibreOffice gets instead of the Word file: less to read, the same pages."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from junheng.report.pdf import office_copy
from junheng.report.pdf.convert import Converter
from junheng.report.pdf.office_copy import copy_for_office, without_repetition
from tests.golden.documents import COUNTIES, written

SONG = b'<w:rPr><w:rFonts w:eastAsia="SONG"/><w:sz w:val="21"/></w:rPr>'
HEI = b'<w:rPr><w:rFonts w:eastAsia="HEI"/></w:rPr>'
STYLES = (
    b'<w:style w:type="paragraph" w:customStyle="1" w:styleId="Cell"><w:name w:val="x"/>%s</w:style>'
    b'<w:style w:type="character" w:styleId="Strong">%s</w:style>'
    b'<w:style w:type="paragraph" w:styleId="Bare"><w:pPr/></w:style>'
    b'<w:style w:type="paragraph" w:styleId="Head">%s</w:style>'
) % (SONG, HEI, HEI)


def paragraph(style: str, *runs: bytes) -> bytes:
    return b'<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>' % (style.encode(), b"".join(runs))


def run(properties: bytes, inside: bytes = b"<w:t>1</w:t>") -> bytes:
    return b"<w:r>%s%s</w:r>" % (properties, inside)


BARE = run(b"")
BOX = run(b"", b"<w:txbxContent>%s</w:txbxContent>" % paragraph("Head", run(SONG), run(HEI)))
WORD_BOX = BOX.replace(b"<w:p>", b'<w:p w:rsidR="00AA">')
RUBY = run(SONG, b"<w:ruby><w:rt>%s</w:rt></w:ruby>" % run(SONG))
LIGHT_BOX = run(b"", b"<w:txbxContent>%s</w:txbxContent>" % paragraph("Head", run(SONG), BARE))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (paragraph("Cell", run(SONG), run(HEI)), paragraph("Cell", BARE, run(HEI))),
        (paragraph("Head", run(SONG), run(HEI)), paragraph("Head", run(SONG), BARE)),
        (paragraph("Strong", run(HEI)), paragraph("Strong", run(HEI))),
        (paragraph("Bare", run(SONG)), paragraph("Bare", run(SONG))),
        (paragraph("Unknown", run(SONG)), paragraph("Unknown", run(SONG))),
        (b"<w:p>" + run(SONG) + b"</w:p>", b"<w:p>" + run(SONG) + b"</w:p>"),
        (paragraph("Cell", run(SONG), BOX, run(SONG)), paragraph("Cell", run(SONG), LIGHT_BOX, run(SONG))),
        (paragraph("Cell", run(SONG), WORD_BOX), paragraph("Cell", run(SONG), WORD_BOX)),
        (paragraph("Cell", RUBY), paragraph("Cell", RUBY)),
        (paragraph("Cell", run(SONG)) + run(SONG), paragraph("Cell", BARE) + run(SONG)),
    ],
    ids=["repeated", "other style", "character style", "style says nothing", "no such style", "no style",
         "a text box inside", "one that Word wrote", "a reading aid", "after the end"],
)  # fmt: skip
def test_only_what_repeats_the_style_of_its_paragraph_is_left_out(given: bytes, wanted: bytes) -> None:
    assert without_repetition(given, STYLES) == wanted


def test_text_in_a_table_with_a_style_keeps_what_it_says() -> None:
    given = b'<w:tbl><w:tblStyle w:val="t"/>%s</w:tbl>' % paragraph("Cell", run(SONG))
    assert without_repetition(given, STYLES) == given


@pytest.mark.e2e
@pytest.mark.parametrize("code", sorted(COUNTIES))
def test_the_pages_are_the_same_to_the_byte(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(code, tmp_path)
    words = sorted(tmp_path.glob("*.docx"))
    assert len(words) == 3
    made: dict[Path, list[bytes]] = {word: [] for word in words}
    for light in (True, False):
        if not light:
            monkeypatch.setattr(office_copy, "without_repetition", lambda document, styles: document)
        with Converter() as converter:
            for word in words:
                converter.convert(word, tmp_path / "o.pdf")
                made[word].append((tmp_path / "o.pdf").read_bytes())
    assert all(light == full for light, full in made.values())


def test_most_of_a_real_report_repeats_its_styles(tmp_path: Path) -> None:
    written("370871", tmp_path)
    word = next(tmp_path.glob("*评估报告*.docx"))
    copy_for_office(word, tmp_path / "copy.docx")
    with zipfile.ZipFile(word) as full, zipfile.ZipFile(tmp_path / "copy.docx") as light:
        before, after = (archive.read("word/document.xml") for archive in (full, light))
    assert after.count(b"<w:rFonts ") < 0.5 * before.count(b"<w:rFonts ")
