"""The templates as they are kept: made and changed in Word, free of persons and machines, on the page of GB/T 9704-2012.

That page is A4 with a text area of 156 × 225 mm, 22 lines of 28 characters. 156 mm are 442.2 pt and 28 characters of 16 pt are
448 pt, so the text styles set characters 0.25 pt closer; 225 mm are 637.8 pt, so lines are 28.95 pt apart. A character grid
(linesAndChars with a negative w:charSpace) would say the same to Word, but LibreOffice then gives every character two cells.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from junheng.delivery.extract import pieces_of
from junheng.delivery.pieces import PieceKind
from junheng.report.fonts import FONT_ROLES
from junheng.report.word.document import open_template
from tests.assess.make import ROOT

TEMPLATES = sorted((ROOT / "templates").glob("*.docx"))
BODY = "公文正文"
MM = 36_000
"""English metric units of a millimetre."""


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def unclean(path: Path) -> list[str]:
    """What the check of packages would not let out of the house: authors, comments, tracked changes, links, hidden parts."""
    pieces = pieces_of(path.name, path.read_bytes())
    bad = (PieceKind.HIDDEN, PieceKind.MAKER)
    return [f"{piece.place}：{piece.text}" for piece in pieces if piece.kind in bad and piece.text.strip()]


def test_it_names_nobody_and_hides_nothing(template: Path) -> None:
    assert unclean(template) == []


def test_a_clerks_name_and_comment_are_seen(tmp_path: Path) -> None:
    word = open_template(TEMPLATES[0])
    word.core_properties.author = "张三"
    word.add_comment(word.paragraphs[0].runs, "此处再议", "张三", "张")
    word.save(str(tmp_path / "edited.docx"))
    found = " ".join(unclean(tmp_path / "edited.docx"))
    assert "张三" in found and "此处再议" in found


def test_upright_pages_hold_the_text_area_of_the_standard(template: Path) -> None:
    for section in open_template(template).sections:
        sides = sorted((section.page_width or 0, section.page_height or 0))
        assert [round(side / MM) for side in sides] == [210, 297]
        if section.page_height == sides[1]:
            wide = section.page_width - section.left_margin - section.right_margin
            high = section.page_height - section.top_margin - section.bottom_margin
            assert (round(wide / MM), round(high / MM)) == (156, 225)


def test_text_stands_in_22_lines_of_28_characters(template: Path) -> None:
    style = open_template(template).styles[BODY]
    assert style.font.size == Pt(16) and style.paragraph_format.line_spacing == Pt(28.95)
    spacing = style.element.rPr.find(qn("w:spacing"))
    assert spacing is not None and 28 * (16 + int(spacing.get(qn("w:val"))) / 20) <= 442.2


def test_every_font_of_a_style_has_a_stand_in(template: Path) -> None:
    styles = open_template(template).styles.element
    names = {
        fonts.get(qn(f"w:{use}")) for fonts in styles.iter(qn("w:rFonts")) for use in ("ascii", "eastAsia")
    }
    assert names - {None} <= FONT_ROLES.keys()
