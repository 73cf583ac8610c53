"""Opening any file that a county or school really holds, recognised by its content, never by its name.

xlsx and xlsm (also with a password), xls, HTML or text named .xls, Excel 2003 XML, CSV in UTF-8, UTF-16 or
GB18030. Everything is read as data: no macro, formula, link or external reference is ever evaluated.
"""

from __future__ import annotations

import io
from pathlib import Path

import olefile

from junheng.errors import DataProblem
from junheng.workbook.read.delimited import decode_text, read_delimited
from junheng.workbook.read.legacy import PasswordNeeded, read_xls
from junheng.workbook.read.markup import is_html, is_spreadsheet_xml, read_html, read_spreadsheet_xml
from junheng.workbook.read.opened import GridFile, OpenedFile, XlsxFile, digest
from junheng.workbook.read.package import OLE_MARK, Package, damaged, read_file
from junheng.workbook.read.password import decrypt

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".xml", ".htm", ".html", ".csv", ".tsv")
"""What a file that `open_file` can open may be called; the content decides how it is read."""
MAX_TEXT = 60_000_000
ZIP_MARK = b"PK"
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
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
        return XlsxFile(Package(file, data), data, digest(data))
    if data.startswith(OLD_BIFF):
        return _open_xls(file, data, ask)
    for mark, kind in OTHERS.items():
        if data.startswith(mark):
            raise DataProblem(f"{file}是{kind}，不是电子表格，请报送Excel工作簿（.xlsx）。")
    return _open_text(file, data)


def _open_ole(file: str, data: bytes, ask: bool) -> OpenedFile:
    """An old workbook, or the container of an encrypted new one."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            encrypted = container.exists("EncryptedPackage")
    except Exception as error:  # the library meets broken containers with whatever error comes first
        raise damaged(file) from error
    if not encrypted:
        return _open_xls(file, data, ask)
    plain, password = decrypt(file, data, ask)
    return XlsxFile(Package(file, plain), plain, digest(data), password)


def _open_xls(file: str, data: bytes, ask: bool) -> OpenedFile:
    password = ""
    try:
        grids, hidden = read_xls(file, data)
    except PasswordNeeded:
        plain, password = decrypt(file, data, ask)
        try:
            grids, hidden = read_xls(file, plain)
        except PasswordNeeded as error:
            raise damaged(file) from error
    return GridFile(file, digest(data), grids, hidden, password=password)


def _open_text(file: str, data: bytes) -> OpenedFile:
    if len(data) > MAX_TEXT:
        raise DataProblem(f"{file}超过{MAX_TEXT // 1_000_000}MB，不像采集工作簿，未读取。")
    text = decode_text(file, data)
    if is_spreadsheet_xml(text):
        grids, hidden = read_spreadsheet_xml(file, data)
        return GridFile(file, digest(data), grids, hidden)
    if is_html(text):
        return GridFile(file, digest(data), (read_html(file, text),))
    return GridFile(file, digest(data), (read_delimited(file, text),))
