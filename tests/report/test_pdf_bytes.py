"""The same Word file, the same PDF bytes: from any LibreOffice process, at any place in its row of documents."""

from __future__ import annotations

import random
from pathlib import Path

import pikepdf
import pytest
from fontTools.misc import eexec

from junheng.report.pdf.convert import Converter
from junheng.report.pdf.stable_bytes import _font_tables, _type1_programs, decrypt, encrypt
from junheng.report.word.render import render_word
from tests.report.test_word_sample import make_template, p, tiny


@pytest.mark.parametrize("length", [0, 1, 2, 3, 1000, 4097])
def test_eexec_is_that_of_fonttools(length: int) -> None:
    plain = random.Random(length).randbytes(length)
    cipher = encrypt(plain)
    assert cipher == bytes(eexec.encrypt(plain, 55665)[0])
    assert decrypt(cipher) == plain


def make_word(folder: Path, name: str, *texts: str) -> Path:
    fonts = ("仿宋_GB2312", "楷体_GB2312", "黑体", "宋体")
    runs = "".join(
        f'<w:p><w:r><w:rPr><w:rFonts w:eastAsia="{font}" w:hint="eastAsia"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'
        for text in texts
        for font in fonts
    )
    template = make_template(folder, p("{{ county }}") + runs)
    render_word(tiny(), template, folder / name, folder)
    return folder / name


@pytest.mark.e2e
def test_same_bytes_whatever_came_before_and_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_word(tmp_path, "one.docx", "义务教育优质均衡", "资源配置")
    other = make_word(tmp_path, "other.docx", "校际差异系数")
    with Converter() as converter:
        for number, word in enumerate((one, other, one)):
            converter.convert(word, tmp_path / f"{number}.pdf")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name, value in {
        "TZ": "America/New_York",
        "LANG": "C",
        "PYTHONHASHSEED": "7",
        "TMPDIR": str(elsewhere),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", None)
    with Converter() as converter:
        converter.convert(other, tmp_path / "3.pdf")
        converter.convert(one, tmp_path / "4.pdf")
    made = [(tmp_path / f"{number}.pdf").read_bytes() for number in range(5)]
    assert made[0] == made[2] == made[4] != made[1] == made[3]
    with pikepdf.open(tmp_path / "0.pdf") as pdf:
        programs = _type1_programs(_font_tables(pdf))
        assert len(programs) >= 3
        for program in programs:
            content, first = program.read_bytes(), int(program.Length1)
            plain = decrypt(content[first : first + int(program.Length2)])
            assert b"/CharStrings" in plain and b"UniqueID" not in content[:first] + plain
        assert "/CreationDate" not in pdf.docinfo
    assert not list(elsewhere.iterdir())
