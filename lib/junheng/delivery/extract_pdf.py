"""What a PDF says: the text of its pages and forms, every string of every object, whatever it is for, and its bytes as they are.

The objects are walked without asking what they mean, so form values, alternative texts, names of layers and notes are read
like titles. What no report of ours has is told as hidden.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from junheng.delivery.pieces import Piece, PieceKind, joined, raw_pieces
from junheng.report.word.outside import WEB

_SEEN_AT_ONCE = frozenset({"/Link", "/Widget"})
_SEEN_ACTIONS = ("/GoTo", "/URI")
_FORM = Name.Form
_OF_THE_FILE = (Name.XRef, Name.ObjStm)
"""Streams that hold the file together (lists of objects), which nothing refers to."""
_START, _END = b"%PDF-", b"%%EOF"
_STREAMS = re.compile(rb"\bendstream\b")
_LEAST_CODE = 10**8
_COLOURS = {"/DeviceRGB": 3, "/DeviceGray": 1, "/DeviceCMYK": 4, "/Indexed": 1, "/CalRGB": 3, "/CalGray": 1}
_PAGE = (2000, 2000)
"""Points, for the pages on which forms are shown to be read."""


def pdf_pieces(data: bytes) -> Iterator[Piece]:
    """Yield the pieces of a PDF; raises ValueError when it cannot be read."""
    try:
        yield from _pages(data, "第{}页")
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            yield from _made_by(pdf)
            yield from _objects(pdf)
            for number, page in enumerate(pdf.pages, 1):
                yield from _annotations(number, page)
                yield _marked(f"第{number}页的内容标记", page)
            yield from _forms(pdf)
            listed = sum(isinstance(item, Stream) for item in pdf.objects)
    except (pypdfium2.PdfiumError, pikepdf.PdfError, OSError, RuntimeError) as error:
        raise ValueError("pdf") from error
    # A second end means that the file was added to, a stream in no list that something was left: both are still in it.
    ends = data.startswith(_START) and data.count(_END) == 1 and data.rstrip().endswith(_END)
    if not ends or len(_STREAMS.findall(data)) > listed:
        yield Piece("整个文件", "较早的版本或文件之外的内容", PieceKind.HIDDEN)
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
    """Every string, name and large number of every object, by the key under which it stands, and what the streams say."""
    said: dict[str, set[str]] = defaultdict(set)
    if _leftovers(pdf):
        yield Piece("文档对象", "没有用到的对象", PieceKind.HIDDEN)
    for item in pdf.objects:
        _strings(item, "", said)
        if isinstance(item, Stream):
            yield from _stream(item)
    for hidden in ("动作", "附件", "字体"):
        yield from (
            Piece(f"文档对象的{hidden}", text, PieceKind.HIDDEN) for text in sorted(said.pop(hidden, ()))
        )
    for key, texts in sorted(said.items()):
        yield Piece(f"文档对象{key}", joined(texts), PieceKind.PLAIN)
    yield from _attached(pdf)


def _attached(pdf: Pdf) -> Iterator[Piece]:
    """Files within the file, wherever their descriptions stand: in the list of attachments, at a note, at the document."""
    for item in pdf.objects:
        if isinstance(item, Dictionary) and isinstance(files := item.get("/EF"), Dictionary):
            name = str(item.get("/UF", item.get("/F", "附件")))
            for _, content in files.items():
                yield Piece(f"附件{name}", name, PieceKind.FILE, data=content.read_bytes())


def _leftovers(pdf: Pdf) -> bool:
    """Whether there are objects to which nothing leads: qpdf leaves them out of a copy."""
    whole = _counted(pdf)  # before the copy is made, which adds an object of its own
    pdf.save(copied := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(copied) as copy:
        return whole > _counted(copy)


def _counted(pdf: Pdf) -> int:
    kept = (item for item in pdf.objects if isinstance(item, Dictionary | Stream | Array))
    return sum(item.get("/Type") not in _OF_THE_FILE if isinstance(item, Stream) else True for item in kept)


def _strings(item: Any, key: str, said: dict[str, set[str]]) -> None:
    """Collect the strings and names of an object and of what it holds directly; objects of their own come by themselves."""
    if isinstance(item, pikepdf.String):
        said[key].add(str(item))
    elif isinstance(item, Name):
        said["名称"].add(str(item)[1:])
    elif isinstance(item, int) and item >= _LEAST_CODE:
        said["数值"].add(str(item))
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
        _unusual(item, said)


def _unusual(item: Any, said: dict[str, set[str]]) -> None:
    """Note what an object does beyond going to a page or an address, what it carries along, and fonts nobody can read."""
    kind = str(item.get("/S", ""))
    if "/JS" in item:
        said["动作"].add("脚本")
    elif (item.get("/Type") == Name.Action or "/URI" in item) and kind not in _SEEN_ACTIONS:
        said["动作"].add(f"动作{kind}")
    elif kind == "/URI" and not str(item.get("/URI", "")).startswith(WEB):
        said["动作"].add(f"链接{item.get('/URI', '')}")
    if "/F" in item and kind in ("/GoToR", "/GoToE", "/Launch", "/SubmitForm", "/ImportData", "/Thread"):
        said["动作"].add(f"动作{kind}")
    if "/EF" in item:
        said["附件"].add(str(item.get("/UF", item.get("/F", "附件"))))
    if item.get("/Subtype") in (Name.Type0, Name.Type3) and "/ToUnicode" not in item:
        said["字体"].add(f"不能读出文字的字体{item.get('/BaseFont', '')}")


def _stream(item: Stream) -> Iterator[Piece]:
    """What a stream says: pictures stored as JPEG have words of their own, other pictures are bare pixels."""
    filters = item.get("/Filter")
    if item.get("/Subtype") == Name.Image:
        if filters == Name.DCTDecode or (isinstance(filters, Array) and [*filters] == [Name.DCTDecode]):
            yield Piece("文档对象", "图片.jpg", PieceKind.FILE, data=item.read_raw_bytes())
        elif filters is not None and "/JPXDecode" in str(filters):
            yield Piece("文档对象", "无法检查的图片格式", PieceKind.HIDDEN)
        else:
            yield from raw_pieces("图片的像素之后", item.read_bytes()[_pixels(item) :])
        return
    if item.get("/Type") in _OF_THE_FILE:
        return
    content = item.read_bytes()
    yield from raw_pieces("文档对象流", content)
    if content.lstrip().startswith(b"<"):  # metadata, whose words may be written as entities
        yield Piece("元数据", content.decode("utf-8", "replace"), PieceKind.PLAIN, wrapped=True)


def _pixels(image: Stream) -> int:
    """How many bytes the rows of a picture take; none when its colours are not known, so that all of it is read."""
    space = image.get("/ColorSpace", Name.DeviceGray)
    kind = space[0] if isinstance(space, Array) else space
    bands = int(space[1].N) if kind == Name.ICCBased else _COLOURS.get(str(kind), 0)
    bits = 1 if image.get("/ImageMask", False) else int(image.get("/BitsPerComponent", 8))
    return int(image.Height) * -(-int(image.Width) * bands * bits // 8)


def _marked(place: str, content: pikepdf.Page | Stream) -> Piece:
    """Strings in the marks of a content (ActualText, Alt); drawn text is read from the page. Raises ValueError."""
    said: dict[str, set[str]] = defaultdict(set)
    try:
        for instruction in pikepdf.parse_content_stream(content, "BDC DP"):
            for operand in instruction.operands:
                _strings(operand, "", said)
    except TypeError as error:  # what is no content stream
        raise ValueError("content") from error
    return Piece(place, joined(set().union(*said.values())), PieceKind.PLAIN)


def _annotations(number: int, page: pikepdf.Page) -> Iterator[Piece]:
    for note in page.obj.get("/Annots", Array()):
        kind = str(note.get("/Subtype", ""))
        if kind not in _SEEN_AT_ONCE:
            text = str(note.get("/Contents", "")) + str(note.get("/T", ""))
            yield Piece(f"第{number}页的批注", text or kind, PieceKind.HIDDEN)


def _forms(pdf: Pdf) -> Iterator[Piece]:
    """The text of every form or pattern (drawings to be placed on pages), whether or not a page places it."""
    drawn = [
        i
        for i in pdf.objects
        if isinstance(i, Stream) and (i.get("/Subtype") == _FORM or "/PatternType" in i)
    ]
    if not drawn:
        return
    with Pdf.new() as shown:
        for number, drawing in enumerate(drawn, 1):
            yield _marked(f"第{number}个图形的内容标记", drawing)
            form = shown.copy_foreign(drawing)
            form.Subtype = _FORM
            page = shown.add_blank_page(page_size=_PAGE)
            page.obj.Resources = Dictionary(XObject=Dictionary(Form=form))
            page.obj.Contents = shown.make_stream(b"/Form Do")
        whole = io.BytesIO()
        shown.save(whole)
    yield from _pages(whole.getvalue(), "第{}个图形")
