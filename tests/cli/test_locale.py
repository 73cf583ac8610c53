"""The console entry runs in UTF-8 mode whatever the locale, with the arguments that were typed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = "import sys\nfrom junheng.cli.main import _in_utf8\n_in_utf8()\nprint(sys.flags.utf8_mode, ascii(sys.argv[1:]))"


def said(arguments: list[bytes], **environment: str) -> str:
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))
    }
    command = [os.fsencode(sys.executable), b"-c", ENTRY.encode(), *arguments]
    done = subprocess.run(command, env=plain | environment, capture_output=True, check=True)
    return done.stdout.decode("ascii").strip()


def test_under_c_without_coercion() -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert said(["邹城市".encode()], **environment) == f"1 {['邹城市']!a}"


def test_under_gb18030(tmp_path: Path) -> None:
    localedef = shutil.which("localedef")
    built = tmp_path / "zh_CN.GB18030"
    if localedef:
        command = [localedef, "-i", "zh_CN", "-f", "GB18030", str(built)]
        subprocess.run(command, capture_output=True, check=False)
    if not built.is_dir():
        pytest.skip("this machine cannot make a GB18030 locale")
    environment = {"LC_ALL": "zh_CN.GB18030", "LOCPATH": str(tmp_path)}
    assert said(["邹城市".encode("gb18030")], **environment) == f"1 {['邹城市']!a}"


def test_a_utf8_locale_needs_no_second_start() -> None:
    assert said([b"a"], LC_ALL="C.UTF-8", PYTHONUTF8="0") == "0 ['a']"
