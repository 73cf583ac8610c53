"""Opening an .xlsx file as data only: size limits, sheet list, shared strings, date formats.

Nothing is evaluated, no external link is followed, no macro is looked at. The XML is read directly because
stored dimensions, empty fill styles and formatting down to the last row mislead ready-made readers.
"""

from __future__ import annotations

import lzma
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from junheng.errors import DAMAGED_ZIP, DataProblem, refused

MAX_FILE = 200_000_000
MAX_TOTAL = 600_000_000
MAX_RATIO = 250
RATIO_MATTERS_FROM = 20_000_000
"""Below that, a part may be packed as densely as it likes: a small sheet of equal rows is no bomb."""
SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "huge_tree": False}
NOT_XLSX = "不是Excel工作簿（.xlsx），请用Excel或WPS打开后另存为.xlsx格式。"
BROKEN_XML = (etree.XMLSyntaxError, ValueError)
UNREADABLE = (
    ArithmeticError,
    *DAMAGED_ZIP,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
)
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The prefix and the namespace of r:id differ (transitional, strict, WPS), its name never does.
RELATION_ID = re.compile(r"\{[^}]*relationships\}id$")
# How Excel writes characters that XML cannot hold; old forms of the statistics carry _x000D_ in every label.
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
UTF8_FLAG = 0x800
BUILTIN_PERCENTS = frozenset([9, 10])
BUILTIN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""Numbers of formats that no file spells out (ECMA-376, 18.8.30); 27 to 36 and 50 to 58 are those of Chinese Excel."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet in the package: its name as written, whether it can be seen, and where its cells are."""

    name: str
    visible: bool
    part: str


class Package:
    """An opened package of Office or OpenDocument. `file` is its name without folder, `data` are its bytes."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data
        self._zip = _open_zip(file, data)
        self._names = set(self._zip.namelist())

    def read(self, part: str) -> bytes:
        """Return the bytes of a part; raises DataProblem when it is not there or broken."""
        with undamaged(self.file, *UNREADABLE):
            return self._zip.read(part)

    def xml(self, part: str) -> etree._Element:
        """Return the root of an XML part; raises DataProblem when it is not well formed."""
        return parse_xml(self.file, self.read(part))

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """The worksheets in the order of the file."""
        return tuple(sheet for sheet in self.listed_sheets() if sheet.part)

    def listed_sheets(self) -> Iterator[SheetPart]:
        """Yield the sheets as the workbook's part lists them; one whose cells are nowhere has no part."""
        targets = {identity: target for identity, _, target in self.relations(self.workbook_part)}
        for node in self.workbook.iter("{*}sheet"):
            part = targets.get(_relation_id(node), "")
            visible = node.get("state", "visible") == "visible"
            yield SheetPart(node.get("name", ""), visible, part if self.has(part) else "")

    @cached_property
    def shared_strings(self) -> tuple[str, ...]:
        """The texts that cells refer to by number."""
        part = self.related(self.workbook_part, "sharedStrings")
        return tuple(rich_text(item) for item in self.xml(part).iter("{*}si")) if part else ()

    @cached_property
    def date_styles(self) -> frozenset[int]:
        """The cell styles whose number format shows a date or time."""
        part = self.related(self.workbook_part, "styles")
        return frozenset(_date_styles(self.xml(part))) if part else frozenset()

    @cached_property
    def percent_styles(self) -> frozenset[int]:
        """The cell styles whose number format shows a percentage: what shows as 60% is stored as 0.6."""
        part = self.related(self.workbook_part, "styles")
        return frozenset(_percent_styles(self.xml(part))) if part else frozenset()

    @cached_property
    def uncalculated(self) -> bool:
        """Whether the file asks to be calculated when it is opened: a 0 stored for a formula is a placeholder then.

        Writers that cannot calculate (XlsxWriter, Perl's and PHP's) store 0 and set these marks; Excel removes them
        on saving. A writer that does calculate and sets them all the same is believed but for its zeros.
        """
        node = self.workbook.find("{*}calcPr")
        if node is None:
            return False
        asked = any(node.get(name) in ("1", "true") for name in ("fullCalcOnLoad", "forceFullCalc"))
        return asked or node.get("calcCompleted") in ("0", "false")

    @cached_property
    def date_1904(self) -> bool:
        """Whether days count from 1904, as on old Macintoshes."""
        properties = self.workbook.find("{*}workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    @cached_property
    def properties(self) -> str:
        """The text of the document's core properties (keywords, category, title …), of ODF's meta.xml."""
        parts = filter(self.has, ("docProps/core.xml", "meta.xml"))
        return " ".join(clean(str(node.text or "")) for part in parts for node in self.xml(part).iter("{*}*"))

    @cached_property
    def workbook_part(self) -> str:
        """The part that lists the sheets, by the relationship that leads to it."""
        return self.related("", "officeDocument") or "xl/workbook.xml"

    @cached_property
    def workbook(self) -> etree._Element:
        """The root of the workbook's part; raises DataProblem when the file is no workbook."""
        if not self.has(self.workbook_part):
            raise DataProblem(f"{self.file}{NOT_XLSX}")
        root = self.xml(self.workbook_part)
        if etree.QName(root).localname != "workbook":
            raise DataProblem(f"{self.file}{NOT_XLSX}")
        return root

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield identity, kind and part of all that a part ("": the file) refers to within the file."""
        rels = rels_of(part)
        for node in self.xml(rels).iter("{*}Relationship") if self.has(rels) else ():
            if node.get("TargetMode") != "External":
                # A target is relative to the part that names it, or absolute within the package.
                target = posixpath.join("/", posixpath.dirname(part), node.get("Target", ""))
                yield node.get("Id", ""), node.get("Type", ""), posixpath.normpath(target).lstrip("/")

    def related(self, part: str, kind: str) -> str:
        """Return the first part that is there of those that `part` refers to as `kind`; "" when there is none."""
        targets = (target for _, found, target in self.relations(part) if found.endswith(f"/{kind}"))
        return next(filter(self.has, targets), "")

    @property
    def names(self) -> tuple[str, ...]:
        """The parts in the order of the file; names that an old Chinese Windows wrote are put right."""
        return tuple(_in_chinese(entry) for entry in self._zip.infolist())

    def has(self, part: str) -> bool:
        """Say whether the package has a part of this name."""
        return part in self._names


def read_file(path: Path) -> bytes:
    """Return a file's bytes; raises DataProblem when it cannot be read or is far too large."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE else b""
    except OSError as error:
        raise DataProblem(f"{path.name}无法读取（{refused(error)}）。") from error
    if size > MAX_FILE:
        raise DataProblem(f"{path.name}超过{MAX_FILE // 1_000_000}MB，不像采集工作簿，未读取。")
    return data


def damaged(file: str) -> DataProblem:
    """Return the error for a package whose insides are broken."""
    return DataProblem(f"{file}已损坏，无法读取，请用Excel或WPS打开后重新保存，打不开的请重新取得该文件。")


@contextmanager
def undamaged(file: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn what libraries raise on broken contents into the one sentence for a damaged file."""
    try:
        yield
    except DataProblem:  # says more already
        raise
    except errors as error:
        raise damaged(file) from error


def parse_xml(file: str, data: bytes) -> etree._Element:
    """Return the root of an XML document; raises DataProblem when it is not well formed."""
    refuse_doctype(file, data)
    with undamaged(file, *BROKEN_XML):
        return etree.fromstring(data, etree.XMLParser(**SAFE, remove_comments=True))


def stated_number(text: str | None, default: int) -> int:
    """Return the number an attribute states; `default` where it states none, or one that no sheet could have."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def refuse_doctype(file: str, data: bytes) -> None:
    """Raise DataProblem for a part with a document type: no workbook has one, entity bombs do."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DataProblem(f"{file}含有不允许的XML声明，未读取，请用Excel或WPS重新保存。")


def clean(text: str) -> str:
    """Undo Excel's `_x000D_` escapes and turn control characters into spaces."""
    # Most texts have neither: told by two quick tests, since every cell's text passes here.
    if "_x" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return CONTROL.sub(" ", text) if not text.isprintable() else text


def rich_text(node: etree._Element) -> str:
    """Return the text of a string item: its runs joined, phonetic guides (rPh, the 拼音 above the characters) left out."""
    parts: list[str] = []
    for child in node:
        # Not iter("t"): a phonetic guide has texts of its own.
        tag = etree.QName(child).localname
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts += [str(text.text or "") for text in child.iterfind("{*}t")]
    return clean("".join(parts))


def _open_zip(file: str, data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except UNREADABLE as error:  # the list of its parts stands at the end of a zip file
        raise DataProblem(f"{file}不完整（可能没有下载或复制完），请重新取得该文件。") from error
    _refuse_bomb(file, archive)
    return archive


def _in_chinese(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & UTF8_FLAG:
        return entry.filename
    # Without the flag the standard says cp437, and so does zipfile; old Chinese programs wrote GBK all the same.
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _refuse_bomb(file: str, archive: zipfile.ZipFile) -> None:
    """Refuse a package that would unpack to an absurd size (no more than the declared sizes is read)."""
    entries = archive.infolist()
    large = [e for e in entries if e.file_size > RATIO_MATTERS_FROM]
    dense = any(e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in large)
    if dense or sum(e.file_size for e in entries) > MAX_TOTAL:
        raise DataProblem(f"{file}解压后大得异常，疑似压缩炸弹，未读取。")
    if any(e.flag_bits & 1 for e in entries):
        raise DataProblem(f"{file}设有压缩密码，无法读取，请取消密码后重新保存。")


def rels_of(part: str) -> str:
    """Return the name of the part that says what a part refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation_id(node: etree._Element) -> str:
    return next((str(value) for name, value in node.attrib.items() if RELATION_ID.search(str(name))), "")


def _date_styles(styles: etree._Element) -> Iterator[int]:
    for index, number, code in _formats(styles):
        if _is_date_format(code) if code is not None else number in BUILTIN_DATES:
            yield index


def _percent_styles(styles: etree._Element) -> Iterator[int]:
    for index, number, code in _formats(styles):
        if is_percent_format(code) if code is not None else number in BUILTIN_PERCENTS:
            yield index


def _formats(styles: etree._Element) -> Iterator[tuple[int, int, str | None]]:
    """Yield each cell style's index, the number of its number format and the code, where the file spells it out."""
    custom = {node.get("numFmtId"): node.get("formatCode", "") for node in styles.iter("{*}numFmt")}
    formats = styles.find("{*}cellXfs")
    for index, node in enumerate(formats if formats is not None else ()):
        number = node.get("numFmtId", "0")
        yield index, int(number) if number.isdigit() else 0, custom.get(number)


def _bare(code: str) -> str:
    """Return a number format without what it only prints: quoted and escaped characters, colours, fillers."""
    return re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code).lower()


def is_percent_format(code: str) -> bool:
    """Say whether a number format multiplies by 100: a quoted or escaped percent sign is only printed."""
    return "%" in _bare(code)


def _is_date_format(code: str) -> bool:
    bare = _bare(code)
    # A format with # or General prints a number, whatever letters it prints beside it.
    return "general" not in bare and "#" not in bare and re.search(r"[ymdh]|ss", bare) is not None
