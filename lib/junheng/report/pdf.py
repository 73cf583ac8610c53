"""Word to PDF through LibreOffice, with the project's fonts and nothing of the user's own settings."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final

import pikepdf

from junheng.errors import OutputProblem, UsageProblem
from junheng.report import fonts
from junheng.report.word_styles import LANGUAGE

OPTIONS: Final = {
    "ExportBookmarks": True,
    "UseTaggedPDF": True,
    "EmbedStandardFonts": True,
    "DisplayPDFDocumentTitle": True,
    "UseLosslessCompression": True,
    "ReduceImageResolution": False,
    "ExportNotes": False,
    "ExportFormFields": False,
}
_INSTALL: Final = "sudo apt-get install -y --no-install-recommends libreoffice-writer-nogui"
_FAULT_WORDS: Final = 200


class Converter:
    """Turns Word files into PDF. One converter has one LibreOffice profile: use one a worker, and close it.

    `with Converter() as converter: converter.convert(docx, pdf)`; calls come one after the other. Here every
    call starts a process of its own; whatever keeps one running has the same three methods.
    """

    def __init__(self, timeout: float = 120.0) -> None:
        self._timeout = timeout
        self._folder: Path | None = None

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def convert(self, docx: Path, pdf: Path) -> None:
        """Write `docx` as `pdf`.

        Raises OutputProblem when nothing usable came out, UsageProblem when LibreOffice or a font is missing.
        """
        if not docx.is_file():
            raise OutputProblem(f"缺少Word文件{docx.name}，无法生成PDF。")
        program = find_office()
        with tempfile.TemporaryDirectory(prefix="out-", dir=self._work_folder()) as folder:
            # A name of our own: LibreOffice takes the name of the PDF from that of the Word file.
            source = Path(folder) / "document.docx"
            shutil.copyfile(docx, source)
            fault = self._run(program, source)
            made = source.with_suffix(".pdf")
            if not made.is_file() or not made.stat().st_size:
                raise OutputProblem(f"LibreOffice没有生成{docx.stem}的PDF{fault}。")
            _finish(made, source.with_suffix(".finished"))
            _move(source.with_suffix(".finished"), pdf)

    def close(self) -> None:
        """Delete the profile."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _work_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="junheng-office-"))
        return self._folder

    def _run(self, program: str, source: Path) -> str:
        """Run LibreOffice on `source`; return what it said when it failed, for a message."""
        folder = self._work_folder()
        options = {name: {"type": "boolean", "value": str(value).lower()} for name, value in OPTIONS.items()}
        command = [
            program, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(options)}",
            "--outdir", str(source.parent), str(source),
        ]  # fmt: skip
        process = subprocess.Popen(
            command, env=environment(folder), cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=self._timeout)
        except subprocess.TimeoutExpired as error:
            raise OutputProblem(f"LibreOffice在{self._timeout:g}秒内没有完成转换，已终止。") from error
        finally:
            _end(process)
        words = (
            said.decode("utf-8", "replace")
            .strip()
            .replace(str(source), "document.docx")
            .replace(str(folder), "")
        )
        detail = f"：{words[:_FAULT_WORDS]}" if words else ""
        return f"（退出码{process.returncode}{detail}）"


def find_office() -> str:
    """Return the path of LibreOffice; raises UsageProblem with the command that installs it."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UsageProblem(f"未找到LibreOffice，无法生成PDF。请运行：{_INSTALL}")
    return program


def environment(folder: Path) -> dict[str, str]:
    """Return LibreOffice's environment: our fonts, `folder` for all it keeps, nothing of the user's."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "FONTCONFIG_FILE": str(fonts.fontconfig_file()),
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a process group, also after an interrupt."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _finish(made: Path, target: Path) -> None:
    """Say that the document is Chinese (LibreOffice takes the Latin text's language) and pack it tightly."""
    try:
        with pikepdf.open(made) as pdf:
            pdf.Root.Lang = pikepdf.String(LANGUAGE)
            pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PdfError as error:
        raise OutputProblem(f"LibreOffice生成的PDF不完整：{error}。") from error


def _move(made: Path, pdf: Path) -> None:
    try:
        shutil.move(made, pdf)
    except OSError as error:
        raise OutputProblem(f"无法写入{pdf.name}：{error.strerror or error}。") from error
