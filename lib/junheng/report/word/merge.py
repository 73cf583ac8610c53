"""Mail merge: a template that is one letter, printed once for every party of a document.

Word's own mail merge reads a data source that lies outside the file, which no report may; so the letter is repeated
here, and its tags are numbered: of `{{ party }}` and `{{ blocks.duties }}` the second letter has `{{ party_2 }}` and
`{{ blocks.duties_2 }}`. A tag that no letter has of its own (`{{ county }}`) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P

from junheng.report.content.model import Document
from junheng.report.word.tags import number_tags
from junheng.report.word.text import Element

FIRST = "_1"


def named_in_template(document: Document) -> tuple[Mapping[str, str], Mapping[str, object]]:
    """The fields and blocks as a template names them: of a mail merge those of its first letter, without the number."""
    if not document.letters:
        return document.fields, document.blocks
    fields = {name.removesuffix(FIRST): value for name, value in document.fields.items()}
    return fields, {
        name.removesuffix(FIRST): value for name, value in document.blocks.items() if name.endswith(FIRST)
    }


def repeat_letter(body: Element, document: Document) -> None:
    """Put the template's letter `document.letters` times into the body, each on a new page; none stays as it is."""
    if not document.letters:
        return
    end = next(child for child in reversed(body) if child.tag == qn("w:sectPr"))
    letter = [child for child in body if child is not end]
    own = document.fields.keys() | document.blocks.keys()
    for number in range(1, document.letters + 1):
        copies = [deepcopy(child) for child in letter]
        for copy in copies:
            for paragraph in copy.iter(qn("w:p")):
                number_tags(paragraph, number, own)
            end.addprevious(copy)
        if number > 1 and isinstance(copies[0], CT_P):
            copies[0].get_or_add_pPr().pageBreakBefore_val = True
    for child in letter:
        body.remove(child)
