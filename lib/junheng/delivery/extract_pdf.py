"""What a PDF says: the text of its pages and forms, and every string of every object, whatever it is for.

The objects are walked without asking what they mean, so form values, alternative texts, names of layers and notes are read
like titles. What no report of ours has is told as hidden.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from junheng.delivery.extract_image import image_pieces
from junheng.delivery.pieces import Opener, Piece, PieceKind, raw_pieces
from junheng.report.word.outside import WEB

_SEEN_AT_ONCE = frozenset({"/Link", "/Widget"})
_SEEN_ACTIONS = ("/GoTo", "/URI")
_FORM = Name.Form
_START, _END = b"%PDF-", b"%%EOF"
_PAGE = (2000, 2000)
"""Points, for the pages on which forms are shown to be read."""


def pdf_pieces(data: bytes, opener: Opener) -> Iterator[Piece]:
    """Yield the pieces of a PDF; raises ValueError when it cannot be read."""
    try:
        yield from _pages(data, "第{}页")
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            yield from _made_by(pdf)
            yield from _objects(pdf)
            for number, page in enumerate(pdf.pages, 1):
                yield from _annotations(number, page)
                yield _marked(f"第{number}页的内容标记", page)
            for name, attached in pdf.attachments.items():
                yield Piece("附件", name, PieceKind.HIDDEN)
                yield from opener(name, attached.get_file().read_bytes())
            yield from _forms(pdf)
    except (pypdfium2.PdfiumError, pikepdf.PdfError, OSError, RuntimeError) as error:
        raise ValueError("pdf") from error
    # A second end means that the file was added to: what the addition hides is still in it.
    if not data.startswith(_START) or data.count(_END) != 1 or not data.rstrip().endswith(_END):
        yield Piece("文件首尾", "较早的版本或文件之外的内容", PieceKind.HIDDEN)
        yield from raw_pieces("整个文件", data)


def _pages(data: bytes, place: str) -> Iterator[Piece]:
    with pypdfium2.PdfDocument(data) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            text_page = page.get_textpage()
            yield Piece(place.format(number + 1), str(text_page.get_text_range()), wrapped=True)
            text_page.close()
            page.close()


def _made_by(pdf: Pdf) -> Iterator[Piece]:
    if "/Author" in pdf.docinfo:
        yield Piece("文档属性/Author", str(pdf.docinfo.Author), PieceKind.MAKER)
    if "/Metadata" in pdf.Root:
        for author in pdf.open_metadata().get("dc:creator", []):  # not in a `with`, which would write it anew
            yield Piece("XMP作者", str(author), PieceKind.MAKER)


def _objects(pdf: Pdf) -> Iterator[Piece]:
    """Every string and name of every object, by the key under which it stands, and what the streams say."""
    said: dict[str, set[str]] = defaultdict(set)
    reached = _reached(pdf)
    for item in pdf.objects:
        if (
            isinstance(item, Dictionary | Stream | Array)
            and item.objgen not in reached
            and not _is_of_the_file(item)
        ):
            yield Piece("文档对象", "没有用到的对象", PieceKind.HIDDEN)
        _strings(item, "", said)
        if isinstance(item, Stream):
            yield from _stream(item)
    actions = said.pop("动作", set())
    yield from (Piece("文档对象", action, PieceKind.HIDDEN) for action in sorted(actions))
    for key, texts in sorted(said.items()):
        yield Piece(f"文档对象{key}", "\n".join(sorted(texts)), PieceKind.PLAIN)


def _is_of_the_file(item: Any) -> bool:
    """Whether an object holds the file together (lists of objects), which nothing refers to."""
    return isinstance(item, Stream) and item.get("/Type") in (Name.XRef, Name.ObjStm)


def _reached(pdf: Pdf) -> set[tuple[int, int]]:
    """The numbers of the objects to which the file leads from its beginning."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [value for key, value in pdf.trailer.items() if key not in ("/Prev", "/XRefStm")]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, Dictionary | Stream | Array):
            continue
        if item.is_indirect:
            if item.objgen in seen:
                continue
            seen.add(item.objgen)
        waiting += [item[key] for key in item.keys()] if not isinstance(item, Array) else list(item)  # noqa: SIM118
    return seen


def _strings(item: Any, key: str, said: dict[str, set[str]]) -> None:
    """Collect the strings and names of an object and of what it holds directly; objects of their own come by themselves."""
    if isinstance(item, pikepdf.String):
        said[key].add(str(item))
    elif isinstance(item, Name):
        said["名称"].add(str(item)[1:])
    elif isinstance(item, Array):
        for one in item:
            if not getattr(one, "is_indirect", False):
                _strings(one, key, said)
    elif isinstance(item, Dictionary | Stream):
        for name in item.keys():  # noqa: SIM118  (a stream is no iterable)
            one = item[name]
            said["名称"].add(name[1:])
            if not getattr(one, "is_indirect", False):
                _strings(one, name, said)
        _actions(item, said["动作"])


def _actions(item: Any, told: set[str]) -> None:
    """Note what an object does when it is opened or clicked, beyond going to a page or to an address."""
    kind = str(item.get("/S", ""))
    if "/JS" in item:
        told.add("脚本")
    elif (item.get("/Type") == Name.Action or "/URI" in item) and kind not in _SEEN_ACTIONS:
        told.add(f"动作{kind}")
    elif kind == "/URI" and not str(item.get("/URI", "")).startswith(WEB):
        told.add(f"链接{item.get('/URI', '')}")
    if "/F" in item and kind in ("/GoToR", "/GoToE", "/Launch", "/SubmitForm", "/ImportData", "/Thread"):
        told.add(f"动作{kind}")


def _stream(item: Stream) -> Iterator[Piece]:
    """What a stream says: pictures stored as JPEG have words of their own, other pictures are bare pixels."""
    filters = item.get("/Filter")
    if item.get("/Subtype") == Name.Image:
        if filters == Name.DCTDecode or (isinstance(filters, Array) and [*filters] == [Name.DCTDecode]):
            yield from image_pieces(item.read_raw_bytes())
        elif filters is not None and "/JPXDecode" in str(filters):
            yield Piece("文档对象", "无法检查的图片格式", PieceKind.HIDDEN)
        return
    if "/FontDescriptor" in item or item.get("/Type") in (Name.XRef, Name.ObjStm):
        return
    content = item.read_bytes()
    yield from raw_pieces("文档对象流", content)
    if content.lstrip().startswith((b"<?", b"<x:", b"<rdf")):
        yield from _xml(content)


def _xml(content: bytes) -> Iterator[Piece]:
    """A packet of metadata."""
    root = etree.fromstring(
        content.strip(b"\0 \r\n\t"), etree.XMLParser(resolve_entities=False, no_network=True)
    )
    told = [str(value) for node in root.iter() if isinstance(node.tag, str) for value in node.attrib.values()]
    yield Piece("XMP元数据", "\n".join([*map(str, root.itertext()), *told]), PieceKind.PLAIN)


def _marked(place: str, content: pikepdf.Page | Stream) -> Piece:
    """Strings in the marks of a content (ActualText, Alt); drawn text is read from the page. Raises ValueError."""
    said: dict[str, set[str]] = defaultdict(set)
    try:
        for instruction in pikepdf.parse_content_stream(content, "BDC DP"):
            for operand in instruction.operands:
                _strings(operand, "", said)
    except TypeError as error:  # what is no content stream
        raise ValueError("content") from error
    return Piece(place, "\n".join(sorted(set().union(*said.values()))), PieceKind.PLAIN)


def _annotations(number: int, page: pikepdf.Page) -> Iterator[Piece]:
    for note in page.obj.get("/Annots", Array()):
        kind = str(note.get("/Subtype", ""))
        if kind not in _SEEN_AT_ONCE:
            text = str(note.get("/Contents", "")) + str(note.get("/T", ""))
            yield Piece(f"第{number}页的批注", text or kind, PieceKind.HIDDEN)


def _forms(pdf: Pdf) -> Iterator[Piece]:
    """The text of every form (a drawing to be placed on pages), whether or not a page places it."""
    forms = [item for item in pdf.objects if isinstance(item, Stream) and item.get("/Subtype") == _FORM]
    if not forms:
        return
    with Pdf.new() as shown:
        for number, form in enumerate(forms, 1):
            yield _marked(f"第{number}个图形的内容标记", form)
            page = shown.add_blank_page(page_size=_PAGE)
            page.obj.Resources = Dictionary(XObject=Dictionary(Form=shown.copy_foreign(form)))
            page.obj.Contents = shown.make_stream(b"/Form Do")
        whole = io.BytesIO()
        shown.save(whole)
    yield from _pages(whole.getvalue(), "第{}个图形")
