"""Fills a Word template, which a clerk edits in Word, with a `Document`.

What a template may hold:

- `{{ name }}` in running text (document, headers, footers, notes, text boxes) is replaced by
  `Document.fields`; a line break in the value becomes one in Word. A paragraph of nothing but tags that are
  all empty is removed (the second line of a title, say); the only paragraph of a header is emptied instead,
  so nothing moves.
- `{{ blocks.name }}`, a paragraph of its own in the body, is replaced by `Document.blocks[name]`. An empty
  block leaves no trace; but a heading with nothing under it is an error, so whoever makes the content says in
  a sentence why there is nothing. Every block must have its place in the template, else it would be lost.
- A document of several letters (`Document.letters`) has a template of one, which is repeated (`merge`).
- A text refers to a table, figure or annex by name: 〔表:aspects〕, 〔附件:annex_gaps〕 (the block that stands there);
  the number is that of its place in the template (`captions`).
- Fixed wording, order of sections, letterhead, signature, page, styles and fonts are the clerk's. The styles
  used for blocks are found by their names (`blocks.HEADING_STYLES` and its neighbours).

An unknown or broken tag raises ParamsProblem naming template, paragraph and tag. The result depends on the
template and the document alone: the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P

from junheng.errors import OutputProblem, ParamsProblem
from junheng.report.content.model import Document
from junheng.report.word.blocks import BlockWriter
from junheng.report.word.captions import References
from junheng.report.word.contents import fill_contents
from junheng.report.word.document import finish, open_template, save_word, stories
from junheng.report.word.endings import hold_endings
from junheng.report.word.fields import free_numbers
from junheng.report.word.footers import turn_footers
from junheng.report.word.merge import named_in_template, repeat_letter
from junheng.report.word.sections import lay_out, next_section, section_end, text_area
from junheng.report.word.styles import WordStyles, settle_fonts
from junheng.report.word.tags import Story, block_name, check_template, fill_fields
from junheng.report.word.text import Element, paragraph_text


def render_word(document: Document, template: Path, target: Path, figures_dir: Path) -> None:
    """Write `document` as Word file `target`; raises ParamsProblem (template) or OutputProblem (content)."""
    save_word(make_word(document, template, figures_dir), target)


def make_word(document: Document, template: Path, figures_dir: Path) -> WordDocument:
    """Return `document` as python-docx's Document, to be changed further or saved by `save_word`.

    Raises ParamsProblem (template) or OutputProblem (content).
    """
    word = open_template(template)
    check_template(template.name, stories(word), *named_in_template(document))
    repeat_letter(word.element.body, document)
    parts = stories(word)
    styles = WordStyles(word, template.name)
    body = word.element.body
    numbers = free_numbers(*(story.root for story in parts))
    references = References(body, document, numbers)
    for story in parts:
        fill_fields(story, document.fields)
        settle_fonts(story.root, styles)
    _require_printed(document, template.name, parts)
    references.mark_annexes()
    writer = BlockWriter(word, styles, figures_dir, references)
    _fill_blocks(body, document, writer)
    fill_contents(body, writer.contents, styles, numbers)
    lay_out(body, writer.wide, styles)
    turn_footers(word)
    _check_headings(body, styles, template.name)
    hold_endings(body, styles)
    styles.settle()
    finish(word, document)
    return word


def _require_printed(document: Document, template: str, parts: Iterable[Story]) -> None:
    """Raise ParamsProblem when a letter's title, addressee, signature or date stands nowhere, by tag or as a clerk wrote it."""
    said = "".join(str(text) for story in parts for text in story.root.itertext())
    printed = "".join(said.split())
    for what, name in document.printed.items():
        for key in (name, *(f"{name}_{number}" for number in range(1, document.letters + 1))):
            value = document.fields.get(key, "")
            if "".join(value.split()) not in printed and (key != name or f"{name}_1" not in document.fields):
                raise ParamsProblem(f"模板{template}没有印出{what}“{value}”，请恢复标记“{{{{ {name} }}}}”。")


def _fill_blocks(body: Element, document: Document, writer: BlockWriter) -> None:
    for paragraph in [child for child in body if isinstance(child, CT_P)]:
        name = block_name(paragraph)
        if name is None:
            continue
        section = next_section(paragraph)
        areas = (text_area(section, landscape=False), text_area(section, landscape=True))
        made = writer.write(document.blocks[name], *areas)
        for element in reversed(made):
            paragraph.addnext(element)
        _remove(paragraph, made)


def _remove(paragraph: CT_P, made: list[Element]) -> None:
    """Remove the paragraph of a tag; a section that ended there ends with what was made, or in it."""
    end = section_end(paragraph)
    body = paragraph.getparent()
    assert body is not None
    if end is None:
        body.remove(paragraph)
    elif made and isinstance(made[-1], CT_P):
        made[-1].set_sectPr(end)
        body.remove(paragraph)
    else:
        for run in paragraph.r_lst:
            paragraph.remove(run)
        if made:
            made[-1].addnext(paragraph)


def _check_headings(body: Element, styles: WordStyles, template: str) -> None:
    """Raise OutputProblem when a heading has nothing under it (a heading of a lower level counts)."""
    waiting: tuple[int, str] | None = None
    for child in body:
        paragraph = child if isinstance(child, CT_P) else None
        level = styles.outline(paragraph) if paragraph is not None else None
        parted = child.tag == qn("w:sectPr") or (
            paragraph is not None and styles.states(paragraph, "pageBreakBefore")
        )
        if waiting and (parted or (level is not None and level <= waiting[0])):
            raise OutputProblem(f"模板{template}的标题“{waiting[1]}”下没有内容，请给出文字或删去该标题。")
        if level is not None:
            waiting = (level, paragraph_text(child))
        elif paragraph is None or not styles.states(paragraph, "keepNext"):
            waiting = None  # a paragraph that only leads to the next (附件2, a caption) is not yet content
