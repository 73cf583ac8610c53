"""A letter and its annexes as files of one set."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from junheng.report.content.model import Document
from junheng.report.content.reports import COMPOSERS
from junheng.report.word.document import save_word
from junheng.report.word.render import make_word
from junheng.report.word.separate import separated
from junheng.report.word.text import paragraph_text
from tests.report.test_supervision import context
from tests.report.test_word_sample import TEMPLATE, make_template, p, sample, tiny, write_figures
from tests.report.test_word_valid import faults

NUMBER = "济教督〔2025〕3号"


def parts(folder: Path, **fields: str) -> list[WordDocument]:
    document = letter(**fields)
    return separated(make_word(document, TEMPLATE, write_figures(folder)), document)


def letter(**fields: str) -> Document:
    """The sample without cover and contents list."""
    document, nothing = sample(12, contents=()), ("contents_title", "cover_title", "cover_foot")
    return replace(document, fields={**document.fields, **dict.fromkeys(nothing, ""), **fields})


def told(word: WordDocument) -> list[str]:
    return [text for each in word.element.body.iter(qn("w:p")) if (text := paragraph_text(each).strip())]


def test_each_annex_is_a_document_of_its_own_and_nothing_is_lost(tmp_path: Path) -> None:
    body, *annexes = parts(tmp_path)
    assert len(annexes) == 5
    assert [told(annex)[0][-3:] for annex in annexes] == [f"附件{number}" for number in range(1, 6)]
    assert all(told(annex)[0].startswith("泗滨县") for annex in annexes)  # no number yet: the letter's title
    whole = told(make_word(letter(), TEMPLATE, tmp_path))
    rest = [text for annex in annexes for text in told(annex)[1:]]
    assert [*told(body), *rest] == [text for text in whole if not text.startswith("附件") or len(text) > 3]


def test_the_number_of_the_letter_stands_before_the_label(tmp_path: Path) -> None:
    assert [told(annex)[0] for annex in parts(tmp_path, document_number=NUMBER)[1:]] == [
        f"{NUMBER}附件{number}" for number in range(1, 6)
    ]


@pytest.mark.slow
def test_files_are_valid_and_refer_to_nothing_outside_themselves(tmp_path: Path) -> None:
    pictures = {}
    for number, word in enumerate(parts(tmp_path)):
        path = tmp_path / f"{number}.docx"
        save_word(word, path)
        assert faults(path) == []
        body = word.element.body
        names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
        codes = [(code.text or "").split() for code in body.iter(qn("w:instrText"))]
        assert all(code[1] in names for code in codes if code[0] in ("REF", "PAGEREF"))
        assert "SEQ" not in {code[0] for code in codes}  # tables and figures are counted through the set
        marks = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
        assert marks.count("begin") == marks.count("end") and body[-1].tag == qn("w:sectPr")
        with zipfile.ZipFile(path) as package:
            pictures[number] = [name for name in package.namelist() if "/media/" in name]
    shown = {
        0: ["word/media/image1.png"],
        3: ["word/media/image2.png"],
    }  # one in the text, one in the annex of figures
    assert pictures == {number: shown.get(number, []) for number in range(6)}


def test_a_document_without_annexes_stays_as_it_is(tmp_path: Path) -> None:
    document = tiny()
    word = make_word(document, make_template(tmp_path, p("一段文字。")), tmp_path)
    assert separated(word, document) == [word]


def test_the_countys_annexes_do_not_bear_the_citys_number() -> None:
    """The number of the city's letter stands in the city's workbook; a self-report has none."""
    numbered = context(feedback_number="济督〔2025〕9号")
    assert COMPOSERS["assessment"](numbered).fields["document_number"] == "济督〔2025〕9号"
    assert COMPOSERS["self"](numbered).fields["document_number"] == ""
