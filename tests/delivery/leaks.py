"""Leaks of every kind, each planted in a small file by its own means, with what the check of a package must say of it.

A leak is a function that returns the name of a file, its bytes, and the kind of finding it must be.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pikepdf
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from PIL import Image

from tests.delivery.make import changed_pdf, jpeg, notebook, pdf, png, sheet, with_part, word

NAME, SHORT, CODE, FIGURE = "任城区运河小学", "曲阜市", "2137110002", "0.27182818284590451"
SCHOOL, COUNTY, NUMBER = "任城区学校名称", "其他县（市、区）名称", "任城区代码"
DATA, HIDDEN, AUTHOR, REFUSED, PLACE = "任城区数据", "批注或隐藏内容", "作者姓名", "无法检查", "本机路径"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCUMENT = "word/document.xml"

Leak = Callable[[], tuple[str, bytes, str]]


def entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], comment: bytes = b"", extra: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type, info.extra = zipfile.ZIP_DEFLATED, extra
            archive.writestr(info, data)
    return target.getvalue()


def docx(kind: str, *, body: str = "", **parts: str | bytes) -> tuple[str, bytes, str]:
    """A Word file with XML put into its text, and parts added (`word__people` is word/people.xml)."""
    whole = entries(word("甲"))
    if body:
        text = whole[DOCUMENT].decode()
        whole[DOCUMENT] = text.replace("<w:body>", f"<w:body>{body}", 1).encode()
    for name, content in parts.items():
        path = name.replace("__", "/") + ("" if "." in name else ".xml")
        whole[path] = content if isinstance(content, bytes) else content.encode()
    return "a.docx", zipped(whole), kind


def p(inside: str) -> str:
    return f"<w:p>{inside}</w:p>"


def t(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def part(inside: str, root: str = "x") -> str:
    return f'<{root} xmlns:w="{W}" xmlns:a="urn:a" xmlns:r="{R}">{inside}</{root}>'


def field(*codes: str) -> str:
    """A field whose instruction is cut into several runs."""
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    ends = ("begin", "separate", "end")
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{end}"/></w:r>' for end in ends)
    return p(f"{begin}{runs}{middle}{t('1')}{end}")


def relation(kind: str, target: str, mode: str = "External") -> tuple[str, bytes, str]:
    told = f'<Relationship Id="rX" Type="{R}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    changed = with_part(word("甲"), "word/_rels/document.xml.rels", {"</Relationships>": told})
    return "a.docx", changed, HIDDEN


def between() -> bytes:
    """A Word file with bytes between its first and its second part; the list at the end still leads to all parts."""
    data = zipped(entries(word("甲")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        second, start = archive.infolist()[1].header_offset, archive.start_dir
    more = NAME.encode()
    directory, position = bytearray(data[start:]), 0
    while directory[position : position + 4] == b"PK\x01\x02":
        lengths = struct.unpack("<HHH", directory[position + 28 : position + 34])
        offset = struct.unpack("<I", directory[position + 42 : position + 46])[0]
        if offset >= second:
            directory[position + 42 : position + 46] = struct.pack("<I", offset + len(more))
        position += 46 + sum(lengths)
    directory[position + 16 : position + 20] = struct.pack("<I", start + len(more))
    return data[:second] + more + data[second:start] + bytes(directory)


def behind_packed() -> bytes:
    """A Word file whose only surplus stands behind the packed bytes of a part, inside the length that is stated."""
    parts = entries(word("甲"))
    name, content = DOCUMENT, parts[DOCUMENT]
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush() + NAME.encode("utf-16")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for other, data in parts.items():
            archive.writestr(zipfile.ZipInfo(other), packed if other == name else data)
    data = bytearray(target.getvalue())
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = 0
        while (place := data.find(mark, place)) >= 0:
            length = 30 if at == 8 else 46
            if data[place + length : place + length + len(name)] == name.encode():
                data[place + at : place + at + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
                facts = struct.pack("<I", zlib.crc32(content)), struct.pack("<I", len(content))
                data[place + at + 6 : place + at + 10], data[place + at + 14 : place + at + 18] = facts
            place += 4
    return bytes(data)


def twice() -> bytes:
    target = io.BytesIO(word("甲"))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("WORD/document.xml", f"<x>{NAME}</x>")
    return target.getvalue()


def xlsx(kind: str, change: Callable[[Any, Any], None]) -> tuple[str, bytes, str]:
    book = openpyxl.Workbook()
    book.properties.creator = ""
    page = book.active
    page.append(["甲", 1, 2])
    change(book, page)
    target = io.BytesIO()
    book.save(target)
    return "a.xlsx", target.getvalue(), kind


def with_xl(kind: str, name: str, content: bytes) -> tuple[str, bytes, str]:
    """A workbook with one more part."""
    return "a.xlsx", zipped(entries(sheet([["甲"]])) | {name: content}), kind


def chart(book: Any, page: Any) -> None:
    drawn = BarChart()
    drawn.title = NAME
    drawn.add_data(Reference(page, min_col=2, min_row=1))
    page.add_chart(drawn, "E1")


def validated(**told: str) -> Callable[[Any, Any], None]:
    def change(book: Any, page: Any) -> None:
        rule = DataValidation(type="list", **{"formula1": '"甲,乙"', **told})
        rule.add("A1")
        page.add_data_validation(rule)

    return change


def cut_runs(package: tuple[str, bytes, str]) -> tuple[str, bytes, str]:
    """Cut the shared string of a workbook into runs, as Excel does where a format changes."""
    name, data, kind = package
    return (
        name,
        with_part(
            data,
            "xl/sharedStrings.xml",
            {"<t>任城区运河小学</t>": "<r><t>任城区</t></r><r><t>运河小学</t></r>"},
        ),
        kind,
    )


_shown = cache(pdf)
"""A PDF of these lines; many leaks are planted in the same one."""


def made(change: Callable[[pikepdf.Pdf], None], kind: str = SCHOOL) -> tuple[str, bytes, str]:
    return "a.pdf", changed_pdf(_shown("邹城市"), change), kind


def root(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            document.Root[f"/{key}"] = document.make_indirect(pikepdf.Dictionary(value))

    return change


def noted(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(
            {"/Type": pikepdf.Name.Annot, "/Rect": [0, 0, 9, 9], **{f"/{k}": v for k, v in entries.items()}}
        )
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([note]))

    return change


def link(**action: Any) -> Callable[[pikepdf.Pdf], None]:
    return noted(
        Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary({f"/{key}": value for key, value in action.items()})
    )


def form(document: pikepdf.Pdf, drawn: bytes) -> Any:
    """A form that shows text in the page's own font."""
    made = document.make_stream(drawn)
    made.Type, made.Subtype, made.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 400, 400]
    made.Resources = document.pages[0].Resources
    return made


def drawn(document: pikepdf.Pdf) -> bytes:
    """What the page draws."""
    return bytes(document.pages[0].Contents.read_bytes())


def never_drawn(document: pikepdf.Pdf) -> None:
    """The page's text moves into a form that the page no longer draws."""
    document.pages[0].Resources.XObject = pikepdf.Dictionary(F=form(document, drawn(document)))
    document.pages[0].Contents = document.make_stream(b"")


def redrawn(before: bytes, after: bytes = b"") -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(before + drawn(document) + after)

    return change


def foreign(change: Callable[[pikepdf.Pdf], None]) -> tuple[str, bytes, str]:
    """The text of the page is the leak; it is shown in some unusual way."""
    return "a.pdf", changed_pdf(_shown(NAME), change), SCHOOL


def switched_off(document: pikepdf.Pdf) -> None:
    layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="图"))
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer]))
    document.pages[0].Resources.Properties = pikepdf.Dictionary(L=layer)
    redrawn(b"/OC /L BDC\n", b"\nEMC")(document)


def unused(text: bytes) -> bytes:
    """A PDF with an object to which nothing leads; a clear-text file, so that the list of objects can be written by hand."""
    lines = [b"%PDF-1.4", b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
             b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj", b"4 0 obj<</K<" + text.hex().encode() + b">>>endobj"]  # fmt: skip
    data, places = b"", []
    for line in lines:
        places.append(len(data))
        data += line + b"\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places[1:])
    return (
        data
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    )


def metadata(text: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(text.encode())
        stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        document.pages[0].Metadata = stream

    return change


def pictured(data: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(document, data)
        stream.Type, stream.Subtype, stream.Filter = (
            pikepdf.Name.XObject,
            pikepdf.Name.Image,
            pikepdf.Name.DCTDecode,
        )
        stream.ColorSpace, stream.Width, stream.Height, stream.BitsPerComponent = (
            pikepdf.Name.DeviceRGB,
            8,
            8,
            8,
        )
        document.pages[0].Resources.XObject = pikepdf.Dictionary(Im=document.make_indirect(stream))

    return change


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, NAME.encode(), filename="a.txt")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk before its end."""
    data = png()
    more = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data[:-12] + more + data[-12:]


def behind_pixels() -> bytes:
    """A PNG in whose pixels' block something stands behind the pixels."""
    data = png()
    place = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[place - 4 : place])
    content = data[place + 4 : place + 4 + length] + NAME.encode()
    block = (
        struct.pack(">I", len(content)) + b"IDAT" + content + struct.pack(">I", zlib.crc32(b"IDAT" + content))
    )
    return data[: place - 4] + block + data[place + 8 + length :]


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment behind its beginning."""
    data = jpeg()
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content + data[2:]


def exif(tag: int, value: Any) -> bytes:
    told = Image.Exif()
    told[tag] = value
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "JPEG", exif=told)
    return target.getvalue()


def gif() -> bytes:
    target = io.BytesIO()
    Image.new("P", (4, 4)).save(target, "GIF", comment=NAME.encode())
    return target.getvalue()


def code(data: bytes) -> str:
    return base64.b64encode(data).decode()


def book(kind: str, change: Callable[[Any], None]) -> tuple[str, bytes, str]:
    told = json.loads(notebook())
    change(told)
    return "evidence/notebook.ipynb", json.dumps(told, ensure_ascii=False).encode(), kind


def cell(**told: Any) -> Callable[[Any], None]:
    return lambda book: book["cells"][0].update(told)


def output(**told: Any) -> Callable[[Any], None]:
    return cell(outputs=[{"metadata": {}, **told}])


def html(inside: str, kind: str = SCHOOL) -> tuple[str, bytes, str]:
    return "a.html", f"<!DOCTYPE html><html><body><p>甲</p>{inside}</body></html>".encode(), kind


def csv(text: str, kind: str) -> tuple[str, bytes, str]:
    return "data/a.csv", f"school_code,school_name,note\n2137830001,邹城市实验小学,{text}\n".encode(), kind


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def entities(text: str) -> str:
    return "".join(f"&#x{ord(character):x};" for character in text)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


MATH = "<m:oMath xmlns:m='urn:m'><m:r><m:t>任城区</m:t></m:r><m:r><m:t>运河小学</m:t></m:r></m:oMath>"
CHART = (
    '<c:chart xmlns:c="urn:c" xmlns:a="urn:a"><c:tx><a:p><a:r><a:t>任城区运</a:t></a:r><a:r><a:t>河小学</a:t></a:r></a:p></c:tx>'
    "<c:v>{}</c:v></c:chart>"
)
NESTED = "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>IMPORT x"
MARKED = b"/Span <</ActualText <FEFF" + NAME.encode("utf-16-be").hex().encode() + b">>> BDC EMC\n"
OWN_CHART = CHART.replace("任城区运", "邹城市实验").replace("河小学", "小学")

LEAKS: dict[str, Leak] = {
    # Word: text wherever it stands
    "docx header of each kind": lambda: docx(SCHOOL, word__header7=part(p(t(NAME)), "w:hdr")),
    "docx footer": lambda: docx(SCHOOL, word__footer7=part(p(t(NAME)), "w:ftr")),
    "docx footnote": lambda: docx(SCHOOL, word__footnotes=part(p(t(NAME)), "w:footnotes")),
    "docx endnote": lambda: docx(SCHOOL, word__endnotes=part(p(t(NAME)), "w:endnotes")),
    "docx text box": lambda: docx(SCHOOL, body=p(f"<w:r><w:txbxContent>{p(t('任城区') + t('运河小学'))}</w:txbxContent></w:r>")),
    "docx formula": lambda: docx(SCHOOL, body=p(MATH)),
    "docx ruby": lambda: docx(SCHOOL, body=p(f"<w:ruby><w:rt>{t(NAME)}</w:rt></w:ruby>")),
    "docx text in three runs": lambda: docx(SCHOOL, body=p(t("任城") + t("区运河") + t("小学"))),
    "docx text over a line break": lambda: docx(SCHOOL, body=p(t("任城区运") + "<w:r><w:br/></w:r>" + t("河小学"))),
    "docx text over a soft hyphen": lambda: docx(SCHOOL, body=p(t("任城区运\u00ad河小学"))),
    "docx text of a fallback": lambda: docx(SCHOOL, body=p(f"<x:Fallback xmlns:x='urn:x'>{p(t(NAME))}</x:Fallback>")),
    "docx text of no known element": lambda: docx(SCHOOL, body=f"<x:y xmlns:x='urn:x'>{NAME}</x:y>"),
    "docx text behind an element": lambda: docx(SCHOOL, body=f"<x:y xmlns:x='urn:x'><x:z/>{NAME}</x:y>"),
    "docx control's placeholder": lambda: docx(SCHOOL, body=f"<w:sdt><w:sdtPr><w:alias w:val='{NAME}'/></w:sdtPr></w:sdt>"),
    "docx bookmark": lambda: docx(NUMBER, body=p(f"<w:bookmarkStart w:id='1' w:name='s{CODE}'/>")),
    "docx alternative text": lambda: docx(SCHOOL, body=p(f"<w:r><w:drawing><x:docPr xmlns:x='urn:x' descr='{NAME}'/></w:drawing></w:r>")),
    "docx title of a picture": lambda: docx(NUMBER, body=p("<w:r><x:docPr xmlns:x='urn:x' title='370811'/></w:r>")),
    "docx tooltip": lambda: docx(SCHOOL, body=p(f"<w:hyperlink w:tooltip='{NAME}'>{t('甲')}</w:hyperlink>")),
    "docx variable": lambda: docx(SCHOOL, word__settings=part(f"<w:docVar w:name='a' w:val='{NAME}'/>")),
    "docx numbering": lambda: docx(SCHOOL, word__numbering=part(f"<w:lvlText w:val='{NAME}'/>")),
    "docx font": lambda: docx(SCHOOL, word__fontTable=part(f"<w:font w:name='{NAME}'/>")),
    "docx web settings": lambda: docx(SCHOOL, word__webSettings=part(f"<w:frame w:val='{NAME}'/>")),
    "docx chart": lambda: docx(SCHOOL, word__charts__chart1=CHART.format(1)),
    "docx number of a chart": lambda: docx(NUMBER, word__charts__chart1=OWN_CHART.format(CODE)),
    "docx figure of a chart": lambda: docx(DATA, word__charts__chart1=OWN_CHART.format(FIGURE)),
    "docx SmartArt": lambda: docx(SCHOOL, word__diagrams__data1=part(f"<a:p><a:t>{NAME}</a:t></a:p>")),
    "docx glossary": lambda: docx(SCHOOL, word__glossary__document=part(p(t(NAME)))),
    "docx part in UTF-16": lambda: docx(SCHOOL, word__header7=f"<?xml version='1.0' encoding='utf-16'?><x>{NAME}</x>".encode("utf-16")),
    "docx custom XML": lambda: docx(HIDDEN, customXml__item7=part("存疑")),
    "docx custom property": lambda: docx(HIDDEN, docProps__custom=part("存疑")),
    "docx people": lambda: docx(HIDDEN, word__people=part("王军")),
    "docx company": lambda: docx(AUTHOR, docProps__app=part("<Company>某公司</Company>")),
    "docx keywords": lambda: docx(SCHOOL, docProps__app=part(f"<Keywords>{NAME}</Keywords>")),
    "docx comment of XML": lambda: docx(HIDDEN, word__header7=part("<!--存疑-->")),
    "docx instruction of XML": lambda: docx(HIDDEN, word__header7=part("<?note 存疑?>")),
    "docx entity": lambda: docx(HIDDEN, word__header7="<!DOCTYPE x [<!ENTITY e '存疑'>]><x/>"),
    "docx deleted text": lambda: docx(HIDDEN, body=p("<w:del w:id='1' w:author=''><w:r><w:delText>存疑</w:delText></w:r></w:del>")),
    "docx moved text": lambda: docx(HIDDEN, body=p(f"<w:moveFrom w:id='1' w:author=''>{t('存疑')}</w:moveFrom>")),
    # Word: what reaches beyond the file
    "docx field that includes": lambda: docx(HIDDEN, body=p("<w:fldSimple w:instr='INCLUDETEXT &quot;a.docx&quot;'/>")),
    "docx field that starts a program": lambda: docx(HIDDEN, body=field("DDE", "AUTO excel a")),
    "docx field cut into runs": lambda: docx(HIDDEN, body=field(" LI", "NK Excel.Sheet a")),
    "docx field within a field": lambda: docx(HIDDEN, body=field(f" PAGE {NESTED}")),
    "docx text of a field": lambda: docx(SCHOOL, body=field(' TC "任城区', '运河小学" ')),
    "docx external document": lambda: docx(HIDDEN, body="<w:altChunk r:id='rX'/>"),
    "docx linked picture": lambda: relation("image", "http://example.org/a.png"),
    "docx linked template": lambda: relation("attachedTemplate", "http://example.org/a.dotx"),
    "docx link to a file": lambda: relation("hyperlink", "file:///home/wang/a.docx"),
    "docx part that is another document": lambda: relation("aFChunk", "afchunk.html", "Internal"),
    "docx embedded workbook": lambda: docx(SCHOOL, **{"word__embeddings__a.xlsx": sheet([[NAME]])}),
    "docx embedded object": lambda: docx(HIDDEN, **{"word__b.bin": b"x"}),
    "docx unknown part": lambda: docx(HIDDEN, **{"word__b.txt": "甲"}),
    "docx macro": lambda: docx(HIDDEN, **{"word__vbaProject.bin": b"x"}),
    # Archives
    "zip two parts of one name": lambda: ("a.docx", twice(), REFUSED),
    "zip bytes before": lambda: ("a.docx", NAME.encode() + word("甲"), REFUSED),
    "zip bytes between": lambda: ("a.docx", between(), REFUSED),
    "zip bytes behind": lambda: ("a.docx", word("甲") + NAME.encode(), REFUSED),
    "zip bytes behind packed ones": lambda: ("a.docx", behind_packed(), REFUSED),
    "zip comment": lambda: ("a.docx", zipped(entries(word("甲")), comment=NAME.encode()), REFUSED),
    "zip extra field": lambda: ("a.docx", zipped(entries(word("甲")), extra=b"\x99\x99\x04\x00test"), REFUSED),
    "zip name of a part": lambda: docx(COUNTY, **{f"word__{SHORT}": part("")}),
    # Ways to write a name or a code
    "text with blanks": lambda: ("a.docx", word("任城区 运河 小学"), SCHOOL),
    "text with no-break blanks": lambda: ("a.docx", word("任城区\u00a0运河\u3000小学"), SCHOOL),
    "text with characters that take no room": lambda: ("a.docx", word("曲\u200b阜\u2060市"), COUNTY),
    "text with steering characters": lambda: ("a.docx", word("任城区\u202a运河小学\u202c"), SCHOOL),
    "text percent-encoded": lambda: ("a.docx", word(percent(NAME)), SCHOOL),
    "text of entities": lambda: ("a.docx", word(entities(NAME)), SCHOOL),
    "text escaped": lambda: ("a.json", json.dumps({"a": escaped(NAME)}).encode(), SCHOOL),
    "text in compatibility forms": lambda: ("a.docx", word("２１３７１１０００２"), NUMBER),
    "code with blanks": lambda: ("a.docx", word("2137 1100 02"), NUMBER),
    "code behind a letter": lambda: ("a.docx", word(f"编号G{CODE}"), NUMBER),
    "figure in hundredths": lambda: ("a.docx", word("27.182818284590451%"), DATA),
    "figure with fewer digits": lambda: ("a.docx", word("0.271828182845"), DATA),
    # Excel
    "xlsx header": lambda: xlsx(SCHOOL, lambda b, s: setattr(s.oddHeader.center, "text", NAME)),
    "xlsx header of even pages": lambda: xlsx(SCHOOL, lambda b, s: setattr(s.evenHeader.left, "text", NAME)),
    "xlsx footer of the first page": lambda: xlsx(SCHOOL, lambda b, s: setattr(s.firstFooter.right, "text", NAME)),
    "xlsx hidden row": lambda: xlsx(HIDDEN, lambda b, s: setattr(s.row_dimensions[1], "hidden", True)),
    "xlsx hidden column": lambda: xlsx(HIDDEN, lambda b, s: setattr(s.column_dimensions["A"], "hidden", True)),
    "xlsx very hidden sheet": lambda: xlsx(HIDDEN, lambda b, s: setattr(b.create_sheet("乙"), "sheet_state", "veryHidden")),
    "xlsx hidden name": lambda: xlsx(HIDDEN, lambda b, s: b.defined_names.add(DefinedName("甲", attr_text="1", hidden=True))),
    "xlsx name": lambda: xlsx(SCHOOL, lambda b, s: b.defined_names.add(DefinedName(NAME, attr_text="1"))),
    "xlsx name's content": lambda: xlsx(SCHOOL, lambda b, s: b.defined_names.add(DefinedName("甲", attr_text=f'"{NAME}"'))),
    "xlsx name of a sheet": lambda: xlsx(SCHOOL, lambda b, s: setattr(s, "title", NAME)),
    "xlsx validation": lambda: xlsx(SCHOOL, validated(formula1=f'"甲,{NAME}"')),
    "xlsx validation's prompt": lambda: xlsx(SCHOOL, validated(prompt=NAME)),
    "xlsx validation's error": lambda: xlsx(NUMBER, validated(error="370811")),
    "xlsx conditional format": lambda: xlsx(SCHOOL, lambda b, s: s.conditional_formatting.add("A1", FormulaRule([f'A1="{NAME}"']))),
    "xlsx number format": lambda: xlsx(SCHOOL, lambda b, s: setattr(s["B1"], "number_format", f'0"{NAME}"')),
    "xlsx tooltip": lambda: xlsx(SCHOOL, lambda b, s: setattr(s["A1"], "hyperlink", Hyperlink("A1", location="A1", tooltip=NAME))),
    "xlsx chart": lambda: xlsx(SCHOOL, chart),
    "xlsx number that is a code": lambda: xlsx(NUMBER, lambda b, s: s.append([int(CODE)])),
    "xlsx number with an exponent": lambda: ("a.xlsx", with_part(sheet([[123456]]), "xl/worksheets/sheet1.xml", {"123456": "2.137110002E9"}), NUMBER),
    "xlsx number that is a figure": lambda: xlsx(DATA, lambda b, s: s.append([float(FIGURE)])),
    "xlsx text cut into runs": lambda: cut_runs(xlsx(SCHOOL, lambda b, s: s.append([NAME]))),
    "xlsx filter": lambda: xlsx(SCHOOL, lambda b, s: (setattr(s.auto_filter, "ref", "A1:C1"), s.auto_filter.add_filter_column(0, [NAME]))),
    "xlsx title": lambda: xlsx(SCHOOL, lambda b, s: setattr(b.properties, "title", NAME)),
    "xlsx note's author": lambda: xlsx(AUTHOR, lambda b, s: setattr(s["A1"], "comment", Comment("甲", "王军"))),
    "xlsx formula": lambda: xlsx(HIDDEN, lambda b, s: s.append(["=B1+C1"])),
    "xlsx connection": lambda: with_xl(HIDDEN, "xl/connections.xml", b"<x/>"),
    "xlsx external book": lambda: with_xl(HIDDEN, "xl/externalLinks/externalLink1.xml", b"<x/>"),
    "xlsx threaded comment": lambda: with_xl(HIDDEN, "xl/threadedComments/threadedComment1.xml", "<x>存疑</x>".encode()),
    "xlsx pivot cache": lambda: with_xl(SCHOOL, "xl/pivotCache/a.xml", f"<x><s v='{NAME}'/></x>".encode()),
    # PDF
    "pdf form value": lambda: made(root(AcroForm={"/Fields": pikepdf.Array([pikepdf.Dictionary(T="甲", V=NAME)])})),
    "pdf alternative text": lambda: made(root(StructTreeRoot={"/K": pikepdf.Dictionary(S=pikepdf.Name.Figure, Alt=NAME)})),
    "pdf actual text": lambda: made(root(StructTreeRoot={"/K": pikepdf.Dictionary(S=pikepdf.Name.Span, ActualText=NAME)})),
    "pdf actual text in the content": lambda: made(redrawn(MARKED)),
    "pdf layer": lambda: made(root(OCProperties={"/OCGs": pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=NAME)])})),
    "pdf named place": lambda: made(root(Dests={f"/{NAME}": pikepdf.Array([0])})),
    "pdf page label": lambda: made(root(PageLabels={"/Nums": pikepdf.Array([0, pikepdf.Dictionary(P=NAME)])})),
    "pdf private data": lambda: made(root(PieceInfo={"/A": pikepdf.Dictionary(Private=NAME)})),
    "pdf metadata of a page": lambda: made(metadata(f"<x:a xmlns:x='urn:x'>{NAME}</x:a>")),
    "pdf attribute of metadata": lambda: made(metadata(f"<x:a xmlns:x='urn:x' x:b='{NAME}'/>")),
    "pdf metadata in pieces": lambda: made(metadata(f"<x:a xmlns:x='urn:x'>{entities(NAME)}</x:a>")),
    "pdf own property": lambda: ("a.pdf", pdf("邹城市", info={"甲": NAME}), SCHOOL),
    "pdf script": lambda: made(root(OpenAction={"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"}), HIDDEN),
    "pdf program": lambda: made(root(OpenAction={"/Type": pikepdf.Name.Action, "/S": pikepdf.Name.Launch, "/F": "a"}), HIDDEN),
    "pdf link to a file": lambda: made(link(S=pikepdf.Name.URI, URI="file:///home/wang/a"), HIDDEN),
    "pdf link to another PDF": lambda: made(link(S=pikepdf.Name.GoToR, F="a.pdf"), HIDDEN),
    "pdf link's text": lambda: made(noted(Subtype=pikepdf.Name.Link, Contents=NAME)),
    "pdf note's author": lambda: made(noted(Subtype=pikepdf.Name.Text, T="王军"), HIDDEN),
    "pdf attachment": lambda: made(attach),
    "pdf object nothing leads to": lambda: ("a.pdf", unused(b"x"), HIDDEN),
    "pdf text nothing leads to": lambda: ("a.pdf", unused(b"\xfe\xff" + NAME.encode("utf-16-be")), SCHOOL),
    "pdf bytes behind": lambda: ("a.pdf", pdf("邹城市") + NAME.encode("gb18030"), SCHOOL),
    "pdf bytes before": lambda: ("a.pdf", b"x\n" + pdf("邹城市"), HIDDEN),
    "pdf former version": lambda: ("a.pdf", pdf(NAME) + b"\n%changed\nstartxref\n0\n%%EOF\n", HIDDEN),
    "pdf form that no page draws": lambda: foreign(never_drawn),
    "pdf text that is not painted": lambda: foreign(redrawn(b"3 Tr\n")),
    "pdf text outside the page": lambda: foreign(redrawn(b"1 0 0 1 5000 5000 cm\n")),
    "pdf text of a layer switched off": lambda: foreign(switched_off),
    "pdf text in white": lambda: foreign(redrawn(b"1 g\n")),
    "pdf comment of a JPEG": lambda: made(pictured(segment(0xFE, NAME.encode()))),
    "pdf figure": lambda: ("a.pdf", pdf(f"差异系数{FIGURE}"), DATA),
    # Pictures
    "png private chunk": lambda: ("a.png", chunk(b"vpAg", NAME.encode()), HIDDEN),
    "png private chunk in GBK": lambda: ("a.png", chunk(b"vpAg", NAME.encode("gb18030")), SCHOOL),
    "png packed text": lambda: ("a.png", chunk(b"zTXt", b"a\0\0" + zlib.compress(b"2137110002")), NUMBER),
    "png behind the pixels": lambda: ("a.png", behind_pixels(), HIDDEN),
    "png XMP": lambda: ("a.png", png(**{"XML:com.adobe.xmp": f"<x>{NAME}</x>"}), SCHOOL),
    "jpeg comment": lambda: ("a.jpg", segment(0xFE, NAME.encode()), SCHOOL),
    "jpeg IPTC": lambda: ("a.jpg", segment(0xED, NAME.encode()), HIDDEN),
    "jpeg private segment": lambda: ("a.jpg", segment(0xE5, NAME.encode("gb18030")), SCHOOL),
    "jpeg behind its end": lambda: ("a.jpg", jpeg() + NAME.encode(), HIDDEN),
    "jpeg title for Windows": lambda: ("a.jpg", exif(0x9C9B, NAME.encode("utf-16-le")), SCHOOL),
    "jpeg software": lambda: ("a.jpg", exif(0x0131, b"/home/wang/a"), PLACE),
    "gif comment in a notebook": lambda: book(SCHOOL, output(output_type="display_data", data={"image/gif": code(gif())})),
    # Notebooks
    "notebook attachment": lambda: book(SCHOOL, cell(attachments={"a.png": {"image/png": code(png(Note=NAME))}})),
    "notebook unknown key": lambda: book(SCHOOL, lambda b: b.update({"note": {"a": [NAME]}})),
    "notebook unknown key of a cell": lambda: book(SCHOOL, cell(note=NAME)),
    "notebook key": lambda: book(COUNTY, cell(**{SHORT: 1})),
    "notebook printed text": lambda: book(SCHOOL, output(output_type="stream", name="stdout", text=["任城区运", "河小学"])),
    "notebook traceback": lambda: book(SCHOOL, output(output_type="error", ename="E", evalue="", traceback=[NAME])),
    "notebook widget": lambda: book(SCHOOL, lambda b: b["metadata"].update({"widgets": {"state": {"a": NAME}}})),
    "notebook lines of a cell": lambda: book(SCHOOL, cell(source=["# 任城区运", "河小学"])),
    "notebook JSON": lambda: book(SCHOOL, output(output_type="display_data", data={"application/json": {"a": NAME}})),
    "notebook PDF": lambda: book(SCHOOL, output(output_type="display_data", data={"application/pdf": code(pdf(NAME))})),
    "notebook SVG": lambda: book(SCHOOL, output(output_type="display_data", data={"image/svg+xml": f"<svg><desc>{NAME}</desc></svg>"})),
    "notebook picture in a text": lambda: book(SCHOOL, cell(source=f"![](data:image/png;base64,{code(png(Note=NAME))})")),
    "notebook number that is a code": lambda: book(NUMBER, cell(note=int(CODE))),
    "json key that stands twice": lambda: ("a.json", f'{{"a": "{NAME}", "a": "甲"}}'.encode(), SCHOOL),
    "json figure": lambda: ("a.json", f'{{"a": {FIGURE}}}'.encode(), DATA),
    # Pages
    "html second attribute of a name": lambda: html(f'<p title="a" title="{NAME}">甲</p>'),
    "html template": lambda: html(f"<template><p>{NAME}</p></template>"),
    "html without scripts": lambda: html(f"<noscript>{NAME}</noscript>"),
    "html style": lambda: html(f'<style>p::after {{ content: "{NAME}" }}</style>'),
    "html data": lambda: html(f'<p data-a="{NAME}">甲</p>'),
    "html not displayed": lambda: html(f'<p style="display:none">{NAME}</p>'),
    "html entities": lambda: html(f"<p>{entities(NAME)}</p>"),
    "html picture's words": lambda: html(f"<svg><title>{NAME}</title></svg>"),
    "html page in a page": lambda: html(f'<iframe srcdoc="&lt;p&gt;{entities(NAME)}&lt;/p&gt;"></iframe>'),
    "html page in an address": lambda: html(f'<iframe src="data:text/html;base64,{code(NAME.encode())}"></iframe>'),
    "html picture of a style": lambda: html(f"<style>p {{ background: url(data:image/png;base64,{code(png(Note=NAME))}) }}</style>"),
    "html declaration": lambda: html(f"<!NOTE {NAME}>"),
    "html instruction": lambda: html("<?note 存疑?>", HIDDEN),
    "html behind its end": lambda: ("a.html", f"<html><body>甲</body></html>{NAME}".encode(), SCHOOL),
    "html name in tags": lambda: html("<p>任<b>城</b>区<i>运</i>河小学</p>"),
    "html drawn twice in an attribute": lambda: html(f'<a href="https://example.org/?q={percent(NAME)}">甲</a>'),
    # Data files
    "csv heading": lambda: ("data/a.csv", f"school_code,{NAME}\n".encode(), SCHOOL),
    "csv blanks": lambda: csv("任城区 运河小学", SCHOOL),
    "csv no room": lambda: csv("曲\u200b阜\u200b市", COUNTY),
    "csv percent-encoded": lambda: csv(percent(SHORT), COUNTY),
    "csv code behind a letter": lambda: csv(f"S{CODE}", NUMBER),
    "csv in GBK": lambda: ("data/a.csv", f"甲\n{NAME}\n".encode("gb18030"), REFUSED),
    "csv more cells than headings": lambda: ("data/a.csv", f"甲\n乙,{NAME}\n".encode(), SCHOOL),
    "text with a picture": lambda: ("a.md", f"![](data:image/png;base64,{code(png(Note=NAME))})".encode(), SCHOOL),
    "text percent-encoded in a name of a file": lambda: (f"{percent(SHORT)}.csv", b"a\n", COUNTY),
}  # fmt: skip
