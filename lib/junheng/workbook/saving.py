"""Saving a workbook of openpyxl so that the same cells give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

from openpyxl import Workbook

from junheng.files import packed

FIXED = datetime(2000, 1, 1)
CORE = "docProps/core.xml"
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def saved_workbook(book: Workbook, change: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Return the file with fixed times (openpyxl writes the hour of saving); `change` takes name and bytes of a part."""
    book.properties.created = FIXED
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[CORE] = MODIFIED.sub(rb"\g<1>%s\g<2>" % f"{FIXED:%Y-%m-%dT%H:%M:%SZ}".encode(), parts[CORE])
    return packed((name, change(name, part)) for name, part in parts.items())
