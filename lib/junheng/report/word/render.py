"""Fills a Word template, which a clerk edits in Word, with a `Document`.

What a template may hold:

- `{{ name }}` in running text (document, headers, footers, notes, text boxes) is replaced by
  `Document.fields`; a line break in the value becomes one in Word. A paragraph of nothing but tags that are
  all empty is removed (the second line of a title, say); the only paragraph of a header is emptied instead,
  so nothing moves.
- `{{ blocks.name }}`, a paragraph of its own in the body, is replaced by `Document.blocks[name]`. An empty
  block leaves no trace; but a heading with nothing under it is an error, so whoever makes the content says in
  a sentence why there is nothing. Every block must have its place in the template, else it would be lost.
- A text refers to a table, figure or annex by name: 〔表:aspects〕, 〔附件:annex_gaps〕 (the block that stands there);
  the number is that of its place in the template (`word_contents`).
- Fixed wording, order of sections, letterhead, signature, page, styles and fonts are the clerk's. The styles
  used for blocks are found by their names (`word_blocks.HEADING_STYLES` and its neighbours).

An unknown or broken tag raises ParamsProblem naming template, paragraph and tag. The result depends on the
template and the document alone: the same bytes each time.
"""

from __future__ import annotations

from pathlib import Path

from junheng.errors import OutputProblem
from junheng.report.content.model import Document
from junheng.report.word.blocks import BlockWriter
from junheng.report.word.contents import Captions, fill_contents, reference_numbers
from junheng.report.word.package import RELATIONSHIPS, Package
from junheng.report.word.sections import lay_out, next_section, section_end, text_area
from junheng.report.word.styles import Styles, settle_fonts
from junheng.report.word.tags import Story, block_name, check_template, fill_fields
from junheng.report.word.xml import Element, paragraph_text, place, properties_of, q

_LABELS = {"document": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


def render_word(document: Document, template: Path, target: Path, figures_dir: Path) -> None:
    """Write `document` as Word file `target`; raises ParamsProblem (template) or OutputProblem (content)."""
    package = Package.read(template)
    stories = [Story(package.root(name), _label(name)) for name in package.stories()]
    check_template(template.name, stories, document.fields, document.blocks)
    styles = _styles(package)
    for story in stories:
        fill_fields(story, document.fields)
    body = stories[0].root.find(q("body"))
    assert body is not None  # Package.read saw a document part
    numbers = reference_numbers(body, document, Captions())
    writer = BlockWriter(package, styles, figures_dir, numbers=numbers)
    _fill_blocks(body, document, writer)
    fill_contents(body, writer.contents, styles)
    lay_out(body, writer.wide, styles)
    _check_headings(body, styles, template.name)
    for story in stories:
        settle_fonts(story.root, styles)
    styles.settle()
    _number_pictures(package)
    _clean_settings(package)
    package.describe(document.title, document.subject, document.keywords)
    package.write(target)


def _label(part: str) -> str:
    file = part.rpartition("/")[2].removesuffix(".xml")
    return next((label for kind, label in _LABELS.items() if file.startswith(kind)), file)


def _styles(package: Package) -> Styles:
    part = package.related(package.main, "styles")
    if part is None or part not in package.parts:
        raise OutputProblem(f"模板{package.name}没有样式表，请用Word重新保存。")
    return Styles(package.root(part), package.name)


def _fill_blocks(body: Element, document: Document, writer: BlockWriter) -> None:
    for paragraph in [child for child in body if child.tag == q("p")]:
        name = block_name(paragraph)
        if name is None:
            continue
        section = next_section(paragraph)
        areas = (text_area(section, landscape=False), text_area(section, landscape=True))
        made = writer.write(document.blocks[name], *areas)
        for element in reversed(made):
            paragraph.addnext(element)
        _remove(paragraph, made)


def _remove(paragraph: Element, made: list[Element]) -> None:
    """Remove the paragraph of a tag; a section that ended there ends with what was made, or in it."""
    end = section_end(paragraph)
    body = paragraph.getparent()
    assert body is not None
    if end is None:
        body.remove(paragraph)
    elif made and made[-1].tag == q("p"):
        place(properties_of(made[-1], "pPr"), end)
        body.remove(paragraph)
    else:
        for run in paragraph.findall(q("r")):
            paragraph.remove(run)
        if made:
            made[-1].addnext(paragraph)


def _check_headings(body: Element, styles: Styles, template: str) -> None:
    """Raise OutputProblem when a heading has nothing under it (a heading of a lower level counts)."""
    waiting: tuple[int, str] | None = None
    for child in body:
        is_paragraph = child.tag == q("p")
        level = styles.outline(child) if is_paragraph else None
        parted = child.tag == q("sectPr") or (is_paragraph and styles.states(child, "pageBreakBefore"))
        if waiting and (parted or (level is not None and level <= waiting[0])):
            raise OutputProblem(f"模板{template}的标题“{waiting[1]}”下没有内容，请给出文字或删去该标题。")
        if level is not None:
            waiting = (level, paragraph_text(child))
        elif not is_paragraph or not styles.states(child, "keepNext"):
            waiting = None  # a paragraph that only leads to the next (附件2, a caption) is not yet content


def _number_pictures(package: Package) -> None:
    """Give the pictures of the document ids 1, 2, 3 … in order."""
    number = 0
    for name in package.stories():
        for properties in package.root(name).iter(q("wp:docPr")):
            number += 1
            properties.set("id", str(number))


def _clean_settings(package: Package) -> None:
    """Drop from the settings what names the clerk's machine or makes Word ask questions on opening."""
    part = package.related(package.main, "settings")
    if part is None or part not in package.parts:
        return
    settings = package.root(part)
    for name in (
        "attachedTemplate",
        "updateFields",
        "mailMerge",
        "rsids",
        "trackRevisions",
        "documentProtection",
    ):
        for child in settings.findall(q(name)):
            settings.remove(child)
    relations = package.relations(part)
    for relation in relations.findall(f"{{{RELATIONSHIPS}}}Relationship[@TargetMode='External']"):
        relations.remove(relation)
