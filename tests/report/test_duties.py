"""任务责任书: one template, a letter for every department and school with something to do, each with its own tags filled."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from junheng.errors import ParamsProblem
from junheng.report.content.model import Document, Paragraph
from junheng.report.content.reports import COMPOSERS, WANTED
from junheng.report.content.sections.duties import parted
from junheng.report.word.render import render_word
from tests.report.test_rectified import context, rows

TEMPLATES = Path(__file__).parents[2] / "templates"


def parties(document: Document) -> list[str]:
    return [document.fields[f"party_{number}"] for number in range(1, document.letters + 1)]


def test_every_department_and_school_with_something_to_do_has_a_letter() -> None:
    document = COMPOSERS["duties"](context(backbone_primary=0, teaching_area=100, multimedia_rooms=0))
    assert parties(document) == ["邹城市教育和体育局", "第1小学"]
    school = [row["item"] for row in rows(document, "school_measures")]
    assert school and all("2小学" not in item for item in school)
    assert len(rows(document, "duties")) >= 3


def test_a_department_is_named_alone_with_all_that_names_it() -> None:
    made = context(pe_primary=0)
    assert parted(made, "邹城市财政局、教育和体育局") == ["邹城市财政局", "邹城市教育和体育局"]
    assert parted(made, "邹城市人民政府") == []  # it assigns the duties
    assert parted(made, "各镇街") == ["各镇街"]


def test_a_county_without_problems_has_no_letters() -> None:
    assert not WANTED["duties"](context())


def letter_of(word: Path) -> list[list[str]]:
    """The texts of a Word file, letter by letter."""
    letters: list[list[str]] = []
    for paragraph in docx.Document(str(word)).paragraphs:
        if paragraph.text.startswith("责任单位："):
            letters.append([])
        if letters:
            letters[-1].append(paragraph.text)
    return letters


def test_the_letters_are_one_template_over_and_over(tmp_path: Path) -> None:
    document = COMPOSERS["duties"](context(backbone_primary=0, teaching_area=100, multimedia_rooms=0))
    render_word(document, TEMPLATES / "duties.docx", tmp_path / "made.docx", tmp_path)
    letters = letter_of(tmp_path / "made.docx")
    assert [letter[0] for letter in letters] == [f"责任单位：{party}" for party in parties(document)]
    for party, letter in zip(parties(document), letters, strict=True):
        assert f"{party}（盖章）" in letter and "邹城市人民政府（盖章）" in letter
        assert sum("责任单位承担下列" in text for text in letter) == 1
    titles = [p for p in docx.Document(str(tmp_path / "made.docx")).paragraphs if p.style.name == "Title"]
    breaks = [bool(p.paragraph_format.page_break_before) for p in titles]
    assert breaks == [False, False, True, False]  # two lines a title; the second letter begins a page


def test_a_misspelt_tag_of_a_letter_is_named_with_what_is_meant(tmp_path: Path) -> None:
    word = docx.Document(str(TEMPLATES / "duties.docx"))
    for paragraph in word.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("{{ party }}", "{{ pary }}")
    word.save(str(tmp_path / "duties.docx"))
    document = COMPOSERS["duties"](context(pe_primary=0))
    assert any(isinstance(block, Paragraph) for blocks in document.blocks.values() for block in blocks)
    with pytest.raises(ParamsProblem, match=r"pary.*party"):
        render_word(document, tmp_path / "duties.docx", tmp_path / "made.docx", tmp_path)
