"""Leaks as somebody plants them who has not read the check: other writings, other containers, other programs' habits.

The same form as `leaks`: each returns the name of a file, its bytes, and the kind of finding it must be.
"""

from __future__ import annotations

import base64
import bz2
import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image, PngImagePlugin

from tests.delivery.leaks import CODE as SCHOOL_CODE
from tests.delivery.leaks import (
    COUNTY,
    DATA,
    DOCUMENT,
    FIGURE,
    HIDDEN,
    NAME,
    NUMBER,
    REFUSED,
    SCHOOL,
    SHORT,
    Leak,
    _shown,
    book,
    cell,
    chunk,
    code,
    docx,
    drawn,
    entries,
    exif,
    form,
    html,
    made,
    noted,
    output,
    p,
    part,
    percent,
    redrawn,
    root,
    t,
    with_xl,
    xlsx,
    zipped,
)
from tests.delivery.make import changed_pdf, jpeg, pdf, png, sheet, with_part, word

NOTE = "批注"
SHEET = "xl/worksheets/sheet1.xml"
GBK = NAME.encode("gb18030")
AREA = "370811"


def gbk(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("gb18030"))


def phonetic(*pairs: tuple[str, str]) -> str:
    """Word's 拼音指南: each sign with its pronunciation above it."""
    return "".join(
        f"<w:r><w:ruby><w:rt><w:r><w:t>{said}</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>{sign}</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        for sign, said in pairs
    )


def squeezed(kind: int) -> bytes:
    """A Word file, one part of which is packed in a way of its own and has something behind what is packed."""
    parts = entries(word("甲"))
    content = parts[DOCUMENT]
    packed = (content if kind == zipfile.ZIP_STORED else bz2.compress(content)) + NAME.encode("utf-16")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for other, data in parts.items():
            archive.writestr(zipfile.ZipInfo(other), packed if other == DOCUMENT else data)
    data = bytearray(target.getvalue())
    for mark, at, length in ((b"PK\x03\x04", 8, 30), (b"PK\x01\x02", 10, 46)):
        place = 0
        while (place := data.find(mark, place)) >= 0:
            if data[place + length : place + length + len(DOCUMENT)] == DOCUMENT.encode():
                data[place + at : place + at + 2] = struct.pack("<H", kind)
                data[place + at + 6 : place + at + 10] = struct.pack("<I", zlib.crc32(content))
                data[place + at + 14 : place + at + 18] = struct.pack("<I", len(content))
            place += 4
    return bytes(data)


def sheet_as(name: str) -> bytes:
    """A workbook whose sheet is a part of another name."""
    parts = entries(sheet([["学校标识码"], ["3799990001"]]))
    parts[f"xl/worksheets/{name}.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    for one in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        parts[one] = parts[one].replace(b"worksheets/sheet1.xml", f"worksheets/{name}.xml".encode())
    return zipped(parts)


def commented() -> bytes:
    """A comment in the part that Excel writes; openpyxl puts it into a folder."""
    told = (
        "<comments><commentList><comment ref='A1'><text><t>存疑</t></text></comment></commentList></comments>"
    )
    return zipped(entries(sheet([["甲"]])) | {"xl/comments1.xml": told.encode()})


def unmapped() -> bytes:
    """A PDF whose text can be seen and not read: the table from glyphs to signs is gone."""

    def change(document: pikepdf.Pdf) -> None:
        for _, font in document.pages[0].Resources.Font.items():
            if "/ToUnicode" in font:
                del font["/ToUnicode"]

    return changed_pdf(_shown(NAME), change)


def in_between(document: bytes, more: bytes) -> bytes:
    """A PDF with a remark between two objects; the places of objects are those of the list of objects, which is rebuilt."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        target = io.BytesIO()
        opened.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, deterministic_id=True)  # fmt: skip
    data = target.getvalue()
    start = data.rindex(b"\nxref\n") + 1
    head, table = data[:start], data[start:]
    place = int(table.split(b"startxref\n")[1].split(b"\n")[0])
    assert place == start
    return head + more + table.replace(b"startxref\n%d" % place, b"startxref\n%d" % (place + len(more)))


def associated(document: pikepdf.Pdf) -> None:
    """A file joined to the document by /AF alone, in no list of attachments."""
    stream = document.make_stream(word(NAME))
    stream.Type = pikepdf.Name.EmbeddedFile
    document.Root.AF = pikepdf.Array(
        [document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="a.docx", EF=pikepdf.Dictionary(F=stream)))]
    )  # fmt: skip


def overlong(document: pikepdf.Pdf) -> None:
    """A picture with bytes behind its last row."""
    stream = document.make_stream(b"\xff" * 12 + NAME.encode())
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.ColorSpace, stream.Width, stream.Height, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 2, 2, 8
    document.pages[0].Resources.XObject = pikepdf.Dictionary(Im=stream)


def stamped(document: pikepdf.Pdf) -> None:
    """The page's text moves into the appearance of a field of a form."""
    shape = form(document, drawn(document))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 400, 400], AP=pikepdf.Dictionary(N=shape)
    )  # fmt: skip
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([note]))
    document.pages[0].Contents = document.make_stream(b"")


def one_by_one(document: pikepdf.Pdf) -> None:
    """Text in the pattern that fills an area."""
    pattern = form(document, drawn(document))
    pattern.Type, pattern.PatternType, pattern.PaintType, pattern.TilingType = pikepdf.Name.Pattern, 1, 1, 1
    del pattern.Subtype
    pattern.XStep, pattern.YStep = 400, 400
    document.pages[0].Resources.Pattern = pikepdf.Dictionary(P=pattern)
    document.pages[0].Contents = document.make_stream(b"/Pattern cs /P scn 0 0 400 400 re f")


def described(text: str) -> bytes:
    """A PNG whose colour profile has a description, as colour profiles have it: UTF-16 with the high byte first."""
    words = text.encode("utf-16-be")
    profile = (
        b"\0" * 128
        + b"mluc"
        + struct.pack(">IIII", 0, 1, 12, 0x656E5553)
        + struct.pack(">II", len(words), 28)
        + words
    )
    info = PngImagePlugin.PngInfo()
    target = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(target, "PNG", pnginfo=info, icc_profile=profile)
    return target.getvalue()


def tiff() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (4, 4)).save(target, "TIFF", tiffinfo={270: NAME.encode()})
    return target.getvalue()


def user_comment() -> bytes:
    told = Image.Exif()
    told.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + NAME.encode("utf-16-le")
    return chunk(b"eXIf", told.tobytes().removeprefix(b"Exif\0\0"))


def reported(**told: Any) -> tuple[str, bytes, str]:
    return book(SCHOOL, output(output_type="display_data", data=told))


MARK = (
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TC \"甲\"</w:instrText></w:r>"
    "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
)
STREAM = b"99 0 obj<</Length 60>>stream\n" + zlib.compress(NAME.encode()) + b"\nendstream endobj\n"
NO_WIDTH = '<cols><col min="1" max="1" width="0" customWidth="1"/></cols><sheetData>'
CSS = "".join(f"\\{ord(sign):x} " for sign in NAME)
BRACES = "".join(f"\\u{{{ord(sign):x}}}" for sign in NAME)

LEAKS: dict[str, Leak] = {
    # Ways to write a name
    "name percent-encoded in GBK": lambda: ("a.docx", word(f"https://example.org/?q={gbk(NAME)}"), SCHOOL),
    "name percent-encoded twice": lambda: ("a.docx", word(percent(NAME).replace("%", "%25")), SCHOOL),
    "name of entities twice": lambda: ("a.md", "".join(f"&amp;#{ord(s)};" for s in NAME).encode(), SCHOOL),
    "name of entities without ends": lambda: ("a.md", "".join(f"&#{ord(s)}" for s in NAME).encode(), SCHOOL),
    "name as bytes of UTF-8": lambda: book(SCHOOL, cell(source=repr(NAME.encode()))),
    "name as bytes of GBK": lambda: book(SCHOOL, output(output_type="stream", name="stdout", text=repr(GBK))),
    "name in base64": lambda: book(SCHOOL, cell(source=f"x = '{code(NAME.encode())}'")),
    "name in base64 of GBK": lambda: ("a.md", code(GBK + b" " * 9).encode(), SCHOOL),
    "name in base64 of web addresses": lambda: ("a.md", base64.urlsafe_b64encode(b"???>>>" + NAME.encode()), SCHOOL),
    "name in hexadecimal": lambda: book(SCHOOL, cell(source=NAME.encode().hex())),
    "name in hexadecimal of UTF-16": lambda: ("a.md", NAME.encode("utf-16-be").hex().upper().encode(), SCHOOL),
    "name in a style's escapes": lambda: html(f'<style>p::after {{ content: "{CSS}" }}</style>'),
    "name in a script's braces": lambda: html(f'<script>var a = "{BRACES}"</script>'),
    "name in quoted-printable": lambda: ("a.md", percent(NAME).replace("%", "=").encode(), SCHOOL),
    "name over two lines of a text": lambda: ("a.txt", "任城区运\n河小学".encode(), SCHOOL),
    "name over two lines of a script": lambda: ("a.js", "// 任城区运\n// 河小学".encode(), COUNTY),
    "name with radicals": lambda: ("a.docx", word("任城区运河⼩学"), SCHOOL),
    "name with combining marks": lambda: ("a.docx", word("任\u034f城区运河\ufe00小学"), SCHOOL),
    "name with Hangul fillers": lambda: ("a.docx", word("任城区\u3164运河\u115f小学"), SCHOOL),
    "name with tags": lambda: ("a.docx", word("任城区\U000e0061运河小学"), SCHOOL),
    "name with braille blanks": lambda: ("a.docx", word("任城区\u2800运河小学"), SCHOOL),
    "name in circles": lambda: ("a.docx", word("2137⑪0002"), NUMBER),
    "name with middle dots": lambda: ("a.docx", word("任·城·区·运·河·小·学"), SCHOOL),
    "name with hyphens": lambda: ("a.docx", word("任-城-区-运-河-小-学"), SCHOOL),
    "name with a rule below each sign": lambda: ("a.docx", word("任_城_区_运_河_小_学"), SCHOOL),
    "county in brackets": lambda: ("a.docx", word("（曲阜市）"), COUNTY),
    "county by its other name": lambda: ("a.docx", word("比济宁北湖省级旅游度假区低"), COUNTY),
    # Ways to write a code or a figure
    "code of a town": lambda: ("a.docx", word("代码370811001的街道"), NUMBER),
    "code of a village": lambda: ("data/a.csv", b"a\n370811001203\n", NUMBER),
    "code with hyphens": lambda: ("a.docx", word("2137-1100-02"), NUMBER),
    "code with commas": lambda: ("a.docx", word("2,137,110,002"), NUMBER),
    "code with no-break blanks": lambda: ("a.docx", word("2137\u202f1100\u202f02"), NUMBER),
    "code with a decimal": lambda: ("data/a.csv", f"a\n{SCHOOL_CODE}.0\n".encode(), NUMBER),
    "code with an exponent": lambda: ("data/a.csv", b"a\n2.137110002e+09\n", NUMBER),
    "code percent-encoded": lambda: ("a.docx", word(percent(SCHOOL_CODE)), NUMBER),
    "code behind an underline": lambda: ("a.docx", word(f"x_{SCHOOL_CODE}_y"), NUMBER),
    "code in Arabic digits": lambda: ("a.docx", word("".join(chr(0x660 + int(d)) for d in SCHOOL_CODE)), NUMBER),
    "code in bold digits": lambda: ("a.docx", word("".join(chr(0x1D7CE + int(d)) for d in SCHOOL_CODE)), NUMBER),
    "code of a county in a column of codes": lambda: ("a.xlsx", sheet([["行政区划代码"], [int(AREA)]]), NUMBER),
    "code of a county in a control's tag": lambda: docx(NUMBER, body=f"<w:sdt><w:sdtPr><w:tag w:val='{AREA}'/></w:sdtPr></w:sdt>"),
    "code of a county in a list of choices": lambda: (
        docx(NUMBER, body=f"<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText='甲' w:value='{AREA}'/></w:dropDownList></w:sdtPr></w:sdt>")
    ),
    "code of a county in a variable": lambda: docx(NUMBER, word__settings=part(f"<w:docVar w:name='a' w:val='{AREA}'/>")),
    "code of a county in a property": lambda: docx(NUMBER, docProps__core=part(f"<identifier>{AREA}</identifier>")),
    "code in a name of a figure": lambda: (f"evidence/figures/{SCHOOL_CODE}.png", png(), NUMBER),
    "figure as Excel shows it": lambda: ("a.docx", word("差异系数0.271828183"), DATA),
    "figure in hundredths as Excel shows it": lambda: ("a.xlsx", sheet([[27.1828183]]), DATA),
    "figure in wide digits": lambda: ("a.docx", word("０．２７１８２８１８２８４５９０４５１"), DATA),
    "figure with blanks": lambda: ("a.docx", word("0.2718 2818 2845 9045 1"), DATA),
    "figure with characters that take no room": lambda: ("a.docx", word("0.27182818\u200b284590451"), DATA),
    "figure with an exponent in a text": lambda: ("a.md", b"cv = 2.7182818284590451e-01", DATA),
    "figure without its nought": lambda: ("a.md", b"cv = .27182818284590451", DATA),
    "figure in thousandths": lambda: ("a.docx", word("271.82818284590451‰"), DATA),
    "figure with a comma": lambda: ("a.docx", word("0,27182818284590451"), DATA),
    "figure with a minus": lambda: ("a.csv", f"a\n-{FIGURE}\n".encode(), DATA),
    "figure in a sheet as a text": lambda: ("a.xlsx", sheet([[FIGURE]]), DATA),
    "figure in a script": lambda: html(f"<script>var cv=[{FIGURE}]</script>", DATA),
    "figure in a picture": lambda: ("a.png", png(Note=FIGURE), DATA),
    "figure in a notebook's state": lambda: book(DATA, lambda b: b["metadata"].update(cv=float(FIGURE))),
    "figure in a comment of XML": lambda: docx(DATA, word__header7=part(f"<!--{FIGURE}-->")),
    # Word
    "docx pronunciation above": lambda: docx(SCHOOL, body=p(phonetic(*zip(NAME, "abcdefg", strict=True)))),
    "docx text over tabs": lambda: docx(SCHOOL, body=p("<w:r><w:tab/></w:r>".join(map(t, NAME)))),
    "docx text over hyphens": lambda: docx(SCHOOL, body=p("<w:r><w:noBreakHyphen/></w:r>".join(map(t, ("任城区运", "河小学"))))),
    "docx text over a footnote's mark": lambda: docx(SCHOOL, body=p(t("任城区运") + "<w:r><w:footnoteReference w:id='2'/></w:r>" + t("河小学"))),
    "docx text over a field": lambda: (
        docx(SCHOOL, body=p(t("任城区运") + MARK + t("河小学")))
    ),
    "docx text over a bookmark": lambda: docx(SCHOOL, body=p(t("任城区运") + "<w:bookmarkStart w:id='9' w:name='a'/>" + t("河小学"))),
    "docx sign by sign in paragraphs": lambda: docx(SCHOOL, body="".join(p(t(sign)) for sign in NAME)),
    "docx sign by sign in cells": lambda: (
        docx(SCHOOL, body="<w:tbl><w:tr>" + "".join(f"<w:tc>{p(t(sign))}</w:tc>" for sign in NAME) + "</w:tr></w:tbl>")
    ),
    "docx symbols": lambda: docx(SCHOOL, body=p("".join(f"<w:r><w:sym w:font='宋体' w:char='{ord(s):04X}'/></w:r>" for s in NAME))),
    "docx comments under another name": lambda: docx(HIDDEN, word__remarks=part(p(t("存疑")), "w:comments")),
    "docx mail merge": lambda: docx(HIDDEN, word__settings=part("<w:mailMerge><w:query w:val='SELECT * FROM a'/></w:mailMerge>")),
    "docx custom XML element": lambda: docx(SCHOOL, body=f"<w:customXml w:element='{NAME}'/>"),
    "docx picture of vectors": lambda: docx(HIDDEN, **{"word__media__a.emf": b"x"}),
    "docx picture in SVG": lambda: (
        docx(SCHOOL, **{"word__media__a.svg": f"<svg xmlns='http://www.w3.org/2000/svg'><text>{NAME}</text></svg>".encode()})
    ),
    "docx thumbnail": lambda: docx(SCHOOL, **{"docProps__thumbnail.jpeg": exif(0x010E, NAME.encode())}),
    "docx font within": lambda: docx(HIDDEN, **{"word__fonts__a.odttf": b"x"}),
    "docx Word file in a Word file": lambda: docx(SCHOOL, **{"word__embeddings__a.docx": word(NAME)}),
    "docx ink": lambda: docx(SCHOOL, word__ink__ink1=part(f"<a:annotation>{NAME}</a:annotation>")),
    "docx caption of a table": lambda: docx(SCHOOL, body=f"<w:tbl><w:tblPr><w:tblCaption w:val='{NAME}'/></w:tblPr></w:tbl>"),
    "docx style": lambda: docx(SCHOOL, body=p(f"<w:pPr><w:pStyle w:val='{NAME}'/></w:pPr>{t('甲')}")),
    # Archives
    "zip stored part with more behind": lambda: ("a.docx", squeezed(zipfile.ZIP_STORED), REFUSED),
    "zip part packed by bzip2 with more behind": lambda: ("a.docx", squeezed(zipfile.ZIP_BZIP2), REFUSED),
    "zip folder": lambda: docx(COUNTY, **{f"{SHORT}/": b""}),
    # Excel
    "xlsx comments as Excel writes them": lambda: ("a.xlsx", commented(), NOTE),
    "xlsx sheet under another name": lambda: ("a.xlsx", sheet_as("blatt"), "不是本县学校标识码"),
    "xlsx column of no width": lambda: (
        ("a.xlsx", with_part(sheet([["甲"]]), SHEET, {"<sheetData>": NO_WIDTH}), HIDDEN)
    ),
    "xlsx row of no height": lambda: ("a.xlsx", with_part(sheet([["甲"]]), SHEET, {'<row r="1"': '<row r="1" ht="0.0" customHeight="1"'}), HIDDEN),
    "xlsx format that shows nothing": lambda: xlsx(HIDDEN, lambda b, s: setattr(s["A1"], "number_format", ";;;")),
    "xlsx number without a nought": lambda: xlsx(DATA, lambda b, s: s.append([float(FIGURE) * 100])),
    "xlsx pronunciation": lambda: with_xl(SCHOOL, "xl/phonetic.xml", f"<x><rPh sb='0' eb='1'><t>{NAME}</t></rPh></x>".encode()),
    "xlsx slicer": lambda: with_xl(SCHOOL, "xl/slicers/slicer1.xml", f"<x caption='{NAME}'/>".encode()),
    "xlsx drawing's text": lambda: with_xl(SCHOOL, "xl/drawings/drawing9.xml", f"<x><a:t xmlns:a='urn:a'>{NAME}</a:t></x>".encode()),
    "xlsx settings of a printer": lambda: with_xl(HIDDEN, "xl/printerSettings/printerSettings1.bin", GBK),
    "xlsx document in a cell": lambda: ("a.xlsx", sheet([[f"data:text/plain;base64,{code(NAME.encode())}"]]), SCHOOL),
    "xlsx one sign a cell": lambda: ("a.xlsx", sheet([list(NAME)]), SCHOOL),
    # PDF
    "pdf remark between objects": lambda: ("a.pdf", in_between(pdf("邹城市"), f"%{NAME}\n".encode()), SCHOOL),
    "pdf remark in GBK": lambda: ("a.pdf", in_between(pdf("邹城市"), b"%" + GBK + b"\n"), SCHOOL),
    "pdf object of no list": lambda: (
        ("a.pdf", in_between(pdf("邹城市"), STREAM), HIDDEN)
    ),
    "pdf file joined to it": lambda: made(associated),
    "pdf bytes behind a picture": lambda: made(overlong),
    "pdf appearance of a field": lambda: ("a.pdf", changed_pdf(_shown(NAME), stamped), SCHOOL),
    "pdf pattern": lambda: ("a.pdf", changed_pdf(_shown(NAME), one_by_one), SCHOOL),
    "pdf text that cannot be read": lambda: ("a.pdf", unmapped(), HIDDEN),
    "pdf rich text of a note": lambda: made(noted(Subtype=pikepdf.Name.FreeText, RC=f"<p>{NAME}</p>")),
    "pdf article": lambda: made(root(Threads={"/I": pikepdf.Dictionary(Title=NAME)})),
    "pdf bookmark": lambda: made(root(Outlines={"/First": pikepdf.Dictionary(Title=NAME)})),
    "pdf text sign by sign downwards": lambda: ("a.pdf", pdf(*NAME), SCHOOL),
    "pdf name behind a tag": lambda: made(root(Extensions={"/X": pikepdf.Dictionary({f"/{NAME}": 1})})),
    "pdf numbers": lambda: made(root(X={"/A": pikepdf.Array([int(SCHOOL_CODE)])}), NUMBER),
    "pdf password": lambda: ("a.pdf", locked(), REFUSED),
    "pdf picture within the text": lambda: made(redrawn(b"BI /W 7 /H 1 /BPC 8 /CS /RGB ID " + NAME.encode() + b" EI\n")),
    "pdf program of a font": lambda: made(redrawn(b"% " + NAME.encode() + b"\n")),
    # Pictures
    "png surplus in a known chunk": lambda: ("a.png", chunk(b"gAMA", struct.pack(">I", 45455) + NAME.encode()), SCHOOL),
    "png colour profile's words": lambda: ("a.png", described(NAME), SCHOOL),
    "png comment of a camera": lambda: ("a.png", user_comment(), SCHOOL),
    "png word for a text": lambda: ("a.png", chunk(b"iTXt", NAME.encode() + b"\0\0\0\0\0x"), SCHOOL),
    "png profile in hexadecimal": lambda: (
        ("a.png", chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n99\n" + NAME.encode().hex().encode())), SCHOOL)
    ),
    "png time": lambda: ("a.png", chunk(b"tIME", b"\x07\xe8\x01\x01\x01\x01\x01"), HIDDEN),
    "jpeg comment of a camera": lambda: ("a.jpg", segment_after(), SCHOOL),
    "jpeg two comments": lambda: ("a.jpg", commented_twice(), SCHOOL),
    # Notebooks, pages, data
    "notebook picture of another kind": lambda: reported(**{"image/tiff": code(tiff())}),
    "notebook file of another kind": lambda: reported(**{"application/octet-stream": code(word(NAME))}),
    "notebook type": lambda: book(COUNTY, output(output_type="display_data", data={f"text/{SHORT}": "甲"})),
    "notebook picture in a table": lambda: reported(**{"text/html": f'<img src="data:image/png;base64,{code(png(Note=NAME))}">'}),
    "notebook tag": lambda: book(COUNTY, cell(metadata={"tags": [SHORT]})),
    "notebook name of an attachment": lambda: book(SCHOOL, cell(attachments={f"{NAME}.png": {"image/png": code(png())}})),
    "json number with an exponent": lambda: ("a.json", b'{"a": 2.7182818284590451e-1}', DATA),
    "json within json": lambda: ("a.json", json.dumps({"a": json.dumps({"b": NAME})}).encode(), SCHOOL),
    "json within json within json": lambda: ("a.json", json.dumps({"a": json.dumps({"b": json.dumps(NAME)})}).encode(), SCHOOL),
    "html pronunciation above": lambda: html("<ruby>" + "".join(f"{s}<rp>(</rp><rt>a</rt><rp>)</rp>" for s in NAME) + "</ruby>"),
    "html sign by sign in cells": lambda: html("<table><tr>" + "".join(f"<td>{s}</td>" for s in NAME) + "</tr></table>"),
    "html sign by sign in lines": lambda: html("".join(f"<div>{s}</div>" for s in NAME)),
    "html break": lambda: html("任城区运<wbr>河<br>小学"),
    "html field": lambda: html(f'<input type="hidden" value="{NAME}">'),
    "html set of pictures": lambda: html(f'<img srcset="{percent(NAME)}.png 2x">'),
    "html in GBK": lambda: ("a.html", f"<html><head><meta charset='gbk'></head><body>{NAME}</body></html>".encode("gb18030"), REFUSED),
    "html CDATA": lambda: html(f"<svg><![CDATA[{NAME}]]></svg>"),
    "svg text sign by sign": lambda: (
        ("a.svg", f"<svg>{''.join(f'<text>{s}</text>' for s in NAME)}</svg>".encode(), SCHOOL)
    ),
    "csv cell over two lines": lambda: ("data/a.csv", '甲\n"任城区运\n河小学"\n'.encode(), SCHOOL),
    "csv one sign a cell": lambda: ("data/a.csv", f"{','.join('甲乙丙丁戊己庚')}\n{','.join(NAME)}\n".encode(), SCHOOL),
}  # fmt: skip


def locked() -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(_shown(NAME))) as document:
        document.save(target, encryption=pikepdf.Encryption(user="x", owner="x"))
    return target.getvalue()


def segment_after() -> bytes:
    told = Image.Exif()
    told.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + NAME.encode("utf-16-be")
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "JPEG", exif=told)
    return target.getvalue()


def commented_twice() -> bytes:
    data = jpeg()

    def comment(text: bytes) -> bytes:
        return b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text

    return data[:2] + comment(GBK) + comment(b"x") + data[2:]
