"""Word files through python-docx: opened with errors a clerk understands, cleared of persons, saved reproducibly."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Final

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import Part, PartFactory, XmlPart
from docx.oxml.ns import qn
from lxml import etree

from junheng.errors import DAMAGED_ZIP, OutputProblem, ParamsProblem, refused
from junheng.files import packed
from junheng.report.content.model import Document
from junheng.report.word.outside import outside, unknown_field
from junheng.report.word.styles import LANGUAGE
from junheng.report.word.tags import Story
from junheng.report.word.text import clean

# python-docx has no class for notes; any part of XML will do for their tags and fonts.
for _kind in (CT.WML_FOOTNOTES, CT.WML_ENDNOTES):
    PartFactory.part_type_for[_kind] = XmlPart

# A part this large is no office text; a template that unpacks to more is a zip bomb.
_LARGEST_TEMPLATE: Final = 64 * 2**20
_STORIES: Final = {
    CT.WML_DOCUMENT_MAIN: "正文",
    CT.WML_HEADER: "页眉",
    CT.WML_FOOTER: "页脚",
    CT.WML_FOOTNOTES: "脚注",
    CT.WML_ENDNOTES: "尾注",
}
# What names the person or the machine a template was edited on, or is kept for another program.
_PERSONAL: Final = ("extended-properties", "custom-properties", "thumbnail", "people", "customXml")
# What names the clerk's files in the settings, makes Word ask on opening, or forbids the reader to write.
_FORMER_TEMPLATE: Final = "attachedTemplate"
_SETTINGS: Final = (
    _FORMER_TEMPLATE, "updateFields", "mailMerge", "rsids", "trackRevisions", "documentProtection",
)  # fmt: skip


def open_template(path: Path) -> WordDocument:
    """Open a template; raises ParamsProblem when it is missing or no Word file."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _LARGEST_TEMPLATE:
                raise ParamsProblem(f"模板{path.name}解压后过大，请另存为普通的docx文件。")
        word = docx.Document(str(path))
    except FileNotFoundError as error:
        raise ParamsProblem(f"缺少Word模板{path.name}（应在{path.parent.name}目录下）。") from error
    except (OSError, *DAMAGED_ZIP, KeyError, ValueError, PackageNotFoundError, etree.XMLSyntaxError) as error:
        raise ParamsProblem(f"模板{path.name}不是可用的Word文件（docx），请用Word重新保存。") from error
    if not any(True for _ in _related(word.part, "styles")):
        raise ParamsProblem(f"模板{path.name}没有样式表，请用Word重新保存。")
    if fault := next(filter(None, _reaching(word)), ""):
        raise ParamsProblem(
            f"模板{path.name}中有{fault}：报告只能用文件自身的内容。请在Word中删除，图片请改为嵌入。"
        )
    return word


def _reaching(word: WordDocument) -> Iterator[str]:
    """What of a document leads out of its file. The template it was once made from is dropped with the other settings."""
    package = word.part.package
    for owner in (package, *package.iter_parts()):
        for relation in owner.rels.values():
            if relation.reltype.rpartition("/")[2] != _FORMER_TEMPLATE:
                yield outside(relation.reltype, relation.target_ref, relation.is_external)
        if isinstance(owner, XmlPart):
            yield from map(unknown_field, owner.element.iter("{*}fldSimple", "{*}fldChar"))


def stories(word: WordDocument) -> list[Story]:
    """Return the parts that hold paragraphs: the document, then headers, footers and notes by name."""
    kinds = list(_STORIES)
    found = [part for part in word.part.package.iter_parts() if part.content_type in kinds]
    found.sort(key=lambda part: (kinds.index(part.content_type), str(part.partname)))
    return [Story(part.element, _STORIES[part.content_type]) for part in found if isinstance(part, XmlPart)]


def finish(word: WordDocument, document: Document) -> None:
    """Write the properties of `document`; nothing of the template's own (author, company, dates) remains."""
    for owner in (word.part.package, word.part):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rpartition("/")[2] in _PERSONAL:
                del owner.rels[key]
    for settings in _related(word.part, "settings"):
        _clear_settings(settings)
    _number_pictures(word)
    _describe(word, document)


def _related(owner: Part, kind: str) -> list[Part]:
    """Return the parts a part refers to as `kind` (styles, settings)."""
    return [
        relation.target_part
        for relation in owner.rels.values()
        if not relation.is_external and relation.reltype.rpartition("/")[2] == kind
    ]


def _clear_settings(settings: Part) -> None:
    assert isinstance(settings, XmlPart)
    for name in _SETTINGS:
        for child in settings.element.findall(qn(f"w:{name}")):
            settings.element.remove(child)
    for key in [key for key, relation in settings.rels.items() if relation.is_external]:
        del settings.rels[key]


def _number_pictures(word: WordDocument) -> None:
    """Give the pictures of the document ids 1, 2, 3 … in order: Word may call a file broken in which two share one."""
    pictures = [picture for story in stories(word) for picture in story.root.iter(qn("wp:docPr"))]
    for number, picture in enumerate(pictures, start=1):
        picture.set("id", str(number))


def _describe(word: WordDocument, document: Document) -> None:
    core = word.core_properties
    holder = word.part.package.part_related_by(RT.CORE_PROPERTIES)
    assert isinstance(holder, XmlPart)
    for child in list(holder.element):
        holder.element.remove(child)
    core.title, core.subject, core.keywords = map(
        clean, (document.title, document.subject, document.keywords)
    )
    core.author, core.language = clean(document.author), LANGUAGE
    if document.date is not None:
        core.created = core.modified = datetime.combine(document.date, time())


def save_word(word: WordDocument, target: Path) -> None:
    """Write a document so that the same content gives the same bytes; raises OutputProblem."""
    buffer = io.BytesIO()
    word.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        data = packed((name, archive.read(name)) for name in archive.namelist())
    try:
        target.write_bytes(data)
    except OSError as error:
        raise OutputProblem(f"无法写入{target.name}：{refused(error)}。") from error


def open_word(path: Path) -> WordDocument:
    """Open a document of our own making."""
    return docx.Document(str(path))
