"""LibreOffice as a converter sees it: kept running from one document to the next, 0.3 to 0.8 s a document.

Every build for Linux brings LibreOfficeKit along, through which that is possible; `soffice --convert-to` would take another second
for each document. (A snap's LibreOffice has it out of reach, and may not read our folders either.)
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from junheng.errors import OutputProblem, UsageProblem
from junheng.report import fonts
from junheng.report.pdf.office_profile import NO_PORT, NOWHERE, write_profile

OPTIONS: Final[Mapping[str, bool | int]] = {
    "SelectPdfVersion": 2,  # PDF/A-2b
    "UseTaggedPDF": True,
    "ExportBookmarks": True,
    "EmbedStandardFonts": True,
    "DisplayPDFDocumentTitle": True,
    "UseLosslessCompression": True,
    "ReduceImageResolution": False,
    "ExportNotes": False,
    "ExportFormFields": False,
}
DRAFT: Final[Mapping[str, bool | int]] = {**OPTIONS, "SelectPdfVersion": 0, "UseTaggedPDF": False}
"""For a draft: plain PDF without tags, which are nearly all of the objects and 0.2 s a document."""
DOCUMENTS_BEFORE_RESTART: Final = 40
"""LibreOffice is started afresh after so many documents: it grows, and has been seen to die after some hundred."""
LIBRARIES: Final = ("libmergedlo.so", "libsofficeapp.so")
"""Where LibreOfficeKit is: in the one library into which most builds are linked, else in the program's own."""
PROFILE: Final = "profile"
_INSTALL: Final = "sudo apt-get install -y --no-install-recommends libreoffice-writer-nogui"
_FAULT_WORDS: Final = 200


class OfficeDied(Exception):
    """The LibreOffice that was kept running is gone; a new one may fare better."""


def open_office(folder: Path) -> OfficeHost:
    """Return a LibreOffice whose profile and caches are in `folder`; raises UsageProblem when there is none."""
    library = find_library(find_office())
    write_profile(folder / PROFILE)
    return OfficeHost(library, folder)


def find_office() -> str:
    """Return the path of LibreOffice; raises UsageProblem with the command that installs it."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UsageProblem(f"未找到LibreOffice，无法生成PDF。请运行：{_INSTALL}")
    return program


def find_library(program: str) -> Path:
    """Return the library with LibreOfficeKit that belongs to the program; raises UsageProblem when it has none."""
    folder = Path(program).resolve().parent
    found = next((folder / name for name in LIBRARIES if (folder / name).is_file()), None)
    if found is None:
        raise UsageProblem(f"所装LibreOffice（{folder}）缺少LibreOfficeKit，无法生成PDF。请改装：{_INSTALL}")
    return found


def environment(folder: Path) -> dict[str, str]:
    """Return LibreOffice's environment: our fonts, `folder` for all it keeps, nothing of the user's."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return (
        kept
        | {
            "HOME": str(folder),
            "TMPDIR": str(folder),  # it leaves files behind when it is ended
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "GLIBC_TUNABLES": "glibc.malloc.tcache_count=65000",  # a document is millions of small pieces: 6 % less time
            "SAL_USE_VCLPLUGIN": "svp",
            "FONTCONFIG_FILE": str(fonts.fontconfig_file()),
        }
        | dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), f"http://{NOWHERE}:{NO_PORT}")
    )


@cache
def without_network() -> tuple[str, ...]:
    """The command that starts a program in a network of its own, with nobody in it; nothing where the system forbids that.

    A document can name pictures and templates elsewhere, and LibreOffice fetches them. Where it cannot be cut off it is
    told of a proxy at which nobody listens (`environment`, `office_profile`).
    """
    for how in (("--net",), ("--user", "--map-current-user", "--net")):
        command = ("unshare", *how, "--")
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*command, "true"], check=True, capture_output=True, timeout=10)
            return command
    return ()


class OfficeHost:
    """LibreOffice in a process of its own, through LibreOfficeKit."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._folder = folder
        ours, theirs = socket.socketpair()
        number, profile = theirs.fileno(), (folder / PROFILE).as_uri()
        command = [*without_network(), sys.executable, "-P", "-m", "junheng.report.pdf.office_host"]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(number), str(library), profile, str(os.getpid())],
                pass_fds=(number,), env=environment(folder), cwd=folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._channel = Connection(ours.detach())
        self._ready = False
        self._done = 0

    @property
    def process(self) -> int:
        return self._process.pid

    @property
    def worn(self) -> bool:
        """Whether it is time for a fresh one."""
        return self._done >= DOCUMENTS_BEFORE_RESTART

    def convert(self, source: Path, timeout: float, draft: bool = False) -> str:
        """Raises OutputProblem when the time is up, OfficeDied when LibreOffice ended."""
        try:
            if not self._ready:
                self._answer(timeout)
                self._ready = True
            self._channel.send((source.as_uri(), source.with_suffix(".pdf").as_uri(), filter_data(draft)))
            said = self._answer(timeout)
        except (EOFError, OSError) as error:
            raise OfficeDied from error
        self._done += 1
        return _clean(said, source, self._folder)

    def _answer(self, timeout: float) -> str:
        if not self._channel.poll(timeout):
            raise OutputProblem(_late(timeout))
        return str(self._channel.recv())

    def close(self) -> None:
        self._channel.close()
        _end(self._process)


def filter_data(draft: bool) -> str:
    """Return the options of LibreOffice's PDF export as it takes them."""
    return json.dumps(
        {
            name: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
            for name, value in (DRAFT if draft else OPTIONS).items()
        }
    )


def _late(timeout: float) -> str:
    return f"LibreOffice在{timeout:g}秒内没有完成转换，已终止。"


def _clean(words: str, source: Path, folder: Path) -> str:
    """What LibreOffice said, short and without the folders of this machine."""
    return words.strip().replace(str(source), source.name).replace(str(folder), "")[:_FAULT_WORDS]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a process group, also after an interrupt."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
