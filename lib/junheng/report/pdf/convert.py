"""Word to PDF through LibreOffice, with the project's fonts and nothing of the user's own settings."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from junheng.errors import DAMAGED_ZIP, OutputProblem, refused
from junheng.report.pdf.finish import finish
from junheng.report.pdf.office import OfficeDied, OfficeHost, open_office

_SPACE = 8 << 20
"""Free bytes below which a failed conversion is put down to a full disk."""
_SECONDS_A_MEGABYTE = 10.0
"""Added to the time limit for each megabyte of a Word file's text: ten times what LibreOffice takes (3,000 schools: 16 MB)."""


class Converter:
    """Turns Word files into PDF. One converter has one LibreOffice and one profile: use one a worker, and close it.

    `with Converter() as converter: converter.convert(docx, pdf)`; calls come one after the other. LibreOffice stays
    loaded in between; it is started afresh after a number of documents, when it died, and when it took too long.
    """

    def __init__(self, timeout: float = 120.0) -> None:
        self._timeout = timeout
        self._folder: Path | None = None
        self._office: OfficeHost | None = None

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Let LibreOffice start, to have it ready for the first document."""
        self._opened()

    def convert(self, docx: Path, pdf: Path, draft: bool = False) -> None:
        """Write `docx` as `pdf`: tagged PDF/A-2b, or for a `draft` plain PDF, which takes less time.

        Raises OutputProblem when nothing usable came out, UsageProblem when LibreOffice or a font is missing.
        """
        if not docx.is_file():
            raise OutputProblem(f"缺少Word文件{docx.name}，无法生成PDF。")
        with tempfile.TemporaryDirectory(prefix="out-", dir=self._work_folder()) as folder:
            # A name of our own: LibreOffice takes the name of the PDF from that of the Word file.
            source, finished = Path(folder) / "document.docx", Path(folder) / "finished.pdf"
            shutil.copyfile(docx, source)
            finish(self._made(source, docx, draft), source, finished)
            _move(finished, pdf)

    def _made(self, source: Path, docx: Path, draft: bool) -> Path:
        """The PDF as LibreOffice writes it; raises OutputProblem."""
        fault = self._run(source, draft)
        made = source.with_suffix(".pdf")
        if not made.is_file() or not made.stat().st_size:
            _require_space(made.parent)
            raise OutputProblem(f"LibreOffice没有生成{docx.stem}的PDF{fault and f'（{fault}）'}。")
        return made

    def close(self) -> None:
        """End LibreOffice and delete the profile."""
        self._close_office()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _work_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="junheng-office-"))
        return self._folder

    def _opened(self) -> OfficeHost:
        if self._office is not None and self._office.worn:
            self._close_office()
        if self._office is None:
            self._office = open_office(self._work_folder())
        return self._office

    def _close_office(self) -> None:
        if self._office is not None:
            self._office.close()
            self._office = None

    def _run(self, source: Path, draft: bool) -> str:
        """Convert; return LibreOffice's complaint. One that died is replaced once."""
        limit = self._timeout + _SECONDS_A_MEGABYTE * _text_megabytes(source)
        # LibreOffice dies now and then of what came before: a fresh one gets the same document once more.
        for last in (False, True):
            try:
                return self._opened().convert(source, limit, draft)
            except OfficeDied:
                self._close_office()
                if last:
                    return "LibreOffice中途退出，可能内存不足"
            except BaseException:  # too late, or an interrupt: it may be in the middle of anything
                self._close_office()
                raise
        raise AssertionError


def _text_megabytes(docx: Path) -> int:
    """How large a Word file's text is, in whole megabytes; none when it is no Word file, of which LibreOffice will say so."""
    with suppress(*DAMAGED_ZIP, OSError, KeyError), zipfile.ZipFile(docx) as package:
        return package.getinfo("word/document.xml").file_size // 1_000_000
    return 0


def _require_space(folder: Path) -> None:
    """Say so when there was no room for a PDF: LibreOffice's own words do not."""
    if shutil.disk_usage(folder).free < _SPACE:
        raise OutputProblem("存放临时文件的磁盘空间不足，无法生成PDF；请清理磁盘或改设TMPDIR后重新运行。")


def _move(made: Path, pdf: Path) -> None:
    try:
        shutil.move(made, pdf)
    except OSError as error:
        raise OutputProblem(f"无法写入{pdf.name}：{refused(error)}。") from error
