"""What must be on the machine before the first county is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from junheng.errors import UsageProblem
from junheng.processes import child_environment


def make_ready(root: Path, runtime: Path) -> None:
    """Make sure that LibreOffice and the fonts are there, and matplotlib's list of fonts; raises UsageProblem."""
    _require_tools()
    prepare_matplotlib(root, runtime)


def _require_tools() -> None:
    from junheng.report.fonts import missing_fonts

    if not any(shutil.which(name) for name in ("soffice", "libreoffice")):
        raise UsageProblem("缺少LibreOffice（soffice），无法生成PDF；请先运行make setup。")
    missing = missing_fonts()
    if missing:
        raise UsageProblem(f"缺少字体{'、'.join(missing)}，请先运行make setup。")


def prepare_matplotlib(root: Path, runtime: Path) -> None:
    """Build matplotlib's font cache once, before several kernels would do it at the same time."""
    folder = root / ".junheng" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError
    except OSError:
        folder = runtime / "matplotlib"
        folder.mkdir()
    os.environ["MPLCONFIGDIR"] = str(folder)
    if not any(folder.glob("fontlist-*.json")):
        _build_font_cache(folder, runtime)


def _build_font_cache(folder: Path, runtime: Path) -> None:
    """Let matplotlib write its cache aside and move it into place: a run killed meanwhile leaves neither half a cache nor
    matplotlib's lock beside it, for which every later kernel would wait."""
    aside = runtime / "font-cache"
    aside.mkdir()
    command = [sys.executable, "-c", "import matplotlib.font_manager"]
    environment = child_environment({"MPLCONFIGDIR": str(aside)})
    subprocess.run(command, check=False, capture_output=True, cwd=runtime, env=environment)
    for made in aside.glob("fontlist-*.json"):
        part = folder / f".{made.name}.part"
        shutil.copyfile(made, part)
        part.replace(folder / made.name)
