"""What is published: PDF/A-2b with tags by veraPDF's judgement, dated and signed as the Word file, annexes named."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from junheng.report.pdf.convert import Converter
from junheng.report.word.contents import settle_contents
from junheng.report.word.render import render_word
from tests.report.test_word_sample import TEMPLATE, make_template, p, sample, tiny, write_figures
from tests.report.verapdf import broken_rules

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample for publishing and as a draft, and a document that nobody has signed."""
    folder = write_figures(tmp_path_factory.mktemp("pdf"))
    render_word(sample(), TEMPLATE, folder / "o.docx", folder)
    render_word(tiny(), make_template(folder, p("{{ county }}")), folder / "bare.docx", folder)
    with Converter() as converter:
        converter.convert(folder / "o.docx", folder / "final.pdf")
        converter.convert(folder / "o.docx", folder / "draft.pdf", draft=True)
        converter.convert(folder / "bare.docx", folder / "bare.pdf")
    return folder


def test_it_is_pdf_a_2b_and_a_draft_is_not(folder: Path) -> None:
    found = broken_rules("PDFA-2B", folder / "final.pdf", folder / "bare.pdf", folder / "draft.pdf")
    assert found["final.pdf"] == found["bare.pdf"] == []
    assert found["draft.pdf"]  # else the check could not fail


def test_the_tags_hold_all_that_a_machine_can_tell_of_pdf_ua(folder: Path) -> None:
    """Only the claim to be PDF/UA is missing: nobody has judged by eye whether the tags mean what they say.

    The sample leaves out a level of headings (7.4.2), which a made-up report may.
    """
    (broken,) = broken_rules("PDFUA-1", folder / "final.pdf").values()
    assert {rule.partition(" ")[0] for rule in broken} == {"5-1", "7.4.2-1"}


def test_pictures_have_their_words_and_headings_are_headings(folder: Path) -> None:
    with pikepdf.open(folder / "final.pdf") as pdf:
        tags = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing]
        kinds = {str(tag.S) for tag in tags}
        figures = [tag for tag in tags if tag.S == "/Figure"]
        assert figures and all(str(tag.get("/Alt", "")) for tag in figures)
        assert {"/H1", "/H2", "/TH", "/TD", "/Link"} <= kinds


def test_language_author_and_the_day_it_was_signed_stand_in_both_places(folder: Path) -> None:
    with pikepdf.open(folder / "final.pdf") as pdf:
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.docinfo["/Author"] == "市政府教育督导委员会办公室"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20250415")
        with pdf.open_metadata() as metadata:
            assert metadata["dc:creator"] == ["市政府教育督导委员会办公室"]
            assert metadata["xmp:CreateDate"].startswith("2025-04-15")
            assert metadata["dc:language"] == {"zh-CN"}
            assert metadata.pdfa_status == "2B"
    with pikepdf.open(folder / "bare.pdf") as pdf:
        assert "/CreationDate" not in pdf.docinfo and "/Author" not in pdf.docinfo
        with pdf.open_metadata() as metadata:
            assert "xmp:CreateDate" not in metadata


def test_bookmarks_name_the_annexes_by_label_and_title(folder: Path) -> None:
    with pikepdf.open(folder / "final.pdf") as pdf, pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert [title for title in titles if title.startswith("附件")][1:3] == [
        "附件2　未达标学校清单",
        "附件3　图表",
    ]


def test_a_draft_has_the_same_pages_and_no_tags(folder: Path) -> None:
    with pikepdf.open(folder / "final.pdf") as final, pikepdf.open(folder / "draft.pdf") as draft:
        assert len(final.pages) == len(draft.pages)
        assert "/StructTreeRoot" in final.Root and "/StructTreeRoot" not in draft.Root
    assert settle_contents(folder / "o.docx", folder / "draft.pdf") > 15
