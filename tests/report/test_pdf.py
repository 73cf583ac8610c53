"""The converter against programs that fail as LibreOffice does, and once against LibreOffice itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pikepdf
import pytest

from junheng.errors import OutputProblem, UsageProblem
from junheng.report.pdf import Converter, environment, find_office
from junheng.report.word import render_word
from tests.report.test_word_sample import COUNTY, make_template, p, tiny


def pretend(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a program called soffice, a shell script, before all others; return a Word file to convert."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "soffice").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    (folder / "报告.docx").write_bytes(b"PK")
    return folder / "报告.docx"


def test_a_program_that_says_all_is_well_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docx = pretend(tmp_path, monkeypatch, "echo source file could not be loaded; exit 0")
    with Converter() as converter, pytest.raises(OutputProblem) as caught:
        converter.convert(docx, tmp_path / "报告.pdf")
    assert str(caught.value).startswith(
        "LibreOffice没有生成报告的PDF（退出码0：source file could not be loaded"
    )
    assert not (tmp_path / "报告.pdf").exists()


def test_half_a_pdf_is_no_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docx = pretend(tmp_path, monkeypatch, 'for last; do :; done; echo half > "${last%.docx}.pdf"')
    with Converter() as converter, pytest.raises(OutputProblem, match="不完整"):
        converter.convert(docx, tmp_path / "报告.pdf")
    assert not (tmp_path / "报告.pdf").exists()


def test_a_hang_is_ended_with_all_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docx = pretend(tmp_path, monkeypatch, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    start = time.monotonic()
    with Converter(timeout=0.5) as converter, pytest.raises(OutputProblem, match=r"0\.5秒内没有完成"):
        converter.convert(docx, tmp_path / "报告.pdf")
    assert time.monotonic() - start < 20
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        if not running(child):
            break
        time.sleep(0.1)
    assert not running(child)


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_profile_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docx = pretend(tmp_path, monkeypatch, 'mkdir -p "$HOME/profile"; exit 1')
    with Converter() as converter:
        with pytest.raises(OutputProblem):
            converter.convert(docx, tmp_path / "报告.pdf")
        assert len(list(tmp_path.glob("junheng-office-*"))) == 1
    assert not list(tmp_path.glob("junheng-office-*"))


def test_without_libreoffice_the_command_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UsageProblem, match=r"请运行：sudo apt-get install .*libreoffice-writer-nogui"):
        find_office()


def test_a_missing_word_file_is_named(tmp_path: Path) -> None:
    with Converter() as converter, pytest.raises(OutputProblem, match=r"缺少Word文件x\.docx"):
        converter.convert(tmp_path / "x.docx", tmp_path / "x.pdf")


def test_nothing_of_the_user_reaches_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/zhangsan")
    monkeypatch.setenv("LANG", "C")
    given = environment(tmp_path)
    assert "zhangsan" not in str(given) and given["HOME"] == str(tmp_path)
    assert Path(given["FONTCONFIG_FILE"]).is_file()


@pytest.mark.e2e
def test_libreoffice_writes_a_chinese_tagged_pdf_with_bookmarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    template = make_template(tmp_path, p("一、基本情况", style="Heading1") + p("{{ county }}"))
    render_word(tiny(), template, tmp_path / "a.docx", tmp_path)
    target = tmp_path / f"{COUNTY}（2024年度） 'x'.pdf"
    with Converter() as converter:
        converter.convert(tmp_path / "a.docx", target)
        converter.convert(tmp_path / "a.docx", target)  # a second one replaces the first
    with pikepdf.open(target) as pdf:
        assert pdf.Root.Lang == "zh-CN" and bool(pdf.Root.MarkInfo.Marked)
        assert "/Author" not in pdf.docinfo
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["一、基本情况"]
