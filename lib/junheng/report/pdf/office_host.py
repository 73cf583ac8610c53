"""The process that holds LibreOffice: started once, then one document after the other.

Run as `python -m junheng.report.pdf.office_host FD LIBRARY PROFILE PARENT`; `office.py` is the other end. LibreOffice is
called through LibreOfficeKit, the C interface it brings along: no socket, no macro, no package of its own. A crash of
LibreOffice takes this process along and nothing else.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_size_t, c_void_p
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from junheng.processes import die_with_parent


class _OfficeCalls(ctypes.Structure):
    """The beginning of LibreOfficeKitClass (LibreOfficeKit.h); later members are only ever appended."""

    _fields_ = [
        ("size", c_size_t),
        ("destroy", CFUNCTYPE(None, c_void_p)),
        ("load", CFUNCTYPE(c_void_p, c_void_p, c_char_p)),
        ("error", CFUNCTYPE(c_void_p, c_void_p)),
    ]


class _DocumentCalls(ctypes.Structure):
    """The beginning of LibreOfficeKitDocumentClass."""

    _fields_ = [
        ("size", c_size_t),
        ("destroy", CFUNCTYPE(None, c_void_p)),
        ("save_as", CFUNCTYPE(c_int, c_void_p, c_char_p, c_char_p, c_char_p)),
    ]


class LoadedOffice:
    """LibreOffice inside this process. `library` is libmergedlo.so or libsofficeapp.so in LibreOffice's folder."""

    def __init__(self, library: Path, profile: str) -> None:
        # RTLD_GLOBAL: the libraries that LibreOffice loads later look for their symbols in this one.
        hook = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL).libreofficekit_hook_2
        hook.restype, hook.argtypes = c_void_p, [c_char_p, c_char_p]
        self._office = hook(os.fsencode(library.parent), profile.encode())
        if not self._office:
            raise RuntimeError("LibreOfficeKit")
        self._calls = _calls(self._office, _OfficeCalls)

    def convert(self, source: str, target: str, options: str) -> str:
        """Write one document as PDF; both are file URLs. Return what LibreOffice has to say when it cannot."""
        document = self._calls.load(self._office, source.encode())
        if not document:
            return self._fault()
        calls = _calls(document, _DocumentCalls)
        try:
            done = calls.save_as(document, target.encode(), b"pdf", options.encode())
            return "" if done else self._fault()
        finally:
            calls.destroy(document)

    def _fault(self) -> str:
        said = self._calls.error(self._office)
        return ctypes.string_at(said).decode("utf-8", "replace") if said else "?"


def _calls(thing: int, kind: Any) -> Any:
    """The table of functions that stands at the head of a LibreOfficeKit object."""
    return ctypes.cast(thing, POINTER(POINTER(kind))).contents.contents


def main(descriptor: str, library: str, profile: str, parent: str) -> None:
    """Convert what is asked for until the other end hangs up."""
    die_with_parent(int(parent))
    with Connection(int(descriptor)) as channel:
        office = LoadedOffice(Path(library), profile)
        channel.send("")
        try:
            while True:
                channel.send(office.convert(*channel.recv()))
        except EOFError:
            sys.stdout.flush()
    os._exit(0)  # LibreOffice's own way out takes time and has crashed


if __name__ == "__main__":
    main(*sys.argv[1:])
