"""How a letter ends: text stays with the signature, and the last page of a part has more than a line or two."""

from __future__ import annotations

from pathlib import Path

from docx.oxml.ns import qn

from junheng.report.content.model import Paragraph, Picture
from junheng.report.word.render import render_word
from tests.report.test_word_sample import gaps_table, make_template, p, part, png, tiny

LINE = "一行文字。"
LONG = "很长的一段文字。" * 40
SIGNED = "".join(
    f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
    for style, text in (("AnnexList", "附件：1.图表"), ("Signature", "某某办公室"), ("Date", "2025年4月25日"))
)


def kept(folder: Path, *blocks: object, ending: str = SIGNED) -> list[tuple[str, bool]]:
    """The paragraphs of the text with whether each stays with the next; a table's last row is one of them."""
    template = make_template(folder, p("{{ blocks.a }}") + ending)
    render_word(tiny(a=blocks), template, folder / "o.docx", folder)  # type: ignore[arg-type]
    found = []
    for child in part(folder / "o.docx").find(qn("w:body")):  # type: ignore[union-attr]
        holder = child if child.tag == qn("w:p") else next(iter(child.findall(qn("w:tr"))[-1:]), None)
        if holder is not None:
            text = "".join(piece.text or "" for piece in holder.iter(qn("w:t")))
            found.append((text[:4], holder.find(f".//{qn('w:keepNext')}") is not None))
    return found


def test_three_lines_stay_with_the_signature(tmp_path: Path) -> None:
    found = kept(tmp_path, *[Paragraph(LINE)] * 5)
    assert [state for text, state in found if text == LINE[:4]] == [False, False, True, True, True]


def test_a_table_above_the_signature_gives_its_last_row(tmp_path: Path) -> None:
    found = kept(tmp_path, Paragraph("前面的话。"), gaps_table(), Paragraph(LINE))
    table = [text for text, _ in found].index(LINE[:4]) - 1
    assert [state for _, state in found[table : table + 2]] == [True, True]
    found = kept(tmp_path, Paragraph("前面的话。"), gaps_table(), *[Paragraph(LINE)] * 2)
    assert [state for _, state in found[table : table + 2]] == [False, True]  # two lines are enough


def test_the_last_lines_of_a_part_stay_together_and_a_long_paragraph_may_be_parted(tmp_path: Path) -> None:
    found = kept(tmp_path, Paragraph(LONG), *[Paragraph(LINE)] * 4, ending="")
    assert [state for _, state in found] == [False, True, True, True, False]
    paragraphs = part(tmp_path / "o.docx").iter(qn("w:p"))
    whole = [each.find(f".//{qn('w:keepLines')}") is not None for each in paragraphs]
    assert whole == [False, True, True, True, True]


def test_what_holds_one_part_does_not_reach_into_the_part_before(tmp_path: Path) -> None:
    found = kept(tmp_path, *[Paragraph("前面的话。")] * 2, ending=p(LINE, more="<w:pageBreakBefore/>"))
    assert [state for _, state in found] == [True, False, False]


def test_pictures_at_the_end_of_a_part_make_no_chain(tmp_path: Path) -> None:
    """Two pictures with an annex's label and title, all kept together, fit on no page: the label would stand alone."""
    (tmp_path / "a.png").write_bytes(png(400, 300))
    pictures = [Picture("a.png", name, "柱形图") for name in ("图甲", "图乙")]
    found = kept(tmp_path, Paragraph("前面的话。"), *pictures, ending="")
    assert [state for text, state in found if text.startswith("图")] == [False, False]
