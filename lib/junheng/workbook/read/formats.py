"""Opening any file that a county or school really holds, recognised by its content, never by its name.

xlsx and xlsm (also with a password), xls, ods, HTML or text named .xls, Excel 2003 XML, CSV in UTF-8, UTF-16 or
GB18030. Others are refused by their kind, with what can be done: so is .xlsb, of which python-calamine 0.9 and pyxlsb
silently drop the short records that Excel may write. Everything is read as data: no macro, formula, link or external reference is ever evaluated.
"""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath

import olefile

from junheng.errors import DataProblem
from junheng.files import sha256
from junheng.workbook.read.delimited import decode_text, read_delimited
from junheng.workbook.read.legacy import PasswordNeeded, read_xls
from junheng.workbook.read.markup import is_html, is_spreadsheet_xml, read_html, read_spreadsheet_xml
from junheng.workbook.read.ods import MEDIA_TYPE as ODS_TYPE
from junheng.workbook.read.ods import read_ods
from junheng.workbook.read.opened import GridFile, OpenedFile, XlsxFile
from junheng.workbook.read.package import OLE_MARK, read_file, undamaged
from junheng.workbook.read.password import decrypt

SUFFIXES = (
    ".xlsx", ".xlsm", ".xltx", ".xls", ".xlt", ".xlsb", ".et", ".ett", ".ods", ".xml", ".htm", ".html", ".csv", ".tsv",
)  # fmt: skip
"""What a workbook may be called; the content decides how it is read, or as what it is refused."""
MAX_TEXT = 60_000_000
ZIP_MARK = b"PK"
CONTENT_TYPES = "[Content_Types].xml"
"""Every package of Office has it, and no folder that somebody zipped."""
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
AS_XLSX = "请用Excel或WPS打开后另存为.xlsx格式"
HAND_IN = "请报送Excel工作簿（.xlsx）"
ODF = "application/vnd.oasis.opendocument."
FLAT_ODF = "urn:oasis:names:tc:opendocument"
DOCUMENT_PARTS = {
    "xl/workbook.bin": ("Excel二进制工作簿（.xlsb）", AS_XLSX),
    "word/document.xml": ("Word文档", HAND_IN),
    "ppt/presentation.xml": ("演示文稿", HAND_IN),
    "Index/Document.iwa": ("Numbers表格", "请在Numbers中导出为Excel（.xlsx）格式"),
}
"""What a package without a workbook of its own is, by the part it has, and what can be done."""
OLE_STREAMS = {"WordDocument": "Word文档", "PowerPoint Document": "演示文稿"}
WORKBOOK_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")
OTHERS = {
    b"%PDF": "PDF文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"Rar!": "压缩文件",
    b"7z\xbc\xaf": "压缩文件",
    b"\x1f\x8b": "压缩文件",
    b"MIME-Version:": "网页归档文件",
    b"{\\rtf": "文字文件",
}


def open_file(path: Path, ask: bool = True) -> OpenedFile:
    """Open a file of any accepted format; raises DataProblem with one sentence saying why not and what to do.

    `ask`: whether somebody may be asked for a password.
    """
    data = read_file(path)
    if not data:
        raise DataProblem(f"{path.name}是空文件（0字节），请重新取得该文件。")
    return open_bytes(path.name, data, ask)


def open_bytes(file: str, data: bytes, ask: bool = True) -> OpenedFile:
    """Open the bytes of a file; `file` is what messages call it."""
    if data.startswith(OLE_MARK):
        return _open_ole(file, data, ask)
    if data.startswith(ZIP_MARK):
        return _open_package(file, data)
    if data.startswith(OLD_BIFF):
        return _open_xls(file, data, ask)
    for mark, kind in OTHERS.items():
        if data.startswith(mark):
            raise DataProblem(f"{file}是{kind}，不是电子表格，{HAND_IN}。")
    return _open_text(file, data)


def _open_package(file: str, data: bytes) -> OpenedFile:
    """A new workbook, one of LibreOffice, or a package of another kind, which is refused by name."""
    package = XlsxFile(file, data, sha256(data))
    kind = package.read("mimetype").decode("ascii", "replace") if package.has("mimetype") else ""
    if kind.startswith(ODS_TYPE):
        return GridFile(file, package.sha256, read_ods(package), package.properties)
    if kind.startswith(ODF):
        raise _refused(file, "OpenDocument文档", HAND_IN)
    for part, (name, remedy) in DOCUMENT_PARTS.items():
        if package.has(part):
            raise _refused(file, name, remedy)
    inside = [name for name in package.names if name.lower().endswith(SUFFIXES) and name != CONTENT_TYPES]
    if inside and not package.has(CONTENT_TYPES):
        first = PurePosixPath(inside[0].replace("\\", "/")).name
        raise _refused(file, f"压缩文件（内有“{first}”）", "请解压后报送其中的工作簿")
    return package


def _refused(file: str, kind: str, remedy: str) -> DataProblem:
    return DataProblem(f"{file}是{kind}，不能作为采集工作簿读取，{remedy}。")


def _open_ole(file: str, data: bytes, ask: bool) -> OpenedFile:
    """An old workbook, or the container of an encrypted new one."""
    # The library meets broken containers with whatever error comes first.
    with undamaged(file, Exception), olefile.OleFileIO(io.BytesIO(data)) as container:
        encrypted = container.exists("EncryptedPackage")
        others = [kind for stream, kind in OLE_STREAMS.items() if container.exists(stream)]
        workbook = any(container.exists(stream) for stream in WORKBOOK_STREAMS)
    if others and not workbook:
        raise _refused(file, others[0], HAND_IN)
    if not encrypted:
        return _open_xls(file, data, ask)
    plain, password = decrypt(file, data, ask)
    return XlsxFile(file, plain, sha256(data), password)


def _open_xls(file: str, data: bytes, ask: bool) -> OpenedFile:
    password = ""
    try:
        grids = read_xls(file, data)
    except PasswordNeeded:
        plain, password = decrypt(file, data, ask)
        with undamaged(file, PasswordNeeded):
            grids = read_xls(file, plain)
    return GridFile(file, sha256(data), grids, password=password)


def _open_text(file: str, data: bytes) -> OpenedFile:
    if len(data) > MAX_TEXT:
        raise DataProblem(f"{file}超过{MAX_TEXT // 1_000_000}MB，不像采集工作簿，未读取。")
    text = decode_text(file, data)
    if is_spreadsheet_xml(text):
        return GridFile(file, sha256(data), read_spreadsheet_xml(file, data))
    if FLAT_ODF in text[:20_000]:
        raise _refused(file, "OpenDocument单一XML文件（.fods）", "请用LibreOffice打开后另存为.xlsx格式")
    if is_html(text):
        return GridFile(file, sha256(data), (read_html(file, text),))
    return GridFile(file, sha256(data), (read_delimited(file, text),))
